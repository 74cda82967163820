/** The timeline, for those who come late, too: what was noted since somebody looks, and before that what journals tell. */
import type { TimelineItem } from '../protocol/live.js'
import type { Desk } from './desk.js'

/** Out of journals, at most. */
const MAX_EARLIER = 200

export async function timelineItems(
  { inspection, history }: Pick<Desk, 'inspection' | 'history'>,
  limit: number,
): Promise<TimelineItem[]> {
  const noted: TimelineItem[] = inspection.timeline(limit)
  const sinceMs = inspection.timelineSinceMs ?? 0
  const left = Math.min(MAX_EARLIER, limit) - noted.length
  if (left <= 0) return noted
  const known = new Set(noted.map(recordOf))
  const earlier = await history.recentActivity(MAX_EARLIER)
  const missing = earlier.filter((item) => item.atMs <= sinceMs && (item.kind !== 'unit' || !known.has(recordOf(item))))
  return [...missing.slice(-left), ...noted]
}

/** Which record of which actor; `undefined` for what is no event. */
function recordOf(item: TimelineItem): string | undefined {
  return item.kind === 'unit' ? `${item.path}@${item.seqNr}` : undefined
}
