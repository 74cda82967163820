/** What can be done at the door about approvals, whoever stands behind it: a running system or a store. */
import type { Approval, ReadFilter } from '../governance/approvals/approval.js'
import { readFilter } from '../governance/approvals/approval.js'
import { type ApprovalBy, type ApprovalOutcome, readBy } from '../governance/approvals/approval-desk.js'
import { approvalNotFound } from '../governance/approvals/approval-errors.js'
import {
  type ApprovalAnswers,
  type ApprovalRequestLine,
  listed,
  MAX_LISTED,
  shown,
  type ToldOutcome,
} from './approval-protocol.js'
import { toldError } from './told-error.js'

/** Where approvals are found and decided. */
export interface ApprovalSource {
  list(filter: ReadFilter): readonly Approval[]
  get(id: string): Approval | undefined
  decide(decision: 'approve' | 'deny', ids: readonly string[], by: ApprovalBy): Promise<readonly ApprovalOutcome[]>
}

type Request<K extends ApprovalRequestLine['op']> = Extract<ApprovalRequestLine, { readonly op: K }>

/** Answers a request. Throws what is to be told to whoever asked. */
export async function answerAboutApprovals(
  source: ApprovalSource,
  request: ApprovalRequestLine,
): Promise<ApprovalAnswers[keyof ApprovalAnswers]> {
  switch (request.op) {
    case 'listApprovals':
      return list(source, request)
    case 'showApproval':
      return shown(only(source, request.id))
    case 'decideApprovals':
      return decide(source, request)
  }
}

function list(source: ApprovalSource, { filter }: Request<'listApprovals'>): ApprovalAnswers['listApprovals'] {
  const found = source.list(readFilter({ ...filter, limit: MAX_LISTED + 1 }))
  return { approvals: found.slice(0, MAX_LISTED).map(listed), isAll: found.length <= MAX_LISTED }
}

async function decide(
  source: ApprovalSource,
  request: Request<'decideApprovals'>,
): Promise<ApprovalAnswers['decideApprovals']> {
  const { decision, ids, by, reason } = request
  const found = ids.map((id) => idOf(source, id))
  const outcomes = await source.decide(decision, found, readBy({ by, reason }))
  return outcomes.map(toldOutcome)
}

function toldOutcome(outcome: ApprovalOutcome): ToldOutcome {
  const { id } = outcome
  return outcome.ok
    ? { id, ok: true, approval: listed(outcome.approval) }
    : { id, ok: false, error: toldError(outcome.error) }
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
