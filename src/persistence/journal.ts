/**
 * An actor's history in a store: its head, the records since, and the way back to any moment that is still kept.
 *
 * 1. The state at record n is the frame of the newest head or archived head at or before n, with the deltas of the records
 *    up to n applied in order. No user code runs (so nothing needs to be deterministic).
 * 2. Records of one actor are numbered without gaps; a gap is damage (`RECORD_CORRUPT`, naming the missing key).
 */
import type { ActorPath } from '../core/address.js'
import type { Codec } from './codec.js'
import { apply } from './delta.js'
import { headKey, journalKey, numberInKey, ownRange } from './keys.js'
import { type Head, type JournalRecord, malformed, type StoredDedupe, unpackHead, unpackRecord } from './records.js'
import type { RefCodec } from './storable.js'
import type { KeyRange, Store } from './store.js'

/** An actor's state as its newest record left it. */
export interface Loaded {
  readonly head: Head
  readonly frame: unknown
  readonly seqNr: number
  readonly dedupe: readonly StoredDedupe[]
  readonly headBytes: number
  /** Bytes of the records since the head. */
  readonly deltaBytes: number
}

/** One record with the state after it. */
export interface Moment {
  readonly seqNr: number
  readonly record: Omit<JournalRecord, 'event'> & { readonly event: { readonly type: string } }
  /** The frame after the record; later moments go on changing it. */
  readonly frame: unknown
}

export class JournalReader {
  constructor(
    private readonly store: Pick<Store, 'get' | 'range'>,
    private readonly codec: Codec,
    private readonly refs: RefCodec,
  ) {}

  head(path: ActorPath): Head | undefined {
    const key = headKey(path)
    const bytes = this.store.get(key)
    return bytes && unpackHead(this.codec.decode(bytes, key, this.refs), key)
  }

  /** The newest state of the actor, read without waiting; `undefined` if there is none of that path. */
  load(path: ActorPath): Loaded | undefined {
    const key = headKey(path)
    const bytes = this.store.get(key)
    if (bytes === undefined) return undefined
    const head = unpackHead(this.codec.decode(bytes, key, this.refs), key)
    const dedupe = [...head.dedupe]
    let { frame, seqNr } = head
    let deltaBytes = 0
    for (;;) {
      const recordKey = journalKey(path, seqNr + 1)
      const recordBytes = this.store.get(recordKey)
      if (recordBytes === undefined) break
      const record = unpackRecord(this.codec.decode(recordBytes, recordKey, this.refs), recordKey)
      frame = record.delta === undefined ? frame : apply(frame, record.delta)
      seqNr++
      deltaBytes += recordBytes.length
      rememberKey(dedupe, record, seqNr)
    }
    return { head, frame, seqNr, dedupe, headBytes: bytes.length, deltaBytes }
  }

  /** The records from `from` to `to` that are kept, oldest first, each with the state after it. */
  async *moments(path: ActorPath, from = 1, to = Number.MAX_SAFE_INTEGER): AsyncGenerator<Moment> {
    const base = await this.#baseFor(path, from)
    if (base === undefined) return
    if (base.startEvent !== undefined && base.seqNr >= from && base.seqNr <= to) yield startMoment(base)
    yield* this.onwards(path, base, from, to)
  }

  /** As `moments`, from a state that is known: that after record `seqNr`, which is before `from`. Heads are not looked at. */
  async *onwards(
    path: ActorPath,
    known: { readonly seqNr: number; readonly frame: unknown },
    from = known.seqNr + 1,
    to = Number.MAX_SAFE_INTEGER,
  ): AsyncGenerator<Moment> {
    let { frame } = known
    for await (const { seqNr, record } of this.#records(path, known.seqNr + 1, to)) {
      frame = record.delta === undefined ? frame : apply(frame, record.delta)
      const event = seqNr >= from ? this.#eventOf(record, journalKey(path, seqNr)) : NO_EVENT
      if (seqNr >= from) yield { seqNr, record: { ...record, event }, frame }
    }
  }

