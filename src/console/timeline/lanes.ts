/** Which actors have a lane: those with something in sight, in the order of the tree, the busiest if there are too many. */
import type { TimelineFeed } from './timeline-feed.js'

export interface Lanes {
  readonly paths: readonly string[]
  /** How many more have something in sight. */
  readonly hidden: number
}

const MAX_LANES = 60
const NATURAL = new Intl.Collator('en', { numeric: true })

/** Index of the first item at or after `atMs`. */
export function firstAt(items: readonly { readonly atMs: number }[], atMs: number): number {
  let [low, high] = [0, items.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((items[middle] as { atMs: number }).atMs < atMs) low = middle + 1
    else high = middle
  }
  return low
}

/** Lanes that were there stay for as long as they have something in sight. */
export function lanesOf(feed: TimelineFeed, fromMs: number, toMs: number, isShown: (path: string) => boolean): Lanes {
  const counts = new Map<string, number>()
  const count = (path: string): void => {
    if (isShown(path)) counts.set(path, (counts.get(path) ?? 0) + 1)
  }
  for (let i = firstAt(feed.items, fromMs); i < feed.items.length; i++) {
    const item = feed.items[i] as (typeof feed.items)[number]
    if (item.atMs > toMs) break
    if (item.kind === 'unit') count(item.path)
    else if (item.kind === 'notice' && item.path !== undefined) count(item.path)
  }
  for (const { path, startMs, endMs } of feed.runs) if (startMs <= toMs && (endMs ?? toMs) >= fromMs) count(path)
  const busiest = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, MAX_LANES)
  return { paths: busiest.map(([path]) => path).sort(NATURAL.compare), hidden: counts.size - busiest.length }
}
