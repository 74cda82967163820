/** What people and programs may do with approvals: `system.approvals`. */
import { z } from 'zod'
import { isRosciusError, type RosciusError } from '../../core/errors.js'
import { readWith } from '../../supervision/refusal.js'
import { type Approval, type ApprovalFilter, readFilter } from './approval.js'
import type { Decision } from './approval-book.js'
import type { Approvals } from './approvals.js'

/** Who decides, and why; a reason is what the agent is told. */
export interface ApprovalBy {
  readonly by: string
  readonly reason?: string
}

/** What came of one id of several. */
export type ApprovalOutcome =
  | { readonly id: string; readonly ok: true; readonly approval: Approval }
  | { readonly id: string; readonly ok: false; readonly error: RosciusError }

export interface ApprovalDesk {
  /** The oldest first; only durable ones. Default: those that are pending. Throws `OPTIONS_INVALID`. */
  list(filter?: ApprovalFilter): readonly Approval[]
  get(id: string): Approval | undefined
  /**
   * Says yes; resolves when that is durable. Rejects with `APPROVAL_DECIDED` if somebody was first (`details`: `status`, `by`,
   * `atMs`, `reason`), with `APPROVAL_NOT_FOUND`, and with `OPTIONS_INVALID` if `by` is empty.
   */
  approve(id: string, by: ApprovalBy): Promise<Approval>
  /**
   * Several at once, in one commit. Each id has its own outcome, in the order of the ids: one that is unknown or was decided
   * before does not stop the others.
   *
   * @example
   * ```ts
   * import { createSystem, memoryStore } from 'roscius'
   *
   * await using system = await createSystem({ name: 'desk', store: memoryStore(), logic: {} })
   * const ids = system.approvals.list({ risk: 'write' }).map(({ id }) => id)
   * for (const outcome of await system.approvals.approve(ids, { by: 'ada', reason: 'the release' }))
   *   if (!outcome.ok) console.log(outcome.id, outcome.error.message)
   * ```
   */
  approve(ids: readonly string[], by: ApprovalBy): Promise<readonly ApprovalOutcome[]>
  /** Says no, as `approve` says yes. */
  deny(id: string, by: ApprovalBy): Promise<Approval>
  deny(ids: readonly string[], by: ApprovalBy): Promise<readonly ApprovalOutcome[]>
}

const line = z.string().trim().min(1).max(200)

const bySchema = z.strictObject({ by: line, reason: z.string().max(2_000).optional() })
const idsSchema = z.union([z.string(), z.array(z.string())], 'must be an id, or an array of ids')

/** Throws `OPTIONS_INVALID` with the path of the field. */
export function readBy(by: unknown): z.output<typeof bySchema> {
  return readWith(bySchema, by, 'approval')
}

/** The desk of a system. */
export function approvalDesk(approvals: Approvals): ApprovalDesk {
  const decide = async (
    ids: string | readonly string[],
    by: ApprovalBy,
    decision: Decision['decision'],
  ): Promise<Approval | readonly ApprovalOutcome[]> => {
    const read = readWith(idsSchema, ids, 'ids')
    const all = typeof read === 'string' ? [read] : read
    const outcomes = await approvals.decide(all, { ...readBy(by), decision })
    if (Array.isArray(read)) return outcomes.map((outcome, at) => outcomeOf(all[at] as string, outcome))
    const [only] = outcomes as [Approval | Error]
    if (only instanceof Error) throw only
    return only
  }
  return {
    list: (filter) => approvals.list(readFilter(filter)),
    get: (id) => approvals.get(id),
    approve: ((ids, by) => decide(ids, by, 'approved')) as ApprovalDesk['approve'],
    deny: ((ids, by) => decide(ids, by, 'denied')) as ApprovalDesk['deny'],
  }
}

export function outcomeOf(id: string, outcome: Approval | Error): ApprovalOutcome {
  return isRosciusError(outcome) ? { id, ok: false, error: outcome } : { id, ok: true, approval: outcome as Approval }
}