  /** The records from `from` to `to` that are kept, oldest first, without the states after them: that is far less to read. */
  async *records(path: ActorPath, from: number, to: number): AsyncGenerator<Omit<Moment, 'frame'>> {
    const { first, last } = (await this.kept(path)) ?? NOTHING
    const start = first === START && from <= START && to >= START ? await this.headAtOrBefore(path, START) : undefined
    if (start?.startEvent !== undefined) yield startMoment(start)
    const begin = Math.max(from, first, START + 1)
    for await (const { seqNr, record } of this.#records(path, begin, Math.min(to, last)))
      yield { seqNr, record: { ...record, event: this.#eventOf(record, journalKey(path, seqNr)) } }
  }

  async *#records(path: ActorPath, from: number, to: number): AsyncGenerator<{ seqNr: number; record: JournalRecord }> {
    let expected = from
    const limit = Math.min(to, Number.MAX_SAFE_INTEGER - 1)
    for await (const [key, bytes] of this.store.range(ownRange('j', path, from, limit > 1e15 ? undefined : limit))) {
      const seqNr = numberInKey(key)
      if (seqNr !== expected) throw malformed(journalKey(path, expected))
      expected++
      yield { seqNr, record: unpackRecord(this.codec.decode(bytes, key, this.refs), key) }
    }
  }

  /** One record, read without waiting; not the first of an actor, which is in a head. `undefined` if it is not kept. */
  recordAt(path: ActorPath, seqNr: number): Omit<Moment, 'frame'> | undefined {
    const key = journalKey(path, seqNr)
    const bytes = this.store.get(key)
    if (bytes === undefined) return undefined
    const record = unpackRecord(this.codec.decode(bytes, key, this.refs), key)
    return { seqNr, record: { ...record, event: this.#eventOf(record, key) } }
  }

  /** The newest record, other than the first of an actor; `undefined` if there is none. */
  async newestRecord(path: ActorPath): Promise<Omit<Moment, 'frame'> | undefined> {
    const seqNr = await this.#numberOf({ ...ownRange('j', path), reverse: true, limit: 1 })
    return seqNr === undefined ? undefined : this.recordAt(path, seqNr)
  }

  /** The bytes of a record: another actor that has come to the same path has others. */
  bytesAt(path: ActorPath, seqNr: number): Uint8Array | undefined {
    return this.store.get(journalKey(path, seqNr))
  }

  /** The oldest and the newest record that can be read; `undefined` if there is no such actor in the store. */
  async kept(path: ActorPath): Promise<{ readonly first: number; readonly last: number } | undefined> {
    const [archived, oldest, newest] = [
      await this.#numberOf({ ...ownRange('s', path), limit: 1 }),
      await this.#numberOf({ ...ownRange('j', path), limit: 1 }),
      await this.#numberOf({ ...ownRange('j', path), reverse: true, limit: 1 }),
    ]
    // Heads are whole states: they are only read where the keys leave a question.
    const base = archived ?? (oldest === START + 1 ? START : this.head(path)?.seqNr)
    if (base === undefined) return undefined
    return { first: base === START ? START : base + 1, last: Math.max(newest ?? base, base) }
  }

  async #numberOf(range: KeyRange): Promise<number | undefined> {
    for await (const [key] of this.store.range(range)) return numberInKey(key)
    return undefined
  }

  #eventOf({ event }: JournalRecord, key: string): { readonly type: string } {
    return event instanceof Uint8Array ? (this.codec.decode(event, key, this.refs) as { type: string }) : event
  }

  /** The frame after record `seqNr`; `undefined` when there is none, or it is not kept any more. */
  async frameAt(path: ActorPath, seqNr: number): Promise<unknown> {
    for await (const moment of this.moments(path, seqNr, seqNr)) return moment.frame
    const base = await this.headAtOrBefore(path, seqNr)
    return base?.seqNr === seqNr ? base.frame : undefined
  }

  /** The head to start from to see record `from` and later ones: the newest before it, else the oldest kept. */
  async #baseFor(path: ActorPath, from: number): Promise<Head | undefined> {
    const before = await this.headAtOrBefore(path, from - 1)
    if (before !== undefined) return before
    for await (const [key, bytes] of this.store.range({ ...ownRange('s', path), limit: 1 })) {
      return unpackHead(this.codec.decode(bytes, key, this.refs), key)
    }
    return this.head(path)
  }

  /** The newest head that is not younger than record `seqNr`. */
  async headAtOrBefore(path: ActorPath, seqNr: number): Promise<Head | undefined> {
    const head = this.head(path)
    if (head !== undefined && head.seqNr <= seqNr) return head
    if (seqNr < 1) return undefined
    for await (const [key, bytes] of this.store.range({ ...ownRange('s', path, 0, seqNr), reverse: true, limit: 1 })) {
      return unpackHead(this.codec.decode(bytes, key, this.refs), key)
    }
    return undefined
  }
}

/** Number of an actor's first record, which is in the head that was written with it. */
const START = 1
const NO_EVENT = { type: '' }
const NOTHING = { first: 1, last: 0 }

/** The first record of an actor lives in the head that was written with it. */
function startMoment(head: Head): Moment {
  const event = head.startEvent as { readonly type: string }
  const record: Moment['record'] = {
    kind: 'start',
    timeMs: head.startedMs,
    event,
    from: undefined,
    key: undefined,
    outcome: 'handled',
    delta: undefined,
    replies: undefined,
    cause: head.startCause,
  }
  return { seqNr: head.seqNr, record, frame: head.frame }
}

function rememberKey(dedupe: StoredDedupe[], record: JournalRecord, seqNr: number): void {
  const { key, outcome, timeMs, replies } = record
  if (key !== undefined) dedupe.push({ key, seqNr, outcome, timeMs })
  for (const [asked, reply] of replies ?? []) {
    const index = dedupe.findLastIndex((entry) => entry.key === asked)
    const entry = dedupe[index]
    if (entry !== undefined) dedupe[index] = { ...entry, reply }
  }
}
