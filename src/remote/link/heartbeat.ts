/**
 * When a peer was heard, when to ask it for a sign of life, and how long an answer takes. Pure; times are monotonic.
 *
 * 1. Every frame is a sign of life. A ping goes out only after half a heartbeat without any.
 * 2. Of two idle nodes one pings, that is enough for both: the one whose name comes first. The other holds back as long as
 *    those pings come regularly, and pings now and then for a round trip time of its own.
 * 3. So a peer that lives is heard every `1.5 × heartbeatMs`, plus the way of the frames.
 */

/** A regular ping may be late by so many heartbeats. */
const REGULAR = 1.25
/** After so many heartbeats a round trip time is old. */
const RTT_LASTS = 30

export class Heartbeat {
  /** Smoothed round trip time, in ms (RFC 6298: an eighth of what is new). */
  rttMs: number | undefined
  /** When the peer was heard last. */
  heardMs: number
  private measuredMs: number
  private peerPingedMs = Number.NEGATIVE_INFINITY
  private peerPingGapMs = Number.POSITIVE_INFINITY
  private token = 0
  private pingedMs: number | undefined

  constructor(
    private readonly heartbeatMs: number,
    /** Whether the peer's pings are enough, as long as they come. */
    private readonly isFollower: boolean,
    nowMs: number,
  ) {
    this.heardMs = this.measuredMs = nowMs
  }

  hear(nowMs: number): void {
    this.heardMs = nowMs
  }

  hearPing(nowMs: number): void {
    this.peerPingGapMs = nowMs - this.peerPingedMs
    this.peerPingedMs = nowMs
  }

  /** The new round trip time; undefined for an answer to nothing that was asked. */
  hearPong(token: number, nowMs: number): number | undefined {
    if (this.pingedMs === undefined || token !== this.token) return undefined
    const newMs = nowMs - this.pingedMs
    this.pingedMs = undefined
    this.measuredMs = nowMs
    this.rttMs = this.rttMs === undefined ? newMs : this.rttMs + (newMs - this.rttMs) / 8
    return newMs
  }

  isDue(nowMs: number): boolean {
    if (this.isLed(nowMs)) return nowMs - this.measuredMs >= RTT_LASTS * this.heartbeatMs
    return nowMs - this.heardMs >= this.heartbeatMs / 2
  }

  /** The token of the ping that goes out now. */
  ask(nowMs: number): number {
    this.token += 1
    this.pingedMs = nowMs
    return this.token
  }

  private isLed(nowMs: number): boolean {
    const regularMs = REGULAR * this.heartbeatMs
    return this.isFollower && nowMs - this.peerPingedMs <= regularMs && this.peerPingGapMs <= regularMs
  }
}
