/** How patient the links of a node are, and how much they may hold. One set serves all of them. */
import { z } from 'zod'
import { type AssociationSettings, associationOptionsSchema } from '../../../machines/association/options.js'
import { DEFAULT_LIMITS, LEAST_LIMITS, LIMIT_NAMES, MOST_LIMITS, type WireLimits } from '../protocol/limits.js'
import type { ReadPeerRate } from '../rate.js'

/** Every field has a default. Those marked "a peer" hold for each peer by itself. */
export interface LinkOptions {
  /** How often a peer is asked for a sign of life, in ms. Default 1 000. */
  readonly heartbeatMs?: number
  /**
   * After so many ms without a sign of life a peer counts as down: watchers of its actors get `terminated` with `nodeDown`.
   * At least two heartbeats. Default 10 000.
   */
  readonly downAfterMs?: number
  /** The suspicion (phi) from which a link is `degraded`: 8 is a mistake in 100 million. Default 8. */
  readonly suspectPhi?: number
  /** A silence that is no reason for suspicion, on top of what is usual, in ms. Default 2 000. */
  readonly toleratedPauseMs?: number
  /** How long a peer that calls a second time may take to show that its first link lives, in ms. Default 2 000. */
  readonly probeMs?: number
  /** How long a dial may take, in ms. Default 10 000. */
  readonly connectTimeoutMs?: number
  /** How long a handshake may take, in ms. Default 10 000. */
  readonly handshakeTimeoutMs?: number
  /** How long two nodes may take to find out where they left off, in ms. Default 10 000. */
  readonly resumeTimeoutMs?: number
  /** How long a link that is being closed may take to say so, in ms. Default 5 000. */
  readonly closeTimeoutMs?: number
  /** The wait before the next dial: `min(maxMs, initialMs × factor^failures) × (1 ± jitter)`. */
  readonly backoff?: {
    /** Default 200. */
    readonly initialMs?: number
    /** Default 2. */
    readonly factor?: number
    /** Default 5 000. */
    readonly maxMs?: number
    /** Share of a wait, 0 to 1. Default 0.2. */
    readonly jitter?: number
  }
  /** After so many ms up, the next wait is the first again. Default 30 000. */
  readonly stableMs?: number
  /** The wait before a peer that refused is dialled again, in ms. Default 300 000. */
  readonly refusedRetryMs?: number
  /** What waits for a peer, sent or not, until it is confirmed. Answers to what the peer asks have as much room again. */
  readonly outbox?: {
    /** Envelopes for a peer. Default 100 000. */
    readonly maxCount?: number
    /** Their bytes; at least `limits.frameBytes`. Default 64 MiB. */
    readonly maxBytes?: number
    /**
     * What becomes of one more. `reject`: `send`, `deliver` and `ask` from outside fail with `OUTBOX_FULL`, what an actor
     * sends becomes a dead letter. `deadLetter`: what is sent from outside does, too. Default `reject`.
     */
    readonly overflow?: 'reject' | 'deadLetter'
  }
  /** What a peer may have sent without this node having taken it in; bounds the receive buffer of a peer. */
  readonly credit?: {
    /** Default 4 096. */
    readonly envelopes?: number
    /** At least `limits.frameBytes`. Default 8 MiB. */
    readonly bytes?: number
  }
  /** What a peer may send a second. Default: as much as it has credit for. What is above is slowed down, not lost. */
  readonly rate?: {
    readonly envelopes?: RateOptions
    readonly bytes?: RateOptions
    /** Of `ping`, `subscribe`, `unsubscribe`, a connection; one too many ends it. Default 1 000 a second, 20 000 at once. */
    readonly controlFrames?: RateOptions
  }
  /** How much one frame may hold that this node takes. With a `transport` of yours raise its `maxFrameBytes` as well. */
  readonly limits?: Partial<WireLimits>
  /** How often an envelope of this node may be passed on, 1 to 255; then it is a dead letter. Default 16. */
  readonly hops?: number
  /** Callers that have not shown yet who they are, at once. Default 64. */
  readonly handshakesInFlight?: number
  /**
   * Nodes that only the entry `'*'` of `peers` lets in, at once; and as many more that something is sent to before they call:
   * one too many is `PEER_UNKNOWN`. Default 1 024.
   */
  readonly maxGuests?: number
  /** Subscriptions of a peer to actors of this node, at once. Default 10 000. */
  readonly maxSubscriptions?: number
  /** Watches of a peer on actors of this node, at once; one too many is told at once that its actor is `lost`. Default 100 000. */
  readonly maxWatches?: number
}

