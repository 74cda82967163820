/**
 * What a server says of a tool of its own, and the pin that knows it again.
 *
 * All of it is the server's word. It reaches brains as it is, so who approves a tool approves this text.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { canonical } from '../../machines/agent/repetition.js'

const hints = z.object({
  title: z.string().optional(),
  readOnlyHint: z.boolean().optional(),
  destructiveHint: z.boolean().optional(),
  idempotentHint: z.boolean().optional(),
  openWorldHint: z.boolean().optional(),
})

const objectSchema = z.looseObject({ type: z.literal('object') })

export const remoteToolSchema = z.object({
  name: z.string().min(1).max(1_000),
  title: z.string().optional(),
  description: z.string().optional(),
  inputSchema: objectSchema,
  outputSchema: objectSchema.optional(),
  annotations: hints.optional(),
})

/** A tool as its server describes it. */
export type RemoteTool = z.output<typeof remoteToolSchema>

/** The longest description of one tool, schemas included, in characters of JSON: brains have to read it. */
const MAX_DESCRIBED = 65_536

/** One entry of a server's list: a tool, or what is wrong with it. */
export type ListedTool = { readonly tool: RemoteTool } | { readonly name: string; readonly problem: string }

export function readListed(entry: unknown): ListedTool {
  const result = remoteToolSchema.safeParse(entry)
  if (!result.success) return { name: nameIn(entry), problem: result.error.issues[0]?.message ?? '' }
  if (JSON.stringify(result.data).length > MAX_DESCRIBED)
    return { name: nameIn(entry), problem: `describes itself with more than ${MAX_DESCRIBED} characters` }
  return { tool: result.data }
}

function nameIn(entry: unknown): string {
  const name = (entry as { name?: unknown } | null | undefined)?.name
  return typeof name === 'string' ? name.slice(0, 100) : ''
}

/** A hash of all that the server says of the tool: its name, description, schemas and hints. */
export function pinOf(tool: RemoteTool): string {
  return `sha256:${createHash('sha256').update(canonical(tool)).digest('hex')}`
}
