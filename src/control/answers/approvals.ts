/** Questions to people, whoever holds them: a running system or a store. */
import type { Approval, ReadFilter } from '../../governance/approvals/approval.js'
import { readFilter } from '../../governance/approvals/approval.js'
import {
  type ApprovalBy,
  type ApprovalDesk,
  type ApprovalOutcome,
  readBy,
} from '../../governance/approvals/approval-desk.js'
import { approvalNotFound } from '../../governance/approvals/approval-errors.js'
import type { Redaction } from '../../governance/redaction/redaction.js'
import { plainJson, readable } from '../http/json-text.js'
import { toldError } from '../http/told-problem.js'
import {
  type ApprovalList,
  type ApprovalQuery,
  type DecisionRequest,
  MAX_LISTED,
  type ToldApproval,
  type ToldOutcome,
} from '../protocol/approvals.js'

/** Of the arguments of one approval, in characters of JSON: in a list, and of one that is shown by itself. */
const LISTED_CHARS = 2_000
const SHOWN_CHARS = 4_000_000

/** Where approvals are found and decided. */
export interface ApprovalSource {
  list(filter: ReadFilter): readonly Approval[]
  get(id: string): Approval | undefined
  decide(decision: 'approve' | 'deny', ids: readonly string[], by: ApprovalBy): Promise<readonly ApprovalOutcome[]>
}

/** What can be asked about approvals: at the door of a running system, or of a store. */
export interface ApprovalAnswers {
  approvals(query: ApprovalQuery): ApprovalList
  approval(query: { readonly id: string }): ToldApproval
  decideApprovals(request: DecisionRequest, by: string): Promise<ToldOutcome[]>
}

export function approvalsOf(desk: ApprovalDesk): ApprovalSource {
  return {
    list: (filter) => desk.list(filter),
    get: (id) => desk.get(id),
    decide: (decision, ids, by) => desk[decision](ids, by),
  }
}

export function approvalAnswers(source: ApprovalSource, mask: Redaction): ApprovalAnswers {
  return {
    approvals: (query) => {
      const found = source.list(readFilter({ ...query, limit: MAX_LISTED + 1 }))
      return {
        approvals: found.slice(0, MAX_LISTED).map((one) => listed(one, mask)),
        isAll: found.length <= MAX_LISTED,
      }
    },
    approval: ({ id }) => shown(only(source, id), mask),
    decideApprovals: async ({ decision, ids, reason }, by) => {
      const found = ids.map((id) => idOf(source, id))
      const outcomes = await source.decide(decision, found, readBy({ by, reason }))
      return outcomes.map((outcome) => toldOutcome(outcome, mask))
    },
  }
}

function toldOutcome(outcome: ApprovalOutcome, mask: Redaction): ToldOutcome {
  const { id } = outcome
  return outcome.ok
    ? { id, ok: true, approval: listed(outcome.approval, mask) }
    : { id, ok: false, error: toldError(outcome.error, mask) }
}

/** The id that is meant: itself, or the only one with that code. Any other is left as it is, to be refused. */
function idOf(source: ApprovalSource, idOrCode: string): string {
  if (source.get(idOrCode) !== undefined) return idOrCode
  const found = source.list(readFilter({ status: 'any', code: idOrCode }))
  return found.length === 1 ? (found[0] as Approval).id : idOrCode
}

function only(source: ApprovalSource, idOrCode: string): Approval {
  const approval = source.get(idOf(source, idOrCode))
  if (approval === undefined) throw approvalNotFound(idOrCode)
  return approval
}

/** Short enough for a list: without the trace. */
export function listed(approval: Approval, mask: Redaction): ToldApproval {
  return { ...told(approval, mask, LISTED_CHARS), trace: [] }
}

function shown(approval: Approval, mask: Redaction): ToldApproval {
  return told(approval, mask, SHOWN_CHARS)
}

/** Masked before it is cut. */
function told(approval: Approval, mask: Redaction, maxChars: number): ToldApproval {
  const { id, code, path, ...rest } = approval
  const { trace, input, ...others } = mask.value(rest) as typeof rest
  const json = JSON.stringify(input, readable) ?? 'null'
  const all = { id, code, path, ...others, trace: [...trace] }
  if (json.length <= maxChars) return { ...all, input: plainJson(input) }
  return { ...all, input: json.slice(0, maxChars).toWellFormed(), inputCut: json.length }
}
