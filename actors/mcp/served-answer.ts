/** What a call of an agent is answered with, in the words of MCP. */
import { z } from 'zod'
import type { ReadAgent } from './serve-options.js'

/** The result of `tools/call`. */
export interface ServedAnswer {
  readonly content: { readonly type: 'text'; readonly text: string }[]
  readonly structuredContent?: Record<string, unknown>
  readonly isError?: boolean
  readonly _meta?: Record<string, unknown>
}

/** An agent tells in its output how it ended. */
const endingSchema = z.looseObject({
  status: z.enum(['done', 'failed', 'exhausted', 'cancelled']),
  used: z.looseObject({ turns: z.number() }),
  output: z.unknown().optional(),
  reason: z.string().optional(),
  limit: z.string().optional(),
  error: z.looseObject({ code: z.string().optional() }).optional(),
})

/** A failure. The code is in its text and, for programs, in `_meta['roscius/code']`. */
export function failedAnswer(code: string, message: string): ServedAnswer {
  const content = [{ type: 'text' as const, text: `${code}: ${message}` }]
  return { content, isError: true, _meta: { 'roscius/code': code } }
}

/** What an actor that threw is answered with. */
export function answerToError(error: unknown): ServedAnswer {
  const { code, message } = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>
  return failedAnswer(
    typeof code === 'string' ? code : 'ACTOR_FAILED',
    typeof message === 'string' ? message : String(error),
  )
}

/** What an actor that is done is answered with; an agent that ended otherwise has failed. */
export async function answerWith(output: unknown, agent: ReadAgent): Promise<ServedAnswer> {
  const ending = endingSchema.safeParse(output)
  if (!ending.success) return succeeded(output, agent)
  const { status, limit, reason, error } = ending.data
  if (status === 'done') return succeeded(ending.data.output, agent)
  const why = reason ?? (limit === undefined ? 'it did not say why' : `its limit is used up: ${limit}`)
  return failedAnswer(error?.code ?? `AGENT_${status.toUpperCase()}`, `The agent is ${status}: ${why}`)
}

async function succeeded(output: unknown, agent: ReadAgent): Promise<ServedAnswer> {
  const read = await agent.output?.safeParseAsync(output)
  if (read?.success === false)
    return failedAnswer(
      'OUTPUT_INVALID',
      `The agent did its work and answered nonsense: ${read.error.issues[0]?.message}`,
    )
  const value = (read === undefined ? output : read.data) ?? null
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return { content: [{ type: 'text', text }], structuredContent: structured(value, agent) }
}

/** MCP wants an object: what is none stands in the field `result`. */
function structured(value: unknown, agent: ReadAgent): Record<string, unknown> {
  const isBare = isWrapped(agent) || typeof value !== 'object' || value === null || Array.isArray(value)
  return isBare ? { result: value } : (JSON.parse(JSON.stringify(value)) as Record<string, unknown>)
}

function isWrapped({ outputSchema }: ReadAgent): boolean {
  return outputSchema !== undefined && outputSchema.type !== 'object'
}

/** The JSON Schema of what `structuredContent` holds. */
export function structuredSchema(agent: ReadAgent): Record<string, unknown> | undefined {
  const { outputSchema } = agent
  if (outputSchema === undefined || !isWrapped(agent)) return outputSchema
  const { $schema, ...schema } = outputSchema
  return { $schema, type: 'object', properties: { result: schema }, required: ['result'] }
}
