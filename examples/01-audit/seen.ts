/** What an agent has seen, as its rules read it. */
import type { Observation } from 'roscius/machines'
import { z } from 'zod'

const failedSchema = z.object({ ok: z.literal(false), error: z.object({ message: z.string() }) })
const endedSchema = z.object({
  status: z.enum(['failed', 'exhausted', 'cancelled']),
  reason: z.string().optional(),
  limit: z.string().optional(),
})

/** What a tool has answered; undefined for any other observation, and for a failure. */
export function toolOutput<T>(seen: Observation | undefined, schema: z.ZodType<T>): T | undefined {
  if (seen?.kind !== 'tool') return undefined
  return z.object({ ok: z.literal(true), output: schema }).safeParse(seen.data).data?.output
}

/** What an agent that was given a task has found out; undefined for any other observation, and for a failure. */
export function peerOutput<T>(seen: Observation | undefined, schema: z.ZodType<T>): T | undefined {
  if (seen?.kind !== 'peer') return undefined
  return z.object({ status: z.literal('done'), output: schema }).safeParse(seen.data).data?.output
}

/** Why a tool or an agent did not do what it was to do; undefined if it did, or if that was not what was seen. */
export function failureIn(seen: Observation | undefined): string | undefined {
  if (seen?.kind === 'refusal') return seen.text
  const failed = failedSchema.safeParse(seen?.data).data
  if (failed !== undefined) return failed.error.message
  if (seen?.kind !== 'peer') return undefined
  const ended = endedSchema.safeParse(seen.data).data
  return ended && (ended.reason ?? `${ended.status} ${ended.limit ?? ''}`.trim())
}
