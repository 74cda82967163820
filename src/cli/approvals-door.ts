/**
 * The way to the approvals of a folder: through the system that has it open, or into the store itself.
 */

import { type ApprovalSource, answerAboutApprovals } from '../control/approval-door.js'
import { type AskSystem, findSystem } from '../control/control-client.js'
import { outcomeOf } from '../governance/approvals/approval-desk.js'
import { StoredApprovals } from '../governance/approvals/stored-approvals.js'
import { lockedOut, NO_DOOR } from './no-door.js'
import { assertStore, decrypted } from './open-store.js'
import { withStoreOrCopy } from './store-copy.js'

/** Lends `use` a way to ask. `note` is told what whoever called should know. */
export async function withApprovals<T>(
  folder: string,
  note: (text: string) => void,
  use: (ask: AskSystem) => Promise<T>,
): Promise<T> {
  assertStore(folder)
  const system = await findSystem(folder)
  if (system !== undefined) return use(system)
  return withStoreOrCopy(
    folder,
    () => note(NO_DOOR),
    async (store, isInUse) => {
      const source = sourceOf(await StoredApprovals.read(decrypted(store), { now: Date.now, isInUse }))
      return use(askStore(isInUse ? readOnly(folder, source) : source))
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

const askStore = (source: ApprovalSource): AskSystem =>
  ((request: Parameters<typeof answerAboutApprovals>[1]) => answerAboutApprovals(source, request)) as AskSystem
