/** What a running system tells in the Stately protocol, for a program of its own process. */
import { dialLive, type LiveConnection, type LiveDial } from './dial.js'
import { noAnswer } from './exchange.js'
import { systemPlace } from './system-place.js'

export type StatelyListener = Pick<LiveDial, 'message' | 'ended'>
export type StatelyStream = Omit<LiveConnection, 'send'>

/**
 * Tells of every actor that is there, then of what they do: each message is one event as JSON. `undefined` if no system lets anybody
 * in at the folder. Rejects with `STORE_FAILED`.
 */
export async function statelyStream(folder: string, listener: StatelyListener): Promise<StatelyStream | undefined> {
  const place = await systemPlace(folder)
  if (place === undefined) return undefined
  try {
    return await dialLive({ place, path: 'stately', ...listener })
  } catch (error) {
    throw noAnswer(error instanceof Error ? error.message : String(error))
  }
}
