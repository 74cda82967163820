/** What the driver of links needs of its node. */
import type { Clock } from '../../core/clock.js'
import type { Random } from '../../core/random.js'
import type { ReadRemote } from '../options/remote-options.js'
import type { PeerIdentity } from '../protocol/handshake/handshake.js'
import type { Transport } from '../transport.js'
import type { LinkOwner } from './link-owner.js'

/** A caller that was turned away before it had a link. */
export interface CallerRefused {
  /** Where the transport says that the call came from. */
  readonly address: string
  /** The name that the caller gave itself, unproven; absent if it didn't get so far. */
  readonly claimed?: string
  /** A code of the protocol, or `TIMEOUT`, `CONNECTION_LOST`. */
  readonly code: string
  readonly by: 'self' | 'peer'
}

export interface LinksPort {
  /** This node. */
  readonly self: PeerIdentity
  /** Closed with the links. */
  readonly transport: Transport
  readonly clock: Clock
  readonly random: Random
  /** As `readRemoteOptions` gives them. */
  readonly options: Pick<ReadRemote, 'peers' | 'auth' | 'links'>
  /** What this node can beyond version 1. Default: nothing. */
  readonly features?: readonly string[]
  /** Asked once for each link, before anything else of the owner is. */
  ownerOf(peer: string): LinkOwner
  /** For logs. Not bounded in number: who writes it down must be. */
  callerRefused(caller: CallerRefused): void
}
