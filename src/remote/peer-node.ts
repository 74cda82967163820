/**
 * One other node as this one deals with it: its outbox and inbox, what it may do, what is observed, over all connections.
 *
 * Boundary: connections come and go in `link/`; this is told of each that is resumed (`LinkOwner`).
 *
 * 1. Everything that a frame changes is in the commit that is being filled when the frame comes.
 * 2. What was for a former store of the peer ends as dead letters when another is met, never there (D15).
 */
import type { EventObject } from 'xstate'
import type { KnownIdentity } from '../../machines/association/identity.js'
import { formatAddress } from '../core/address.js'
import { isRosciusError, RosciusError } from '../core/errors.js'
import type { DeadLetterReason } from '../core/events.js'
import type { RefCodec } from '../persistence/storable.js'
import type { AbroadHost } from '../runtime/abroad.js'
import type { Lineage } from '../runtime/envelope.js'
import { deadLetterError } from '../runtime/unit-errors.js'
import { type Answer, Arrivals } from './inbox/arrivals.js'
import { Inbox } from './inbox/inbox.js'
import type { Credit, LinkOwner, LinkTold, OwnedFrame, Remembered, Session, ToldPositions } from './link/link-owner.js'
import type { ReadLinks } from './options/link-options.js'
import { leftMs, type Travel } from './outbox/departures.js'
import { Flow } from './outbox/flow.js'
import type { Entry, NumberAt } from './outbox/lane.js'
import { Outbox } from './outbox/outbox.js'
import type { PeerRecord } from './outbox/peer-record.js'
import type { Permissions } from './permissions.js'
import type { FrameCodec, PackedEnvelope } from './protocol/frame-codec.js'
import type { AckFrame } from './protocol/frames.js'
import type { PeerIdentity } from './protocol/handshake/handshake.js'
import { adoptedReceived, type OwnPositions } from './protocol/handshake/resume.js'
import { NO_LANES } from './protocol/lanes.js'
import { ProtocolError } from './protocol/protocol-error.js'
import type { WireEnvelope } from './protocol/wire-envelope.js'
import { disconnected } from './questions.js'
import { refsOfPeer } from './refs-of-peer.js'
import type { ReplySeals } from './reply-seals.js'
import { isSubscriptionFrame, type PeerSubscriptions } from './subscriptions/peer-subscriptions.js'

export interface PeerNodePort {
  readonly host: AbroadHost
  readonly options: ReadLinks
  readonly permissions: Permissions
  /** Packs for every peer: what one of them takes less is found out when it is sent. */
  readonly codec: FrameCodec
  readonly subscriptions: PeerSubscriptions
  readonly seals: ReplySeals
  /** A message of a conversation has come. */
  heard(wire: WireEnvelope, lineage: Lineage): void
  told(peer: PeerNode, told: LinkTold): void
  /** The peer has another process than at the last connection; that one had taken all for which `wasTaken`. */
  restarted(peer: PeerNode, wasTaken: (at: NumberAt) => boolean): void
  /** The connection has ended. */
  ended(peer: PeerNode): void
}

/** What is sent as soon as it is committed, and as long as it is not confirmed. */
const ANSWER: Travel = { lane: 1, dueMs: undefined, isOnce: false }

export class PeerNode implements LinkOwner {
  readonly outbox: Outbox
  readonly flow: Flow
  readonly #inbox: Inbox
  readonly #arrivals: Arrivals
  readonly #host: AbroadHost
  #given: Credit = { envelopes: 0, bytes: 0 }
  /** Of the peer's process at the last connection. */
  #incarnation: number | undefined
  /** Whether the failure detector has given it up. */
  isDown = false
  /** Events that were sent in this run, and how many the peer has said to refuse. */
  #events = 0
  #refused = 0

