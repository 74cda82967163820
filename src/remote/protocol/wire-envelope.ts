/**
 * An envelope on the wire: what one actor asks of another one, on the node at the other end.
 *
 *     [kind, to, from, payload, id, correlation, causation, traceparent, hops, delivery, clock]
 *
 * Fields at the end that are nil are left out. Paths are without a node: `to` lies on the receiver's node, `from` on the
 * sender's, so that nobody can speak for a third node.
 *
 * 1. What stays the same however often an envelope is sent is packed once; its number and the time that is left to its
 *    deadline are put beside it in the batch.
 */
import {
  countOf,
  eventOf,
  nameAt,
  nodeNameOf,
  objectOf,
  optional,
  pathOf,
  textOf,
  traceparentOf,
  tupleOf,
} from './fields.js'
import { malformed } from './protocol-error.js'

/** By their number on the wire. */
export const ENVELOPE_KINDS = [
  'event',
  'deliver',
  'ask',
  'reply',
  'done',
  'failed',
  'watch',
  'unwatch',
  'terminated',
  'spawn',
  'spawned',
  'stop',
  'cancel',
] as const
export type EnvelopeKind = (typeof ENVELOPE_KINDS)[number]

export const DELIVERIES = ['exactlyOnce', 'atLeastOnce', 'atMostOnce'] as const
export type Delivery = (typeof DELIVERIES)[number]

export interface WireEnvelope {
  readonly kind: EnvelopeKind
  /** Path on the receiver's node, perhaps with `#session`. */
  readonly to: string
  /** Path on the sender's node. */
  readonly from?: string | undefined
  /**
   * `event`, `deliver`, `ask`: the event. `reply`: the answer, any value. `done`: what came of a `deliver`, `stop` or
   * `cancel`. `failed`: the error that answers instead. `terminated`: `{ reason, output?, error? }`. `spawn`:
   * `{ logic, id, … }`. Nothing, or options, with the others.
   */
  readonly payload?: unknown
  readonly id?: string | undefined
  readonly correlation?: string | undefined
  readonly causation?: string | undefined
  readonly traceparent?: string | undefined
  /** How often it may still be passed on; 16 if absent. */
  readonly hops?: number | undefined
  /** `exactlyOnce` if absent. */
  readonly delivery?: Delivery | undefined
  /** Vector clock of the conversation: node to count. */
  readonly clock?: Readonly<Record<string, number>> | undefined
}

/** An envelope at its place in a batch. */
export interface NumberedEnvelope {
  /** Rises from 1 on a lane from the sender's store to the receiver's, with holes; absent if and only if `atMostOnce`. */
  readonly number?: number
  /** Milliseconds that are left to its deadline; absent: it has none. */
  readonly deadlineMs?: number
  readonly envelope: WireEnvelope
}

const TERMINATED_REASONS: ReadonlySet<unknown> = new Set(['done', 'stopped', 'failed', 'lost', 'nodeDown'])
/** Most nodes of a conversation whose counts an envelope carries. */
export const MAX_CLOCK_NODES = 256
const FIELDS = 11

/** The fields in their order, without the nils at the end. Throws as `readEnvelope` does. */
export function envelopeFields(envelope: WireEnvelope): readonly unknown[] {
  const fields = allFields(envelope)
  while (fields[fields.length - 1] === undefined) fields.pop()
  // In the place of the payload `undefined` is a value; anywhere else it says that there is none.
  for (let i = 0; i < fields.length; i++) if (fields[i] === undefined && i !== PAYLOAD) fields[i] = null
  readEnvelope(fields)
  return fields
}

/** The fields as far as there are some, with undefined for those that are left out: most envelopes end early. */
function allFields(envelope: WireEnvelope): unknown[] {
  const { kind, to, from, payload, id, correlation, causation, traceparent, hops, delivery, clock } = envelope
  const first = ENVELOPE_KINDS.indexOf(kind)
  if (hops !== undefined || delivery !== undefined || clock !== undefined) {
    const number = delivery === undefined || delivery === 'exactlyOnce' ? undefined : DELIVERIES.indexOf(delivery)
    return [first, to, from, payload, id, correlation, causation, traceparent, hops, number, clock]
  }
  const isShort = id === undefined && correlation === undefined && causation === undefined && traceparent === undefined
  return isShort ? [first, to, from, payload] : [first, to, from, payload, id, correlation, causation, traceparent]
}

const PAYLOAD = 3

