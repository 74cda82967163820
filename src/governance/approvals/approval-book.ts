/**
 * The life of a question, as pure functions from one state to the next.
 *
 * 1. A question is decided at most once: what is approved, denied or expired stays so for ever.
 * 2. A decision after the deadline does not count, whether or not anybody has noticed the deadline yet.
 * 3. Only what was withdrawn can be asked again.
 * 4. Each step of an escalation is told at most once, in order, and never of a question that is settled.
 */
import type { Plan, Step } from './settings.js'

export type ApprovalStatus = 'pending' | 'approved' | 'denied' | 'expired' | 'withdrawn'

/** How it ended. `by` is who decided; an expired question was decided by nobody. */
export interface Settled {
  readonly status: Exclude<ApprovalStatus, 'pending'>
  readonly by?: string
  readonly reason?: string
  readonly atMs: number
}

export interface ApprovalState {
  readonly askedMs: number
  readonly steps: readonly Step[]
  /** How many of the steps are over. */
  readonly escalated: number
  readonly expiresMs: number
  /** Whether whoever asks is gone with the process. */
  readonly isVolatile: boolean
  readonly settled?: Settled
  /** It was settled while no system was there to tell of it. */
  readonly isNews?: boolean
}

/** What is to be told of a change. */
export type Happening =
  | { readonly type: 'approvalEscalated'; readonly to: string; readonly atMs: number }
  | { readonly type: 'approvalExpired'; readonly reason: string; readonly atMs: number }
  | { readonly type: 'approvalWithdrawn'; readonly reason: string; readonly atMs: number }
  | {
      readonly type: 'approvalDecided'
      readonly decision: 'approved' | 'denied'
      readonly by: string
      readonly reason: string | undefined
      readonly atMs: number
    }

export interface Change {
  readonly state: ApprovalState
  readonly happened: readonly Happening[]
}

export interface Decision {
  readonly decision: 'approved' | 'denied'
  readonly by: string
  readonly reason?: string
}

export function asked({ steps, expiresMs }: Plan, nowMs: number, isVolatile: boolean): ApprovalState {
  return { askedMs: nowMs, steps, escalated: 0, expiresMs, isVolatile }
}

export function statusOf({ settled }: ApprovalState): ApprovalStatus {
  return settled?.status ?? 'pending'
}

/** When something happens to it by itself; `undefined` once it is settled. */
export function nextMs(state: ApprovalState): number | undefined {
  return state.settled === undefined ? (state.steps[state.escalated]?.atMs ?? state.expiresMs) : undefined
}

/** What time has made of it. `reason`: what is said of a question that expires. */
export function advanced(state: ApprovalState, nowMs: number, reason: string): Change {
  if (state.settled !== undefined) return { state, happened: [] }
  const { steps, expiresMs } = state
  if (nowMs >= expiresMs) {
    const expired = { ...state, escalated: steps.length }
    return settle(expired, { status: 'expired', reason, atMs: expiresMs }, [
      { type: 'approvalExpired', reason, atMs: expiresMs },
    ])
  }
  const due = steps.slice(state.escalated).filter(({ atMs }) => atMs <= nowMs)
  if (due.length === 0) return { state, happened: [] }
  const happened = due.map(({ to, atMs }) => ({ type: 'approvalEscalated' as const, to, atMs }))
  return { state: { ...state, escalated: state.escalated + due.length }, happened }
}

/** Somebody decides; `isTaken` says whether that counts. */
export function decided(
  before: ApprovalState,
  { decision, by, reason }: Decision,
  nowMs: number,
  lateReason: string,
): Change & { readonly isTaken: boolean } {
  const { state, happened } = advanced(before, nowMs, lateReason)
  if (state.settled !== undefined) return { state, happened, isTaken: false }
  const told: Happening = { type: 'approvalDecided', decision, by, reason, atMs: nowMs }
  const change = settle(state, { status: decision, by, reason, atMs: nowMs }, [...happened, told])
  return { ...change, isTaken: true }
}

/** Nobody wants to know any more. Changes nothing that is settled. */
export function withdrawn(before: ApprovalState, reason: string, nowMs: number, lateReason: string): Change {
  const { state, happened } = advanced(before, nowMs, lateReason)
  if (state.settled !== undefined) return { state, happened }
  return settle(state, { status: 'withdrawn', reason, atMs: nowMs }, [
    ...happened,
    { type: 'approvalWithdrawn', reason, atMs: nowMs },
  ])
}

/** What a system finds that opens the store: time has gone on, and volatile actors are gone. */
export function reopened(before: ApprovalState, nowMs: number, lateReason: string): Change {
  const lost = before.isVolatile
    ? withdrawn(before, 'Its actor was volatile, and is lost.', nowMs, lateReason)
    : undefined
  const { state, happened } = lost ?? advanced(before, nowMs, lateReason)
  if (state.isNews !== true || state.settled === undefined) return { state, happened }
  const { isNews: _, ...told } = state
  return { state: told, happened: newsOf(state.settled) }
}

/** Only decisions are made while no system is there. */
function newsOf({ status, by = '', reason, atMs }: Settled): readonly Happening[] {
  const isDecision = status === 'approved' || status === 'denied'
  return isDecision ? [{ type: 'approvalDecided', decision: status, by, reason, atMs }] : []
}

function settle(state: ApprovalState, settled: Settled, happened: readonly Happening[]): Change {
  return { state: { ...state, settled }, happened }
}
