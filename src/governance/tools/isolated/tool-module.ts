/** Where a tool's function is found in another process, and what that process may use. */
import { z } from 'zod'
import { RosciusError } from '../../../core/errors.js'
import { firstProblem } from '../../policy/problem.js'

export interface ToolModuleOptions {
  /** Memory of the call's processes together, in MB (10^6 bytes) above the 100 that Node itself needs. Default 256. */
  readonly memoryMb?: number
  /** The longest answer, as JSON, and the most that may be printed, in bytes. Default 1 000 000. */
  readonly outputBytes?: number
  /** Its environment. Default: nothing of this process's, not even `PATH`. */
  readonly env?: Readonly<Record<string, string>>
}

/** A function in a module, and the limits of the process in which it is called. JSON. */
export interface ToolModule extends Required<ToolModuleOptions> {
  readonly kind: 'toolModule'
  readonly url: string
  readonly exportName: string
}

const isUrl = (url: unknown): boolean => typeof url === 'string' && URL.canParse(url)

const toolModuleSchema = z.strictObject({
  kind: z.literal('toolModule'),
  url: z.custom<string>(isUrl, "must be a URL, such as new URL('./tool.js', import.meta.url)"),
  exportName: z.string().min(1),
  memoryMb: z.number().int().min(16).max(1_000_000).default(256),
  outputBytes: z.number().int().min(1).max(100_000_000).default(1_000_000),
  env: z.record(z.string().regex(/^[^=\0]+$/), z.string().regex(/^[^\0]*$/)).default({}),
})

export function isToolModule(value: unknown): value is ToolModule {
  return toolModuleSchema.safeParse(value).success
}

/**
 * The function `exportName` of the module at `url`, for `execute` of a tool with `isolation: 'process'`. Each call starts a
 * process, loads the module there, and calls the function with `{ input, signal, effectId, attempt, heartbeat }`; input and
 * output cross as JSON. The module must be one that plain `node` can load: JavaScript, with its imports beside it. A call
 * costs the start of a Node process, some 60 ms.
 *
 * When the call is over, its process and all that it has started are killed; also when this process dies. What the function
 * prints is thrown away. It is a fence against accidents, no sandbox: files and the network are as open as to this process,
 * and a program that means to get away can. On Linux all limits hold; elsewhere memory is limited for Node's heap only, and of
 * what it has started only the process group is killed (on Windows: nothing but the process itself).
 *
 * Throws `OPTIONS_INVALID` with the path of the field.
 *
 * @example
 * ```ts
 * import { defineTool, toolModule } from 'roscius'
 * import { z } from 'zod'
 *
 * const parsePdf = defineTool({
 *   name: 'parse_pdf',
 *   version: '1.0.0',
 *   description: 'The text of a PDF file.',
 *   input: z.object({ path: z.string() }),
 *   output: z.object({ pages: z.array(z.string()) }),
 *   scopes: ['read:files'],
 *   risk: 'read',
 *   timeoutMs: 60_000,
 *   isolation: 'process',
 *   execute: toolModule(new URL('./parse-pdf.js', import.meta.url), 'parsePdf', { memoryMb: 512 }),
 * })
 * ```
 */
export function toolModule(url: URL | string, exportName: string, options: ToolModuleOptions = {}): ToolModule {
  const href = url instanceof URL ? url.href : url
  const result = toolModuleSchema.safeParse({ ...options, kind: 'toolModule', url: href, exportName })
  if (result.success) return result.data
  const { field, problem } = firstProblem(result.error)
  throw new RosciusError('OPTIONS_INVALID', `toolModule: ${field}: ${problem}`, { details: { field } })
}
