/** What a node has stored of a peer: who it was, which numbers are taken, what it has confirmed. */
import type { KnownIdentity } from '../../../machines/association/identity.js'
import type { Lanes } from '../protocol/lanes.js'

export type PeerRecord = Partial<KnownIdentity> & {
  /** The store that the numbers are for. */
  readonly storeId?: string
  /** The highest number of each lane that may have been given. */
  readonly reserved?: Lanes
  readonly confirmed?: Lanes
}

const PEERS = 'u/remote/p/'

export const peerRecordKey = (peer: string): string => `${PEERS}${peer}`
