/** The adapter to the official SDK's client. Nothing else imports it. */
import { z } from 'zod'
import { optionalPackage } from '../optional-package.js'
import { boundedFetch } from './bounded-fetch.js'
import { type RemoteAnswer, remoteAnswerSchema } from './remote-answer.js'
import { type ListedTool, readListed } from './remote-tool.js'
import type { ReadTarget } from './server-target.js'

/** What a server calls itself. */
export interface McpServerInfo {
  readonly name: string
  readonly version: string
}

export interface RemoteCall {
  readonly name: string
  readonly args: Record<string, unknown>
  readonly signal: AbortSignal
  readonly timeoutMs: number
  readonly onProgress: () => void
}

/** What became of a request that failed: the server answered so, it never got it, or nobody knows. */
export type CallFate = 'answered' | 'undone' | 'unknown'

/** One connection to a server, from its beginning to its end. */
export interface McpClient {
  readonly serverInfo: McpServerInfo
  /** Whether it still stands. */
  isOpen(): boolean
  list(): Promise<ListedTool[]>
  call(call: RemoteCall): Promise<RemoteAnswer>
  fateOf(error: unknown): CallFate
  close(): Promise<void>
}

export interface ClientSettings {
  readonly connectTimeoutMs: number
  readonly maxOutputBytes: number
  readonly onToolsChanged: () => void
}

const KEPT = process.platform === 'win32' ? ['PATH', 'PATHEXT', 'SYSTEMROOT', 'TEMP'] : ['PATH']
const CLIENT = { name: 'roscius', version: '1.0.0' }
const MAX_TOOLS = 1_000
const MAX_PAGES = 100
/** The caller's deadline comes first; this one is for when nobody holds to it. */
const GRACE_MS = 5_000
/** A message may hold an answer twice, as text and structured, and JSON in it is escaped. */
const MESSAGE_FACTOR = 8
const LEAST_MESSAGE_BYTES = 10_485_760

const pageSchema = z.object({ tools: z.array(z.unknown()), nextCursor: z.string().optional() })
const toolsChangedSchema = z.object({ method: z.literal('notifications/tools/list_changed') })

function loadSdk() {
  return optionalPackage('roscius/mcp', '@modelcontextprotocol/sdk@1', async () => {
    const [{ Client }, stdio, http, { ErrorCode, McpError }] = await Promise.all([
      import('@modelcontextprotocol/sdk/client/index.js'),
      import('@modelcontextprotocol/sdk/client/stdio.js'),
      import('@modelcontextprotocol/sdk/client/streamableHttp.js'),
      import('@modelcontextprotocol/sdk/types.js'),
    ])
    return { Client, ...stdio, ...http, ErrorCode, McpError }
  })
}

type Sdk = Awaited<ReturnType<typeof loadSdk>>

/** Connects, and rejects with whatever came between. */
export async function connectClient(target: ReadTarget, settings: ClientSettings): Promise<McpClient> {
  const sdk = await loadSdk()
  const maxMessageBytes = Math.max(LEAST_MESSAGE_BYTES, settings.maxOutputBytes * MESSAGE_FACTOR)
  const transport = transportTo(target, sdk, maxMessageBytes)
  const client = new sdk.Client(CLIENT)
  let isOpen = true
  client.onclose = () => {
    isOpen = false
  }
  client.setNotificationHandler(toolsChangedSchema, settings.onToolsChanged)
  const timeout = settings.connectTimeoutMs
  await client.connect(transport, { timeout })
  const { name = 'server', version = '' } = client.getServerVersion() ?? {}
  return {
    serverInfo: { name, version },
    isOpen: () => isOpen,
    list: () => listAll((cursor) => client.request(pageRequest(cursor), pageSchema, { timeout })),
    call: ({ name, args, signal, timeoutMs, onProgress }) =>
      client.request({ method: 'tools/call', params: { name, arguments: args } }, remoteAnswerSchema, {
        signal,
        timeout: timeoutMs + GRACE_MS,
        onprogress: onProgress,
      }),
    fateOf: (error) => (isOpen ? fateOf(error, sdk) : 'unknown'),
    close: () => client.close(),
  }
}

function transportTo(target: ReadTarget, sdk: Sdk, maxMessageBytes: number) {
  if ('command' in target) {
    const { command, args, env, cwd } = target
    const server = { command, args, cwd, env: environment(sdk, env), maxBufferSize: maxMessageBytes }
    return new sdk.StdioClientTransport({ ...server, stderr: 'ignore' })
  }
  return new sdk.StreamableHTTPClientTransport(target.url, {
    requestInit: { headers: target.headers },
    fetch: boundedFetch(maxMessageBytes),
  })
}

/** The SDK passes some variables on by itself; one that is `undefined` is not there for the program. */
function environment(sdk: Sdk, own: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const inherited = sdk.DEFAULT_INHERITED_ENV_VARS.map((name) => [name, undefined])
  const kept = KEPT.map((name) => [name, process.env[name]])
  return { ...Object.fromEntries([...inherited, ...kept]), ...own } as Record<string, string>
}

function pageRequest(cursor: string | undefined) {
  return { method: 'tools/list' as const, params: cursor === undefined ? {} : { cursor } }
}

async function listAll(page: (cursor?: string) => Promise<z.output<typeof pageSchema>>): Promise<ListedTool[]> {
  const listed: ListedTool[] = []
  let cursor: string | undefined
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const { tools, nextCursor } = await page(cursor)
    listed.push(...tools.map(readListed))
    if (listed.length > MAX_TOOLS) break
    if (nextCursor === undefined) return listed
    cursor = nextCursor
  }
  throw new Error(`Its list of tools has no end: more than ${MAX_TOOLS} tools or ${MAX_PAGES} pages.`)
}

function fateOf(error: unknown, { McpError, ErrorCode, StreamableHTTPError }: Sdk): CallFate {
  if (error instanceof McpError) return error.code === ErrorCode.RequestTimeout ? 'unknown' : 'answered'
  // Refused by HTTP: most often, a server that was started again doesn't know the session.
  if (error instanceof StreamableHTTPError) return isRefusal(error.code) ? 'undone' : 'unknown'
  const { code } = ((error as Error | undefined)?.cause ?? {}) as { code?: unknown }
  return code === 'ECONNREFUSED' || code === 'ENOTFOUND' ? 'undone' : 'unknown'
}

function isRefusal(status: number | undefined): boolean {
  return status !== undefined && status >= 400 && status < 500 && status !== 408
}
