/** Which entries of the roster a query means, in which order. Pure. */
import type { ActorPath } from '../../core/address.js'
import type { RosterEntry, RowWords } from './roster-entry.js'
import type { RowOrder, RowPage, RowQuery } from './shapes.js'
import { isAtOrBelow } from './timeline-viewer.js'

const DEFAULT_LIMIT = 100

export function pageOf(entries: readonly RosterEntry[], query: RowQuery, words: RowWords): RowPage {
  const { status, offset = 0, limit = DEFAULT_LIMIT, sort = 'tree' } = query
  // In the order of the whole tree: also if somebody's parent is not meant.
  const meant = (sort === 'tree' ? inTree(entries) : entries).filter(filterOf(query, words))
  const counts: Record<string, number> = {}
  for (const entry of meant) counts[entry.status] = (counts[entry.status] ?? 0) + 1
  const found = status === undefined ? meant : meant.filter((entry) => entry.status === status)
  const page = (sort === 'tree' ? found : sorted(found, sort, words)).slice(offset, offset + limit)
  return { rows: page.map((entry) => entry.row(words)), total: found.length, counts }
}

/** Everything that the query asks for but the status. */
function filterOf({ search, logic, under, trouble }: RowQuery, words: RowWords): (entry: RosterEntry) => boolean {
  const part = search?.toLowerCase() ?? ''
  return (entry) => {
    if (logic !== undefined && entry.logic !== logic) return false
    if (under !== undefined && !isAtOrBelow(entry.path, under)) return false
    if (trouble !== undefined && entry.isTroubled !== trouble) return false
    return part === '' || textsOf(entry, words).some((text) => text.toLowerCase().includes(part))
  }
}

/** The path as it is written and, where a name is encoded in it, as it is said. */
function textsOf(entry: RosterEntry, words: RowWords): readonly string[] {
  return [entry.path, entry.id, entry.logic, entry.state(words) ?? '']
}

function sorted(
  entries: readonly RosterEntry[],
  order: Exclude<RowOrder, 'tree'>,
  { nowMs }: RowWords,
): readonly RosterEntry[] {
  const weigh = WEIGHTS[order]
  const weighed = entries.map((entry) => ({ entry, weight: weigh(entry, nowMs) }))
  return weighed.sort((a, b) => b.weight - a.weight || compare(a.entry.path, b.entry.path)).map(({ entry }) => entry)
}

const WEIGHTS: Readonly<Record<Exclude<RowOrder, 'tree'>, (entry: RosterEntry, nowMs: number) => number>> = {
  path: () => 0,
  rate: (entry, nowMs) => entry.rate(nowMs),
  mailbox: ({ mailbox }) => mailbox,
  restarts: ({ restarts }) => restarts,
  budget: ({ budget }) => budget?.used ?? -1,
  last: ({ last }) => last?.atMs ?? 0,
}

/** Each before those below it, siblings by their start. */
function inTree(entries: readonly RosterEntry[]): readonly RosterEntry[] {
  const below = new Map<ActorPath | undefined, RosterEntry[]>()
  for (const entry of entries) {
    const siblings = below.get(entry.parent)
    if (siblings === undefined) below.set(entry.parent, [entry])
    else siblings.push(entry)
  }
  const found: RosterEntry[] = []
  const waiting = lastFirst(below.get(undefined))
  for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
    found.push(entry)
    for (const child of lastFirst(below.get(entry.path))) waiting.push(child)
  }
  return found
}

function lastFirst(siblings: RosterEntry[] = []): RosterEntry[] {
  return siblings.sort((a, b) => b.order - a.order || compare(b.path, a.path))
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
