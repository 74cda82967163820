/** What agents are offered with, and how it is read. */
import type { IncomingMessage } from 'node:http'
import { z } from 'zod'
import { firstProblem, optionsInvalid, readOptions } from '../../machines/options-invalid.js'
import type { Clock, Risk, ToolJsonSchema } from '../../src/index.js'

/** An agent, or any actor that ends with an output, as a tool. */
export interface ServedAgent<TLogic extends string = string, TInput extends z.ZodObject = z.ZodObject> {
  /** Its name in the logic table. */
  readonly logic: TLogic
  readonly title?: string
  /** What it does and when to use it, for the models that call it. */
  readonly description: string
  readonly input: TInput
  /** What it answers. With it, an answer that is not so is a failure. Default: anything. */
  readonly output?: z.ZodType
  /** The actor's input for these arguments. Default: the arguments. For an agent: `({ question }) => ({ goal: question })`. */
  toInput?(args: z.output<TInput>): unknown
  /** Told to the client as a hint. Default: nothing is told, which in MCP means `danger`. */
  readonly risk?: Risk
  /** How long a call waits for the answer, in ms. Default 600 000. */
  readonly timeoutMs?: number
  /** More options for each spawn: `{ ...withBudget({ tokens: 50_000 }) }`, or a durability. */
  readonly spawn?: object
  /** What an emitted event tells a client that asked for progress; `undefined`: nothing. Default: its type, but for `token`. */
  progress?(event: { readonly type: string }): string | undefined
}

/** Streamable HTTP. */
export interface HttpSettings {
  /** The path of the one endpoint. Default `/mcp`. Only with `port`. */
  readonly path?: string
  /** Names in `Host` and `Origin` that are served. Default: `localhost`, `127.0.0.1`, `[::1]`, and `host`. */
  readonly allowedHosts?: readonly string[]
  /** Whether this request is served; asked for each one. Needed for a `host` that others can reach. Default: each is. */
  readonly authorize?: (request: IncomingMessage) => boolean | Promise<boolean>
  /** How many clients are served at a time; the one that has been idle longest is closed for a new one. Default 100. */
  readonly maxSessions?: number
}

export type HttpTransport =
  | ({
      /** 0: any free one. */
      readonly port: number
      /** Default `127.0.0.1`. */
      readonly host?: string
    } & HttpSettings)
  /** Nothing is opened: `handler` of the service goes into a server of your own. */
  | ({ readonly handler: true } & HttpSettings)

/** The input schemas of what is served, by tool name. */
export type ServedInputs = Readonly<Record<string, z.ZodObject>>

export interface ServeOptions<TLogic extends string = string, TInputs extends ServedInputs = ServedInputs> {
  readonly name: string
  readonly version: string
  /** Told to clients: how to use these tools. */
  readonly instructions?: string
  /** By tool name. */
  readonly agents: { readonly [TTool in keyof TInputs]: ServedAgent<TLogic, TInputs[TTool]> }
  readonly clock?: Clock
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]']

const fn = <T>() => z.custom<T>((value) => typeof value === 'function', 'must be a function')
const schemaField = z.custom<z.ZodType>(
  (value) => typeof value === 'object' && value !== null && '_zod' in value,
  'must be a zod schema',
)

const agentSchema = z.strictObject({
  logic: z.string().min(1),
  title: z.string().min(1).optional(),
  description: z.string().trim().min(1),
  input: schemaField,
  output: schemaField.optional(),
  toInput: fn<(args: unknown) => unknown>().optional(),
  risk: z.enum(['read', 'write', 'danger']).optional(),
  timeoutMs: z.number().positive().max(86_400_000).default(600_000),
  spawn: z
    .record(z.string(), z.unknown())
    .refine((spawn) => !['id', 'input', 'ifExists', 'systemId'].some((key) => key in spawn), 'must not say id or input')
    .default({}),
  progress: fn<(event: { readonly type: string }) => string | undefined>().optional(),
})

