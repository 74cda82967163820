/**
 * What an actor remembers of envelopes that came with a key, so that a repeat changes nothing (D2).
 *
 * 1. A key is remembered by the commit that handles its envelope, or that sets it aside as poison.
 * 2. It is kept for 24 hours, and for the newest 10 000 keys of the actor.
 */
import type { DedupeEntry } from './cell.js'

const MAX_AGE_MS = 24 * 60 * 60 * 1_000
const MAX_KEYS = 10_000

interface Remembering {
  dedupe: Map<string, DedupeEntry> | undefined
}

export function remember(cell: Remembering, key: string, entry: DedupeEntry): void {
  cell.dedupe ??= new Map()
  cell.dedupe.set(key, entry)
  for (const [old, { timeMs }] of cell.dedupe) {
    if (cell.dedupe.size <= MAX_KEYS && entry.timeMs - timeMs < MAX_AGE_MS) break
    cell.dedupe.delete(old)
  }
}

export function remembered({ dedupe }: Remembering, key: string | undefined, now: number): DedupeEntry | undefined {
  const entry = key === undefined ? undefined : dedupe?.get(key)
  return entry !== undefined && now - entry.timeMs < MAX_AGE_MS ? entry : undefined
}
