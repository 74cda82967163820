/** The adapter to the official SDK's server. Nothing else imports it. */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { optionalPackage } from '../optional-package.js'
import type { ReadServe } from './serve-options.js'
import { structuredSchema } from './served-answer.js'
import type { ServedCalls } from './served-calls.js'

/** One client, as long as it is there. */
export interface ServedClient {
  close(): Promise<void>
}

export interface HttpClient extends ServedClient {
  /** Undefined until it has introduced itself. */
  sessionId(): string | undefined
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
}

export interface McpServerSdk {
  /** Speaks over this process's standard input and output. */
  stdio(onLeft: () => void): Promise<ServedClient>
  http(onLeft: () => void): Promise<HttpClient>
}

/** The key of a call, in its `_meta`. */
const KEY = 'roscius/idempotencyKey'
const MAX_KEY = 1_000

function loadSdk() {
  return optionalPackage('roscius/mcp', '@modelcontextprotocol/sdk@1', async () => {
    const [{ Server }, stdio, http, types] = await Promise.all([
      import('@modelcontextprotocol/sdk/server/index.js'),
      import('@modelcontextprotocol/sdk/server/stdio.js'),
      import('@modelcontextprotocol/sdk/server/streamableHttp.js'),
      import('@modelcontextprotocol/sdk/types.js'),
    ])
    return { Server, ...stdio, ...http, ...types }
  })
}

type Sdk = Awaited<ReturnType<typeof loadSdk>>
type Connectable = Parameters<InstanceType<Sdk['Server']>['connect']>[0]

export async function loadServerSdk(served: ReadServe, calls: ServedCalls): Promise<McpServerSdk> {
  const sdk = await loadSdk()
  return {
    async stdio(onLeft) {
      const transport = new sdk.StdioServerTransport()
      return connected(sdk, transport, served, calls, onLeft)
    },
    async http(onLeft) {
      const transport = new sdk.StreamableHTTPServerTransport({ sessionIdGenerator: () => randomUUID() })
      const client = await connected(sdk, transport as Connectable, served, calls, onLeft)
      return {
        ...client,
        sessionId: () => transport.sessionId,
        handle: (request, response) => transport.handleRequest(request, response),
      }
    },
  }
}

async function connected(
  sdk: Sdk,
  transport: Connectable,
  served: ReadServe,
  calls: ServedCalls,
  onLeft: () => void,
): Promise<ServedClient> {
  const { name, version, instructions } = served
  const server = new sdk.Server({ name, version }, { capabilities: { tools: {} }, instructions })
  let hasLeft = false
  // The SDK calls this before it aborts the calls that run, which so can tell a client that left from one that cancels.
  transport.onclose = () => {
    hasLeft = true
    onLeft()
  }
  server.setRequestHandler(sdk.ListToolsRequestSchema, () => ({ tools: listed(served) }))
  server.setRequestHandler(sdk.CallToolRequestSchema, async ({ params }, { signal, sendNotification }) => {
    const { progressToken, [KEY]: key } = params._meta ?? {}
    if (key !== undefined && !isKey(key))
      throw new sdk.McpError(
        sdk.ErrorCode.InvalidParams,
        `_meta["${KEY}"] must be a text of 1 to ${MAX_KEY} characters`,
      )
    let progress = 0
    const onProgress = (message: string): void => {
      const told = { progressToken: progressToken!, progress: ++progress, message }
      sendNotification({ method: 'notifications/progress', params: told }).catch(() => undefined)
    }
    const answer = await calls.answer({
      tool: params.name,
      args: params.arguments,
      key,
      signal,
      hasLeft: () => hasLeft,
      onProgress: progressToken === undefined ? undefined : onProgress,
    })
    return { ...answer }
  })
  await server.connect(transport)
  return { close: () => server.close() }
}

function isKey(key: unknown): key is string {
  return typeof key === 'string' && key.length >= 1 && key.length <= MAX_KEY
}

function listed({ agents }: ReadServe) {
  return [...agents].map(([name, agent]) => {
    const { title, description, risk, inputSchema } = agent
    const hints = { readOnlyHint: risk === 'read', destructiveHint: risk === 'danger' }
    return {
      name,
      title,
      description,
      inputSchema: { ...inputSchema, type: 'object' as const },
      outputSchema: typed(structuredSchema(agent)),
      annotations: risk === undefined ? undefined : hints,
    }
  })
}

function typed(schema: Record<string, unknown> | undefined) {
  return schema === undefined ? undefined : { ...schema, type: 'object' as const }
}
