/**
 * The nodes that this one deals with, by name: those of its options, and guests that something waits for.
 *
 * 1. Each is made once, with what the store remembers of it, before its link is.
 * 2. Guests that were only talked about are made, too, as many as may call: what is sent to them waits for their call.
 * 3. What the store holds for a node that is not among the peers any more stays there, for when it is again.
 */
import { RosciusError } from '../core/errors.js'
import { bareAddress, type ForeignAddress, parseForeign } from '../core/foreign-address.js'
import { extensionRange, numberInKey } from '../persistence/keys.js'
import { type AbroadHost, nodeUnknown } from '../runtime/abroad.js'
import { localActors } from './local-actors.js'
import type { ReadRemote } from './options/remote-options.js'
import type { PeerRecord } from './outbox/peer-record.js'
import { PeerNode, type PeerNodePort } from './peer-node.js'
import { createFrameCodec, type FrameCodec } from './protocol/frame-codec.js'
import type { Lanes } from './protocol/lanes.js'
import { refsToSend } from './refs-of-peer.js'
import type { ReplySeals } from './reply-seals.js'
import { PeerSubscriptions } from './subscriptions/peer-subscriptions.js'

export type PeerNews = Pick<PeerNodePort, 'told' | 'restarted' | 'ended'> & {
  /** Something is to be sent to a node that was not dealt with before. */
  expected(peer: string): void
  heard(peer: string, ...message: Parameters<PeerNodePort['heard']>): void
}

export class PeerNodes {
  readonly #made = new Map<string, PeerNode>()
  readonly #records = new Map<string, PeerRecord>()
  readonly #codec: FrameCodec
  /** Guests that were made before they called. */
  #guests = 0

  constructor(
    private readonly host: AbroadHost,
    private readonly options: ReadRemote,
    private readonly seals: ReplySeals,
    private readonly news: PeerNews,
  ) {
    const { nodeName, refs, storeId } = host
    this.#codec = createFrameCodec({ refs: refsToSend({ nodeName, refs, storeId, seals }) })
  }

  /** Reads what an earlier run has left for each. */
  async open(): Promise<void> {
    const { codec, store } = this.host
    for await (const [key, bytes] of store.range(extensionRange('remote', 'p/')))
      this.#records.set(partsOf(key)[0] ?? '', codec.decode(bytes, key) as PeerRecord)
    for await (const [key, bytes] of store.range(extensionRange('remote', 'i/'))) {
      const [peer = '', storeId = ''] = partsOf(key)
      this.#allowed(peer)?.inbox.restore(storeId, codec.decode(bytes, key) as Lanes)
    }
    for await (const [key, bytes] of store.range(extensionRange('remote', 'o/'))) {
      const [peer = '', lane = ''] = partsOf(key)
      const [packed, dueMs] = codec.decode(bytes, key) as [Uint8Array, number | null]
      this.#allowed(peer)?.outbox.restore(Number(lane), numberInKey(key), packed, dueMs ?? undefined)
    }
  }

  #allowed(name: string): PeerNode | undefined {
    return this.options.peers.get(name) === undefined ? undefined : this.ownerOf(name)
  }

  /** Whether something can be sent there. */
  knows(name: string): boolean {
    const { links, peers } = this.options
    if (this.#made.has(name)) return true
    return peers.isGuest(name) ? this.#guests < links.maxGuests : peers.get(name) !== undefined
  }

  get names(): readonly string[] {
    return [...this.#made.keys()]
  }

  find(name: string): PeerNode | undefined {
    return this.#made.get(name)
  }

  /** For who sends there. Throws `PEER_UNKNOWN`. */
  of(name: string): PeerNode {
    return this.#made.get(name) ?? this.#expect(name)
  }

  #expect(name: string): PeerNode {
    if (!this.knows(name)) throw nodeUnknown(name)
    if (this.options.peers.isGuest(name)) this.#guests++
    const peer = this.#make(name)
    this.news.expected(name)
    return peer
  }

  /** For its link. Throws `PEER_UNKNOWN`. */
  ownerOf(name: string): PeerNode {
    return this.#made.get(name) ?? this.#make(name)
  }

  /** The node of an address, and what the address says. Throws `PEER_UNKNOWN`. */
  reach(address: string): readonly [PeerNode, ForeignAddress] {
    const foreign = parseForeign(address)
    return [this.of(foreign.node), foreign]
  }

  /** What is confirmed is taken out of the store. */
  flush(): void {
    for (const { outbox } of this.#made.values()) outbox.flush()
    this.host.scheduleCommit()
  }

  close(): void {
    for (const { outbox } of this.#made.values()) outbox.close()
  }

  /** As `reach`. Throws `ACTOR_NOT_FOUND` for an actor of a store that its node does not have any more (D15). */
  reachActor(target: string): readonly [PeerNode, ForeignAddress] {
    const found = this.reach(target)
    const [{ outbox }, { store }] = found
    if (!outbox.isForOther(store)) return found
    const address = bareAddress(target)
    const message = `${address} was an actor of a store that its node does not have any more.`
    throw new RosciusError('ACTOR_NOT_FOUND', message, { address })
  }

  #make(name: string): PeerNode {
    const { host, options } = this
    const { permissions } = options.peers.get(name) ?? {}
    if (permissions === undefined) throw nodeUnknown(name)
    const subscriptions = new PeerSubscriptions({
      publisher: {
        actors: localActors(host),
        maySubscribe: (path) => permissions.maySubscribe(path),
        bounds: { subscriptions: options.links.maxSubscriptions },
      },
      subscriber: { peer: name },
    })
    const port: PeerNodePort = {
      host,
      options: options.links,
      permissions,
      codec: this.#codec,
      subscriptions,
      seals: this.seals,
      heard: (wire, lineage) => this.news.heard(name, wire, lineage),
      told: (peer, told) => this.news.told(peer, told),
      restarted: (peer, wasTaken) => this.news.restarted(peer, wasTaken),
      ended: (peer) => this.news.ended(peer),
    }
    const peer = new PeerNode(name, port, this.#records.get(name))
    this.#made.set(name, peer)
    return peer
  }
}

/** What follows `u/remote/<kind>/` in a key. */
function partsOf(key: string): readonly string[] {
  return key.split('/').slice(3)
}
