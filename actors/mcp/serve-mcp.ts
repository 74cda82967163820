/** Agents of a system as tools of an MCP server. */
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type LogicTable, RosciusError, type System } from '../../src/index.js'
import { refuse } from './http-door.js'
import { HttpSessions } from './http-sessions.js'
import { loadServerSdk, type McpServerSdk } from './sdk-server.js'
import { type HttpTransport, type ReadHttp, readServe, type ServedInputs, type ServeOptions } from './serve-options.js'
import { ServedCalls, type Spawns } from './served-calls.js'

/** What serves, until it is closed. */
export interface McpService extends AsyncDisposable {
  /** Resolves when it has ended: closed, or, over standard input, when the client has gone. */
  readonly closed: Promise<void>
  /** Serves nobody any more. Agents that were called without a key are cancelled, others go on. The system stays open. */
  close(): Promise<void>
}

export interface McpHttpService extends McpService {
  /** For a server of your own. Answers any path, and needs the request's body unread. */
  readonly handler: RequestListener
  /** Where it listens; `undefined` with `handler: true`. */
  readonly url: string | undefined
}

type Options<TLogic extends LogicTable, TInputs extends ServedInputs> = ServeOptions<keyof TLogic & string, TInputs>

/**
 * Offers agents of the system, or any actors that end with an output, as MCP tools: a call spawns an actor and answers with
 * its output. A client that asks for progress is told what the actor emits; one that cancels its call cancels the actor.
 *
 * A call that has a text in `_meta['roscius/idempotencyKey']` can be made again, with the same arguments, after a lost connection
 * or a restart: it finds its actor.
 *
 * With `'stdio'` nothing else may write to the standard output: give the system `logger: console.error`.
 *
 * Rejects with `OPTIONS_INVALID`, with the path of the field, also if the port can't be had, or if `@modelcontextprotocol/sdk`
 * is not installed.
 *
 * @example
 * ```ts
 * import { createSystem, memoryStore, withBudget } from 'roscius'
 * import { fromRules } from 'roscius/actors'
 * import { createAgentMachine } from 'roscius/machines'
 * import { serveMcp } from 'roscius/mcp'
 * import { z } from 'zod'
 *
 * const clerk = createAgentMachine({
 *   brain: fromRules([{ decide: ({ goal }) => ({ event: { type: 'FINISH', output: goal.length }, reason: 'counted' }) }]),
 * })
 * await using system = await createSystem({ name: 'desk', store: memoryStore(), logic: { clerk } })
 * await using service = await serveMcp(system, {
 *   name: 'desk',
 *   version: '1.0.0',
 *   agents: {
 *     count: {
 *       logic: 'clerk',
 *       description: 'Counts the letters of a text.',
 *       input: z.object({ text: z.string() }),
 *       toInput: ({ text }) => ({ goal: text }),
 *       spawn: withBudget({ tokens: 50_000 }),
 *     },
 *   },
 *   transport: { port: 0 },
 * })
 * console.log(service.url)
 * ```
 */
export function serveMcp<TLogic extends LogicTable, TInputs extends ServedInputs>(
  system: System<TLogic>,
  options: Options<TLogic, TInputs> & { readonly transport: 'stdio' },
): Promise<McpService>
export function serveMcp<TLogic extends LogicTable, TInputs extends ServedInputs>(
  system: System<TLogic>,
  options: Options<TLogic, TInputs> & { readonly transport: HttpTransport },
): Promise<McpHttpService>
export async function serveMcp<TLogic extends LogicTable, TInputs extends ServedInputs>(
  system: System<TLogic>,
  options: Options<TLogic, TInputs> & { readonly transport: 'stdio' | HttpTransport },
): Promise<McpService> {
  const read = readServe(options)
  const calls = new ServedCalls(system as unknown as Spawns, read.agents, read.clock)
  const sdk = await loadServerSdk(read, calls)
  const { transport } = read
  if (transport === 'stdio') return serveStdio(sdk, calls)
  return serveHttp(new HttpSessions(sdk, transport), transport, calls)
}

async function serveHttp(sessions: HttpSessions, http: ReadHttp, calls: ServedCalls): Promise<McpHttpService> {
  const handler: RequestListener = (request, response) => void sessions.handle(request, response)
  const server = 'port' in http ? await listen(handler, http) : undefined
  const url = server && 'port' in http ? urlOf(server, http) : undefined
  const close = async (): Promise<void> => {
    await sessions.close()
    await calls.settled()
    await closeServer(server)
  }
  return { ...service(close), handler, url }
}

async function serveStdio(sdk: McpServerSdk, calls: ServedCalls): Promise<McpService> {
  const client = await sdk.stdio(() => undefined)
  const stdio = service(async () => {
    process.stdin.off('end', stdio.close)
    await client.close()
    await calls.settled()
  })
  // The SDK reads what comes, and doesn't hear that nothing will come any more.
  process.stdin.once('end', stdio.close)
  return stdio
}

function service(end: () => Promise<void>): McpService {
  let tell = (): void => undefined
  const closed = new Promise<void>((resolve) => {
    tell = resolve
  })
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => {
    closing ??= end().finally(tell)
    return closing
  }
  return { closed, close, [Symbol.asyncDispose]: close }
}

async function listen(handler: RequestListener, http: ReadHttp & { port: number; host: string }): Promise<Server> {
  const server = createServer((request, response) => {
    const [path] = (request.url ?? '').split('?')
    if (path === http.path) handler(request, response)
    else refuse(response, 404, `Nothing is served here but ${http.path}.`)
  })
  server.listen(http.port, http.host)
  await once(server, 'listening').catch((cause: Error) => {
    const message = `serveMcp: transport.port: ${cause.message}`
    throw new RosciusError('OPTIONS_INVALID', message, { cause, details: { field: 'transport.port' } })
  })
  return server
}

function urlOf(server: Server, { host, path }: { readonly host: string; readonly path: string }): string {
  const { port } = server.address() as AddressInfo
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}${path}`
}

async function closeServer(server: Server | undefined): Promise<void> {
  if (server === undefined) return
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
}
