/**
 * Which of two connections stays: the one that this node holds, or the one on which its peer has just proved who it is.
 *
 * Both nodes must come to the same answer, each by itself, whatever the order in which things reach them:
 *
 * 1. If both have dialled, the dial of the node whose name comes first (by code units) stays.
 * 2. Of two dials of the peer the one with the greater nonce stays. So the nonces of a node grow: each begins with a number
 *    that counts up within its incarnation, and chance follows.
 * 3. A dial that has not got as far as the handshake is given up for any call: nothing was promised on it.
 * 4. A new incarnation ends what the old one held. An old one is refused, and so is a store that was replaced.
 * 5. A connection that is up isn't given up for a claim: a node that calls from another store, or that should be content
 *    with what it has, makes this one look whether its connection is alive (`probe`). If it isn't, the next call is taken.
 */
import { type KnownIdentity, type NodeIdentity, refusalOf } from './identity.js'

/** The connection that a node holds for a link. */
export interface HeldConnection {
  readonly connection: string
  readonly dialledBy: 'self' | 'peer'
  /** Undefined until the peer has proved who it is. */
  readonly peer: NodeIdentity | undefined
  /** The peer's nonce on this connection; undefined until then. */
  readonly nonce: string | undefined
  /** Whether it has been resumed: the peer has told its positions on it, and so has chosen it, too. */
  readonly isUp: boolean
}

/** A connection on which the peer, who dialled, has proved who it is. */
export interface Call {
  readonly connection: string
  readonly peer: NodeIdentity
  /** The peer's nonce on this connection. */
  readonly nonce: string
}

export interface CallSituation extends KnownIdentity {
  /** Names of this node and its peer. */
  readonly node: string
  readonly peer: string
  readonly held: HeldConnection | undefined
  /** The store that an operator has to decide about, and why. */
  readonly blocked: { readonly storeId: string | undefined; readonly code: string } | undefined
}

export type CallJudgement =
  | { readonly isTaken: true }
  | { readonly isTaken: false; readonly code: string; readonly isProbing: boolean }

const TAKE: CallJudgement = { isTaken: true }
const refuse = (code: string, isProbing = false): CallJudgement => ({ isTaken: false, code, isProbing })

export function judgeCall(situation: CallSituation, call: Call): CallJudgement {
  const { held, blocked } = situation
  const code = refusalOf(situation, call.peer)
  if (code !== undefined) return refuse(code)
  if (blocked?.storeId === call.peer.storeId) return refuse(blocked.code)
  if (held === undefined) return TAKE
  return held.peer === undefined ? ofTwoDials(situation) : besideAuthenticated(situation, held, held.peer, call)
}

/** This node is in its own handshake. */
function ofTwoDials({ node, peer }: CallSituation): CallJudgement {
  return node < peer ? refuse('SUPERSEDED') : TAKE
}

function besideAuthenticated(
  situation: CallSituation,
  held: HeldConnection,
  { storeId, incarnation }: NodeIdentity,
  call: Call,
): CallJudgement {
  if (call.peer.storeId !== storeId) return refuse('NAME_TAKEN', held.isUp)
  if (call.peer.incarnation > incarnation) return TAKE
  const isNewer = call.nonce > (held.nonce ?? '')
  if (held.dialledBy === 'peer') return isNewer ? TAKE : refuse('SUPERSEDED', held.isUp)
  // When it told its positions on what is up, the peer had given up every older dial of its own.
  if (held.isUp && !isNewer) return refuse('SUPERSEDED', true)
  return situation.node < situation.peer ? refuse('SUPERSEDED', held.isUp) : TAKE
}
