/**
 * Events that nobody could take: durable, bounded by count and age, to be looked at, sent again or discarded.
 */
import type { ActorPath } from '../core/address.js'
import type { DeadLetterReason } from '../core/events.js'
import type { Codec } from '../persistence/codec.js'
import { deadLetterId, deadLetterKey, kindRange, numberInKey } from '../persistence/keys.js'
import type { RefCodec } from '../persistence/storable.js'
import { toStorable } from '../persistence/storable.js'
import type { Store } from '../persistence/store.js'
import type { Commits } from './commits.js'

export interface DeadLetter {
  readonly id: string
  /** Path of the actor it was for. */
  readonly path: ActorPath
  readonly event: { readonly type: string }
  readonly from: string | undefined
  readonly reason: DeadLetterReason
  /** What its receiver threw, and the state it was in, where the event itself is to blame. */
  readonly failure: { readonly error: unknown; readonly snapshot: unknown } | undefined
  /** When it was given up, ms since the epoch. */
  readonly time: number
}

export interface DeadLetterBounds {
  readonly maxCount: number
  readonly maxAgeMs: number
}

/** The public face: `system.deadLetters`. */
export interface DeadLetterBox {
  /** Oldest first. */
  list(): AsyncIterable<DeadLetter>
  /** Delivers it again; it is gone when its new change is durable. Rejects if there is none of that id, or it is refused again. */
  retry(id: string): Promise<void>
  discard(id: string): Promise<void>
}

/** How many ids of removed letters are carried along before they are cut off. */
const CUT_AFTER = 1_000

export class DeadLetters {
  #ids: string[] = []
  /** Where the kept ones begin in `#ids`. */
  #first = 0
  #count = 0

  constructor(
    private readonly store: Store,
    private readonly codec: Codec,
    private readonly commits: Commits,
    private readonly refs: RefCodec,
    private readonly bounds: DeadLetterBounds,
    private readonly now: () => number,
  ) {}

  /** Learns which letters the store holds, oldest first. */
  async open(): Promise<void> {
    for await (const [key] of this.store.range(kindRange('x'))) {
      this.#ids.push(key.slice(2))
      // A restart within the same millisecond, or a wall clock that stepped back, must not meet an id again.
      this.#count = Math.max(this.#count, numberInKey(key) + 1)
    }
  }

  /** Part of the commit of the current turn. An event that can't be stored is kept by its type alone. */
  add(
    path: ActorPath,
    event: { readonly type: string },
    from: string | undefined,
    reason: DeadLetterReason,
    failure?: DeadLetter['failure'],
  ): void {
    const time = this.now()
    const id = deadLetterId(Math.floor(time), this.#count++)
    const packed: unknown[] = [path, this.#storable(event, { type: event.type }), from ?? null, reason, time]
    if (failure !== undefined)
      packed.push([this.#storable(failure.error, String(failure.error)), this.#storable(failure.snapshot, null)])
    this.commits.put(deadLetterKey(id), this.codec.encode(packed))
    this.#ids.push(id)
    this.#trim(time)
  }

  async *list(): AsyncGenerator<DeadLetter> {
    for await (const [key, bytes] of this.store.range(kindRange('x'))) yield this.#unpack(key, bytes)
  }

  get(id: string): DeadLetter | undefined {
    const key = deadLetterKey(id)
    const bytes = this.store.get(key)
    return bytes && this.#unpack(key, bytes)
  }

  remove(id: string): void {
    this.commits.del(deadLetterKey(id))
    this.#ids = this.#ids.slice(this.#first).filter((other) => other !== id)
    this.#first = 0
  }

  #unpack(key: string, bytes: Uint8Array): DeadLetter {
    const [path, event, from, reason, time, failure] = this.codec.decode(bytes, key, this.refs) as [
      ActorPath,
      { type: string },
      string | null,
      DeadLetterReason,
      number,
      [error: unknown, snapshot: unknown] | undefined,
    ]
    const facts = failure && { error: failure[0], snapshot: failure[1] }
    return { id: key.slice(2), path, event, from: from ?? undefined, reason, failure: facts, time }
  }

  #storable(value: unknown, instead: unknown): unknown {
    try {
      return toStorable(value, '', this.refs)
    } catch {
      return instead
    }
  }

  #trim(now: number): void {
    const ids = this.#ids
    while (
      this.#first < ids.length &&
      (ids.length - this.#first > this.bounds.maxCount || this.#isOld(ids[this.#first] as string, now))
    ) {
      this.commits.del(deadLetterKey(ids[this.#first++] as string))
    }
    if (this.#first < CUT_AFTER) return
    ids.splice(0, this.#first)
    this.#first = 0
  }

  #isOld(id: string, now: number): boolean {
    return now - Number.parseInt(id.slice(0, id.indexOf('-')), 36) > this.bounds.maxAgeMs
  }
}
