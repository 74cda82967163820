/**
 * The entries of the roster under their parents. Data: what an entry says is the roster's affair.
 *
 * Every entry's parent has an entry, too. One of which nothing is known but that there are actors below it is `missing`, and
 * goes with the last of them.
 */
import type { ActorPath } from '../../core/address.js'
import { RosterEntry } from './roster-entry.js'

export class RosterIndex {
  readonly #entries = new Map<ActorPath, RosterEntry>()
  readonly #below = new Map<ActorPath, Set<RosterEntry>>()
  /** Counts those that were added while somebody looked; those who were there before are below 0. */
  #added = 0

  get(path: ActorPath): RosterEntry | undefined {
    return this.#entries.get(path)
  }

  get size(): number {
    return this.#entries.size
  }

  values(): IterableIterator<RosterEntry> {
    return this.#entries.values()
  }

  /** In the order in which they were added: each after its parent. */
  paths(): ActorPath[] {
    return [...this.#entries.keys()]
  }

  below(path: ActorPath): ReadonlySet<RosterEntry> {
    return this.#below.get(path) ?? NOBODY
  }

  nextOrder(): number {
    return this.#added++
  }

  /** The entry of that path, made if need be, with those above it. `isNew` is told of each that was made. */
  ensure(path: ActorPath, isNew: (entry: RosterEntry) => void): RosterEntry {
    const known = this.#entries.get(path)
    if (known !== undefined) return known
    const entry = new RosterEntry(path, Number.NaN)
    if (entry.parent !== undefined) {
      this.ensure(entry.parent, isNew)
      const siblings = this.#below.get(entry.parent)
      if (siblings === undefined) this.#below.set(entry.parent, new Set([entry]))
      else siblings.add(entry)
    }
    this.#entries.set(path, entry)
    isNew(entry)
    return entry
  }

  /** Takes out an entry that nobody is below, and those above it that were there for its sake only; answers all of them. */
  remove(entry: RosterEntry): readonly RosterEntry[] {
    const { path, parent } = entry
    if (this.below(path).size > 0) return []
    this.#entries.delete(path)
    this.#below.delete(path)
    if (parent === undefined) return [entry]
    this.#below.get(parent)?.delete(entry)
    const above = this.#entries.get(parent)
    return above?.status === 'missing' && !above.isUnsure ? [entry, ...this.remove(above)] : [entry]
  }
}

const NOBODY: ReadonlySet<RosterEntry> = new Set()
