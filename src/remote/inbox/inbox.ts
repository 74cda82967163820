/**
 * What comes from one peer: which numbers were handled, what is confirmed, how much more may come.
 *
 * 1. The position of an envelope is in the commit that holds what it changed, or its place in a mailbox; it is confirmed after
 *    that, and told to nobody before (I3). What concerned volatile actors alone has its position in memory, as what it changed has.
 * 2. A number is handled once, in rising order; a frame that begins behind what was handled tells of a loss, and ends the
 *    connection (I5).
 * 3. Nothing beyond the credit that was given is taken. Credit comes back with the commit, and from a crowded mailbox when the
 *    envelope is out of it: so a slow actor slows its sender down, and holds no more than that credit (D3).
 * 4. What had left for a former process of this node, and is behind its stored position, may have been handled by it: all that
 *    concerned volatile actors alone. Such an envelope is said to be doubtful (D6).
 */
import type { Cancel } from '../../core/clock.js'
import type { AbroadHost, Place } from '../../runtime/abroad.js'
import type { Credit, Session } from '../link/link-owner.js'
import type { BatchFrame } from '../protocol/frames.js'
import { type Lane, type Lanes, NO_LANES } from '../protocol/lanes.js'
import { ProtocolError } from '../protocol/protocol-error.js'
import type { NumberedEnvelope } from '../protocol/wire-envelope.js'
import { PeerRate, type ReadPeerRate } from '../rate.js'
import type { Coming } from './arrived.js'

export interface InboxPort {
  readonly host: AbroadHost
  /** What may come a second. */
  readonly rate: ReadPeerRate
  /** What it can take at once. */
  readonly window: Credit
  /** One envelope, handed to whom it is for; `isTaken` is called when its room is free, if it said to wait. */
  take(numbered: NumberedEnvelope, coming: Coming, onTaken: () => void): Place
}

interface Position {
  /** Handled, in memory; its commit may be on its way. */
  readonly handled: [number, number, number]
  /** Handled, and committed: only this may be told to the peer. */
  readonly committed: [number, number, number]
  /** As the store has it, or is about to. */
  readonly stored: [number, number, number]
  /** Up to here a former process may have handled what this one does not know; undefined until the peer has told. */
  doubtful: Lanes | undefined
}

/** What has become of the envelopes of a frame. */
interface Taken {
  isStored: boolean
  waiting: number
}

/** A frame whose envelopes are handled. */
interface Handled {
  /**
   * Its last number, 0 if it has none. What was handled may be beyond: it came on a connection that broke before the commit, and
   * is sent again. A peer takes no confirmation of what it has not sent on this one.
   */
  readonly last: number
  readonly isStored: boolean
  readonly free: Credit
}

/** After a frame of so many envelopes they are handled before more is read: else all that credit allows would lie in memory. */
const MANY = 32
/** A confirmation that only frees memory may wait so long for company. */
const ACK_DELAY_MS = 5
/** Or until so many envelopes are not confirmed. */
const ACK_AFTER = 64

const POSITIONS = 'u/remote/i/'

export class Inbox {
  /** By the peer's storeId. */
  readonly #positions = new Map<string, Position>()
  #session: Session | undefined
  /** What the peer may still send. */
  #left = { envelopes: 0, bytes: 0 }
  /** Envelopes that wait in crowded mailboxes, over sessions. */
  #waiting = { envelopes: 0, bytes: 0 }
  /** What can be given back with the next credit. */
  #free = { envelopes: 0, bytes: 0 }
  #due: [number, number, number] = [0, 0, 0]
  #isDueStored: [boolean, boolean, boolean] = [false, false, false]
  #unconfirmed = 0
  #timer: Cancel | undefined
  #isSlowed: Cancel | undefined
  duplicates = 0
  readonly #rate: PeerRate

  constructor(
    private readonly peer: string,
    private readonly port: InboxPort,
  ) {
    this.#rate = new PeerRate(port.rate, port.host.clock)
  }

  restore(storeId: string, stored: Lanes): void {
    this.#positions.set(storeId, positionAt(stored))
  }

  received(storeId: string): Lanes {
    const [high, normal, low] = this.#at(storeId).committed
    return [high, normal, low]
  }

