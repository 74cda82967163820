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
import type { Store } from './store.js'

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
    let { frame } = base
    let expected = base.seqNr + 1
    if (base.startEvent !== undefined && base.seqNr >= from && base.seqNr <= to) yield startMoment(base)
    const limit = Math.min(to, Number.MAX_SAFE_INTEGER - 1)
    for await (const [key, bytes] of this.store.range(
      ownRange('j', path, expected, limit > 1e15 ? undefined : limit),
    )) {
      const seqNr = numberInKey(key)
      if (seqNr !== expected) throw malformed(journalKey(path, expected))
      expected++
      const record = unpackRecord(this.codec.decode(bytes, key, this.refs), key)
      frame = record.delta === undefined ? frame : apply(frame, record.delta)
      if (seqNr >= from) yield { seqNr, record: { ...record, event: this.#eventOf(record, key) }, frame }
    }
  }

  #eventOf({ event }: JournalRecord, key: string): { readonly type: string } {
    return event instanceof Uint8Array ? (this.codec.decode(event, key, this.refs) as { type: string }) : event
  }

  /** The frame after record `seqNr`; `undefined` when there is none, or it is not kept any more. */
  async frameAt(path: ActorPath, seqNr: number): Promise<unknown> {
    for await (const moment of this.moments(path, seqNr, seqNr)) return moment.frame
    const base = await this.#headAtOrBefore(path, seqNr)
    return base?.seqNr === seqNr ? base.frame : undefined
  }

  /** The head to start from to see record `from` and later ones: the newest before it, else the oldest kept. */
  async #baseFor(path: ActorPath, from: number): Promise<Head | undefined> {
    const before = await this.#headAtOrBefore(path, from - 1)
    if (before !== undefined) return before
    for await (const [key, bytes] of this.store.range({ ...ownRange('s', path), limit: 1 })) {
      return unpackHead(this.codec.decode(bytes, key, this.refs), key)
    }
    return this.head(path)
  }

  async #headAtOrBefore(path: ActorPath, seqNr: number): Promise<Head | undefined> {
    const head = this.head(path)
    if (head !== undefined && head.seqNr <= seqNr) return head
    if (seqNr < 1) return undefined
    for await (const [key, bytes] of this.store.range({ ...ownRange('s', path, 0, seqNr), reverse: true, limit: 1 })) {
      return unpackHead(this.codec.decode(bytes, key, this.refs), key)
    }
    return undefined
  }
}

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
