/** The actors of a store as entries of a roster, from which lists and rows are made as in a running system. */
import { type ActorPath, parentOf } from '../../core/address.js'
import { StoredApprovals } from '../../governance/approvals/stored-approvals.js'
import { RosterEntry } from '../../inspect/live/roster-entry.js'
import { storedBudgets } from './stored-budgets.js'
import type { StoreSight } from './stored-sight.js'
import { readStoredRows, type StoredRow } from './stored-tree.js'
import { usedByPath } from './used-budgets.js'

/** Those that are meant, by path; of parents of which nothing is kept, that they are missing. */
export async function storedEntries(
  sight: StoreSight,
  isMeant?: (path: ActorPath) => boolean,
): Promise<ReadonlyMap<ActorPath, RosterEntry>> {
  const rows = await readStoredRows(sight.store, sight.values, isMeant)
  const [used, asking] = [usedByPath(await storedBudgets(sight)), await questions(sight)]
  const entries = new Map<ActorPath, RosterEntry>()
  for (const [path, row] of rows) {
    const entry = entryOf(path, row)
    entry.budget = used.get(path)
    entry.approvals = asking.get(path) ?? 0
    entries.set(path, entry)
  }
  if (isMeant === undefined) for (const path of rows.keys()) addMissing(entries, parentOf(path))
  return entries
}

function entryOf(path: ActorPath, { row, seqNr }: StoredRow): RosterEntry {
  const { order, logic, status, durability, isSupervisor, isPaused, value, restarts, mailbox, stash, effects, error } =
    row
  const entry = new RosterEntry(path, order)
  const counts = { restarts, mailbox, stash, effects, seqNr }
  entry.learn({ logic, status, durability, isInMemory: false, isSupervisor, isPaused, value, error, ...counts })
  // Those of a supervisor are how it keeps its children.
  if (isSupervisor) entry.effects = 0
  return entry
}

function addMissing(entries: Map<ActorPath, RosterEntry>, path: ActorPath | undefined): void {
  if (path === undefined || entries.has(path)) return
  const entry = new RosterEntry(path, 0)
  entry.miss()
  entries.set(path, entry)
  addMissing(entries, parentOf(path))
}

/** How many questions of each actor wait for a person. */
async function questions({ values, nowMs }: StoreSight): Promise<ReadonlyMap<ActorPath, number>> {
  const approvals = await StoredApprovals.read(values, { now: () => nowMs })
  const counts = new Map<ActorPath, number>()
  for (const { path } of approvals.list({ status: 'pending' })) counts.set(path, (counts.get(path) ?? 0) + 1)
  return counts
}
