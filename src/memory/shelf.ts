/**
 * What is known of one namespace: of each item what ranking needs, and the index, as soon as somebody asks.
 *
 * Boundary: in memory. Texts and data stay in the records; the index is built from them.
 *
 * 1. Building the index never holds the thread for long: after so many characters others have their turn. Items that come and
 *    go meanwhile are in it, or not, when it is built.
 */
import { setImmediate as eventLoopRound } from 'node:timers/promises'
import type { MemoryRecord } from './memory-record.js'
import type { MemoryFilter, MemoryItem } from './memory-store.js'
import { OramaIndex, type OramaIndexOptions } from './orama-index.js'
import type { Match, Scored } from './score.js'
import { Slice } from './slice.js'

export interface Entry extends Scored {
  readonly id: string
  readonly tags: readonly string[]
  readonly key: string | undefined
  /** Signature of the embedder of its vector. */
  readonly embedder: string | undefined
  /** Ids that it has replaced. */
  readonly past: readonly string[]
}

export interface ShelfPort extends OramaIndexOptions {
  /** Signature of the embedder in use. */
  readonly embedder: string | undefined
  read(namespace: string, id: string): MemoryRecord | undefined
}

/** Fewer removed items than that never make a new index worth its while. */
const MIN_REMOVED = 1_000

export class Shelf {
  readonly entries = new Map<string, Entry>()
  readonly #byKey = new Map<string, string>()
  /** Ids that were replaced, and by which one now. */
  readonly #replaced = new Map<string, string>()
  #index: { readonly orama: OramaIndex; readonly built: Promise<void> } | undefined

  constructor(
    readonly namespace: string,
    private readonly port: ShelfPort,
  ) {}

  /** The id under which that of `id` is known, if it is: itself, or the fact that has replaced it. */
  idOf(id: string): string | undefined {
    return this.entries.has(id) ? id : this.#replaced.get(id)
  }

  /** The item that has this key. */
  withKey(key: string): string | undefined {
    return this.#byKey.get(key)
  }

  add(record: MemoryRecord): void {
    const { item, embedder, past = [] } = record
    const { id, kind, atMs, importance, tags, key } = item
    this.remove(id)
    this.entries.set(id, { id, kind, atMs, importance, tags, key, embedder, past })
    if (key !== undefined) this.#byKey.set(key, id)
    for (const old of past) this.#replaced.set(old, id)
    this.#index?.orama.add(this.#indexed(record))
  }

  remove(id: string): void {
    const entry = this.entries.get(id)
    if (entry === undefined) return
    this.entries.delete(id)
    if (entry.key !== undefined) this.#byKey.delete(entry.key)
    for (const old of entry.past) this.#replaced.delete(old)
    this.#index?.orama.remove(id)
    if ((this.#index?.orama.removed ?? 0) > Math.max(MIN_REMOVED, this.entries.size)) this.#index = undefined
  }

  select({ ids, kinds, tags = [], beforeMs = Number.POSITIVE_INFINITY }: Omit<MemoryFilter, 'namespace'>): Entry[] {
    const wanted = ids && new Set(ids)
    return [...this.entries.values()].filter(
      (entry) =>
        entry.atMs < beforeMs &&
        (wanted === undefined || wanted.has(entry.id)) &&
        (kinds === undefined || kinds.includes(entry.kind)) &&
        tags.every((tag) => entry.tags.includes(tag)),
    )
  }

  async matches(query: string, vector: Float32Array | undefined): Promise<ReadonlyMap<string, Match>> {
    this.#index ??= this.#build()
    const { orama, built } = this.#index
    await built
    return orama.matches(query, vector)
  }

  #build() {
    const orama = new OramaIndex(this.port)
    const built = this.#fill(orama).catch((error: unknown) => {
      this.#index = undefined
      throw error
    })
    return { orama, built }
  }

  async #fill(orama: OramaIndex): Promise<void> {
    const slice = new Slice()
    for (const id of [...this.entries.keys()]) {
      if (slice.isFull) {
        await eventLoopRound()
        slice.begin()
      }
      const record = this.entries.has(id) && !orama.has(id) ? this.port.read(this.namespace, id) : undefined
      if (record === undefined) continue
      orama.add(this.#indexed(record))
      slice.count(record.item)
    }
  }

  #indexed({ item: { id, text }, vector, embedder }: MemoryRecord) {
    return { id, text, vector: embedder === this.port.embedder ? vector : undefined }
  }
}

/** The newest first; of the same time in an order that stays. */
export function byTime(one: Pick<MemoryItem, 'atMs' | 'id'>, other: Pick<MemoryItem, 'atMs' | 'id'>): number {
  return other.atMs - one.atMs || (one.id < other.id ? -1 : 1)
}
