/**
 * Long-term memory in the node's own store: an extension, so that what is remembered is durable in the same commits as the
 * states of the actors, and a search index in memory that is made from it.
 *
 * 1. `remember` resolves when the item is durable. Called by an effect it takes its id from the effect's: a re-run after a crash
 *    finds what is there, and adds nothing.
 * 2. A vector is stored with its item and computed once. Without its embedder memory works on words alone, and says so.
 * 3. One system at a time: opening another with it ends the first one's.
 */
import type { ActorPath } from '../core/address.js'
import { RosciusError } from '../core/errors.js'
import { currentRun } from '../runtime/effect-run.js'
import type { Extension, ExtensionHost } from '../runtime/extension.js'
import { type MemoryEmbedder, signatureOf, vectorOf } from './embedder.js'
import { type AgentMemory, type ForAgentOptions, memoryForAgent } from './for-agent.js'
import type { MemoryRecord } from './memory-record.js'
import type {
  MemoryFilter,
  MemoryItem,
  MemoryListing,
  MemoryPage,
  MemoryQuery,
  MemoryStore,
  NewMemory,
  Recalled,
} from './memory-store.js'
import { pageOf } from './page.js'
import {
  type ReadNewMemory,
  type ReadSettings,
  readFilter,
  readListing,
  readNewMemory,
  readQuery,
  readSettings,
} from './read-memory.js'
import { best } from './recall.js'
import type { ScoreRules } from './score.js'
import { Shelves } from './shelves.js'

export interface SearchMemoryOptions {
  /** Names its records; two memories of one system need two names. Letters, digits and `-`. Default `memory`. */
  readonly name?: string
  /** Default: none; items are found by their words. */
  readonly embedder?: MemoryEmbedder
  /** `english`: "counting" also finds "counted". `any`: words as they are. Default `english`. */
  readonly language?: 'english' | 'any'
  /** Most items of a namespace; the least useful goes. Default 5 000. */
  readonly maxItems?: number
  /** What an hour leaves of the recency of an event or a note, above 0 to 1. Default 0.995. */
  readonly decayPerHour?: number
  /** What a score is made of. Default 1 each. */
  readonly weights?: { readonly recency?: number; readonly importance?: number; readonly relevance?: number }
  /** Whether the namespace that is called as an actor's path goes when that actor is deleted. Default true. */
  readonly deleteWithActor?: boolean
}

/** Numbers the calls of one attempt. */
const calls = new WeakMap<object, number>()
const NEVER_ABORTED = new AbortController().signal

/** A memory that is searched, and an extension of the node that keeps it; see `searchMemory`. */
export class SearchMemory implements Extension, MemoryStore {
  readonly name: string
  readonly #settings: ReadSettings
  readonly #embedder: MemoryEmbedder | undefined
  #shelves: Shelves | undefined

  constructor(options: SearchMemoryOptions) {
    this.#settings = readSettings(options)
    this.#embedder = options.embedder
    this.name = this.#settings.name
  }

