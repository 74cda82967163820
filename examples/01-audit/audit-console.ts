import { isRosciusError } from 'roscius'
import { type ControlledSystem, createConsole, type RunningConsole } from 'roscius/console'

/** At the usual port, or at any that is free. `folder`: that of the store, in which `roscius` finds the way in. */
export async function openConsole(system: ControlledSystem, folder: string): Promise<RunningConsole> {
  try {
    return await createConsole(system, { folder })
  } catch (error) {
    if (!isRosciusError(error, 'LISTEN_FAILED')) throw error
    return createConsole(system, { folder, port: 0 })
  }
}
