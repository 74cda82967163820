/** What is told when the peer has proved who it is on a connection that this node holds from now on. */
import type { AssociationContext } from './context.js'
import type { AssociationEmitted } from './events.js'
import { changeTo } from './identity.js'
import type { HeldConnection } from './judge-call.js'

/** From what was held and known before. */
export function tellingsOf(context: AssociationContext, held: HeldConnection): AssociationEmitted[] {
  const { connection, dialledBy } = held
  const { attempt } = context
  return [...ended(context, held), ...changed(context, held), { type: 'connected', connection, dialledBy, attempt }]
}

function ended({ held }: AssociationContext, { connection }: HeldConnection): AssociationEmitted[] {
  return held === undefined || held.connection === connection
    ? []
    : [{ type: 'superseded', connection: held.connection, by: connection }]
}

function changed(context: AssociationContext, { peer }: HeldConnection): AssociationEmitted[] {
  const change = changeTo(context, peer!)
  switch (change.kind) {
    case 'same':
      return []
    case 'reset':
      return [{ type: 'peerReset', from: change.from, to: change.to }]
    case 'restarted':
      return [{ type: 'peerRestarted', storeId: peer!.storeId, from: change.from, to: change.to }]
  }
}