export interface RateOptions {
  readonly perSecond: number
  /** How much may come at once. Default: what comes in a second. */
  readonly burst?: number
}

export interface ReadLinks {
  /** What the association's machine takes. */
  readonly timing: AssociationSettings
  readonly outbox: { readonly maxCount: number; readonly maxBytes: number; readonly overflow: 'reject' | 'deadLetter' }
  readonly credit: { readonly envelopes: number; readonly bytes: number }
  readonly rate: ReadPeerRate
  readonly limits: WireLimits
  readonly hops: number
  readonly handshakesInFlight: number
  readonly maxGuests: number
  readonly maxSubscriptions: number
  readonly maxWatches: number
}

const MIB = 1_048_576
const count = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER)
/** As a frame `credit` carries it. */
const envelopes = count.max(0xffff_ffff)
const amount = z.number().positive().max(Number.MAX_SAFE_INTEGER)
const rate = z
  .strictObject({ perSecond: amount, burst: amount.min(1).optional() })
  .transform(({ perSecond, burst = Math.max(1, perSecond) }) => ({ perSecond, burst }))

const limitsShape = Object.fromEntries(
  LIMIT_NAMES.map((name) => [name, count.min(LEAST_LIMITS[name]).max(MOST_LIMITS[name]).default(DEFAULT_LIMITS[name])]),
) as Record<keyof WireLimits, z.ZodDefault<z.ZodNumber>>

const { deadlineMs: downAfterMs, ...timing } = associationOptionsSchema.shape
const schema = z
  .strictObject({
    ...timing,
    downAfterMs,
    outbox: z
      .strictObject({
        maxCount: count.default(100_000),
        maxBytes: count.default(64 * MIB),
        overflow: z.enum(['reject', 'deadLetter']).default('reject'),
      })
      .prefault({}),
    credit: z.strictObject({ envelopes: envelopes.default(4_096), bytes: count.default(8 * MIB) }).prefault({}),
    rate: z
      .strictObject({
        envelopes: rate.optional(),
        bytes: rate.optional(),
        controlFrames: rate.default({ perSecond: 1_000, burst: 20_000 }),
      })
      .prefault({}),
    limits: z.strictObject(limitsShape).prefault({}),
    hops: count.max(255).default(16),
    handshakesInFlight: count.default(64),
    maxGuests: count.default(1_024),
    maxSubscriptions: count.default(10_000),
    maxWatches: count.default(100_000),
  })
  .refine((links) => links.downAfterMs >= 2 * links.heartbeatMs, {
    path: ['downAfterMs'],
    message: 'must be at least two heartbeats',
  })
  .refine(({ credit, limits }) => credit.bytes >= limits.frameBytes, {
    path: ['credit', 'bytes'],
    message: 'must be at least limits.frameBytes: an envelope may be that large',
  })
  .refine(({ outbox, limits }) => outbox.maxBytes >= limits.frameBytes, {
    path: ['outbox', 'maxBytes'],
    message: 'must be at least limits.frameBytes: an envelope may be that large',
  })

/** Reads `LinkOptions` with their defaults. */
export const linkOptionsSchema = schema.transform((links): ReadLinks => {
  const { outbox, credit, rate, limits, hops, handshakesInFlight, maxGuests, ...rest } = links
  const { maxSubscriptions, maxWatches, downAfterMs: deadlineMs, ...times } = rest
  const bounds = { outbox, credit, rate, limits, hops, handshakesInFlight, maxGuests, maxSubscriptions, maxWatches }
  return { ...bounds, timing: { ...times, deadlineMs } }
})
