/**
 * Where two stores stand with each other, and what can't be.
 *
 * Both sides keep, by the other's `storeId`: the highest number given to an envelope for it, the highest it has
 * confirmed, and the number of the newest envelope received from it and committed. What a peer says must go with that.
 */
import type { WelcomeFrame } from '../frames.js'
import { type ProtocolCode, ProtocolError } from '../protocol-error.js'

/** Who a peer has shown to be. */
export interface PeerIdentity {
  readonly node: string
  readonly storeId: string
  readonly incarnation: number
}

/** What this node remembers of a peer; positions are those towards the store that the peer has now. */
export interface Remembered {
  /** Who it was last time; absent if it was never met. */
  readonly last?: { readonly storeId: string; readonly incarnation: number }
  /** The highest number given to an envelope for it. */
  readonly sent: number
  /** The highest of them that it has confirmed. */
  readonly confirmed: number
  /** The newest number received from it and committed. */
  readonly received: number
  /** What it may send to begin with. */
  readonly credit: WelcomeFrame['credit']
  /** Whether a peer with a new store is refused with `STORE_CHANGED`; else it is let in, and reported. Default: let in. */
  readonly refusesNewStore?: boolean
}

/** Throws `INCARNATION_OLD` or `STORE_CHANGED`. */
export function checkIdentity(
  { storeId, incarnation }: PeerIdentity,
  { last, refusesNewStore = false }: Remembered,
): void {
  if (last === undefined) return
  if (last.storeId !== storeId) {
    if (refusesNewStore)
      throw refusal(
        'STORE_CHANGED',
        'The node has another store than before: an operator has to let it in.',
        'hello.storeId',
      )
    return
  }
  if (incarnation < last.incarnation) {
    throw refusal(
      'INCARNATION_OLD',
      `The node has been met in its incarnation ${last.incarnation}: this is an older one.`,
      'hello.incarnation',
    )
  }
}

/** Throws `PEER_ROLLED_BACK` or `POSITION_IMPOSSIBLE`. */
export function checkPositions(welcome: WelcomeFrame, { sent, confirmed, received }: Remembered): void {
  if (welcome.received > sent) {
    throw refusal(
      'POSITION_IMPOSSIBLE',
      `The peer says to have received ${welcome.received}; only ${sent} were sent.`,
      'welcome.received',
    )
  }
  if (welcome.received < confirmed) {
    const message = `The peer had confirmed ${confirmed} and says to have received ${welcome.received}: its store is older than before. Reset the link to go on.`
    throw refusal('PEER_ROLLED_BACK', message, 'welcome.received')
  }
  if (welcome.sent < received) {
    const message = `The peer says to have sent ${welcome.sent}; ${received} were received from it: its store is older than before. Reset the link to go on.`
    throw refusal('PEER_ROLLED_BACK', message, 'welcome.sent')
  }
}

function refusal(code: ProtocolCode, message: string, at: string): ProtocolError {
  return new ProtocolError(code, message, at)
}
