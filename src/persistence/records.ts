/**
 * What the records of a store hold, as the arrays that are packed. Positions are part of the record format
 * (`docs/reference/record-format.md`): fields are only ever added at the end.
 */
import type { ActorPath } from '../core/address.js'
import { RosciusError } from '../core/errors.js'
import type { RecordRef } from '../core/inspection.js'
import type { Delta } from './delta.js'

/** Version of the key space and of the records' fields, beside the codec's own format version. */
export const STORE_FORMAT = 1

export interface Meta {
  readonly format: number
  readonly storeId: string
  readonly incarnation: number
}

export type HeadStatus = 'active' | 'done' | 'failed' | 'stopped'

/** What became of an envelope; `poison`: it was set aside, and a repeat of it is too. */
export type RecordOutcome = 'handled' | 'ignored' | 'deferred' | 'poison'

export interface StoredDedupe {
  readonly key: string
  readonly seqNr: number
  readonly outcome: RecordOutcome
  readonly timeMs: number
  readonly reply?: unknown
}

export interface StoredFailure {
  readonly error: unknown
  readonly event: { readonly type: string }
  readonly seqNr: number
  readonly timeMs: number
}

/** An actor as of its latest snapshot. */
export interface Head {
  readonly logic: string
  readonly version: string | undefined
  readonly hash: string | undefined
  readonly status: HeadStatus
  readonly durability: 'durable' | 'relaxed'
  readonly systemId: string | undefined
  readonly startedMs: number
  readonly seqNr: number
  readonly timeMs: number
  readonly frame: unknown
  readonly dedupe: readonly StoredDedupe[]
  /** The event of the very first record, in the head that was written with it. */
  readonly startEvent: { readonly type: string } | undefined
  readonly failure: StoredFailure | undefined
  /** Sorts by start over the node's whole life; 0 where an older Roscius wrote the head. */
  readonly order: number
  /** With `startEvent`: the record of the actor that has spawned it, if one has. */
  readonly startCause: RecordRef | undefined
}

export function packHead(head: Head): unknown[] {
  const {
    logic,
    version,
    hash,
    status,
    durability,
    systemId,
    startedMs,
    seqNr,
    timeMs,
    frame,
    dedupe,
    startEvent,
    failure,
    order,
    startCause,
  } = head
  const packedDedupe = dedupe.map((entry) => [entry.key, entry.seqNr, entry.outcome, entry.timeMs, entry.reply])
  const packedFailure = failure && [failure.error, failure.event, failure.seqNr, failure.timeMs]
  return [
    logic,
    version,
    hash,
    status,
    durability,
    systemId,
    startedMs,
    seqNr,
    timeMs,
    frame,
    packedDedupe,
    startEvent,
    packedFailure,
    order,
    ...(startCause === undefined ? [] : [packCause(startCause, undefined)]),
  ]
}

export function unpackHead(packed: unknown, key: string): Head {
  if (!Array.isArray(packed) || packed.length < 13) throw malformed(key)
  const [
    logic,
    version,
    hash,
    status,
    durability,
    systemId,
    startedMs,
    seqNr,
    timeMs,
    frame,
    dedupe,
    startEvent,
    failure,
    order = 0,
    startCause,
  ] = packed
  return {
    logic,
    version,
    hash,
    status,
    durability,
    systemId,
    startedMs,
    seqNr,
    timeMs,
    frame,
    dedupe: (dedupe as [string, number, StoredDedupe['outcome'], number, unknown][]).map((e) => ({
      key: e[0],
      seqNr: e[1],
      outcome: e[2],
      timeMs: e[3],
      reply: e[4],
    })),
    startEvent,
    failure: failure && { error: failure[0], event: failure[1], seqNr: failure[2], timeMs: failure[3] },
    order,
    startCause: unpackCause(startCause, undefined),
  }
}

export type RecordKind =
  | 'start'
  | 'event'
  | 'timer'
  | 'effect'
  | 'resume'
  | 'stop'
  | 'failure'
  | 'fault'
  | 'migration'
  | 'supervision'

/** One change of an actor's state. */
export interface JournalRecord {
  readonly kind: RecordKind
  readonly timeMs: number
  /** Of a failure: encoded by itself, with its error, until somebody reads the history. */
  readonly event: { readonly type: string } | Uint8Array
  readonly from: string | undefined
  readonly key: string | undefined
  readonly outcome: RecordOutcome
  readonly delta: Delta | undefined
  /** Replies given in this unit to events accepted under a key, for a repeat of the question. */
  readonly replies: readonly (readonly [key: string, reply: unknown])[] | undefined
  /** The record of this node in which the event was sent, or that began the effect or delay it comes from. */
  readonly cause?: RecordRef | undefined
}

export function packRecord(record: JournalRecord): unknown[] {
  const { kind, timeMs, event, from, key, outcome, delta, replies, cause } = record
  const packed: unknown[] = [kind, timeMs, event, from ?? null, key ?? null, outcome, delta ?? null]
  if (cause !== undefined) packed.push(replies ?? null, packCause(cause, from))
  else if (replies !== undefined) packed.push(replies)
  return packed
}

export function unpackRecord(packed: unknown, key: string): JournalRecord {
  if (!Array.isArray(packed) || packed.length < 7) throw malformed(key)
  const [kind, timeMs, event, from, dedupeKey, outcome, delta, replies, cause] = packed
  return {
    kind,
    timeMs,
    event,
    from: from ?? undefined,
    key: dedupeKey ?? undefined,
    outcome,
    delta: delta ?? undefined,
    replies: replies ?? undefined,
    cause: unpackCause(cause, from ?? undefined),
  }
}

/** Of a record of whoever `from` says, as nearly all are, only the number. */
export function packCause({ path, seqNr }: RecordRef, from: string | undefined): number | [ActorPath, number] {
  return from !== undefined && ownerOf(from) === path ? seqNr : [path, seqNr]
}

export function unpackCause(packed: unknown, from: string | undefined): RecordRef | undefined {
  if (typeof packed === 'number') return from === undefined ? undefined : { path: ownerOf(from), seqNr: packed }
  return Array.isArray(packed) ? { path: packed[0], seqNr: packed[1] } : undefined
}

/** The actor of an address, which may be that of a child inside it. */
function ownerOf(from: string): ActorPath {
  const hash = from.indexOf('#')
  return hash < 0 ? from : from.slice(0, hash)
}

export function malformed(key: string): RosciusError {
  return new RosciusError(
    'RECORD_CORRUPT',
    `The record ${key} does not have the fields it should. Run \`roscius verify\` on the store and restore it from a backup.`,
    {
      address: key,
      details: { key },
    },
  )
}