  #at(storeId: string): Position {
    let position = this.#positions.get(storeId)
    if (position === undefined) {
      position = positionAt(NO_LANES)
      this.#positions.set(storeId, position)
    }
    return position
  }

  /** An operator takes the peer as it is: no more than that was received from it. */
  adopt(storeId: string, received: Lanes): void {
    this.restore(storeId, received)
    this.#store(storeId, received)
  }

  /** Who comes back with a store that is not among these is taken for a new one: what is known of others is of no use. */
  keepOnly(storeIds: readonly string[]): void {
    for (const storeId of this.#positions.keys()) {
      if (storeIds.includes(storeId)) continue
      this.#positions.delete(storeId)
      this.port.host.commits.del(this.#key(storeId))
    }
  }

  #key(storeId: string): string {
    return `${POSITIONS}${this.peer}/${storeId}`
  }

  #store(storeId: string, stored: Lanes): void {
    const { codec, commits } = this.port.host
    commits.put(this.#key(storeId), codec.encode([...stored]))
    commits.sync()
    this.port.host.scheduleCommit()
  }

  /** What the peer may send to begin with. */
  get credit(): Credit {
    const { window } = this.port
    return {
      envelopes: Math.max(1, window.envelopes - this.#waiting.envelopes),
      // A share in the bytes of a frame need not be a whole number.
      bytes: Math.max(1, Math.floor(window.bytes - this.#waiting.bytes)),
    }
  }

  start(session: Session, given: Credit): void {
    this.#session = session
    // Later sessions are of this process, which knows what it has handled.
    this.#at(session.peer.storeId).doubtful ??= session.theirs.left
    this.#left = { ...given }
    // What was waited for has been taken since the credit was told.
    const { envelopes, bytes } = this.credit
    this.#free = { envelopes: Math.max(0, envelopes - given.envelopes), bytes: Math.max(0, bytes - given.bytes) }
    this.#due = [0, 0, 0]
    this.#isDueStored = [false, false, false]
    this.#unconfirmed = 0
  }

  end(): void {
    this.#session = undefined
    this.#timer?.()
    this.#isSlowed?.()
    this.#timer = this.#isSlowed = undefined
  }

  /** Takes a frame, in the current commit. Throws `ProtocolError`. */
  batch({ lane, after, envelopes }: BatchFrame, bytes: number): void {
    const session = this.#session as Session
    this.#charge(envelopes.length, bytes)
    if (envelopes.length >= MANY) session.rest()
    const { storeId } = session.peer
    const position = this.#at(storeId)
    if (after > position.handled[lane]) throw gap(after)
    const share = bytes / Math.max(1, envelopes.length)
    const taken: Taken = { isStored: false, waiting: 0 }
    for (const numbered of envelopes) this.#take(numbered, lane, position, share, taken)
    this.#waiting.envelopes += taken.waiting
    this.#waiting.bytes += taken.waiting * share
    if (taken.isStored) this.#keep(storeId, position, lane)
    const free = { envelopes: envelopes.length - taken.waiting, bytes: bytes - taken.waiting * share }
    const last = envelopes.findLast(({ number }) => number !== undefined)?.number ?? 0
    this.#confirmAfterCommit(session, lane, position, { last, isStored: taken.isStored, free })
  }

  #take(numbered: NumberedEnvelope, lane: Lane, position: Position, share: number, taken: Taken): void {
    const { number, envelope } = numbered
    const { handled } = position
    if (number !== undefined) {
      if (number <= handled[lane]) {
        this.duplicates++
        return
      }
      handled[lane] = number
    }
    const { peer } = this.#session as Session
    const coming = { lane, peer, isDoubtful: isDoubtful(numbered, lane, position) }
    const place = this.port.take(numbered, coming, () => this.#freed(share))
    if (place.isWaiting) taken.waiting++
    // At least once: its position need not survive a crash, it may come again.
    if (number !== undefined && place.isStored && envelope.delivery !== 'atLeastOnce') taken.isStored = true
  }

  #charge(envelopes: number, bytes: number): void {
    if (this.#left.envelopes < envelopes || this.#left.bytes <= 0)
      throw new ProtocolError('RATE_EXCEEDED', 'The peer sent more than it has credit for.', 'batch')
    this.#left.envelopes -= envelopes
    this.#left.bytes -= bytes
    const owedMs = this.#rate.received(envelopes, bytes)
    if (owedMs > 0) this.#slowDown(owedMs)
  }

  /** No credit is given back before what came too fast is paid for. */
  #slowDown(ms: number): void {
    this.#isSlowed?.()
    this.#isSlowed = this.port.host.clock.schedule(() => {
      this.#isSlowed = undefined
      this.flush()
    }, ms)
  }

  #keep(storeId: string, { handled, stored }: Position, lane: Lane): void {
    stored[lane] = handled[lane]
    this.#store(storeId, stored)
  }

  #confirmAfterCommit(session: Session, lane: Lane, position: Position, frame: Handled): void {
    const { host } = this.port
    const number = position.handled[lane]
    host.commits.hold({
      release: () => {
        if (number > position.committed[lane]) position.committed[lane] = number
        if (this.#session === session) this.#handled(lane, frame)
      },
    })
    host.scheduleCommit()
  }

  #handled(lane: Lane, { last, isStored, free }: Handled): void {
    if (last > this.#due[lane]) this.#due[lane] = last
    if (isStored) this.#isDueStored[lane] = true
    this.#free.envelopes += free.envelopes
    this.#free.bytes += free.bytes
    this.#unconfirmed += free.envelopes
    if (isStored || this.#unconfirmed >= ACK_AFTER || this.#isCreditLow) this.flush()
    else this.#timer ??= this.port.host.clock.schedule(() => this.flush(), ACK_DELAY_MS)
  }

  get #isCreditLow(): boolean {
    const { window } = this.port
    return 2 * this.#free.envelopes >= window.envelopes || 2 * this.#free.bytes >= window.bytes
  }

  #freed(bytes: number): void {
    this.#waiting.envelopes--
    this.#waiting.bytes -= bytes
    if (this.#session === undefined) return
    this.#free.envelopes++
    this.#free.bytes += bytes
    if (this.#isCreditLow || this.#left.envelopes <= 0 || this.#left.bytes <= 0) this.flush()
    else this.#timer ??= this.port.host.clock.schedule(() => this.flush(), ACK_DELAY_MS)
  }

  /** Tells the peer what is confirmed and what it may send. */
  flush(): void {
    this.#timer?.()
    this.#timer = undefined
    const session = this.#session
    if (session === undefined) return
    for (const lane of [0, 1, 2] as const) this.#confirm(session, lane)
    this.#giveBack(session)
    this.#unconfirmed = 0
  }

  #confirm(session: Session, lane: 0 | 1 | 2): void {
    const position = this.#due[lane]
    if (position === 0) return
    this.#due[lane] = 0
    session.send(session.codec.encode({ kind: 'ack', lane, position, isStored: this.#isDueStored[lane] }))
    this.#isDueStored[lane] = false
  }

  /** Credit goes back in lumps: half of what there is, or what a peer without any waits for. */
  #giveBack(session: Session): void {
    const envelopes = Math.floor(this.#free.envelopes)
    const bytes = Math.floor(this.#free.bytes)
    const isStarving = this.#left.envelopes <= 0 || this.#left.bytes <= 0
    if (this.#isSlowed !== undefined || (!this.#isCreditLow && !isStarving) || envelopes + bytes <= 0) return
    this.#free.envelopes -= envelopes
    this.#free.bytes -= bytes
    this.#left.envelopes += envelopes
    this.#left.bytes += bytes
    session.send(session.codec.encode({ kind: 'credit', envelopes: Math.max(0, envelopes), bytes: Math.max(0, bytes) }))
  }
}

function positionAt(stored: Lanes): Position {
  return { handled: [...stored], committed: [...stored], stored: [...stored], doubtful: undefined }
}

function isDoubtful({ number, envelope }: NumberedEnvelope, lane: Lane, { doubtful }: Position): boolean {
  return number !== undefined && number <= (doubtful?.[lane] ?? 0) && envelope.delivery !== 'atLeastOnce'
}

function gap(after: number): ProtocolError {
  const message = `The peer goes on behind number ${after}, which was not received.`
  return new ProtocolError('POSITION_IMPOSSIBLE', message, 'batch.after')
}