  constructor(
    readonly peer: string,
    private readonly port: PeerNodePort,
    record: PeerRecord | undefined,
  ) {
    const { host, options, permissions, seals } = port
    this.#host = host
    this.outbox = new Outbox(peer, host, options.outbox, record, () => this.flow.pump())
    this.flow = new Flow({ host, outbox: this.outbox, giveUp: (lane, entry, why) => this.#giveUp(lane, entry, why) })
    const answer = (one: Answer, isStored: boolean): void => this.#answer(one, isStored)
    this.#arrivals = new Arrivals({
      host,
      permissions,
      seals,
      maxWatches: options.maxWatches,
      answer,
      heard: port.heard,
      isFull: (onRoom) => this.outbox.isFull(onRoom),
      hasRefused: () => this.#hasRefused(),
    })
    this.#inbox = new Inbox(peer, {
      host,
      window: options.credit,
      rate: options.rate,
      take: (numbered, coming, onTaken) => this.#arrivals.take(numbered, coming, onTaken),
    })
  }

  get inbox(): Inbox {
    return this.#inbox
  }

  get subscriptions(): PeerSubscriptions {
    return this.port.subscriptions
  }

  // --- sending ---

  /**
   * Puts an envelope into the current commit, and answers its number; undefined if it is sent at most once. Throws
   * `OUTBOX_FULL`, `VALUE_NOT_STORABLE`.
   */
  send(wire: WireEnvelope, { lane, dueMs, isOnce }: Travel, isStored: boolean): NumberAt | undefined {
    const packed = this.#pack(wire)
    if (wire.kind === 'event') this.#events++
    if (isOnce) {
      this.#sendOnce(wire, lane, packed, dueMs)
      return undefined
    }
    this.outbox.assertRoomFor(packed.bytes.length, formatAddress(this.peer, wire.to))
    return { lane, number: this.outbox.add(lane, packed, isStored, dueMs) }
  }

  /** As `send`, whether there is room or not; what can't be packed is sent without its payload. */
  sendAnyway(wire: WireEnvelope, { lane, dueMs }: Travel, isStored: boolean): NumberAt {
    return { lane, number: this.outbox.add(lane, this.#packAnyway(wire), isStored, dueMs) }
  }

  #packAnyway(wire: WireEnvelope): PackedEnvelope {
    try {
      return this.#pack(wire)
    } catch {
      const { reason } = (wire.payload ?? {}) as { readonly reason?: unknown }
      return this.#pack({ ...wire, ...(reason !== undefined && { payload: { reason } }) })
    }
  }

  #pack(wire: WireEnvelope): PackedEnvelope {
    try {
      return this.port.codec.pack(wire)
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      const address = formatAddress(this.peer, wire.to)
      const message = `${address}: what is sent there is more than fits into a frame: ${error.message}`
      throw new RosciusError('VALUE_NOT_STORABLE', message, { address, cause: error, details: { ...error.details } })
    }
  }

  #sendOnce({ from }: WireEnvelope, lane: number, packed: PackedEnvelope, dueMs: number | undefined): void {
    const deadlineMs = dueMs === undefined ? undefined : leftMs(dueMs, this.#host.now())
    this.#host.commits.hold({
      release: () => {
        if (this.flow.sendOnce(lane, packed, deadlineMs)) return
        const asker = from === undefined ? undefined : this.port.seals.opened(from)
        if (asker !== undefined) this.#host.refuse(asker, disconnected(this.peer))
      },
    })
    this.#host.scheduleCommit()
  }

  /** Answers have room of their own; what finds none there either is lost. */
  #answer({ kind, to, from, payload }: Answer, isStored: boolean): void {
    try {
      const told = kind === 'failed' ? withoutStack(payload) : payload
      const packed = this.#pack({ kind, to, from, payload: told })
      if (this.outbox.hasRoomFor(packed.bytes.length, true))
        this.outbox.add(ANSWER.lane, packed, isStored, ANSWER.dueMs)
    } catch (error) {
      if (isRosciusError(error, 'VALUE_NOT_STORABLE') && kind !== 'failed')
        this.#answer({ kind: 'failed', to, payload: error }, isStored)
    }
  }

  #giveUp(lane: number, entry: Entry, reason: DeadLetterReason): void {
    this.outbox.forget(lane, [entry])
    // In the commit of the dead letter: it must not come back beside it.
    this.outbox.flush()
    this.#toDeadLetter(entry, reason)
    this.#host.scheduleCommit()
  }

  /** Only events are letters; a question that can't be asked any more is told so. */
  #toDeadLetter({ packed }: Entry, reason: DeadLetterReason): void {
    const { kind, to, from, payload } = unpacked(this.port.codec, packed)
    const address = formatAddress(this.peer, to)
    const isMine = from?.startsWith('$') ?? false
    if (kind === 'event' || kind === 'deliver' || kind === 'ask')
      this.#host.deadLetter(address, payload as EventObject, isMine ? undefined : from, reason)
    const asker = from === undefined ? undefined : this.port.seals.opened(from)
    if (asker !== undefined) this.#host.refuse(asker, deadLetterError(address, eventOf(kind, payload), reason))
  }

  /** What an earlier run has left may be events, too. */
  #hasRefused(): boolean {
    if (this.#refused >= this.#events + this.outbox.restored) return false
    this.#refused++
    return true
  }

  // --- the link ---

  refsFor(peer: PeerIdentity): RefCodec {
    const { nodeName, refs, storeId } = this.#host
    return refsOfPeer({ nodeName, refs, storeId, seals: this.port.seals }, peer)
  }

  standing({ storeId }: PeerIdentity): OwnPositions {
    const { outbox } = this
    const received = this.#inbox.received(storeId)
    return outbox.isForOther(storeId)
      ? { sent: NO_LANES, left: NO_LANES, confirmed: NO_LANES, received }
      : { sent: outbox.sent, left: outbox.highest, confirmed: outbox.confirmed, received }
  }

  adopt(peer: PeerIdentity, told: ToldPositions): void {
    const received = adoptedReceived(this.standing(peer), told)
    this.#meet(peer)
    this.outbox.adopt(told.received)
    this.#inbox.adopt(peer.storeId, received)
  }

  credit(): Credit {
    this.#given = this.#inbox.credit
    return this.#given
  }

  /** The numbers are for this store from now on; what was for another ends here. */
  #meet({ storeId }: PeerIdentity): void {
    if (this.outbox.storeId === storeId) return
    if (this.outbox.storeId === undefined) this.outbox.bind(storeId)
    else for (const [, entry] of this.outbox.reset(storeId)) this.#toDeadLetter(entry, 'storeGone')
  }

  resumed(session: Session): void {
    this.#meet(session.peer)
    for (const [i, lane] of this.outbox.lanes.entries())
      this.outbox.forget(i, lane.rewind(session.theirs.received[i] as number))
    this.#meetProcess(session)
    this.#inbox.start(session, this.#given)
    this.#host.scheduleCommit()
    this.flow.start(session)
    session.onDrained(() => {
      this.flow.pump()
      this.subscriptions.drained()
    })
    this.subscriptions.resumed(session)
  }

  #meetProcess({ peer: { incarnation } }: Session): void {
    const isAnother = this.#incarnation !== undefined && this.#incarnation !== incarnation
    this.#incarnation = incarnation
    if (isAnother) this.port.restarted(this, ({ lane, number }) => number <= (this.outbox.lanes[lane]?.taken ?? 0))
  }

  ended(): void {
    this.flow.end()
    this.#inbox.end()
    this.subscriptions.ended()
    this.port.ended(this)
  }

  frame(frame: OwnedFrame, bytes: number): void {
    if (frame.kind === 'batch') this.#inbox.batch(frame, bytes)
    else if (frame.kind === 'ack') this.#confirmed(frame)
    else if (frame.kind === 'credit') this.flow.more(frame.envelopes, frame.bytes)
    else if (isSubscriptionFrame(frame)) this.subscriptions.take(frame)
  }

  #confirmed({ lane: index, position, isStored }: AckFrame): void {
    const lane = this.outbox.lanes[index]
    const gone = lane?.confirm(position)
    if (lane === undefined || gone === undefined)
      throw new ProtocolError(
        'POSITION_IMPOSSIBLE',
        `The peer confirms ${position}, which was not sent.`,
        'ack.position',
      )
    this.outbox.forget(index, gone)
    if (isStored && position > lane.confirmed) {
      lane.confirmed = position
      this.outbox.saveSoon()
    }
  }

  // --- what the association knows ---

  known(): Remembered {
    const { known, retired } = this.outbox.record
    return { ...(known !== undefined && { known }), ...(retired !== undefined && { retired }) }
  }

  remember(identity: KnownIdentity): void {
    this.outbox.save(identity)
    const { known, retired } = identity
    if (known !== undefined) this.#inbox.keepOnly([known.storeId, ...retired])
  }

  told(told: LinkTold): void {
    this.port.told(this, told)
  }
}

/** Where in this node's files it was thrown is nothing for others. */
function withoutStack(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { name, message, cause } = error
  const bare = cause === undefined ? new Error(message) : new Error(message, { cause: withoutStack(cause) })
  return Object.assign(bare, error, { name, stack: `${name}: ${message}` })
}

/** What a request is called where it has no event. */
function eventOf(kind: string, payload: unknown): EventObject {
  const { type = kind } = (payload ?? {}) as Partial<EventObject>
  return { type }
}

function unpacked(codec: FrameCodec, packed: PackedEnvelope): WireEnvelope {
  const own = packed.nodes < 0 ? codec.packed(packed.bytes) : packed
  const outgoing = { packed: own, number: 1 }
  const frame = codec.decode(codec.batch(1, 0, [outgoing]))
  if (frame.kind !== 'batch' || frame.envelopes[0] === undefined) throw new Error('A batch was decoded as none.')
  return frame.envelopes[0].envelope
}
