/**
 * From what the node sends to envelopes on the wire: who may still be reached, in which lane, with what of its past.
 *
 * 1. Hops and deadline are counted down: what was passed on too often, or comes too late, goes no further.
 * 2. What is for a store that the peer does not have any more is never sent to another (D15).
 */
import type { DeadLetterReason } from '../../core/events.js'
import type { ForeignAddress } from '../../core/foreign-address.js'
import type { AbroadHost } from '../../runtime/abroad.js'
import type { Lineage } from '../../runtime/envelope.js'
import type { WireEnvelope } from '../protocol/wire-envelope.js'

/** Lanes by their priority. */
const LANE = { high: 0, normal: 1, low: 2 } as const

export interface Travel {
  readonly lane: number
  readonly dueMs: number | undefined
  readonly isOnce: boolean
}

/** Why it goes nowhere; undefined if nothing speaks against it. */
export function obstacle(
  { store }: ForeignAddress,
  lineage: Lineage | undefined,
  outbox: { isForOther(store: string | undefined): boolean },
  host: AbroadHost,
): DeadLetterReason | undefined {
  if (outbox.isForOther(store)) return 'storeGone'
  if (lineage === undefined) return undefined
  if (lineage.hops <= 0) return 'hopLimit'
  return lineage.dueMs !== undefined && lineage.dueMs <= host.now() ? 'expired' : undefined
}

export function travelOf(
  { delivery, deadlineMs, priority = 'normal' }: ForeignAddress,
  lineage: Lineage | undefined,
  nowMs: number,
): Travel {
  const own = deadlineMs === undefined ? undefined : nowMs + deadlineMs
  const inherited = lineage?.dueMs
  const dueMs = own === undefined || inherited === undefined ? (own ?? inherited) : Math.min(own, inherited)
  return { lane: LANE[priority], dueMs, isOnce: delivery === 'atMostOnce' }
}

/** Whole ms that are left, as a frame says them: no more than a count can be, whatever a peer gave it. */
export function leftMs(dueMs: number, nowMs: number): number {
  return Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, Math.ceil(dueMs - nowMs)))
}

/** What an actor, or somebody outside, wants to be sent. */
export type Sent = Pick<WireEnvelope, 'kind' | 'payload'> & {
  readonly from: string | undefined
  readonly id: string | undefined
}

/**
 * The envelope, with what it takes along from its cause and what the ref says. Every field is there, if only as undefined:
 * envelopes of one shape are packed several times faster.
 */
export function envelopeOf(
  { kind, payload, from, id }: Sent,
  address: ForeignAddress,
  lineage: Lineage | undefined,
  hops: number,
): WireEnvelope {
  const {
    path: to,
    delivery,
    traceparent = lineage?.traceparent,
    conversation: correlation = lineage?.conversation,
  } = address
  const left = lineage === undefined ? (hops === DEFAULT_HOPS ? undefined : hops) : lineage.hops - 1
  const causation = lineage?.id
  return { kind, to, from, payload, id, correlation, causation, traceparent, hops: left, delivery, clock: undefined }
}

/** What a receiver takes it to be where nothing is said. */
export const DEFAULT_HOPS = 16
