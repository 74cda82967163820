/**
 * The seam between the driver of links and those who send and receive on them: the outbox, the inbox, subscriptions.
 *
 * 1. There is one owner for each peer. Of its sessions one at most is resumed at any time: `resumed`, then `frame`s in their
 *    order, then `ended`, once.
 * 2. What an owner is told must not throw, but for a `ProtocolError` of `frame`, which is the peer's fault, and what
 *    `standing`, `adopt` and `resumed` reject or throw: then the connection is given up and dialled again.
 */
import type { AssociationEmitted } from '../../../machines/association/events.js'
import type { KnownIdentity } from '../../../machines/association/identity.js'
import type { RefCodec } from '../../persistence/storable.js'
import type { FrameCodec } from '../protocol/frame-codec.js'
import type { CloseFrame, LinkFrame, PingFrame, WelcomeFrame } from '../protocol/frames.js'
import type { PeerIdentity } from '../protocol/handshake/handshake.js'
import type { OwnPositions } from '../protocol/handshake/resume.js'
import type { Lanes } from '../protocol/lanes.js'
import type { WireLimits } from '../protocol/limits.js'
import type { ProtocolError } from '../protocol/protocol-error.js'

/** What may be sent to begin with. */
export interface Credit {
  readonly envelopes: number
  readonly bytes: number
}

/** What comes on a link besides heartbeats and its end. */
export type OwnedFrame = Exclude<LinkFrame, PingFrame | CloseFrame>

/** One connection that is resumed: both sides agree about the past, and envelopes may flow. */
export interface Session {
  readonly peer: PeerIdentity
  /** Where the transport says that the peer is. */
  readonly address: string
  /**
   * The numbers behind which the outbox goes on; those up to which the peer may have sent before, perhaps to a former process of
   * this node; and what it takes to begin with.
   */
  readonly theirs: { readonly received: Lanes; readonly left: Lanes; readonly credit: Credit }
  /** What both sides can. */
  readonly features: readonly string[]
  /** What the peer takes in a frame. */
  readonly limits: WireLimits
  /** Within the limits of both sides; refs are those of `refsFor`. */
  readonly codec: FrameCodec
  /** Bytes given to `send` that have not left yet. */
  readonly bufferedAmount: number
  /** Reads no more in this round of the event loop, so that what came is handled before more comes. */
  rest(): void
  /** Sends a frame; false, and no effect, once the session has ended. The bytes belong to it from then on. */
  send(bytes: Uint8Array): boolean
  /** Told each time that `bufferedAmount` has come down to `DRAINED_BYTES`; a later listener takes the place of an earlier. */
  onDrained(listener: () => void): void
  /**
   * The peer has broken the protocol: it is told `close` with the code, and the connection ends. The association dials again
   * and judges positions anew; so codes of that judgement are told as `FRAME_UNEXPECTED` here.
   */
  fail(error: ProtocolError): void
}

/** What a peer's `welcome` says of where it stands. */
export type ToldPositions = Pick<WelcomeFrame, 'received' | 'sent' | 'adopts'>

/** What the node has stored of a peer, and gives back at its next start. */
export type Remembered = Partial<KnownIdentity>

export type LinkTold =
  | AssociationEmitted
  /** `state` of the figures has changed. */
  | { readonly type: 'state'; readonly state: LinkState }

/** Whose envelopes a link carries. */
export interface LinkOwner {
  readonly peer: string
  /** Refs as they are written and read on a connection with that peer. */
  refsFor(peer: PeerIdentity): RefCodec
  /** Where this side stands towards that store, now: told on the connection in the same turn. */
  standing(peer: PeerIdentity): OwnPositions
  /**
   * An operator takes the peer as it is: what it told to have received counts as confirmed, what waits goes on behind that,
   * and `adoptedReceived` is what was received from it. Answered when that is stored, or sure to be before anything that follows.
   */
  adopt(peer: PeerIdentity, told: ToldPositions): void | Promise<void>
  /** What this side takes to begin with: told in its `welcome`. */
  credit(): Credit
  resumed(session: Session): void | Promise<void>
  /** In order. `bytes` is the size of the whole frame. */
  frame(frame: OwnedFrame, bytes: number): void
  /** After `resumed`: the connection is gone, or is being given up. */
  ended(session: Session): void
  /** What the association starts with. */
  known(): Remembered
  /** To be stored: each time that the link is up. */
  remember(peer: KnownIdentity): void
  told(told: LinkTold): void
}

export type LinkState =
  | 'idle'
  | 'connecting'
  | 'handshaking'
  | 'resuming'
  | 'up'
  | 'degraded'
  | 'backingOff'
  | 'refused'
  | 'closing'
  | 'closed'

/** One link in numbers. */
export interface LinkFigures {
  readonly peer: string
  /** What is dialled, without a query; absent where the peer has to call. */
  readonly address?: string
  readonly state: LinkState
  /** What the failure detector thinks of the peer. */
  readonly detector: 'unheard' | 'alive' | 'suspicious' | 'down'
  /** How long `state` has lasted, in ms. */
  readonly sinceMs: number
  /** Smoothed round trip time, in ms. */
  readonly rttMs?: number
  /** Dials so far, and failures in a row. */
  readonly attempt: number
  readonly streak: number
  /** Why it is not up; the last reason while it is. */
  readonly fault?: { readonly code: string; readonly reason: string; readonly by: 'self' | 'peer' }
  /** Who the peer was when it was last believed. */
  readonly storeId?: string
  readonly incarnation?: number
  /** Connections that were resumed so far. */
  readonly connections: number
  readonly bytesIn: number
  readonly bytesOut: number
  readonly framesIn: number
  readonly framesOut: number
}
