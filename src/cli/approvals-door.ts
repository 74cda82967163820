/**
 * The way to the approvals of a folder: through the system that has it open, or into the store itself.
 */

import { type AskSystem, findSystem } from '../control/approval-client.js'
import { type ApprovalSource, answerRequest } from '../control/approval-door.js'
import { RosciusError } from '../core/errors.js'
import { outcomeOf } from '../governance/approvals/approval-desk.js'
import { StoredApprovals } from '../governance/approvals/stored-approvals.js'
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
    () => note('A process has the store open and has no door (serveApprovals): this is what it had committed.\n'),
    async (store, isInUse) => {
      const source = sourceOf(await StoredApprovals.read(decrypted(store), { now: Date.now, isInUse }))
      return use(askStore(isInUse ? readOnly(folder, source) : source))
    },
  )
}

/** A process has the store open and lets nobody in: what it had committed can be seen. */
function readOnly(folder: string, source: ApprovalSource): ApprovalSource {
  const decide = async (): Promise<never> => {
    const message = `${folder} is open in a process that has no door: let it call serveApprovals(system, { folder }), or stop it.`
    throw new RosciusError('STORE_LOCKED', message, { details: { path: folder } })
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
  ((request: Parameters<typeof answerRequest>[1]) => answerRequest(source, request)) as AskSystem
