/** The console of a system at a port of its own. */
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { RosciusError } from '../core/errors.js'
import { openControl } from './control.js'
import { type ConsoleOptions, type ReadConsole, readConsole } from './control-options.js'
import type { ControlledSystem } from './controlled-system.js'
import { boundedServer } from './http/node-server.js'
import { removeNote, writeNote } from './token-file.js'

export interface RunningConsole extends AsyncDisposable {
  /** To be opened in a browser: with the token behind a `#`, where no server and no log sees it. */
  readonly url: string
  /** What an operator shows. */
  readonly token: string
  readonly port: number
  /** Ends all connections, frees the port, removes what the CLI found it by. */
  close(): Promise<void>
}

/**
 * Serves the console and its API. By default only this machine reaches it, and only who has the token gets in. The open port does
 * not keep the process alive; close it before the system is stopped.
 *
 * Rejects with `OPTIONS_INVALID` and the path of the field, with `LISTEN_FAILED` if the port is taken, and with `STORE_FAILED` if
 * `folder` is no place for a secret.
 *
 * @example
 * ```ts
 * import { createSystem, memoryStore } from 'roscius'
 * import { createConsole } from 'roscius/console'
 *
 * await using system = await createSystem({ name: 'shop', store: memoryStore(), logic: {} })
 * await using running = await createConsole(system, { port: 0 })
 * console.log(running.url.startsWith(`http://127.0.0.1:${running.port}/#token=`))
 * ```
 */
export async function createConsole(system: ControlledSystem, options: ConsoleOptions = {}): Promise<RunningConsole> {
  const read = readConsole(options)
  const control = openControl(system, read)
  const server = boundedServer(control.listener)
  const attached = control.attachTo(server)
  const close = async (): Promise<void> => {
    if (read.folder !== undefined) await removeNote(read.folder, control.token)
    attached.close()
    await control.close()
    await closed(server)
  }
  try {
    await listen(server, read)
    server.unref()
    const { port } = server.address() as AddressInfo
    const base = `http://${inUrl(read.host)}:${port}${read.basePath}/`
    if (read.folder !== undefined) await writeNote(read.folder, { url: base, token: control.token, pid: process.pid })
    const url = `${base}#token=${control.token}`
    return { url, token: control.token, port, close, [Symbol.asyncDispose]: close }
  } catch (error) {
    await close()
    throw error
  }
}

async function listen(server: Server, { port, host }: ReadConsole): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, host, () => {
        server.off('error', reject)
        resolve()
      })
    })
  } catch (cause) {
    throw notListening(port, host, cause)
  }
  // Without file descriptors `accept` fails: those who are in stay, and who comes later may be luckier.
  server.on('error', () => undefined)
}

function notListening(port: number, host: string, cause: unknown): RosciusError {
  const isTaken = (cause as { readonly code?: string }).code === 'EADDRINUSE'
  const why = isTaken ? 'it is taken, perhaps by another console' : (cause as Error).message
  const message = `The console can't listen at port ${port} of ${host}: ${why}. Give createConsole another port; 0 takes any that is free.`
  return new RosciusError('LISTEN_FAILED', message, { details: { port, host }, cause })
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections()
  if (!server.listening) return
  await new Promise((resolve) => server.close(resolve))
}

/** As a browser wants it: an IPv6 address in brackets, and a name for what means all addresses. */
function inUrl(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}
