/** An envelope of a peer, and what of it goes on to whatever it causes. */
import type { AbroadHost } from '../../runtime/abroad.js'
import type { Lineage } from '../../runtime/envelope.js'
import { DEFAULT_HOPS } from '../outbox/departures.js'
import type { PeerIdentity } from '../protocol/handshake/handshake.js'
import type { NumberedEnvelope, WireEnvelope } from '../protocol/wire-envelope.js'

/** The id of an envelope that was not given one: the same on both sides. */
const idOfNumber = (storeId: string, lane: number, number: number): string => `${storeId}/${lane}/${number}`

/** How an envelope came. */
export interface Coming {
  readonly lane: number
  readonly peer: PeerIdentity
  /** Whether a former process of this node may have handled it. */
  readonly isDoubtful: boolean
}

export class Arrived implements Lineage {
  readonly wire: WireEnvelope
  readonly hops: number
  readonly dueMs: number | undefined
  readonly hasExpired: boolean
  readonly peer: PeerIdentity
  readonly isDoubtful: boolean
  readonly #lane: number
  readonly #number: number | undefined

  constructor(
    { envelope, number, deadlineMs }: NumberedEnvelope,
    { lane, peer, isDoubtful }: Coming,
    { host }: { readonly host: AbroadHost },
  ) {
    this.wire = envelope
    this.peer = peer
    this.isDoubtful = isDoubtful
    this.#lane = lane
    this.#number = number
    this.hops = envelope.hops ?? DEFAULT_HOPS
    this.hasExpired = deadlineMs === 0
    this.dueMs = deadlineMs === undefined ? undefined : host.now() + deadlineMs
  }

  get id(): string {
    return this.wire.id ?? idOfNumber(this.peer.storeId, this.#lane, this.#number ?? 0)
  }

  get conversation(): string | undefined {
    return this.wire.correlation
  }

  get traceparent(): string | undefined {
    return this.wire.traceparent
  }
}
