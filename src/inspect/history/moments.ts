/**
 * The moments of an actor, read one after the other or one by one, with some of them remembered: who steps through a history, or
 * opens a state field by field, asks for the same and the next ones again and again.
 *
 * 1. A moment is the state after a record, with the record. States that were read in one go share what has not changed.
 * 2. What is remembered is used only while its record is still the same in the store (an actor may be deleted, and another come
 *    to its path).
 * 3. Memory is bounded: some moments of a few actors.
 */
import type { ActorPath } from '../../core/address.js'
import type { JournalReader, Moment } from '../../persistence/journal.js'
import type { Frame } from '../../runtime/xstate/frame.js'

export type SeenRecord = Moment['record']

/** A record, and the state after it. */
export interface Seen {
  readonly seqNr: number
  readonly record: SeenRecord
  readonly frame: Frame
}

interface Remembered extends Seen {
  readonly bytes: Uint8Array
}

const MAX_ACTORS = 4
const MAX_MOMENTS = 24
/** Of what is only passed, one moment in so many is remembered. */
const STRIDE = 128
/** From a remembered moment on, so many records are rather read than a snapshot. */
const MAX_WALK = 500

export class Moments {
  readonly #actors = new Map<ActorPath, Map<number, Remembered>>()

  constructor(private readonly journal: JournalReader) {}

  /** `undefined` if there is no such record, or it is not kept any more. */
  async at(path: ActorPath, seqNr: number): Promise<Seen | undefined> {
    const known = this.#known(path, seqNr, seqNr)
    if (known !== undefined) return known
    for await (const seen of this.between(path, seqNr, seqNr)) return seen
    return undefined
  }

  /** The moments from one record to another that are kept, oldest first. What is passed on the way is remembered in part. */
  async *between(path: ActorPath, from: number, to: number): AsyncGenerator<Seen> {
    const known = this.#known(path, Math.max(1, from - MAX_WALK), from)
    if (known?.seqNr === from) yield known
    if (known?.seqNr === to) return
    const base = known ?? (await this.#headBefore(path, from))
    const moments =
      base === undefined ? this.journal.moments(path, from, to) : this.journal.onwards(path, base, base.seqNr + 1, to)
    for await (const moment of moments) {
      const { seqNr } = moment
      if (seqNr % STRIDE === 0 || seqNr === from - 1 || seqNr >= to - 1) this.#note(path, moment)
      if (seqNr >= from) yield moment as Seen
    }
  }

  async #headBefore(
    path: ActorPath,
    seqNr: number,
  ): Promise<{ readonly seqNr: number; readonly frame: unknown } | undefined> {
    return seqNr > 1 ? this.journal.headAtOrBefore(path, seqNr - 1) : undefined
  }

  /** The newest remembered moment of those from one record to another. */
  #known(path: ActorPath, from: number, to: number): Seen | undefined {
    const moments = this.#actors.get(path)
    let best: Remembered | undefined
    for (const moment of moments?.values() ?? [])
      if (moment.seqNr >= from && moment.seqNr <= to && moment.seqNr > (best?.seqNr ?? 0)) best = moment
    if (best === undefined) return undefined
    const bytes = this.journal.bytesAt(path, best.seqNr)
    if (bytes === undefined || Buffer.compare(bytes, best.bytes) !== 0) {
      this.#actors.delete(path)
      return undefined
    }
    this.#touch(this.#actors, path)
    this.#touch(moments as Map<number, Remembered>, best.seqNr)
    return best
  }

  #note(path: ActorPath, moment: Moment): void {
    const bytes = this.journal.bytesAt(path, moment.seqNr)
    // The first record of an actor is part of a whole state: that is too much to compare.
    if (bytes === undefined) return
    const moments = this.#actors.get(path) ?? new Map<number, Remembered>()
    moments.set(moment.seqNr, { ...(moment as Seen), bytes })
    this.#actors.set(path, moments)
    this.#touch(this.#actors, path)
    this.#touch(moments, moment.seqNr)
    if (moments.size > MAX_MOMENTS) moments.delete(oldest(moments))
    if (this.#actors.size > MAX_ACTORS) this.#actors.delete(oldest(this.#actors))
  }

  /** What was used last is forgotten last. */
  #touch<K, V>(map: Map<K, V>, key: K): void {
    const value = map.get(key) as V
    map.delete(key)
    map.set(key, value)
  }
}

const oldest = <K>(map: ReadonlyMap<K, unknown>): K => map.keys().next().value as K
