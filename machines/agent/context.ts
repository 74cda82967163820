/** What an agent knows: data only, so that it can be stored. What it is doing is its state, and not in here. */
import { z } from 'zod'
import type { Decision, Observation, Refusal } from '../brain.js'
import { readOptions } from '../options-invalid.js'
import type { ToldError } from './failure.js'
import { type AgentLimits, agentLimitsSchema, type Limited, NOTHING_USED, type Used } from './limits.js'
import type { AgentPolicy, AgentSettings, ApprovalRequest, Task, ToolCall } from './options.js'
import type { SeenCall } from './repetition.js'

export type ExhaustedLimit = 'turns' | 'tokens' | 'costUsd' | 'deadline' | 'budget'

/** How it ended, or how it will if nobody helps. */
export type AgentEnding =
  | { readonly status: 'done'; readonly output: unknown }
  | { readonly status: 'failed'; readonly reason: string; readonly error?: ToldError }
  | {
      readonly status: 'exhausted'
      readonly limit: ExhaustedLimit
      readonly error?: ToldError
      /** What the spent budget wants to be done, before the agent's own policy. */
      readonly onExhausted?: AgentPolicy['onExhausted']
      /** The call that was running at the deadline: whether it happened is not known. */
      readonly unfinished?: ToolCall
    }
  | {
      readonly status: 'cancelled'
      readonly reason?: string
      readonly by?: string
      /** The call that was running: whether it happened is not known. */
      readonly unfinished?: ToolCall
    }

export type AgentOutput = AgentEnding & { readonly used: Used }

export interface AgentContext extends Limited {
  readonly goal: string
  readonly constraints: readonly string[]
  readonly depth: number
  readonly memory: readonly string[]
  /** The newest last. */
  readonly observations: readonly Observation[]
  readonly seen: readonly SeenCall[]
  /** Decisions that were refused since the last legal one. */
  readonly refused: readonly Refusal[]
  /** Failures of the brain in a row. */
  readonly failures: number
  /** Counts calls, tasks and approvals. */
  readonly nextId: number
  /** What is being carried out. */
  readonly decision?: Decision
  readonly call?: ToolCall
  readonly task?: Task
  readonly approval?: ApprovalRequest
  /** What a person is asked. */
  readonly question?: string
  readonly ending?: AgentEnding
}

export const agentInputSchema = z
  .strictObject({
    goal: z.string().min(1).optional(),
    constraints: z.array(z.string()).optional(),
    /** How deep below the first agent it is. Default 0. */
    depth: z.number().int().nonnegative().default(0),
    /** What it should know. */
    context: z.string().optional(),
    /** Limits that are lower than those it was made with; higher ones count for nothing. */
    limits: agentLimitsSchema.pick({ turns: true, tokens: true, costUsd: true, toolCalls: true }).partial().optional(),
  })
  .prefault({})

export type AgentInput = z.input<typeof agentInputSchema> | undefined

/** Throws `OPTIONS_INVALID` for an input that can't be read. */
export function initialContext(settings: AgentSettings, given: AgentInput): AgentContext {
  const input = readOptions('The input of an agent', agentInputSchema, given)
  return {
    goal: input.goal ?? settings.goal ?? '',
    constraints: [...(settings.constraints ?? []), ...(input.constraints ?? [])],
    depth: input.depth,
    memory: [],
    observations: input.context === undefined ? [] : [{ turn: 0, kind: 'note', text: input.context }],
    seen: [],
    refused: [],
    failures: 0,
    nextId: 1,
    limits: lower(settings.limits, input.limits ?? {}),
    used: NOTHING_USED,
  }
}

function lower(limits: AgentLimits, given: Partial<AgentLimits>): AgentLimits {
  const least = (one: number | undefined, other: number | undefined): number | undefined =>
    one === undefined ? other : Math.min(one, other ?? one)
  return {
    ...limits,
    turns: Math.min(limits.turns, given.turns ?? limits.turns),
    tokens: least(limits.tokens, given.tokens),
    costUsd: least(limits.costUsd, given.costUsd),
    toolCalls: least(limits.toolCalls, given.toolCalls),
  }
}

export function outputOf({ ending, used }: AgentContext): AgentOutput {
  return { ...(ending ?? { status: 'failed', reason: 'It ended without saying how.' }), used }
}
