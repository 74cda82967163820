/**
 * The way to the approvals of a folder: through the system that has it open, or into the store itself.
 */

import { type AskSystem, findSystem } from '../control/approval-client.js'
import { type ApprovalSource, answerRequest } from '../control/approval-door.js'
import { isRosciusError, RosciusError } from '../core/errors.js'
import { outcomeOf } from '../governance/approvals/approval-desk.js'
import { StoredApprovals } from '../governance/approvals/stored-approvals.js'
import { levelStore } from '../persistence/level-store.js'
import type { Store } from '../persistence/store.js'
import { assertStore, decrypted } from './open-store.js'
import { withCopy } from './store-copy.js'

/** Lends `use` a way to ask. `note` is told what whoever called should know. */
export async function withApprovals<T>(
  folder: string,
  note: (text: string) => void,
  use: (ask: AskSystem) => Promise<T>,
): Promise<T> {
  assertStore(folder)
  const system = await findSystem(folder)
  if (system !== undefined) return use(system)
  const store = await openUnlessLocked(folder)
  if (store === undefined) return withCopy(folder, async (copy) => use(await readOnly(folder, copy, note)))
  try {
    return await use(askStore(sourceOf(await StoredApprovals.read(decrypted(store), { now: Date.now }))))
  } finally {
    await store.close()
  }
}

async function openUnlessLocked(folder: string): Promise<Store | undefined> {
  try {
    return await levelStore(folder)
  } catch (error) {
    if (isRosciusError(error, 'STORE_LOCKED')) return undefined
    throw error
  }
}

/** A process has the store open and lets nobody in: what it had committed can be seen. */
async function readOnly(folder: string, copy: Store, note: (text: string) => void): Promise<AskSystem> {
  note('A process has the store open and has no door (serveApprovals): this is what it had committed.\n')
  const stored = await StoredApprovals.read(decrypted(copy), { now: Date.now, isInUse: true })
  const decide = async (): Promise<never> => {
    const message = `${folder} is open in a process that has no door: let it call serveApprovals(system, { folder }), or stop it.`
    throw new RosciusError('STORE_LOCKED', message, { details: { path: folder } })
  }
  return askStore({ ...sourceOf(stored), decide })
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
