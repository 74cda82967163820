/** Where an MCP server is: a program to start, or an address. */
import { z } from 'zod'

/** A program that is started and spoken to over its standard input and output. */
export interface McpProgram {
  readonly command: string
  readonly args?: readonly string[]
  /**
   * Its whole environment, but for what it takes to find programs (`PATH`; on Windows `PATHEXT`, `SYSTEMROOT` and `TEMP` too).
   * Nothing else of this process's environment is passed on.
   */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Default: that of this process. */
  readonly cwd?: string
}

/** A server that speaks Streamable HTTP. */
export interface McpAddress {
  readonly url: string | URL
  /** Sent with every request, such as `authorization`. */
  readonly headers?: Readonly<Record<string, string>>
}

export type McpTarget = McpProgram | McpAddress

const isHttp = (url: URL): boolean => url.protocol === 'http:' || url.protocol === 'https:'
const isBare = (url: URL): boolean => url.username === '' && url.password === ''

const programSchema = z.strictObject({
  command: z.string().min(1),
  args: z.array(z.string()).default([]),
  env: z.record(z.string(), z.string().optional()).default({}),
  cwd: z.string().min(1).optional(),
})

const addressSchema = z.strictObject({
  url: z
    .union([z.instanceof(URL), z.url().transform((url) => new URL(url))], 'must be a URL')
    .refine(isHttp, 'must begin with http: or https:')
    // What is in a URL ends up in logs and messages.
    .refine(isBare, 'must hold no password: use headers'),
  headers: z.record(z.string(), z.string()).default({}),
})

/** A target that was read: complete. */
export type ReadTarget = z.output<typeof programSchema> | z.output<typeof addressSchema>

/** One of both, so that a problem is told for the one that is meant. */
export function targetSchemaFor(target: unknown): z.ZodType<ReadTarget> {
  return typeof target === 'object' && target !== null && 'url' in target ? addressSchema : programSchema
}
