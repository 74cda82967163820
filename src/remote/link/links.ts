/**
 * All links of a node: one for each peer that is named, and one for each guest that has called.
 *
 * 1. There is one interval for all of them: a heartbeat.
 * 2. A guest (`*`) gets its link when it has shown who it is, and keeps it; so many guests at most. One that something waits
 *    for has its link before, and takes no place from those who call.
 * 3. After `close` nothing is left: no connection, no timer, no listener. It is bounded by `closeTimeoutMs` and what the
 *    transport takes to close.
 */
import type { AssociationMachine } from '../../../machines/association.js'
import type { Cancel } from '../../core/clock.js'
import type { Listener } from '../transport.js'
import { drivenMachine } from './effects.js'
import { Link } from './link.js'
import { LinkNode } from './link-node.js'
import type { LinkFigures } from './link-owner.js'
import type { LinksPort } from './links-port.js'
import { Reception } from './reception.js'

export class Links {
  private readonly node: LinkNode
  private readonly machine: AssociationMachine
  private readonly links = new Map<string, Link>()
  private readonly bySystem = new WeakMap<object, Link>()
  private readonly reception: Reception
  private listener: Listener | undefined
  private guests = 0
  private lastTickMs = 0
  private cancelTick: Cancel | undefined
  private closing: Promise<void> | undefined

  constructor(private readonly port: LinksPort) {
    this.node = new LinkNode(port)
    this.machine = drivenMachine(this.node.timing, (system) => this.bySystem.get(system)!)
    this.reception = new Reception(this.node, (wire, greeting, believed) => {
      const link = this.to(believed.peer.node)
      link?.called(wire, greeting, believed)
      return link !== undefined
    })
  }

  /** Where others can call; undefined where only the owner of the server knows, or nobody can. */
  get address(): string | undefined {
    return this.listener?.address
  }

  /** Listens, then dials. Rejects as `Transport.listen` does. */
  async start(): Promise<void> {
    this.listener = await this.port.transport.listen?.((connection) => this.reception.take(connection))
    if (this.closing !== undefined) return
    this.beat()
    for (const name of this.port.options.peers.names) this.to(name)
  }

  /** The link of a node, made if it has none yet; undefined if it may not be linked with this one. */
  to(peer: string): Link | undefined {
    return this.links.get(peer) ?? this.make(peer)
  }

  /** Something waits for that node: there is to be a link, though it may be one that only the node can call. */
  expect(peer: string): void {
    if (!this.links.has(peer)) this.make(peer, true)
  }

  /** In the order in which they were made. */
  figures(): LinkFigures[] {
    return [...this.links.values()].map((link) => link.figures())
  }

  /** By an operator: the peer is taken as it is, whoever it was and whatever it had. False: there is no such peer. */
  reset(peer: string): boolean {
    const link = this.to(peer)
    link?.reset()
    return link !== undefined
  }

  /** Tells all peers, and ends everything. */
  close(): Promise<void> {
    this.closing ??= this.end()
    return this.closing
  }

  private async end(): Promise<void> {
    this.cancelTick?.()
    this.reception.close()
    const closing = [this.listener?.close(), ...[...this.links.values()].map((link) => link.close())]
    // The transport is closed whatever became of them; it has the last word about what failed.
    await Promise.allSettled(closing)
    await this.port.transport.close()
  }

  private make(peer: string, isExpected = false): Link | undefined {
    const { links, peers } = this.port.options
    const settings = peers.get(peer)
    const isCaller = peers.isGuest(peer) && !isExpected
    if (settings === undefined || this.closing !== undefined || (isCaller && this.guests >= links.maxGuests))
      return undefined
    if (isCaller) this.guests += 1
    const link = new Link(this.node, this.port.ownerOf(peer), this.machine, settings.address)
    this.links.set(peer, link)
    this.bySystem.set(link.system, link)
    link.start()
    return link
  }

  /** Re-arms first: whatever a tick does, there is a next one. */
  private beat(): void {
    const nowMs = this.node.nowMs
    this.cancelTick = this.port.clock.schedule(() => this.beat(), this.node.timing.heartbeatMs)
    for (const link of this.links.values()) link.tick(nowMs, this.lastTickMs)
    this.lastTickMs = nowMs
  }
}
