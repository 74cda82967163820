/**
 * The door of a running system: LevelDB belongs to one process, so whoever wants to look or to decide from another one has to
 * ask that one.
 *
 * 1. Who gets in is a matter of the file system (see `socket-place.ts`); `by` is what whoever asks says of himself.
 * 2. What changes something is answered when it is durable.
 * 3. Nobody holds the door open for long, or with much: requests, connections and silence are bounded.
 */
import { chmod } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { z } from 'zod'
import { isRosciusError, RosciusError } from '../core/errors.js'
import type { ApprovalDesk } from '../governance/approvals/approval-desk.js'
import { readWith, refusal } from '../supervision/refusal.js'
import type { ApprovalSource } from './approval-door.js'
import { answerRequest, type ControlSource } from './control-door.js'
import { MAX_REQUEST_BYTES, requestSchema } from './control-protocol.js'
import { onLines, writeLine } from './json-lines.js'
import type { PeerSource } from './peer-door.js'
import { findPlace, makePlace, removePlace } from './socket-place.js'
import { toldError } from './told-error.js'

const MAX_CONNECTIONS = 32
const SILENCE_MS = 30_000

const schema = z.strictObject({ folder: z.string().min(1) })

export interface ServedControl extends AsyncDisposable {
  /** Of the socket, or the name of the pipe. */
  readonly path: string
  /** Nobody gets in any more. */
  close(): Promise<void>
}

/**
 * Lets `roscius approvals` and `roscius peers` into a running system. `folder`: that of the system's store. Only the owner of
 * the store gets in. The open door does not keep the process alive; close it before the system is stopped.
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
  system: PeerSource & { readonly approvals: ApprovalDesk },
  options: { readonly folder: string },
): Promise<ServedControl> {
  const { folder } = readWith(schema, options, 'serveControl')
  if (await isOpen(folder)) throw refusal('serveControl.folder', `${folder} has an open door already`)
  const path = await makePlace(folder)
  const source = { approvals: approvalsOf(system.approvals), links: system }
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    attend(socket, source)
  })
  server.maxConnections = MAX_CONNECTIONS
  await listen(server, path)
  server.unref()
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    if (!server.listening) return
    await new Promise((resolve) => server.close(resolve))
    await removePlace(folder)
  }
  return { path, close, [Symbol.asyncDispose]: close }
}

/** Whether somebody answers; a socket that a killed process left does not. */
async function isOpen(folder: string): Promise<boolean> {
  const path = await findPlace(folder).catch(() => undefined)
  if (path === undefined) return false
  return new Promise((resolve) => {
    const socket = connect(path)
    const answer = (isThere: boolean) => (): void => {
      socket.destroy()
      resolve(isThere)
    }
    socket.once('connect', answer(true)).once('error', answer(false))
  })
}

async function listen(server: Server, path: string): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(path, resolve)
    })
    if (process.platform !== 'win32') await chmod(path, 0o600)
  } catch (cause) {
    server.close()
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new RosciusError('STORE_FAILED', `The door can't be opened at ${path}: ${why}`, { cause })
  }
}

function approvalsOf(desk: ApprovalDesk): ApprovalSource {
  return {
    list: (filter) => desk.list(filter),
    get: (id) => desk.get(id),
    decide: (decision, ids, by) => desk[decision](ids, by),
  }
}

/** Answers one request after the other. */
function attend(socket: Socket, source: ControlSource): void {
  socket.on('error', () => socket.destroy())
  socket.setTimeout(SILENCE_MS, () => socket.destroy())
  let last: Promise<void> = Promise.resolve()
  const answer = (text: string): void => {
    last = last.then(async () => {
      const response = await respond(source, text)
      if (!socket.destroyed) writeLine(socket, response)
    })
  }
  onLines(socket, MAX_REQUEST_BYTES, answer, () => {
    socket.pause()
    socket.end(`${JSON.stringify(failed(refusal('request', `has more than ${MAX_REQUEST_BYTES} bytes`)))}\n`)
  })
}

/** Whatever goes wrong is an answer. */
async function respond(source: ControlSource, text: string): Promise<object> {
  try {
    return { ok: true, answer: await answerRequest(source, readWith(requestSchema, parsed(text), 'request')) }
  } catch (error) {
    return failed(error)
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw refusal('request', 'is not JSON')
  }
}

function failed(error: unknown): object {
  if (isRosciusError(error)) return { ok: false, error: toldError(error) }
  const message = error instanceof Error ? error.message : String(error)
  return { ok: false, error: toldError(new RosciusError('STORE_FAILED', message)) }
}