function readEnvelope(value: unknown): WireEnvelope {
  const fields = tupleOf(value, 2, FIELDS, 'envelope')
  const kind = nameAt(ENVELOPE_KINDS, fields[0], 'kind')
  const envelope = begun(kind, pathOf(fields[1], 'to'), optional(fields[2], pathOf, 'from'), fields[PAYLOAD])
  checkPayload(kind, fields[PAYLOAD], 'payload')
  // Most envelopes end early: a field that is not there costs nothing.
  if (fields.length > PAYLOAD + 1) readIds(envelope, fields)
  if (fields.length > 8) readRest(envelope, fields)
  return envelope
}

/** With all that most envelopes have in one literal: a property that is added later takes longer than all the others. */
function begun(kind: EnvelopeKind, to: string, from: string | undefined, payload: unknown): Writable {
  if (payload === undefined) return from === undefined ? { kind, to } : { kind, to, from }
  return from === undefined ? { kind, to, payload } : { kind, to, from, payload }
}

type Writable = { -readonly [K in keyof WireEnvelope]: WireEnvelope[K] }

function readIds(envelope: Writable, fields: readonly unknown[]): void {
  set(envelope, 'id', optional(fields[4], textOf, 'id'))
  set(envelope, 'correlation', optional(fields[5], textOf, 'correlation'))
  set(envelope, 'causation', optional(fields[6], textOf, 'causation'))
  set(envelope, 'traceparent', optional(fields[7], traceparentOf, 'traceparent'))
}

function readRest(envelope: Writable, fields: readonly unknown[]): void {
  set(envelope, 'hops', optional(fields[8], hopsOf, 'hops'))
  set(envelope, 'delivery', optional(fields[9], deliveryOf, 'delivery'))
  set(envelope, 'clock', optional(fields[10], clockOf, 'clock'))
}

function set<K extends keyof WireEnvelope>(envelope: Writable, key: K, value: WireEnvelope[K]): void {
  if (value !== undefined) envelope[key] = value as Writable[K]
}

const hopsOf = (value: unknown, at: string): number => countOf(value, 0, 255, at)
const deliveryOf = (value: unknown, at: string): Delivery => nameAt(DELIVERIES, value, at)

function clockOf(value: unknown, at: string): Record<string, number> {
  const clock = objectOf(value, at)
  const nodes = Object.keys(clock)
  if (nodes.length > MAX_CLOCK_NODES) throw malformed(`at most ${MAX_CLOCK_NODES} nodes are expected`, at)
  for (const node of nodes) clock[nodeNameOf(node, at)] = countOf(clock[node], 0, Number.MAX_SAFE_INTEGER, 'clock')
  return clock as Record<string, number>
}

function checkPayload(kind: EnvelopeKind, payload: unknown, at: string): void {
  switch (kind) {
    case 'event':
    case 'deliver':
    case 'ask':
      eventOf(payload, at)
      return
    case 'terminated':
      if (!TERMINATED_REASONS.has(objectOf(payload, at).reason))
        throw malformed('the reason is unknown', 'payload.reason')
      return
    case 'spawn':
      textOf(objectOf(payload, at).logic, 'payload.logic')
      textOf(objectOf(payload, at).id, 'payload.id')
      return
    case 'failed':
      if (!(payload instanceof Error)) throw malformed('an error is expected', at)
      return
    case 'stop':
    case 'cancel':
      optional(payload, objectOf, at)
      return
    default:
      return
  }
}

/** `[number, deadlineMs, envelope]`: what is there in a batch for each envelope. */
export function readNumbered(value: unknown): NumberedEnvelope {
  const place = tupleOf(value, 3, 3, 'envelope')
  const envelope = readEnvelope(place[2])
  const number = place[0] === null ? undefined : countOf(place[0], 1, Number.MAX_SAFE_INTEGER, 'number')
  // Whole milliseconds; 0 for one that has passed on the way.
  const deadlineMs = place[1] === null ? undefined : countOf(place[1], 0, Number.MAX_SAFE_INTEGER, 'deadlineMs')
  if ((number === undefined) !== (envelope.delivery === 'atMostOnce')) {
    throw malformed('an envelope has a number unless it is atMostOnce', 'number')
  }
  if (deadlineMs === undefined) return number === undefined ? { envelope } : { number, envelope }
  return number === undefined ? { deadlineMs, envelope } : { number, deadlineMs, envelope }
}
