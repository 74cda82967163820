/**
 * The door of a running system for other processes on its machine: LevelDB belongs to one process, so whoever wants to look or to
 * act from another one has to ask that one. It speaks the control API over a socket.
 *
 * 1. Who gets in is a matter of the file system (see `socket-place.ts`): the owner of the store, who is an operator.
 * 2. What changes something is answered when it is durable.
 * 3. Nobody holds the door open for long, or with much: requests, connections and silence are bounded.
 */
import { chmod } from 'node:fs/promises'
import type { Server } from 'node:http'
import { z } from 'zod'
import { RosciusError } from '../core/errors.js'
import { readWith, refusal } from '../supervision/refusal.js'
import type { ControlledSystem } from './controlled-system.js'
import { findPlace, makePlace, removePlace } from './socket-place.js'

const schema = z.strictObject({ folder: z.string().min(1) })

export interface ServedControl extends AsyncDisposable {
  /** Of the socket, or the name of the pipe. */
  readonly path: string
  /** Nobody gets in any more. */
  close(): Promise<void>
}

/**
 * Lets the commands of `roscius` into a running system. `folder`: that of the system's store. Only the owner of the store gets in.
 * The open door does not keep the process alive; close it before the system is stopped. `createConsole` with a `folder` lets them
 * in, too, and browsers.
 *
 * Rejects with `OPTIONS_INVALID`, also if the folder has an open door already, and with `STORE_FAILED` if there can be none.
 *
 * @example
 * ```ts
 * import { createSystem, serveControl } from 'roscius'
 *
 * await using system = await createSystem({ name: 'desk', store: './data', logic: {} })
 * await using door = await serveControl(system, { folder: './data' })
 * console.log(`roscius approvals list ./data finds ${door.path}`)
 * ```
 */
export async function serveControl(
  system: ControlledSystem,
  options: { readonly folder: string },
): Promise<ServedControl> {
  const { folder } = readWith(schema, options, 'serveControl')
  // Only who opens a door pays for what it is made of.
  const { ownersControl, boundedServer, answers } = await import('./owners-control.js')
  const open = await findPlace(folder).catch(() => undefined)
  if (open !== undefined && (await answers({ path: open })))
    throw refusal('serveControl.folder', `${folder} has an open door already`)
  const path = await makePlace(folder)
  const control = ownersControl(system)
  const server = boundedServer(control.listener)
  const attached = control.attachTo(server)
  const close = async (): Promise<void> => {
    attached.close()
    await control.close()
    server.closeAllConnections()
    if (!server.listening) return
    await new Promise((resolve) => server.close(resolve))
    await removePlace(folder)
  }
  try {
    await listen(server, path)
  } catch (error) {
    await close()
    throw error
  }
  server.unref()
  return { path, close, [Symbol.asyncDispose]: close }
}

async function listen(server: Server, path: string): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(path, () => {
        server.off('error', reject)
        resolve()
      })
    })
    if (process.platform !== 'win32') await chmod(path, 0o600)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new RosciusError('STORE_FAILED', `The door can't be opened at ${path}: ${why}`, { cause })
  }
  server.on('error', () => undefined)
}
