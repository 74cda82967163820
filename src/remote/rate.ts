/**
 * How much a peer may send a second, by token buckets.
 *
 * Boundary: it counts. What is held back and who is sent away is the caller's affair.
 *
 * 1. Envelopes and bytes that came are counted in any case: the peer had credit for them. What is above the rate is a debt,
 *    and credit is given again when that is paid. So an honest peer becomes slower, and nothing is lost.
 * 2. Frames that cost no credit have a rate of their own, and no debt: what is above it is a breach.
 * 3. Over any time t a peer gets no more than `burst` + t × `perSecond`, and the credit that is out.
 */
import type { Clock } from '../core/clock.js'

export interface ReadRate {
  readonly perSecond: number
  /** How much may come at once. */
  readonly burst: number
}

/** Fills evenly up to its burst. */
export class TokenBucket {
  private tokens: number
  private atMs: number

  constructor(
    private readonly rate: ReadRate,
    private readonly clock: Clock,
  ) {
    this.tokens = rate.burst
    this.atMs = clock.monotonic()
  }

  /** Takes `amount` if it is there; false, and no effect, if not. */
  take(amount = 1): boolean {
    this.fill()
    if (this.tokens < amount) return false
    this.tokens -= amount
    return true
  }

  /** Takes `amount` in any case; answers how many ms it lasts until nothing is owed any more. */
  spend(amount: number): number {
    this.fill()
    this.tokens -= amount
    return this.tokens >= 0 ? 0 : Math.ceil((-this.tokens * 1_000) / this.rate.perSecond)
  }

  private fill(): void {
    const nowMs = this.clock.monotonic()
    const gained = ((nowMs - this.atMs) * this.rate.perSecond) / 1_000
    this.tokens = Math.min(this.rate.burst, this.tokens + gained)
    this.atMs = nowMs
  }
}

/** What one peer may send; without a rate that is as much as it has credit for. */
export interface ReadPeerRate {
  readonly envelopes?: ReadRate | undefined
  readonly bytes?: ReadRate | undefined
  /** For each connection by itself: see `link/session.ts`. */
  readonly controlFrames: ReadRate
}

/** The rates of what costs a peer credit, over all its connections. */
export class PeerRate {
  private readonly envelopes: TokenBucket | undefined
  private readonly bytes: TokenBucket | undefined

  constructor({ envelopes, bytes }: ReadPeerRate, clock: Clock) {
    this.envelopes = envelopes && new TokenBucket(envelopes, clock)
    this.bytes = bytes && new TokenBucket(bytes, clock)
  }

  /** Counts what a batch brought; answers in how many ms credit for it may be given again. */
  received(envelopes: number, bytes: number): number {
    return Math.max(this.envelopes?.spend(envelopes) ?? 0, this.bytes?.spend(bytes) ?? 0)
  }
}