  get #rules(): ScoreRules {
    return this.#settings
  }

  // --- the life of the node ---

  open(host: ExtensionHost): void {
    const { language, maxItems } = this.#settings
    const embedder = this.#embedder
    this.#shelves = new Shelves(host, {
      language,
      maxItems,
      rules: this.#rules,
      embedder: embedder && signatureOf(embedder),
      dimensions: embedder?.dimensions,
      minSimilarity: embedder?.minSimilarity ?? 0.3,
    })
  }

  close(): void {
    this.#shelves = undefined
  }

  deleted(path: ActorPath): void {
    if (this.#settings.deleteWithActor) this.#shelves?.drop(path)
  }

  async #loaded(): Promise<Shelves> {
    const shelves = this.#shelves
    if (shelves === undefined) throw notOpen(this.name)
    await shelves.load()
    this.#assertOpen(shelves)
    return shelves
  }

  /** Whoever has waited for something else may come back to a node that is gone. */
  #assertOpen(shelves: Shelves): void {
    if (this.#shelves !== shelves) throw notOpen(this.name)
  }

  // --- the port ---

  async remember(memory: NewMemory): Promise<MemoryItem> {
    const wanted = readNewMemory(memory)
    // Before anything is awaited: calls are numbered in the order in which the effect makes them.
    const ownId = wanted.id ?? nextIdOfEffect()
    const shelves = await this.#loaded()
    const id = ownId ?? shelves.host.random.id()
    const stored = shelves.known(wanted.namespace, id) ?? (await this.#keep(shelves, wanted, id))
    await shelves.host.committed()
    return stored.item
  }

  async #keep(shelves: Shelves, wanted: ReadNewMemory, id: string): Promise<MemoryRecord> {
    const run = currentRun()
    const vector = await this.#embed(shelves, wanted.text, run?.signal)
    run?.signal.throwIfAborted()
    this.#assertOpen(shelves)
    // Somebody may have been quicker.
    const known = shelves.known(wanted.namespace, id)
    if (known !== undefined) return known
    const item: MemoryItem = { ...wanted, id, atMs: shelves.host.now(), ...(run && { by: run.path }) }
    const record = { item, ...vector }
    shelves.add(record)
    return record
  }

  async recall(query: MemoryQuery): Promise<Recalled[]> {
    const wanted = readQuery(query)
    const shelves = await this.#loaded()
    const signal = wanted.signal ?? currentRun()?.signal
    const vector = wanted.query === '' ? undefined : (await this.#embed(shelves, wanted.query, signal))?.vector
    signal?.throwIfAborted()
    return best(shelves, wanted, vector, this.#rules)
  }

  async forget(filter: MemoryFilter): Promise<number> {
    const wanted = readFilter(filter)
    const shelves = await this.#loaded()
    const entries = shelves.get(wanted.namespace)?.select(wanted) ?? []
    for (const { id } of entries) shelves.remove(wanted.namespace, id)
    if (entries.length > 0) await shelves.host.committed()
    return entries.length
  }

  async list(listing: MemoryListing): Promise<MemoryPage> {
    const wanted = readListing(listing)
    const shelves = await this.#loaded()
    const { entries, next } = pageOf(shelves.get(wanted.namespace)?.select(wanted) ?? [], wanted)
    const items = entries.flatMap(({ id }) => shelves.read(wanted.namespace, id)?.item ?? [])
    return { items, ...(next !== undefined && { next }) }
  }

  /**
   * What an agent needs: goes into `createAgentMachine({ memory })` as it is. `namespace`: default the path of the agent, so
   * that each has its own.
   */
  forAgent(namespace?: string, options?: ForAgentOptions): AgentMemory {
    return memoryForAgent(this, namespace, options)
  }

  // --- vectors ---

  /**
   * Computes the vectors that are missing or of another embedder, of one namespace or of all, one after the other; resolves
   * with their number. Rejects with what the embedder throws; what was done until then is kept. Throws `OPTIONS_INVALID`
   * without an embedder.
   */
  async reembed({ namespace, signal = NEVER_ABORTED }: ReembedOptions = {}): Promise<number> {
    const embedder = this.#embedder
    if (embedder === undefined) throw noEmbedder()
    const shelves = await this.#loaded()
    let count = 0
    for (const each of namespace === undefined ? shelves.namespaces() : [namespace])
      for (const { id, embedder: former } of [...(shelves.get(each)?.entries.values() ?? [])]) {
        if (former === signatureOf(embedder)) continue
        const text = shelves.read(each, id)?.item.text
        if (text === undefined) continue
        const vector = await vectorOf(embedder, text, signal)
        this.#assertOpen(shelves)
        const record = shelves.read(each, id)
        if (record === undefined) continue
        shelves.put({ ...record, vector, embedder: signatureOf(embedder) })
        count++
      }
    await shelves.host.committed()
    return count
  }

  /** Nothing without an embedder, and if it fails: that is told, and no reason to forget. */
  async #embed(shelves: Shelves, text: string, signal = NEVER_ABORTED): Promise<Vector | undefined> {
    const embedder = this.#embedder
    if (embedder === undefined) return undefined
    try {
      return { vector: await vectorOf(embedder, text, signal), embedder: signatureOf(embedder) }
    } catch (error) {
      signal.throwIfAborted()
      this.#assertOpen(shelves)
      shelves.host.tell({ type: 'memoryEmbeddingFailed', path: currentRun()?.path, error })
      await shelves.host.committed()
      return undefined
    }
  }
}

export interface ReembedOptions {
  readonly namespace?: string
  readonly signal?: AbortSignal
}

interface Vector {
  readonly vector: Float32Array
  readonly embedder: string
}

/** The same for the same call of the effect, in each of its attempts. */
function nextIdOfEffect(): string | undefined {
  const run = currentRun()
  if (run === undefined) return undefined
  const number = (calls.get(run) ?? 0) + 1
  calls.set(run, number)
  return `${run.effectId}#${number}`
}

function notOpen(name: string): RosciusError {
  const message = `The memory ${name} is in no running system; give it to createSystem({ extensions: [memory] }).`
  return new RosciusError('NOT_IN_SYSTEM', message)
}

function noEmbedder(): RosciusError {
  const message = 'reembed: there is no embedder; give one to searchMemory({ embedder }).'
  return new RosciusError('OPTIONS_INVALID', message, { details: { field: 'embedder' } })
}

/**
 * A memory that is searched by words and, given an embedder, by meaning. Give it to `createSystem({ extensions })`, and use it
 * from anywhere: in effects, by `forAgent` in agents, or from outside. Throws `OPTIONS_INVALID`.
 *
 * @example
 * ```ts
 * import { createSystem, memoryStore } from 'roscius'
 * import { searchMemory } from 'roscius/memory'
 *
 * const memory = searchMemory()
 * await using system = await createSystem({ name: 'desk', store: memoryStore(), logic: {}, extensions: [memory] })
 * await memory.remember({ namespace: 'bees', kind: 'semantic', key: 'hives', text: 'There are 12 hives behind the barn.' })
 * const [best] = await memory.recall({ namespace: 'bees', query: 'how many hives are there?' })
 * console.log(system.name, best?.item.text)
 * ```
 */
export function searchMemory(options: SearchMemoryOptions = {}): SearchMemory {
  return new SearchMemory(options)
}
