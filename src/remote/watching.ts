/** Watches over links, as envelopes: who watches there, and who is told. What is owed finds room in an outbox that is full. */
import type { ActorPath } from '../core/address.js'
import { parseForeign } from '../core/foreign-address.js'
import type { AbroadHost, End } from '../runtime/abroad.js'
import type { Travel } from './outbox/departures.js'
import type { PeerNode } from './peer-node.js'
import type { PeerNodes } from './peer-nodes.js'

export const NORMAL: Travel = { lane: 1, dueMs: undefined, isOnce: false }
/** Of a watcher that is in memory only: its watch need not be stored there. */
export const VOLATILE = { isVolatile: true }

export class Watching {
  constructor(
    private readonly host: AbroadHost,
    private readonly peers: PeerNodes,
  ) {}

  /** Part of the commit in which `watcher` asks. */
  watch(target: string, watcher: string, isStored: boolean): void {
    const { node, path } = parseForeign(target)
    const peer = this.peers.knows(node) ? this.peers.of(node) : undefined
    if (peer === undefined) this.host.terminatedAbroad(target, watcher, { reason: 'lost' })
    else if (peer.isDown) this.host.terminatedAbroad(target, watcher, { reason: 'nodeDown' })
    else this.#send(peer, 'watch', path, watcher, isStored)
  }

  unwatch(target: string, watcher: string, isStored: boolean): void {
    const { node, path } = parseForeign(target)
    if (this.peers.knows(node)) this.#send(this.peers.of(node), 'unwatch', path, watcher, isStored)
  }

  #send(peer: PeerNode, kind: 'watch' | 'unwatch', to: string, from: string, isStored: boolean): void {
    const payload = kind === 'watch' && !isStored ? { payload: VOLATILE } : {}
    peer.sendAnyway({ kind, to, from, ...payload }, NORMAL, isStored)
  }

  /** Part of the commit of the end of `path`. */
  terminated(watcher: string, path: ActorPath, end: End, isStored: boolean): void {
    const { node, path: to, store } = parseForeign(watcher)
    if (!this.peers.knows(node)) return
    const peer = this.peers.of(node)
    if (peer.outbox.isForOther(store)) return
    peer.sendAnyway({ kind: 'terminated', to, from: path, payload: end }, NORMAL, isStored)
  }

  /** The peer has another process: what was kept in the memory of the former one is asked for again. */
  again(peer: PeerNode): void {
    for (const { target, watcher, isStored } of this.host.watchesOf(peer.peer))
      if (!isStored) this.#send(peer, 'watch', parseForeign(target).path, watcher, false)
  }
}
