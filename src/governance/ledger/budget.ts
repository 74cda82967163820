/** What a user says when he limits what an actor and all below it may spend. */
import { z } from 'zod'
import { RosciusError } from '../../core/errors.js'
import { type Dimension, microUsd } from './amounts.js'

/** What an agent does whose budget is spent: it ends, it asks a person for more, or it goes on with its fallback brain. */
export type OnExhausted = 'stop' | 'pauseAndAsk' | 'degrade'

const whole = z.number().int().nonnegative()
const schema = z.strictObject({
  turns: whole.optional(),
  modelCalls: whole.optional(),
  inputTokens: whole.optional(),
  outputTokens: whole.optional(),
  tokens: whole.optional(),
  costUsd: z.number().nonnegative().max(1e9).optional(),
  toolCalls: whole.optional(),
  spawned: whole.optional(),
  depth: whole.optional(),
  wallMs: z.number().positive().optional(),
  onExhausted: z.enum(['stop', 'pauseAndAsk', 'degrade']).optional(),
  warnAt: z.number().positive().max(1).default(0.8),
})

/**
 * Limits of an account; absent ones don't limit. `turns`, `modelCalls`, `toolCalls`: counts. `inputTokens`, `outputTokens`,
 * `tokens` (both together): tokens. `costUsd`: US dollars. `spawned`: actors started below it; `depth`: how many levels of
 * them. `wallMs`: ms since the account was opened. `onExhausted`: what agents do that this budget refuses
 * something; default: what their own policy says. `warnAt`: the share of a limit at which
 * `budgetWarning` is told; default 0.8.
 */
export type Budget = z.input<typeof schema>

export interface ReadBudget {
  readonly limits: Readonly<Partial<Record<Dimension, number>>>
  readonly depth: number | undefined
  readonly wallMs: number | undefined
  readonly onExhausted: OnExhausted | undefined
  readonly warnAt: number
}

/** Throws `OPTIONS_INVALID` with the path of the field. */
export function readBudget(budget: unknown, at = 'budget'): ReadBudget {
  const result = schema.safeParse(budget)
  if (!result.success) {
    const [issue] = result.error.issues
    const field = [at, ...(issue?.path ?? [])].join('.')
    throw new RosciusError('OPTIONS_INVALID', `${field}: ${issue?.message}`, { details: { field } })
  }
  const { onExhausted, warnAt, depth, wallMs, costUsd, ...limits } = result.data
  const all = { ...limits, costMicroUsd: costUsd === undefined ? undefined : microUsd(costUsd) }
  const given = Object.entries(all).filter((entry): entry is [string, number] => entry[1] !== undefined)
  return { limits: Object.fromEntries(given), depth, wallMs, onExhausted, warnAt }
}
