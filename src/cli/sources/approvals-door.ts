/**
 * The way to the approvals of a folder: through the system that has it open, or into the store itself.
 */

import { type ApprovalAnswers, type ApprovalSource, approvalAnswers } from '../../control/answers/approvals.js'
import { findControl } from '../../control/client/control-client.js'
import {
  type ApprovalList,
  type ApprovalQuery,
  approvalQuery,
  type DecisionRequest,
  decisionRequest,
  type ToldApproval,
  type ToldOutcome,
} from '../../control/protocol/approvals.js'
import { outcomeOf } from '../../governance/approvals/approval-desk.js'
import { StoredApprovals } from '../../governance/approvals/stored-approvals.js'
import { defineRedaction } from '../../governance/redaction/redaction.js'
import { readWith } from '../../supervision/refusal.js'
import { assertStore, decrypted } from '../stored/open-store.js'
import { withStoreOrCopy } from '../stored/store-copy.js'
import { lockedOut, NO_DOOR } from './no-door.js'
import { operatorOf } from './operator.js'

/** What can be asked, wherever the approvals are. */
export interface ApprovalsDoor {
  approvals(query: ApprovalQuery): Promise<ApprovalList>
  approval(query: { readonly id: string }): Promise<ToldApproval>
  decideApprovals(request: DecisionRequest): Promise<readonly ToldOutcome[]>
}

/** Lends `use` a way to ask, in the name of `by`, by default the user's. `note` is told what whoever called should know. */
export async function withApprovals<T>(
  folder: string,
  by: string | undefined,
  note: (text: string) => void,
  use: (door: ApprovalsDoor) => Promise<T>,
): Promise<T> {
  assertStore(folder)
  const who = operatorOf(by)
  const system = await findControl(folder, { by: who })
  if (system !== undefined) return use(system)
  return withStoreOrCopy(
    folder,
    () => note(NO_DOOR),
    async (store, isInUse) => {
      const source = sourceOf(await StoredApprovals.read(decrypted(store), { now: Date.now, isInUse }))
      return use(doorOf(approvalAnswers(isInUse ? readOnly(folder, source) : source, defineRedaction()), who))
    },
  )
}

/** A process has the store open and lets nobody in: what it had committed can be seen. */
function readOnly(folder: string, source: ApprovalSource): ApprovalSource {
  const decide = async (): Promise<never> => {
    throw lockedOut(folder)
  }
  return { ...source, decide }
}

function sourceOf(stored: StoredApprovals): ApprovalSource {
  return {
    list: (filter) => stored.list(filter),
    get: (id) => stored.get(id),
    decide: async (decision, ids, by) => {
      const outcomes = await stored.decide(ids, { ...by, decision: decision === 'approve' ? 'approved' : 'denied' })
      return outcomes.map((outcome, at) => outcomeOf(ids[at] as string, outcome))
    },
  }
}

/** What is asked of a store is read as strictly as at the door of a system. */
function doorOf(answers: ApprovalAnswers, by: string): ApprovalsDoor {
  return {
    approvals: async (query) => answers.approvals(readWith(approvalQuery, query, 'query')),
    approval: async ({ id }) => answers.approval({ id }),
    decideApprovals: (request) => answers.decideApprovals(readWith(decisionRequest, request, 'body'), by),
  }
}
