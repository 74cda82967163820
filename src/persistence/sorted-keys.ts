import { compareKeys, lowerBound } from './key-order.js'

/** Stale and unsorted keys that are tolerated beside the living ones before `SortedKeys` tidies up by itself. */
const SLACK = 1_024

/**
 * The keys of a map in store order, sorted only when somebody asks.
 *
 * 1. Writing costs a push at most; deleting costs nothing (`isAlive` tells later which keys are gone).
 * 2. Sorting merges the keys that were added since, so it costs those and one pass over the rest.
 * 3. Stale entries never outweigh the living ones by more than `SLACK`.
 */
export class SortedKeys {
  private sorted: string[] = []
  private added: string[] = []

  constructor(private readonly alive: ReadonlyMap<string, unknown>) {}

  /** How many entries are held, living and stale. */
  get size(): number {
    return this.sorted.length + this.added.length
  }

  /** Notes a key that is new in the map. */
  add(key: string): void {
    this.added.push(key)
    if (this.size > 2 * this.alive.size + SLACK) this.tidy()
  }

  /** The living keys with `gte <= key < lt`, in order (or the reverse), at most `limit`. */
  between(gte: string, lt: string, reverse: boolean, limit: number): string[] {
    this.tidy()
    const from = lowerBound(this.sorted, gte)
    const to = lowerBound(this.sorted, lt)
    const found: string[] = []
    for (let i = 0; i < to - from && found.length < limit; i++) {
      const key = this.sorted[reverse ? to - 1 - i : from + i]!
      if (this.alive.has(key)) found.push(key)
    }
    return found
  }

  private tidy(): void {
    const isCrowded = this.sorted.length > 2 * this.alive.size + SLACK
    if (this.added.length === 0 && !isCrowded) return
    const old = this.sorted
    const added = this.added.sort(compareKeys)
    this.sorted = []
    this.added = []
    let i = 0
    for (const key of added) {
      while (i < old.length && compareKeys(old[i]!, key) < 0) this.keep(old[i++]!)
      this.keep(key)
    }
    while (i < old.length) this.keep(old[i++]!)
  }

  /** A key that was deleted and added again is in both lists: equal neighbours are one key. */
  private keep(key: string): void {
    if (this.alive.has(key) && this.sorted.at(-1) !== key) this.sorted.push(key)
  }
}
