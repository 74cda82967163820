/** How what a link knows changes. Pure: from a context and what happened to what is new. */
import { chanceOf, reconnectDelayMs } from './backoff.js'
import type { AssociationContext } from './context.js'
import { adopt, type NodeIdentity } from './identity.js'
import type { Call, HeldConnection } from './judge-call.js'
import type { AssociationSettings } from './options.js'
import { type LinkFault, refusalKind } from './refusals.js'

type Change = Partial<AssociationContext>

/** A connection is held from now on; of a peer that has proved who it is that is who it is. */
export function hold(context: AssociationContext, held: HeldConnection): Change {
  if (held.peer === undefined) return { held }
  return { held, blocked: undefined, ...adopt(context, held.peer) }
}

export function dialled(connection: string): HeldConnection {
  return { connection, dialledBy: 'self', peer: undefined, nonce: undefined, isUp: false }
}

export function called({ connection, peer, nonce }: Call): HeldConnection {
  return { connection, dialledBy: 'peer', peer, nonce, isUp: false }
}

export function proved(held: HeldConnection, peer: NodeIdentity, nonce: string): HeldConnection {
  return { ...held, peer, nonce }
}

/** The connection, or the try to get one, has failed. */
export function fail(context: AssociationContext, fault: LinkFault, { backoff }: AssociationSettings): Change {
  const streak = context.streak + 1
  // The names in this order: two nodes that have failed equally often don't dial in step.
  const chance = chanceOf(`${context.node} ${context.peer} ${context.attempt} ${streak}`)
  const blocked =
    refusalKind(fault) === 'untilReset' ? { storeId: context.held?.peer?.storeId, code: fault.code } : context.blocked
  return { fault, streak, blocked, held: undefined, waitMs: reconnectDelayMs(backoff, streak, chance) }
}

/** An operator takes the peer as it is. */
export function reset(): Change {
  return {
    held: undefined,
    blocked: undefined,
    known: undefined,
    retired: [],
    isReset: true,
    streak: 0,
    fault: undefined,
  }
}

/** RFC 6298: an eighth of what is new. */
export function smoothRtt(rttMs: number | undefined, newMs: number | undefined): number | undefined {
  if (newMs === undefined) return rttMs
  return rttMs === undefined ? newMs : rttMs + (newMs - rttMs) / 8
}
