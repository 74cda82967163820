/**
 * A brain that answers from memory what it was asked before.
 *
 * 1. Only decisions that say `pure: true` are kept: the brain's author vouches that they depend on nothing but the request.
 * 2. Exact: the same question in canonical form. What differs from turn to turn without meaning anything (the number of the
 *    turn, what is left of the limits) is no part of the question.
 * 3. Semantic: a goal and observations that an embedder finds as good as the same, under the very same legal events and tools.
 * 4. It is bounded, forgets after a while, lives in memory, and belongs to the brain that it is made for.
 */
import { createHash } from 'node:crypto'
import { canonical } from '../machines/agent/repetition.js'
import type { BrainRequest, Decision } from '../machines/brain.js'
import type { Clock } from '../src/index.js'
import { assertCount, assertPositive } from './brain-error.js'
import { type DefinedBrain, defineBrain } from './define-brain.js'
import { effectClock } from './effect-clock.js'

/** Turns text into a vector; vectors that point the same way mean the same. */
export type Embedder = (text: string, options: { readonly signal: AbortSignal }) => Promise<readonly number[]>

export interface CacheOptions {
  /** How long an answer counts, in ms. Default one hour. */
  readonly ttlMs?: number
  /** The one that was used least recently goes first. Default 1 000. */
  readonly maxEntries?: number
  /** Default: none, and only the very same question is answered from memory. */
  readonly embedder?: Embedder
  /** The least cosine of two questions that count as one, up to 1. Default 0.97. */
  readonly minSimilarity?: number
  /** Default: the clock of the system whose effect this is; outside one the machine's own. */
  readonly clock?: Clock
}

interface Entry {
  readonly decision: Decision
  readonly untilMs: number
  /** What must be the very same. */
  readonly frame: string
  readonly vector: readonly number[] | undefined
}

/**
 * `brain` with a memory for its pure decisions. An answer from memory costs nothing: its usage is 0. An embedder that fails is
 * done without. Throws `OPTIONS_INVALID`.
 *
 * @example
 * ```ts
 * import { defineBrain, withCache } from 'roscius/actors'
 *
 * const slow = defineBrain(async ({ goal }) => ({
 *   event: { type: 'FINISH', output: goal.length },
 *   reason: 'counted',
 *   pure: true,
 * }))
 * export const brain = withCache(slow, { ttlMs: 60_000 })
 * ```
 */
export function withCache(brain: DefinedBrain, options: CacheOptions = {}): DefinedBrain {
  const cache = new Cache(options)
  return defineBrain(async (request, context) => {
    const known = cache.exact(request)
    if (known !== undefined) return known
    const vector = await cache.vectorOf(request, context.signal)
    const similar = cache.similar(request, vector)
    if (similar !== undefined) return similar
    const decision = await brain.decide(request, context)
    if (decision.pure === true) cache.keep(request, decision, vector)
    return decision
  })
}

class Cache {
  readonly #entries = new Map<string, Entry>()
  readonly #ttlMs: number
  readonly #maxEntries: number
  readonly #minSimilarity: number
  readonly #embedder: Embedder | undefined
  readonly #clock: Clock

  constructor(options: CacheOptions) {
    const { ttlMs = 3_600_000, maxEntries = 1_000, minSimilarity = 0.97, embedder, clock = effectClock() } = options
    assertPositive('withCache', 'ttlMs', ttlMs)
    assertCount('withCache', 'maxEntries', maxEntries)
    assertPositive('withCache', 'minSimilarity', minSimilarity)
    this.#ttlMs = ttlMs
    this.#maxEntries = maxEntries
    this.#minSimilarity = minSimilarity
    this.#embedder = embedder
    this.#clock = clock
  }

  exact(request: BrainRequest): Decision | undefined {
    return this.#use(keyOf(request))
  }

  /** Undefined without an embedder, and if it fails. */
  async vectorOf(request: BrainRequest, signal: AbortSignal): Promise<readonly number[] | undefined> {
    try {
      return await this.#embedder?.(textOf(request), { signal })
    } catch (error) {
      if (signal.aborted) throw error
      return undefined
    }
  }

  similar(request: BrainRequest, vector: readonly number[] | undefined): Decision | undefined {
    if (vector === undefined) return undefined
    const frame = frameOf(request)
    let best: { readonly key: string; readonly similarity: number } | undefined
    for (const [key, entry] of this.#entries) {
      if (entry.frame !== frame || entry.vector === undefined) continue
      const similarity = cosine(vector, entry.vector)
      if (similarity >= this.#minSimilarity && similarity > (best?.similarity ?? 0)) best = { key, similarity }
    }
    return best === undefined ? undefined : this.#use(best.key)
  }

  keep(request: BrainRequest, decision: Decision, vector: readonly number[] | undefined): void {
    const key = keyOf(request)
    const untilMs = this.#clock.monotonic() + this.#ttlMs
    this.#entries.delete(key)
    this.#entries.set(key, { decision, untilMs, frame: frameOf(request), vector })
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#maxEntries) return
      this.#entries.delete(oldest)
    }
  }

  #use(key: string): Decision | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    this.#entries.delete(key)
    if (entry.untilMs <= this.#clock.monotonic()) return undefined
    this.#entries.set(key, entry)
    return { ...entry.decision, usage: { inputTokens: 0, outputTokens: 0, costUsd: 0 } }
  }
}

function keyOf({ goal, constraints, memory, observations, ...request }: BrainRequest): string {
  const said = observations.map(({ kind, text, data }) => [kind, text, data])
  return digest([goal, constraints, memory, said, frameOf(request)])
}

/** What leaves no room for likeness: what may be decided, and by which rules. */
function frameOf(request: Pick<BrainRequest, 'state' | 'legal' | 'tools' | 'refused'>): string {
  const { state, legal, tools, refused = [] } = request
  return digest([state, legal, tools, refused])
}

/** Strangers have a part in what is observed: nobody must be able to write a question that looks like another. */
function digest(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('base64url')
}

function textOf({ goal, constraints, observations, memory }: BrainRequest): string {
  const said = observations.map(
    ({ kind, text, data }) => `${kind}: ${text} ${data === undefined ? '' : canonical(data)}`,
  )
  return [goal, ...constraints, ...memory, ...said].join('\n')
}

function cosine(one: readonly number[], other: readonly number[]): number {
  let product = 0
  let lengthOne = 0
  let lengthOther = 0
  for (const [index, value] of one.entries()) {
    const with_ = other[index] ?? 0
    product += value * with_
    lengthOne += value * value
    lengthOther += with_ * with_
  }
  return one.length !== other.length || product === 0 ? 0 : product / Math.sqrt(lengthOne * lengthOther)
}
