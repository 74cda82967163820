import type { KnownIdentity } from '../../../machines/association/identity.js'
import { NO_REFS } from '../../../src/persistence/storable.js'
import type { LinkOwner, LinkTold, OwnedFrame, Remembered, Session } from '../../../src/remote/link/link-owner.js'
import type { WelcomeFrame } from '../../../src/remote/protocol/frames.js'
import type { PeerIdentity } from '../../../src/remote/protocol/handshake/handshake.js'
import { adoptedReceived, type OwnPositions } from '../../../src/remote/protocol/handshake/resume.js'
import { NO_LANES, perLane } from '../../../src/remote/protocol/lanes.js'

const NOTHING: OwnPositions = { sent: NO_LANES, left: NO_LANES, confirmed: NO_LANES, received: NO_LANES }

/** An owner that keeps what it is told, and stands where the test says. */
export class RecordingOwner implements LinkOwner {
  /** By the peer's storeId. */
  readonly positions = new Map<string, OwnPositions>()
  readonly sessions: Session[] = []
  readonly frames: OwnedFrame[] = []
  readonly heard: LinkTold[] = []
  /** What happened, in order. */
  readonly log: string[] = []
  session: Session | undefined
  remembered: Remembered = {}
  onFrame: (frame: OwnedFrame) => void = () => undefined
  onResumed: (session: Session) => void | Promise<void> = () => undefined

  constructor(readonly peer: string) {}

  refsFor() {
    return NO_REFS
  }

  standing({ storeId }: PeerIdentity): OwnPositions {
    return this.positions.get(storeId) ?? NOTHING
  }

  /** What waits keeps its numbers, or has new ones behind what the peer has. */
  adopt(peer: PeerIdentity, told: WelcomeFrame): void {
    const ours = this.standing(peer)
    this.positions.set(peer.storeId, {
      sent: perLane((lane) => Math.max(ours.sent[lane], told.received[lane])),
      left: ours.left,
      confirmed: told.received,
      received: adoptedReceived(ours, told),
    })
  }

  credit() {
    return { envelopes: 64, bytes: 65_536 }
  }

  resumed(session: Session): void | Promise<void> {
    this.session = session
    this.sessions.push(session)
    this.log.push('resumed')
    return this.onResumed(session)
  }

  frame(frame: OwnedFrame): void {
    this.frames.push(frame)
    this.log.push(frame.kind)
    this.onFrame(frame)
  }

  ended(session: Session): void {
    this.log.push('ended')
    if (this.session === session) this.session = undefined
  }

  known(): Remembered {
    return this.remembered
  }

  remember(peer: KnownIdentity): void {
    this.remembered = peer
  }

  told(told: LinkTold): void {
    this.heard.push(told)
  }

  of<T extends LinkTold['type']>(type: T): Extract<LinkTold, { type: T }>[] {
    return this.heard.filter((told): told is Extract<LinkTold, { type: T }> => told.type === type)
  }

  /** The states that the link went through. */
  get states(): readonly string[] {
    return this.of('state').map(({ state }) => state)
  }

  /** A frame that any session carries. */
  say(seqNr: number): boolean {
    const { codec } = this.session!
    return this.session!.send(codec.encode({ kind: 'snapshot', subscription: 1, seqNr, snapshot: 'hello' }))
  }
}
