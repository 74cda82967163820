/** Dead letters, budgets, links, conversations: what the smaller views of the console show. */
import { z } from 'zod'
import { atMs, eventLine, path, recordRef } from './common.js'

export const toldDeadLetter = z.object({
  id: z.string(),
  path,
  event: eventLine,
  from: z.string().optional(),
  reason: z.string(),
  /** What the reason means and what can be done, in a sentence. */
  why: z.string(),
  /** What its receiver threw, in a line. */
  error: z.string().optional(),
  atMs,
})

export const deadLetterPage = z.object({ letters: z.array(toldDeadLetter), total: z.number() })

/** Retry or discard, one or many. */
export const deadLetterOrder = z.strictObject({ ids: z.array(z.string().min(1).max(1_000)).min(1).max(1_000) })

export const outcomes = z.array(z.object({ id: z.string(), ok: z.boolean(), error: z.string().optional() }))

const budgetLine = z.object({
  dimension: z.string(),
  limit: z.number().optional(),
  settled: z.number(),
  open: z.number(),
  overdraft: z.number(),
  left: z.number().optional(),
  /** Used a minute, over the last ten minutes at most. */
  burnPerMinute: z.number(),
  /** When nothing is left at that rate, ms from now. */
  lastsMs: z.number().optional(),
})

export interface ToldBudget {
  readonly path: string
  readonly onExhausted?: string | undefined
  readonly wall: { readonly usedMs: number; readonly limitMs?: number | undefined }
  readonly lines: readonly z.output<typeof budgetLine>[]
  readonly below: readonly ToldBudget[]
}

export const toldBudget: z.ZodType<ToldBudget> = z.object({
  path,
  onExhausted: z.string().optional(),
  wall: z.object({ usedMs: z.number(), limitMs: z.number().optional() }),
  lines: z.array(budgetLine),
  get below() {
    return z.array(toldBudget)
  },
})

export const raiseRequest = z.strictObject({ path, more: z.record(z.string(), z.number().positive()) })

/** A message between two actors, or into one from outside. */
export const message = z.object({
  /** Address or path of the sender; absent if it came from outside. */
  from: z.string().optional(),
  to: z.string(),
  event: eventLine,
  atMs,
  /** The record that handled it. */
  record: recordRef.optional(),
  /** The record that sent it. */
  cause: recordRef.optional(),
  outcome: z.string().optional(),
})

/**
 * `id`: of a conversation over links, or `path@seqNr` of the record that all of this began with: its correlation id.
 * `isWhole`: nothing was cut.
 */
export const conversation = z.object({ id: z.string(), messages: z.array(message), isWhole: z.boolean() })

export const conversationRow = z.object({
  id: z.string(),
  firstMs: atMs,
  lastMs: atMs,
  /** As many as the conversation has when it is asked for. */
  messages: z.number(),
  /** Whether nothing was cut. */
  isWhole: z.boolean(),
  actors: z.array(z.string()),
  event: z.string(),
})

/** What of a machine its actors have done: since the node started, or in what its journals keep. */
export const coverage = z.object({
  logic: z.string(),
  version: z.string().optional(),
  chart: z.string(),
  sinceMs: atMs,
  states: z.array(z.object({ id: z.string(), count: z.number() })),
  transitions: z.array(
    z.object({ id: z.string(), count: z.number(), /** How often its guard said no. */ refused: z.number() }),
  ),
})

export type ToldDeadLetter = z.output<typeof toldDeadLetter>
export type DeadLetterPage = z.output<typeof deadLetterPage>
export type Outcomes = z.output<typeof outcomes>
export type ToldMessage = z.output<typeof message>
export type ToldConversation = z.output<typeof conversation>
export type ConversationRow = z.output<typeof conversationRow>
export type ToldCoverage = z.output<typeof coverage>
