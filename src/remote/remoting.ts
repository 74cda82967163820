/**
 * The links of a node: the way to other nodes (`Abroad`), put together from those nodes, their links, and what the store
 * remembers of them.
 *
 * 1. Nothing is dialled, and nobody is let in, before the node has recovered.
 */
import type { EventObject, Observer, Subscription } from 'xstate'
import type { CancelOptions, StopOptions } from '../core/actor-ref.js'
import type { ActorPath } from '../core/address.js'
import { RosciusError } from '../core/errors.js'
import { bareAddress, parseForeign } from '../core/foreign-address.js'
import type { LinkEvent } from '../core/link-events.js'
import type { Abroad, AbroadHost, Departure, End, SpawnAbroad } from '../runtime/abroad.js'
import type { Envelope } from '../runtime/envelope.js'
import type { Extension } from '../runtime/extension.js'
import type { ConversationLog } from './conversation/conversation-log.js'
import { Links } from './link/links.js'
import { LinkNews, ORDINARY } from './link-news.js'
import type { ReadRemote } from './options/remote-options.js'
import { type PeerFigures, peerFigures } from './peer-figures.js'
import type { PeerNode } from './peer-node.js'
import { PeerNodes } from './peer-nodes.js'
import { Questions } from './questions.js'
import { ReplySeals } from './reply-seals.js'
import { Sending } from './sending.js'
import { Talks } from './talks.js'
import type { Transport } from './transport.js'
import { Watching } from './watching.js'

export class Remoting implements Abroad, Extension {
  readonly name = 'remote'
  #host!: AbroadHost
  #peers!: PeerNodes
  #sending!: Sending
  #watching!: Watching
  #seals!: ReplySeals
  #links: Links | undefined
  #isClosed = false

  constructor(
    private readonly options: ReadRemote,
    private readonly conversations: ConversationLog,
    /** Called when the node has recovered. */
    private readonly openTransport: () => Transport,
  ) {}

  attach(host: AbroadHost): void {
    this.#host = host
    const talks = new Talks(host, this.conversations)
    const questions = new Questions(host)
    this.#seals = new ReplySeals(host)
    this.#peers = new PeerNodes(host, this.options, this.#seals, {
      heard: (peer, wire, lineage) => talks.heard(peer, wire, lineage),
      expected: (peer) => this.#links?.expect(peer),
      told: (peer, told) => this.#isClosed || news.told(peer, told),
      restarted: ({ peer }, wasTaken) => questions.again(peer, wasTaken),
      ended: ({ peer }) => questions.disconnected(peer),
    })
    this.#watching = new Watching(host, this.#peers)
    this.#sending = new Sending(host, this.#peers, questions, talks, this.#seals, this.options.links)
    const news = new LinkNews(
      host,
      questions,
      this.#watching,
      (peer) => this.#faultOf(peer),
      (event) => this.#tell(event),
    )
  }

  // --- opening and closing ---

  open(): Promise<void> {
    this.#seals.open()
    return this.#peers.open()
  }

  /** Links with all peers from now on. Rejects with `LISTEN_FAILED`. */
  async start(): Promise<void> {
    const { clock, incarnation, nodeName, random, storeId } = this.#host
    this.#links = new Links({
      self: { node: nodeName, storeId, incarnation },
      transport: this.openTransport(),
      clock,
      random,
      options: this.options,
      ownerOf: (peer) => this.#peers.ownerOf(peer),
      callerRefused: ({ claimed: peer, code, by, address }) => {
        const message = `A call from ${address} was turned away.`
        if (!ORDINARY.has(code)) this.#tell({ type: 'linkRefused', peer, code, by, message })
      },
    })
    await this.#links.start()
    for (const peer of this.#peers.names) this.#links.expect(peer)
  }

  /** Says goodbye to all peers. */
  async stop(): Promise<void> {
    this.#isClosed = true
    await this.#links?.close()
    this.#peers.flush()
  }

  close(): void {
    this.#isClosed = true
    void this.#links?.close()
    this.#peers.close()
  }

  #tell(event: LinkEvent): void {
    if (this.#isClosed) return
    this.#host.tell(event)
    this.#host.scheduleCommit()
  }

  #faultOf(peer: string): string | undefined {
    return this.#links?.to(peer)?.figures().fault?.code
  }

  // --- peers ---

  /** Where the listener is reached. */
  get address(): string | undefined {
    return this.#links?.address
  }

  /** Throws `PEER_UNKNOWN`. */
  assertPeer(name: string): void {
    this.#peers.of(name)
  }

  figuresOf(name: string): PeerFigures | undefined {
    const link = this.#links?.to(name)
    return link && peerFigures(link.figures(), this.#peers.find(name))
  }

  figures(): PeerFigures[] {
    return (this.#links?.figures() ?? []).map((link) => peerFigures(link, this.#peers.find(link.peer)))
  }

  /** The peer is taken as it is, whatever was remembered of it. Throws `PEER_UNKNOWN`. */
  reset(name: string): void {
    this.assertPeer(name)
    this.#links?.reset(name)
  }

  spawn(node: string, request: SpawnAbroad & { readonly id: string }): Promise<string> {
    return this.#sending.spawn(node, request)
  }

  // --- the way to other nodes ---

  route(departure: Departure): void {
    this.#sending.route(departure)
  }

  post(to: string, envelope: Envelope): void {
    if (envelope.waiter === undefined) this.#sending.post(to, envelope)
    else this.#sending.deliver(to, envelope)
  }

  ask(to: string, envelope: Envelope, replyTo: string): void {
    this.#sending.ask(to, envelope, replyTo)
  }

  async stopActor(target: string, options: StopOptions | undefined): Promise<void> {
    await this.#sending.request('stop', target, options)
  }

  async cancelActor(target: string, options: CancelOptions | undefined): Promise<void> {
    await this.#sending.request('cancel', target, options)
  }

  resultOf(target: string): Promise<unknown> {
    return this.#sending.result(target)
  }

  watch(target: string, watcher: string, isStored: boolean): void {
    this.#watching.watch(target, watcher, isStored)
  }

  isGone(target: string): boolean {
    const { node, store } = parseForeign(target)
    if (node === this.#host.nodeName) return store !== undefined && store !== this.#host.storeId
    return this.#peers.find(node)?.outbox.isForOther(store) ?? false
  }

  unwatch(target: string, watcher: string, isStored: boolean): void {
    this.#watching.unwatch(target, watcher, isStored)
  }

  terminated(watcher: string, path: ActorPath, end: End, isStored: boolean): void {
    this.#watching.terminated(watcher, path, end, isStored)
  }

  snapshotOf(target: string): unknown {
    const [peer, path] = this.#observed(target)
    const latest = peer.subscriptions.latest(path)
    if (latest !== undefined) return latest
    const address = bareAddress(target)
    const message = `${address}: its state is on the node "${peer.peer}"; subscribe to it, and getSnapshot() answers the newest that has come.`
    throw new RosciusError('SNAPSHOT_NOT_LOCAL', message, { address })
  }

  subscribe(target: string, observer: Observer<unknown>): Subscription {
    const [peer, path] = this.#observed(target)
    return peer.subscriptions.subscribe(path, observer)
  }

  on(target: string, type: string, handler: (event: EventObject) => void): Subscription {
    const [peer, path] = this.#observed(target)
    return peer.subscriptions.on(path, type, handler)
  }

  #observed(target: string): readonly [PeerNode, ActorPath] {
    const [peer, { path }] = this.#peers.reachActor(target)
    return [peer, path]
  }
}