/** As it stands in a URL. */
const hostName = z
  .string()
  .transform(inUrl)
  .refine((host) => URL.canParse(`http://${host}`), 'must be a name or an address, without a port')
  .transform((host) => new URL(`http://${host}`).hostname)

function inUrl(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
}

const httpFields = {
  path: z.string().startsWith('/').default('/mcp'),
  allowedHosts: z.array(hostName).optional(),
  authorize: fn<NonNullable<HttpSettings['authorize']>>().optional(),
  maxSessions: z.number().int().min(1).default(100),
}

const portSchema = z
  .strictObject({
    port: z.number().int().min(0).max(65_535),
    host: z
      .string()
      .refine((host) => hostName.safeParse(host).success, 'must be a name or an address')
      .default('127.0.0.1'),
    ...httpFields,
  })
  .refine(({ host, authorize }) => isLoopback(host) || authorize !== undefined, {
    path: ['authorize'],
    message: 'is needed: others can reach this host',
  })
  .transform((http) => ({ ...http, allowedHosts: http.allowedHosts ?? [...LOOPBACK, hostName.parse(http.host)] }))

const handlerSchema = z
  .strictObject({ handler: z.literal(true), ...httpFields })
  .transform((http) => ({ ...http, allowedHosts: http.allowedHosts ?? LOOPBACK }))

const optionsSchema = z.strictObject({
  name: z.string().min(1).max(100),
  version: z.string().min(1).max(100),
  instructions: z.string().min(1).optional(),
  agents: z
    .record(z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, "_" or "-"'), agentSchema)
    .refine((agents) => Object.keys(agents).length > 0, 'must name at least one'),
  clock: z.custom<Clock>().optional(),
})

export type ReadHttp = z.output<typeof portSchema> | z.output<typeof handlerSchema>

export interface ReadAgent extends z.output<typeof agentSchema> {
  readonly inputSchema: ToolJsonSchema
  readonly outputSchema: ToolJsonSchema | undefined
}

export interface ReadServe extends Omit<z.output<typeof optionsSchema>, 'agents'> {
  readonly agents: ReadonlyMap<string, ReadAgent>
  readonly transport: 'stdio' | ReadHttp
}

const WHO = 'serveMcp'

/** Throws `OPTIONS_INVALID`, with the path of the field. */
export function readServe({ transport, ...options }: ServeOptions & { transport: unknown }): ReadServe {
  const { agents, ...read } = readOptions(WHO, optionsSchema, options)
  const all = Object.entries(agents).map(([name, agent]) => [name, withSchemas(`agents.${name}`, agent)] as const)
  return { ...read, agents: new Map(all), transport: readTransport(transport) }
}

function readTransport(transport: unknown): 'stdio' | ReadHttp {
  if (transport === 'stdio') return transport
  const isHandler = typeof transport === 'object' && transport !== null && 'handler' in transport
  const result = (isHandler ? handlerSchema : portSchema).safeParse(transport)
  if (result.success) return result.data
  const { field, problem } = firstProblem(result.error)
  throw optionsInvalid(WHO, ['transport', field].filter((part) => part !== '').join('.'), problem)
}

function withSchemas(field: string, agent: z.output<typeof agentSchema>): ReadAgent {
  const inputSchema = jsonSchemaOf(agent.input, `${field}.input`, 'input')
  if (inputSchema.type !== 'object') throw optionsInvalid(WHO, `${field}.input`, 'must be an object')
  const outputSchema = agent.output && jsonSchemaOf(agent.output, `${field}.output`, 'output')
  return { ...agent, inputSchema, outputSchema }
}

function jsonSchemaOf(schema: z.ZodType, field: string, io: 'input' | 'output'): ToolJsonSchema {
  try {
    return z.toJSONSchema(schema, { target: 'draft-7', io })
  } catch (error) {
    throw optionsInvalid(WHO, field, (error as Error).message)
  }
}

function isLoopback(host: string): boolean {
  return host === '::1' || LOOPBACK.includes(host) || /^127\.\d+\.\d+\.\d+$/.test(host)
}
