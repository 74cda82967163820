/**
 * From the outbox onto the link: as much as the peer gives credit for and the connection takes, the highest lane first, many
 * envelopes in a frame.
 *
 * 1. Without a session, without credit, or above the bound of what the connection buffers, nothing is built: what waits costs
 *    its packed bytes, and nobody waits for it.
 * 2. An envelope whose deadline has passed before it ever left ends as a dead letter; one that may have come is sent again with
 *    nothing left, and its receiver decides.
 * 3. What is sent at most once has no number and is not kept: with no way to leave at once, it is dropped.
 */
import type { AbroadHost } from '../../runtime/abroad.js'
import type { Session } from '../link/link-owner.js'
import type { OutgoingEnvelope, PackedEnvelope } from '../protocol/frame-codec.js'
import { DEFAULT_LIMITS, LIMIT_NAMES } from '../protocol/limits.js'
import { ProtocolError } from '../protocol/protocol-error.js'
import { leftMs } from './departures.js'
import type { Entry, Lane } from './lane.js'
import { type Outbox, UNKNOWN } from './outbox.js'

/** Above so many bytes in the connection's buffer nothing more is given to it. */
const BUFFERED_BYTES = 524_288
/** Most envelopes that are looked at for one frame. */
const FRAME_ENVELOPES = 256

export interface FlowPort {
  readonly host: AbroadHost
  readonly outbox: Outbox
  /** It ends as a dead letter. */
  giveUp(lane: number, entry: Entry, reason: 'expired' | 'notSendable'): void
}

export class Flow {
  #session: Session | undefined
  #envelopes = 0
  #bytes = 0
  /** Whether the peer takes less than everything is packed for. */
  #isNarrow = false
  /** Envelopes that were sent a second time, or more. */
  resends = 0

  constructor(private readonly port: FlowPort) {}

  get session(): Session | undefined {
    return this.#session
  }

  /** What may be sent now. */
  get credit(): { readonly envelopes: number; readonly bytes: number } {
    return { envelopes: this.#envelopes, bytes: this.#bytes }
  }

  start(session: Session): void {
    this.#session = session
    this.#envelopes = session.theirs.credit.envelopes
    this.#bytes = session.theirs.credit.bytes
    this.#isNarrow = LIMIT_NAMES.some((name) => session.limits[name] < DEFAULT_LIMITS[name])
    this.pump()
  }

  end(): void {
    this.#session = undefined
  }

  more(envelopes: number, bytes: number): void {
    this.#envelopes += envelopes
    this.#bytes += bytes
    this.pump()
  }

  /** Sends what may leave. */
  pump(): void {
    const { lanes } = this.port.outbox
    for (let i = 0; i < lanes.length; i++) while (this.#sendFrom(i, lanes[i] as Lane));
  }

  get #isOpen(): boolean {
    const session = this.#session
    if (session === undefined || this.#envelopes <= 0 || this.#bytes <= 0) return false
    return session.bufferedAmount < BUFFERED_BYTES
  }

  /** One frame; false if there is nothing to send, or no room. */
  #sendFrom(index: number, lane: Lane): boolean {
    if (!lane.hasUnsent || !this.#isOpen) return false
    const session = this.#session as Session
    const { after } = lane
    const ready = this.#ready(index, lane, session)
    if (ready.length === 0) return lane.hasUnsent
    const entries = ready.slice(0, Math.min(session.codec.fitting(ready), this.#envelopes))
    const bytes = session.codec.batch(index, after, entries)
    for (const entry of entries) this.#leaves(lane, entry)
    this.#spend(entries.length, bytes.length)
    return session.send(bytes)
  }

  #leaves(lane: Lane, entry: Entry): void {
    if (lane.wasSent(entry)) this.resends++
    lane.sent(entry)
  }

  #spend(envelopes: number, bytes: number): void {
    this.#envelopes -= envelopes
    this.#bytes -= bytes
  }

  /** The oldest unsent ones that may go: a row without a gap. */
  #ready(index: number, lane: Lane, session: Session): Entry[] {
    const ready = lane.unsent(Math.min(FRAME_ENVELOPES, this.#envelopes))
    for (const [i, entry] of ready.entries()) {
      if (entry.dueMs === undefined && !this.#isNarrow && entry.packed.nodes !== UNKNOWN) continue
      const problem = this.#prepare(lane, entry, session)
      if (problem === undefined) continue
      if (i > 0) return ready.slice(0, i)
      lane.drop()
      this.port.giveUp(index, entry, problem)
      return []
    }
    return ready
  }

  /** Why it can't be sent; it is measured anew where the peer takes less than it was packed for, or nobody knows. */
  #prepare(lane: Lane, entry: Entry, session: Session): 'expired' | 'notSendable' | undefined {
    if (entry.dueMs !== undefined) {
      entry.deadlineMs = leftMs(entry.dueMs, this.port.host.now())
      if (entry.deadlineMs === 0 && !lane.wasSent(entry)) return 'expired'
    }
    const measured = this.#measured(entry.packed, session)
    if (measured === undefined) return 'notSendable'
    entry.packed = measured
    return undefined
  }

  /** Undefined if it is more than the peer takes. */
  #measured(packed: PackedEnvelope, { codec }: Session): PackedEnvelope | undefined {
    if (!this.#isNarrow && packed.nodes !== UNKNOWN) return packed
    try {
      return codec.packed(packed.bytes)
    } catch (error) {
      if (error instanceof ProtocolError) return undefined
      throw error
    }
  }

  /** Sends an envelope without a number; false if it can't leave now. */
  sendOnce(lane: number, packed: PackedEnvelope, deadlineMs: number | undefined): boolean {
    if (!this.#isOpen) return false
    const session = this.#session as Session
    const measured = this.#measured(packed, session)
    if (measured === undefined) return false
    const outgoing: OutgoingEnvelope = { packed: measured, ...(deadlineMs !== undefined && { deadlineMs }) }
    const bytes = session.codec.batch(lane, this.port.outbox.lanes[lane]?.after ?? 0, [outgoing])
    this.#spend(1, bytes.length)
    return session.send(bytes)
  }
}
