/** A decision of a brain as it is kept: what was asked, what could have been decided, what was, why, and what came of it. */
import type { ActorPath } from '../../core/address.js'

/** A call of a tool that a decision led to. */
export interface LoggedToolCall {
  /** The effect that called: the same over crashes. */
  readonly effectId: string
  readonly callId: string
  readonly tool: string
  readonly version?: string | undefined
  /** What the gate said of it. */
  readonly outcome: 'allowed' | 'approvalRequired' | 'refused'
  /** The rule that decided. */
  readonly rule?: string | undefined
  readonly approvalId?: string | undefined
  readonly ok: boolean
  readonly errorCode?: string | undefined
  readonly ms?: number | undefined
}

/** One question to the brain, and its answer. A turn has more than one if a decision was refused. */
export interface DecisionRecord {
  readonly path: ActorPath
  readonly turn: number
  /** The effect that asked: the same over crashes. Absent if no decision of that turn was logged, only calls. */
  readonly effectId?: string | undefined
  /** Wall clock when it was decided, ms. */
  readonly atMs: number
  readonly goal: string
  /** The path of the state that asked. */
  readonly state: string
  /** A digest of all that the brain was asked with: the same for the same question. */
  readonly contextDigest: string
  /** The types of the events that were legal. */
  readonly legal: readonly string[]
  /** The event that the brain wants. */
  readonly decision: unknown
  readonly reason: string
  /** Why it could not be taken, if the brain was asked again because of that. */
  readonly refusedBecause?: string | undefined
  readonly prompt?: { readonly name: string; readonly version: string } | undefined
  readonly model?: string | undefined
  readonly usage?:
    | { readonly inputTokens: number; readonly outputTokens: number; readonly costUsd?: number | undefined }
    | undefined
  /** How long the brain took. */
  readonly ms: number
  readonly toolCalls: readonly LoggedToolCall[]
}
