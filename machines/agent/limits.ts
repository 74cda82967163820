/** How much an agent may do and how long it may wait, and what it has used of that. */
import { z } from 'zod'
import type { BrainRequest, Usage } from '../brain.js'

const count = z.number().int().nonnegative()
const atLeastOne = z.number().int().positive()
const ms = z.number().positive()
const usd = z.number().nonnegative()

export const agentLimitsSchema = z.strictObject({
  /** Rounds of perceiving, thinking and acting. */
  turns: atLeastOne.default(20),
  /** Input and output tokens together. Default: no limit of the agent's own. */
  tokens: count.optional(),
  costUsd: usd.optional(),
  toolCalls: count.optional(),
  /** How far down tasks may be delegated; an agent at this depth delegates no further. */
  depth: count.default(3),
  /** Share of a limit at which it warns, 0 to 1. */
  warnAt: z.number().positive().max(1).default(0.8),
  /** Decisions in a row that are refused, before it is stuck. */
  refusals: atLeastOne.default(3),
  /** Failures of the brain in a row that it tries again after. */
  retries: count.default(4),
  /** How often the same is done with the same result. */
  repeats: atLeastOne.default(2),
  /** How many observations it keeps; the newest. */
  observations: atLeastOne.default(50),
  /** From the start to the end, waits and pauses included. */
  deadlineMs: ms.default(24 * 60 * 60_000),
  /** How long a call or a delegation that runs at the deadline may take to end. */
  graceMs: ms.default(30_000),
  brainMs: ms.default(120_000),
  toolMs: ms.default(300_000),
  delegateMs: ms.default(60_000),
  memoryMs: ms.default(30_000),
  approvalMs: ms.default(15 * 60_000),
  peerMs: ms.default(15 * 60_000),
  personMs: ms.default(60 * 60_000),
  escalationMs: ms.default(60 * 60_000),
  /** Wait after the first failure of the brain; each one is twice the one before. */
  backoffMs: ms.default(1_000),
  maxBackoffMs: ms.default(60_000),
})

/** What a person adds to the limits. */
export const grantSchema = z.strictObject({
  turns: count.optional(),
  tokens: count.optional(),
  costUsd: usd.optional(),
  toolCalls: count.optional(),
})

export type AgentLimits = z.output<typeof agentLimitsSchema>
export type AgentLimitsInput = z.input<typeof agentLimitsSchema>
export type Grant = z.infer<typeof grantSchema>

/** What an agent has used. */
export interface Used {
  readonly turns: number
  readonly modelCalls: number
  readonly inputTokens: number
  readonly outputTokens: number
  /** Of calls whose price was told. */
  readonly costUsd: number
  readonly toolCalls: number
  readonly delegations: number
}

export const NOTHING_USED: Used = {
  turns: 0,
  modelCalls: 0,
  inputTokens: 0,
  outputTokens: 0,
  costUsd: 0,
  toolCalls: 0,
  delegations: 0,
}

/** The part of a context that the limits are about; yours may hold it too. */
export interface Limited {
  readonly limits: AgentLimits
  readonly used: Used
}

/** What a limit is set for. */
export type Spent = 'turns' | 'tokens' | 'costUsd' | 'toolCalls'

export function spent(used: Used, what: Spent): number {
  return what === 'tokens' ? used.inputTokens + used.outputTokens : used[what]
}

export function isWithin({ limits, used }: Limited, what: Spent): boolean {
  const limit = limits[what]
  return limit === undefined || spent(used, what) < limit
}

export function withUsage(used: Used, usage: Usage | undefined): Used {
  if (usage === undefined) return used
  return {
    ...used,
    inputTokens: used.inputTokens + usage.inputTokens,
    outputTokens: used.outputTokens + usage.outputTokens,
    costUsd: used.costUsd + (usage.costUsd ?? 0),
  }
}

const SPENT: readonly Spent[] = ['turns', 'tokens', 'costUsd', 'toolCalls']

/** The limits whose warning lies between what was used before and now. */
export function warningsBetween(limits: AgentLimits, before: Used, now: Used): Spent[] {
  return SPENT.filter((what) => {
    const from = (limits[what] ?? Number.POSITIVE_INFINITY) * limits.warnAt
    return spent(before, what) < from && spent(now, what) >= from
  })
}

/** The first limit of these that is used up. */
export function usedUp<T extends Spent>(limited: Limited, whats: readonly T[]): T | undefined {
  return whats.find((what) => !isWithin(limited, what))
}

export function withGrant(limits: AgentLimits, grant: Grant | undefined): AgentLimits {
  const sum = (what: Spent): number | undefined => {
    const limit = limits[what]
    return limit === undefined ? undefined : limit + (grant?.[what] ?? 0)
  }
  return {
    ...limits,
    turns: limits.turns + (grant?.turns ?? 0),
    tokens: sum('tokens'),
    costUsd: sum('costUsd'),
    toolCalls: sum('toolCalls'),
  }
}

/** Each wait is twice the one before. */
export function backoffMs(limits: Pick<AgentLimits, 'backoffMs' | 'maxBackoffMs'>, failures: number): number {
  return Math.min(limits.maxBackoffMs, limits.backoffMs * 2 ** Math.max(0, failures - 1))
}

/** What is left, as a brain is told. */
export function limitsLeft({ limits, used }: Limited): BrainRequest['limits'] {
  const left = (what: Spent): number | undefined => {
    const limit = limits[what]
    return limit === undefined ? undefined : Math.max(0, limit - spent(used, what))
  }
  const all = { tokensLeft: left('tokens'), costUsdLeft: left('costUsd'), toolCallsLeft: left('toolCalls') }
  const known = Object.entries(all).filter(([, value]) => value !== undefined)
  return { turnsLeft: Math.max(0, limits.turns - used.turns), ...Object.fromEntries(known) }
}
