/** What is said where a process has a store open and lets nobody in. */
import { RosciusError } from '../../core/errors.js'

export const NO_DOOR =
  'A process has the store open and has no door (serveControl, createConsole): this is what it had committed.\n'

export function lockedOut(folder: string): RosciusError {
  const message = `${folder} is open in a process that has no door: let it call serveControl(system, { folder }) or createConsole(system, { folder }), or stop it.`
  return new RosciusError('STORE_LOCKED', message, { details: { path: folder } })
}
