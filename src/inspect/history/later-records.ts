/**
 * The records of the node's actors from a time on, without their states: where what followed from a record is searched for, as
 * nothing is noted forwards.
 *
 * 1. Work is bounded, in actors and in records; `isWhole` says whether all was read.
 * 2. Of an actor that has done nothing since, only the newest record is read.
 */
import { setImmediate as eventLoopRound } from 'node:timers/promises'
import type { ActorPath } from '../../core/address.js'
import { type BareRecord, recordAt, type SingleRecords } from './causes.js'
import type { SeenRecord } from './moments.js'
import type { HistorySource } from './source.js'

/** Where single records are read. */
export interface RecordSource {
  readonly journal: SingleRecords
  newestRecord(path: ActorPath): ReturnType<HistorySource['newestRecord']>
}

export interface Bounds {
  readonly actors: number
  readonly records: number
  /** Of one actor. */
  readonly each: number
}

/** What is done between two rounds of the event loop: actors looked at and records read. */
const STEPS_A_ROUND = 200

export class LaterRecords {
  isWhole = true
  #steps = 0
  #actors = 0
  #records = 0

  constructor(
    private readonly source: RecordSource,
    private readonly bounds: Bounds,
  ) {}

  /** Those of each actor from `sinceMs` on, oldest first; actors in the order in which they are given, none twice. */
  async *of(paths: AsyncIterable<ActorPath>, sinceMs: number): AsyncGenerator<BareRecord> {
    const seen = new Set<ActorPath>()
    for await (const path of paths) {
      if (seen.has(path)) continue
      seen.add(path)
      if (this.#actors >= this.bounds.actors || this.#records >= this.bounds.records) {
        this.isWhole = false
        return
      }
      this.#actors++
      yield* this.#ofActor(path, sinceMs)
    }
  }

  async *#ofActor(path: ActorPath, sinceMs: number): AsyncGenerator<BareRecord> {
    await this.#step()
    const newest = await this.#readable(() => this.source.newestRecord(path))
    if (newest !== undefined && newest.record.timeMs < sinceMs) return
    const from = newest === undefined ? 1 : this.#firstSince(path, newest.seqNr, sinceMs)
    const last = Math.min(newest?.seqNr ?? 1, from + this.bounds.each - 1)
    if (newest !== undefined && last < newest.seqNr) this.isWhole = false
    for (let seqNr = from; seqNr <= last && this.#records < this.bounds.records; seqNr++) {
      const found = await this.#readable(() => recordAt(this.source.journal, { path, seqNr }))
      if (found !== undefined && found.record.timeMs >= sinceMs) yield found
      this.#records++
      await this.#step()
    }
  }

  /** Steps back from the newest record, further each time, then halves the way: few records are read. */
  #firstSince(path: ActorPath, newest: number, sinceMs: number): number {
    let after = newest
    let before = newest
    for (let step = 1; before > 1 && this.#isSince(path, before, sinceMs); step *= 2) {
      after = before
      before = Math.max(1, before - step)
    }
    if (before === 1) before = 0
    while (after - before > 1) {
      const middle = before + ((after - before) >> 1)
      if (this.#isSince(path, middle, sinceMs)) after = middle
      else before = middle
    }
    return after
  }

  #isSince(path: ActorPath, seqNr: number, sinceMs: number): boolean {
    const record = this.source.journal.recordAt(path, seqNr)?.record
    // A start is no record of its own: it is looked at in any case.
    return record === undefined ? seqNr === 1 : record.timeMs >= sinceMs
  }

  /** A damaged record hides its actor alone. */
  async #readable<T>(read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read()
    } catch {
      this.isWhole = false
      return undefined
    }
  }

  async #step(): Promise<void> {
    if (++this.#steps % STEPS_A_ROUND === 0) await eventLoopRound()
  }
}

/** What a timer has sent, and how a promise has ended, as far as the record alone tells. */
export function bareEvent({ kind, event }: SeenRecord): { readonly type: string } {
  if (kind !== 'timer') return event
  const { key } = event as { readonly key?: unknown }
  const type = /xstate\.after\..*$/s.exec(typeof key === 'string' ? key : '')?.[0]
  return { type: type ?? event.type }
}
