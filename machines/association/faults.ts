/** What an event says has gone wrong with a link. */
import type { AssociationContext } from './context.js'
import { refusalOf } from './identity.js'
import type { HandshakeOutput } from './outside.js'
import { judgePositions, type Positions } from './positions.js'
import { faultOf, type LinkFault } from './refusals.js'

type Told = { readonly context: AssociationContext; readonly event: object }

const SILENCE: LinkFault = { code: 'HEARTBEAT_LOST', reason: 'The peer is not heard any more.', by: 'self' }
const TIMEOUT: LinkFault = { code: 'TIMEOUT', reason: 'The peer took too long.', by: 'self' }

const REASONS: Readonly<Record<string, string>> = {
  STORE_CHANGED: 'The peer came back with a store that another had replaced.',
  INCARNATION_OLD: 'A newer incarnation of the peer has been met before.',
  PEER_ROLLED_BACK: 'The peer offers positions below what it had confirmed or sent.',
  POSITION_IMPOSSIBLE: 'The peer confirms what it was never sent.',
}

/** What an effect has given. */
export function outputOf<T>({ event }: { readonly event: object }): T {
  return Reflect.get(event, 'output') as T
}

export function refusalOfHandshake(told: Told): string | undefined {
  return refusalOf(told.context, outputOf<HandshakeOutput>(told).peer)
}

export function refusalOfExchange(told: Told): string | undefined {
  return told.context.isReset ? undefined : judgePositions(outputOf<Positions>(told))
}

export function faultIn(told: Told): LinkFault {
  const { type, code, reason, by } = told.event as LinkFault & { readonly type: string }
  if (type === 'LOST') return { code, reason, by }
  if (type === 'TICKED') return SILENCE
  if (type.startsWith('xstate.after.')) return TIMEOUT
  if (type === 'xstate.done.actor.handshake') return ownFault(refusalOfHandshake(told))
  if (type === 'xstate.done.actor.exchange') return ownFault(refusalOfExchange(told))
  return faultOf(Reflect.get(told.event, 'error'))
}

function ownFault(code = 'FAILED'): LinkFault {
  return { code, reason: REASONS[code] ?? 'The peer was refused.', by: 'self' }
}
