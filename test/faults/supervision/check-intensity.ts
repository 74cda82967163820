/**
 * Restarts within intensity, by the journals: each failure of a child that restarts alone and at once is counted as the rule says, and
 * one too many must be followed by an escalation that its supervisor has in its journal.
 */
import type { Breach } from '../society/ordeal.js'
import type { Entry, Rest } from './ledger.js'
import { COUNTED } from './tree.js'

/** A record's time is that of its turn, which may be a little later than that of the decision. */
const TURN_MS = 30

export function intensityBreaches({ journals }: Rest): Breach[] {
  return Object.entries(COUNTED).flatMap(([path, intensity]) => {
    const parent = path.slice(0, path.lastIndexOf('/'))
    const id = path.slice(parent.length + 1)
    const escalations = (journals[parent] ?? []).filter(
      ({ event }) => event.type === 'roscius.child.escalated' && event.id === id && event.why === 'intensity',
    ).length
    const tooMany = excesses(journals[path] ?? [], intensity)
    if (tooMany <= escalations) return []
    const message = `${path} failed ${tooMany} times more often than its supervisor bears, which gave up ${escalations} times`
    return [{ invariant: 'intensity', message }]
  })
}

/** How often one failure was too many. */
function excesses(
  entries: readonly Entry[],
  { maxRestarts, withinMs }: { maxRestarts: number; withinMs: number },
): number {
  const seen = new Set<unknown>()
  let times: number[] = []
  let count = 0
  for (const { kind, event, time } of entries) {
    if (kind !== 'failure') continue
    const isAgain = event.n !== undefined && seen.has(event.n)
    seen.add(event.n)
    if (event.failureClass === 'permanent') times = []
    if (isAgain || event.failureClass === 'permanent') continue
    times = times.filter((earlier) => time - earlier <= withinMs - TURN_MS)
    if (times.length + 1 > maxRestarts) count++
    times = times.length + 1 > maxRestarts ? [] : [...times, time]
  }
  return count
}
