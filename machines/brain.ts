/**
 * What a brain is asked and what it answers. A brain is promise logic: its input a `BrainRequest`, its output a `Decision`.
 *
 * Boundary: shapes only. Who asks is a statechart; who answers are rules, a script or a model.
 */
import type { PromiseActorLogic } from 'xstate'
import { z } from 'zod'

/** A JSON Schema, such as `z.toJSONSchema` makes. */
export const jsonSchemaSchema = z.record(z.string(), z.unknown())

const count = z.number().int().nonnegative()

/** Tokens, and the price in USD if it is known. */
export const usageSchema = z.object({
  inputTokens: count,
  outputTokens: count,
  costUsd: z.number().nonnegative().optional(),
})

/** An event that the asking machine would take now. */
export const legalEventSchema = z.object({
  type: z.string().min(1),
  description: z.string().optional(),
  /** Of the whole event. */
  schema: jsonSchemaSchema.optional(),
})

/** What a tool does to the world: nothing, something, something that a person should have allowed. */
export const riskSchema = z.enum(['read', 'write', 'danger'])

/** What a brain is told of a tool. */
export const toolSummarySchema = z.object({
  name: z.string().min(1),
  version: z.string().optional(),
  description: z.string(),
  risk: riskSchema,
  input: jsonSchemaSchema.optional(),
})

/** Something that the agent has seen, newest last. */
export const observationSchema = z.object({
  /** The turn in which it was made; 0 before the first. */
  turn: count,
  kind: z.enum(['tool', 'peer', 'person', 'refusal', 'note']),
  text: z.string(),
  data: z.unknown().optional(),
})

/** A decision that could not be taken, and why. */
export const refusalSchema = z.object({ decision: z.unknown(), reason: z.string() })

/** What a brain is asked with. */
export const brainRequestSchema = z.object({
  goal: z.string(),
  constraints: z.array(z.string()),
  /** The path of the state that asks, such as `working.thinking`. */
  state: z.string(),
  legal: z.array(legalEventSchema),
  tools: z.array(toolSummarySchema),
  /** The newest last. */
  observations: z.array(observationSchema),
  memory: z.array(z.string()),
  /** Counts from 1. */
  turn: count,
  /** What was answered to this same question before. */
  refused: z.array(refusalSchema).optional(),
  /** What is left; a limit that isn't set isn't there. */
  limits: z.object({
    turnsLeft: count,
    tokensLeft: count.optional(),
    costUsdLeft: z.number().nonnegative().optional(),
    toolCallsLeft: count.optional(),
  }),
})

/** The event that the brain wants to happen, and why. */
export const decisionSchema = z.object({
  event: z.looseObject({ type: z.string().min(1) }),
  reason: z.string(),
  usage: usageSchema.optional(),
  prompt: z.object({ name: z.string(), version: z.string() }).optional(),
  model: z.string().optional(),
  /** Whether the same request may be answered with the same decision again, from a cache. Default false. */
  pure: z.boolean().optional(),
})

export type JsonSchema = z.infer<typeof jsonSchemaSchema>
export type Usage = z.infer<typeof usageSchema>
export type LegalEvent = z.infer<typeof legalEventSchema>
export type Risk = z.infer<typeof riskSchema>
export type ToolSummary = z.infer<typeof toolSummarySchema>
export type Observation = z.infer<typeof observationSchema>
export type Refusal = z.infer<typeof refusalSchema>
export type BrainRequest = z.infer<typeof brainRequestSchema>
export type Decision = z.infer<typeof decisionSchema>

/** A piece of the answer, as it comes in: `ref.on('token', …)` on the brain's ref. */
export interface TokenEvent {
  readonly type: 'token'
  readonly text: string
}

/** Promise logic from request to decision. */
export type Brain = PromiseActorLogic<Decision, BrainRequest, TokenEvent>
