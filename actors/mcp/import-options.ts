/** What a server's tools are imported with, and how it is read. */
import { z } from 'zod'
import { readOptions } from '../../machines/options-invalid.js'
import type { Risk } from '../../src/index.js'
import type { RemoteTool } from './remote-tool.js'
import { type McpTarget, type ReadTarget, targetSchemaFor } from './server-target.js'

export interface McpImportOptions {
  /** What the server is called here: in messages, and in the default scope. Default: what it calls itself. */
  readonly name?: string
  /** Goes before each tool's name, so that the tools of two servers have names of their own. Default none. */
  readonly prefix?: string
  /**
   * The least risk that any of its tools has, whatever the server says. Default `danger`: the server is not believed, and each
   * call needs an approval by the default policy. `read`: the server is believed.
   */
  readonly minRisk?: Risk
  /** The risk of a tool, by you; counts more than all else. */
  readonly risk?: (tool: RemoteTool) => Risk | undefined
  /** Whether a tool may be called twice for one call, by you. Default: if it only reads, or a believed server says so. */
  readonly idempotent?: (tool: RemoteTool) => boolean | undefined
  /** What a caller must be granted. Default `['mcp:<name of the server>']`. */
  readonly scopes?: readonly string[]
  /** Deadline of one call, in ms. Default 30 000. */
  readonly timeoutMs?: number
  /** Deadline for starting or reaching the server and for its list of tools, in ms. Default 30 000. */
  readonly connectTimeoutMs?: number
  /** The longest answer that is taken, in bytes. Default 1 MiB. */
  readonly maxOutputBytes?: number
  /** By tool name, as `pins` of an earlier import gave it: a tool that is not as it was then, or not here, is refused. */
  readonly pins?: Readonly<Record<string, string>>
  /** The server says that its tools have changed. What was imported stays as it is; import again to see. */
  readonly onToolsChanged?: () => void
}

const risk = z.enum(['read', 'write', 'danger'])
const ms = z.number().positive().max(86_400_000)
const fn = <T>() => z.custom<T>((value) => typeof value === 'function', 'must be a function')

const optionsSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9_.@/-]{1,100}$/, 'must be 1 to 100 letters, digits or "_ . @ / -"')
    .optional(),
  prefix: z
    .string()
    .regex(/^[A-Za-z0-9_-]{0,32}$/, 'must be at most 32 letters, digits, "_" or "-"')
    .default(''),
  minRisk: risk.default('danger'),
  risk: fn<NonNullable<McpImportOptions['risk']>>().optional(),
  idempotent: fn<NonNullable<McpImportOptions['idempotent']>>().optional(),
  scopes: z.array(z.string()).optional(),
  timeoutMs: ms.default(30_000),
  connectTimeoutMs: ms.default(30_000),
  maxOutputBytes: z.number().int().min(1).max(1_073_741_824).default(1_048_576),
  pins: z.record(z.string(), z.string()).optional(),
  onToolsChanged: fn<() => void>().optional(),
})

export type ReadImportOptions = z.output<typeof optionsSchema>

const WHO = 'fromMcpServer'

/** Both arguments. Throws `OPTIONS_INVALID`, with the path of the field. */
export function readImport(target: McpTarget, options: McpImportOptions): [ReadTarget, ReadImportOptions] {
  return [readOptions(WHO, targetSchemaFor(target), target), readOptions(WHO, optionsSchema, options)]
}
