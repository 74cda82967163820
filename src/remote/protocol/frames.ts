/**
 * The frames of version 1. On the wire each is a MessagePack array that begins with the number of its kind.
 */
import type { Lane, Lanes } from './lanes.js'
import type { WireLimits } from './limits.js'
import type { ProtocolCode } from './protocol-error.js'
import type { NumberedEnvelope } from './wire-envelope.js'

/** Version of the protocol that this code speaks. */
export const PROTOCOL_VERSION = 1
export const NONCE_BYTES = 32
export const MAC_BYTES = 32

/** By their number on the wire. */
export const FRAME_KINDS = [
  'hello',
  'challenge',
  'proof',
  'welcome',
  'refuse',
  'batch',
  'ack',
  'credit',
  'ping',
  'pong',
  'subscribe',
  'unsubscribe',
  'snapshot',
  'emitted',
  'close',
] as const
export type FrameKind = (typeof FRAME_KINDS)[number]

/** The first frame, of both sides: who it is, what it speaks, what it takes. Claims, until they are proven. */
export interface HelloFrame {
  readonly kind: 'hello'
  readonly minVersion: number
  readonly maxVersion: number
  readonly node: string
  readonly storeId: string
  readonly incarnation: number
  /** 32 bytes of chance, never used before. */
  readonly nonce: Uint8Array
  readonly limits: WireLimits
  readonly features: readonly string[]
  /** The shared secret that this side wants both proofs made with; absent where it has none. */
  readonly keyId?: string
}

/** By their number: what a side wants of the other one before it believes its `hello`. */
export const DEMANDS = ['proof', 'nothing'] as const
export interface ChallengeFrame {
  readonly kind: 'challenge'
  readonly demand: (typeof DEMANDS)[number]
}

export interface ProofFrame {
  readonly kind: 'proof'
  /** HMAC-SHA-256 over the transcript. */
  readonly mac: Uint8Array
}

/** The last frame of the handshake, of both sides: the peer is believed, and this is where we were. */
export interface WelcomeFrame {
  readonly kind: 'welcome'
  readonly version: number
  /** The numbers of the newest envelopes from the peer's store that were handled; 0 for none. */
  readonly received: Lanes
  /** The highest numbers given to envelopes for the peer's store; 0 for none. */
  readonly sent: Lanes
  /** The highest of them that ever left, as far as the sender knows; at most `sent`. */
  readonly left: Lanes
  /** What the peer may send to begin with. */
  readonly credit: { readonly envelopes: number; readonly bytes: number }
  /** An operator has said that the receiver is to be taken as it is: its positions count, whatever those above say. */
  readonly adopts?: true
}

export interface RefuseFrame {
  readonly kind: 'refuse'
  readonly code: ProtocolCode
  readonly message: string
}

export interface BatchFrame {
  readonly kind: 'batch'
  readonly lane: Lane
  /**
   * The number that went before the first one here: of this connection or, at its start, what the peer had received. Whoever
   * has not got that far has missed something.
   */
  readonly after: number
  /** Numbers rise above `after`, with holes. */
  readonly envelopes: readonly NumberedEnvelope[]
}

/** Every envelope of the lane up to this number is handled. */
export interface AckFrame {
  readonly kind: 'ack'
  readonly lane: Lane
  readonly position: number
  /** Whether the position is in the receiver's store; else a crash of the receiver may forget it. */
  readonly isStored: boolean
}

/** So much more may be sent. */
export interface CreditFrame {
  readonly kind: 'credit'
  readonly envelopes: number
  readonly bytes: number
}

export interface PingFrame {
  readonly kind: 'ping' | 'pong'
  /** What the pong repeats. */
  readonly token: number
}

/** By their number. */
export const SUBJECTS = ['snapshots', 'emitted', 'both'] as const
export interface SubscribeFrame {
  readonly kind: 'subscribe'
  /** Chosen by the subscriber; not in use on this connection. */
  readonly subscription: number
  readonly path: string
  readonly subject: (typeof SUBJECTS)[number]
}

/** From the subscriber: no more. From the other side: there will be no more, and why. */
export interface UnsubscribeFrame {
  readonly kind: 'unsubscribe'
  readonly subscription: number
  readonly code?: ProtocolCode
}

export interface SnapshotFrame {
  readonly kind: 'snapshot'
  readonly subscription: number
  readonly seqNr: number
  readonly snapshot: unknown
}

export interface EmittedFrame {
  readonly kind: 'emitted'
  readonly subscription: number
  readonly event: { readonly type: string }
}

/** The last frame of a connection. */
export interface CloseFrame {
  readonly kind: 'close'
  readonly code: ProtocolCode
  readonly message: string
}

export type HandshakeFrame = HelloFrame | ChallengeFrame | ProofFrame | WelcomeFrame | RefuseFrame
export type LinkFrame =
  | BatchFrame
  | AckFrame
  | CreditFrame
  | PingFrame
  | SubscribeFrame
  | UnsubscribeFrame
  | SnapshotFrame
  | EmittedFrame
  | CloseFrame
export type Frame = HandshakeFrame | LinkFrame
