/** One peer in numbers: its link, and what waits for it. */
import type { LinkFigures } from './link/link-owner.js'
import type { PeerNode } from './peer-node.js'
import type { SubscriptionFigures } from './subscriptions/peer-subscriptions.js'

export interface PeerFigures extends LinkFigures {
  /** Committed for it and not confirmed: envelopes, and their bytes. */
  readonly outbox: { readonly count: number; readonly bytes: number }
  /** Sent and not confirmed. */
  readonly inFlight: number
  /** Envelopes that were sent again. */
  readonly resends: number
  /** Envelopes that came again, and changed nothing. */
  readonly duplicates: number
  /** What may be sent to it now. */
  readonly credit: { readonly envelopes: number; readonly bytes: number }
  readonly subscriptions: SubscriptionFigures
}

const NO_SUBSCRIPTIONS: SubscriptionFigures = {
  published: 0,
  publishedActors: 0,
  subscribed: 0,
  emittedWaiting: { count: 0, bytes: 0 },
  emittedDropped: 0,
}

export function peerFigures(link: LinkFigures, peer: PeerNode | undefined): PeerFigures {
  return {
    ...link,
    outbox: { count: peer?.outbox.count ?? 0, bytes: peer?.outbox.bytes ?? 0 },
    inFlight: peer?.outbox.inFlight ?? 0,
    resends: peer?.flow.resends ?? 0,
    duplicates: peer?.inbox.duplicates ?? 0,
    credit: peer?.flow.credit ?? { envelopes: 0, bytes: 0 },
    subscriptions: peer?.subscriptions.figures() ?? NO_SUBSCRIPTIONS,
  }
}
