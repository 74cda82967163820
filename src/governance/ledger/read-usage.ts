/** The door of what a call may use, and of what it says it has used. */
import { z } from 'zod'
import { RosciusError } from '../../core/errors.js'
import { type Amounts, amountsOf, type Usage } from './amounts.js'

/** A part of a token or of a call counts as one. */
const count = z.number().nonnegative().max(Number.MAX_SAFE_INTEGER).transform(Math.ceil).optional()

const schema = z.object({
  turns: count,
  modelCalls: count,
  inputTokens: count,
  outputTokens: count,
  costUsd: z.number().nonnegative().max(1e9).optional(),
  toolCalls: count,
})

/** By how much limits are raised. */
export interface BudgetRaise extends Usage {
  /** Input and output tokens together. Default: the sum of both. */
  readonly tokens?: number
  /** Actors started below. */
  readonly spawned?: number
}

// Made once: a schema compiles itself when it is first used.
const strict = schema.strict()
const raise = schema.extend({ tokens: count, spawned: count }).strict()

/** Throws `OPTIONS_INVALID` with the path of the field. */
export function readRaise(more: unknown): Amounts {
  const { tokens, spawned, ...usage } = readStrictly(raise, more, 'raiseBudget') as BudgetRaise
  const amounts = amountsOf(usage)
  return { ...amounts, ...(tokens !== undefined && { tokens }), ...(spawned !== undefined && { spawned }) }
}

/** Throws `OPTIONS_INVALID` with the path of the field; also for one that is none: what is not understood would limit nothing. */
export function readUsage(usage: unknown, at: string): Amounts {
  return amountsOf(readStrictly(strict, usage, at) as Usage)
}

function readStrictly(shape: z.ZodType, given: unknown, at: string): unknown {
  const result = shape.safeParse(given)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const field = [at, ...(issue?.path ?? [])].join('.')
  throw new RosciusError('OPTIONS_INVALID', `${field}: ${issue?.message}`, { details: { field } })
}

/** What a call says of itself; `undefined` if it says nothing, or what can't be. */
export function reportedUsage(usage: unknown): Amounts | undefined {
  const result = schema.safeParse(usage)
  return result.success ? amountsOf(result.data as Usage) : undefined
}
