/** What a link needs of the world: actors and actions by name, provided by whoever has sockets. */
import { fromCallback, fromPromise } from 'xstate'
import type { AssociationEvent } from './events.js'
import type { NodeIdentity } from './identity.js'
import type { Positions } from './positions.js'

export interface DialInput {
  readonly address: string
  readonly attempt: number
}

export interface HandshakeInput {
  readonly connection: string
}

export interface HandshakeOutput {
  /** Who the peer has proved to be. */
  readonly peer: NodeIdentity
  /** The peer's nonce on this connection, as text that sorts as its bytes do, such as hex. */
  readonly nonce: string
  readonly rttMs?: number
}

export interface ResumeInput {
  readonly connection: string
  readonly dialledBy: 'self' | 'peer'
  readonly peer: NodeIdentity
  /**
   * An operator has said that the peer is to be taken as it is: this side makes the peer's positions its own (confirmed: what
   * the peer has received; what is still to be sent is numbered behind that; received: no more than the peer has sent).
   */
  readonly isReset: boolean
}

export interface HangUpInput {
  readonly connection: string | undefined
}

export interface KeepOnlyParams {
  /** The one connection that the link holds from now on; undefined: none. */
  readonly connection: string | undefined
  /** What the others are told. */
  readonly code: string
  readonly reason: string
}

export interface RefuseCallParams {
  readonly connection: string
  readonly code: string
}

const notProvided = (): never => {
  throw new Error('The association machine needs the actors and actions of a transport: machine.provide({ … }).')
}

export const outsideActors = {
  /** Opens a connection and gives its name. One that is open when the signal aborts is to be closed. */
  dial: fromPromise<{ readonly connection: string }, DialInput>(notProvided),
  /** Both sides prove who they are. */
  handshake: fromPromise<HandshakeOutput, HandshakeInput>(notProvided),
  /**
   * Tells this side's positions and waits for those of the peer. They are told here and nowhere else: that is what chooses
   * the connection, and gives up all others.
   */
  exchange: fromPromise<Positions, ResumeInput>(notProvided),
  /** Puts the outbox back to what the peer has not got. Ends when that is under way, not when it has arrived. */
  replay: fromPromise<void, ResumeInput>(notProvided),
  /** Carries envelopes while the link is up; sends `HEARD` and `LOST`. */
  carry: fromCallback<AssociationEvent, ResumeInput>(notProvided),
  /** Ends the connection after what is under way has left. */
  hangUp: fromPromise<void, HangUpInput>(notProvided),
}

export const outsideActions = {
  /** Closes every connection that was dialled for this link or taken for it, but one. */
  keepOnly: notProvided as (args: unknown, params: KeepOnlyParams) => void,
  /** Answers a `CALLED` with a refusal and closes its connection. */
  refuseCall: notProvided as (args: unknown, params: RefuseCallParams) => void,
}
