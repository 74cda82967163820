/**
 * The items of a node's memory: records within its commits, and what is known of them in memory.
 *
 * 1. A change is in the records and in memory at once, and part of the current commit.
 * 2. Whoever changes or asks has waited for `load`. The end of an actor can't wait: its namespace is marked as dropped in the
 *    commit of its deletion, and emptied when loaded.
 * 3. A fact remembers which ids it has replaced, so that an old one that comes again doesn't replace the newer (up to
 *    `MAX_PAST` replacements back).
 * 4. A namespace holds at most `maxItems`; the item that has just come is never what goes.
 */
import { setImmediate as eventLoopRound } from 'node:timers/promises'
import type { ExtensionHost } from '../runtime/extension.js'
import { droppedKey, itemKey, type MemoryRecord, packRecord, unpackRecord } from './memory-record.js'
import { leastUseful, type ScoreRules } from './score.js'
import { Shelf, type ShelfPort } from './shelf.js'
import { Slice } from './slice.js'

const MAX_PAST = 32

export interface ShelvesOptions extends Omit<ShelfPort, 'read'> {
  readonly maxItems: number
  readonly rules: ScoreRules
}

export class Shelves {
  readonly #byNamespace = new Map<string, Shelf>()
  readonly #dropped = new Set<string>()
  readonly #port: ShelfPort
  #loading: Promise<void> | undefined
  #isLoaded = false

  constructor(
    readonly host: ExtensionHost,
    private readonly options: ShelvesOptions,
  ) {
    this.#port = { ...options, read: (namespace, id) => this.read(namespace, id) }
  }

  // --- what the store has ---

  /** Rejects if the store can't be read; the next call tries again. */
  load(): Promise<void> {
    this.#loading ??= this.#load().catch((error: unknown) => {
      this.#loading = undefined
      throw error
    })
    return this.#loading
  }

  async #load(): Promise<void> {
    this.#byNamespace.clear()
    const slice = new Slice()
    for await (const [key, value] of this.host.records()) {
      if (slice.isFull) {
        await eventLoopRound()
        slice.begin()
      }
      if (key.startsWith('x/')) this.#dropped.add(decodeURIComponent(key.slice(2)))
      else slice.count(this.#found(unpackRecord(value, key)).item)
    }
    this.#isLoaded = true
    for (const namespace of this.#dropped) this.#empty(namespace)
    this.#dropped.clear()
    await this.#tellOfOtherEmbedders()
  }

  #found(record: MemoryRecord): MemoryRecord {
    this.#shelfOf(record.item.namespace).add(record)
    return record
  }

  async #tellOfOtherEmbedders(): Promise<void> {
    const counts = new Map<string, number>()
    for (const { embedder } of this.all())
      if (embedder !== undefined && embedder !== this.options.embedder)
        counts.set(embedder, (counts.get(embedder) ?? 0) + 1)
    for (const [from, items] of counts)
      this.host.tell({ type: 'memoryEmbedderChanged', from, to: this.options.embedder, items })
    if (counts.size > 0) await this.host.committed()
  }

  // --- what is there ---

  get(namespace: string): Shelf | undefined {
    return this.#byNamespace.get(namespace)
  }

  namespaces(): string[] {
    return [...this.#byNamespace.keys()]
  }

  *all() {
    for (const shelf of this.#byNamespace.values()) yield* shelf.entries.values()
  }

  read(namespace: string, id: string): MemoryRecord | undefined {
    const key = itemKey(namespace, id)
    const value = this.host.get(key)
    return value === undefined ? undefined : unpackRecord(value, key)
  }

  /** What is stored under the id, or has replaced that. */
  known(namespace: string, id: string): MemoryRecord | undefined {
    const current = this.get(namespace)?.idOf(id)
    return current === undefined ? undefined : this.read(namespace, current)
  }

  #shelfOf(namespace: string): Shelf {
    let shelf = this.get(namespace)
    if (shelf === undefined) {
      shelf = new Shelf(namespace, this.#port)
      this.#byNamespace.set(namespace, shelf)
    }
    return shelf
  }

  // --- changes ---

  /** Throws `VALUE_NOT_STORABLE`, and nothing has changed. */
  add(record: MemoryRecord): void {
    const { namespace, id, key } = record.item
    const shelf = this.#shelfOf(namespace)
    const former = key === undefined ? undefined : shelf.withKey(key)
    const past = former === undefined ? undefined : [...(this.read(namespace, former)?.past ?? []), former]
    this.put({ ...record, ...(past && { past: past.slice(-MAX_PAST) }) }, former)
    this.#evict(shelf, id)
  }

  /** Writes it as it is, in place of what had its id, and of `former`. */
  put(record: MemoryRecord, former?: string): void {
    const { namespace, id } = record.item
    this.host.put(itemKey(namespace, id), packRecord(record))
    if (former !== undefined) this.remove(namespace, former)
    this.#shelfOf(namespace).add(record)
  }

  remove(namespace: string, id: string): void {
    this.host.delete(itemKey(namespace, id))
    this.get(namespace)?.remove(id)
  }

  #evict(shelf: Shelf, newest: string): void {
    const excess = shelf.entries.size - this.options.maxItems
    if (excess <= 0) return
    const others = [...shelf.entries.values()].filter(({ id }) => id !== newest)
    const ids = leastUseful(others, excess, this.host.now(), this.options.rules).map(({ id }) => id)
    for (const id of ids) this.remove(shelf.namespace, id)
    this.host.tell({ type: 'memoryEvicted', namespace: shelf.namespace, ids })
  }

  /** Everything of the namespace goes, in the current commit. */
  drop(namespace: string): void {
    if (this.#isLoaded) {
      this.#empty(namespace)
      return
    }
    this.#dropped.add(namespace)
    this.host.put(droppedKey(namespace), true)
  }

  #empty(namespace: string): void {
    for (const id of [...(this.get(namespace)?.entries.keys() ?? [])]) this.remove(namespace, id)
    this.#byNamespace.delete(namespace)
    if (this.#dropped.has(namespace)) this.host.delete(droppedKey(namespace))
  }
}
