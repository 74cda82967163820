import { isRosciusError } from '../../../src/core/errors.js'
import { type ReadRemote, type RemoteOptions, readRemoteOptions } from '../../../src/remote/options/remote-options.js'
import type { SharedKey } from '../../../src/remote/protocol/handshake/shared-keys.js'

export const key = (id: string, byte = 1): SharedKey => ({ id, secret: Buffer.alloc(32, byte) })
export const keys = [key('k')]
/** Options that are complete but for what a test is about. */
export const usual = { peers: { b: 'ws://127.0.0.1:7401' }, auth: { keys } } satisfies RemoteOptions

/** As the node `a`, with the logic `worker`. */
export function read(options: RemoteOptions): ReadRemote {
  const found = readRemoteOptions({ name: 'a', logic: { worker: {} }, ...options })
  if (found === undefined) throw new Error('no options')
  return found
}

/** What is not typed, as JavaScript or a configuration file gives it. */
export const untyped = (options: unknown): ReadRemote => read(options as RemoteOptions)

export interface Refused {
  readonly field: unknown
  readonly message: string
}

export function refused(options: unknown): Refused {
  try {
    untyped(options)
  } catch (error) {
    if (!isRosciusError(error, 'OPTIONS_INVALID')) throw error
    return { field: error.details.field, message: error.message }
  }
  throw new Error('was taken')
}
