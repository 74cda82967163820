/** What the life of a link means for watches and questions, and what of it is told. */
import { RosciusError } from '../core/errors.js'
import type { LinkEvent } from '../core/link-events.js'
import type { AbroadHost } from '../runtime/abroad.js'
import type { LinkTold } from './link/link-owner.js'
import type { PeerNode } from './peer-node.js'
import type { Questions } from './questions.js'
import type { Watching } from './watching.js'

const IS_BROKEN: ReadonlySet<string> = new Set(['backingOff', 'refused'])
/** Ends of connections that belong to the life of a link. */
export const ORDINARY: ReadonlySet<string> = new Set(['CLOSING', 'CONNECTION_LOST', 'HEARTBEAT_LOST', 'SUPERSEDED'])

export class LinkNews {
  /** What was told of each peer since its link was up. */
  readonly #refusals = new Map<string, Set<string>>()

  constructor(
    private readonly host: AbroadHost,
    private readonly questions: Questions,
    private readonly watching: Watching,
    /** Why the link with the peer is not up. */
    private readonly faultOf: (peer: string) => string | undefined,
    private readonly tell: (event: LinkEvent) => void,
  ) {}

  told(peer: PeerNode, told: LinkTold): void {
    const { type } = told
    if (type === 'state') this.#changed(peer, told.state)
    else if (type === 'nodeDown') this.#down(peer)
    else if (type === 'nodeUp') this.#up(peer)
    else if (type === 'peerRestarted') this.#restarted(peer, told.to)
    else if (type === 'peerReset') this.#reset(peer, told.to)
    else if (type === 'refused') this.#refused(peer, told.code, told.by, told.reason)
    else if (type === 'callRefused')
      this.#refused(peer, told.code, 'self', 'A call in the name of the peer was turned away.')
    else if (type === 'lost' && told.by === 'peer') this.#refused(peer, told.code, told.by, told.reason)
    else if (type === 'up') this.#refusals.delete(peer.peer)
  }

  #changed({ peer }: PeerNode, state: string): void {
    const code = IS_BROKEN.has(state) ? this.faultOf(peer) : undefined
    this.tell({ type: 'linkChanged', peer, state, ...(code !== undefined && { code }) })
  }

  /** Told once for each reason, until the link is up again; that one of two connections gives way is no refusal. */
  #refused(peer: PeerNode, code: string, by: 'self' | 'peer', message: string): void {
    const told = this.#refusals.get(peer.peer) ?? new Set()
    if (ORDINARY.has(code) || told.has(code)) return
    this.#refusals.set(peer.peer, told.add(code))
    this.tell({ type: 'linkRefused', peer: peer.peer, code, by, message })
  }

  /** What was sent there waits. Those who watch, and those who asked, are told. */
  #down(peer: PeerNode): void {
    peer.isDown = true
    this.host.watchesEnded(peer.peer, { reason: 'nodeDown' })
    this.questions.rejectAll(peer.peer, down(peer.peer))
    this.tell({ type: 'nodeDown', peer: peer.peer })
  }

  #up(peer: PeerNode): void {
    peer.isDown = false
    this.tell({ type: 'nodeUp', peer: peer.peer })
  }

  #restarted(peer: PeerNode, incarnation: number): void {
    this.watching.again(peer)
    this.tell({ type: 'peerRestarted', peer: peer.peer, incarnation })
  }

  /** None of the actors there is the one that it was. */
  #reset(peer: PeerNode, storeId: string): void {
    this.host.watchesEnded(peer.peer, { reason: 'lost' })
    this.questions.rejectAll(peer.peer, gone(peer.peer))
    this.tell({ type: 'peerReset', peer: peer.peer, storeId })
  }
}

function down(peer: string): RosciusError {
  const message = `Nothing is heard of the node "${peer}". What was sent there waits, and may have been handled; repeat it with the same idempotencyKey.`
  return new RosciusError('PEER_DOWN', message, { details: { peer } })
}

function gone(peer: string): RosciusError {
  const message = `The node "${peer}" has another store than before: what it was asked is lost.`
  return new RosciusError('PEER_DOWN', message, { details: { peer } })
}
