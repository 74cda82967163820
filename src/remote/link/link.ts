/**
 * One link: the association of a peer (`machines/association.ts`), run with the node's clock.
 *
 * Boundary: the machine decides; `link-wires.ts` does, `attention.ts` chooses what the machine is told about time. What is to
 * be known outside is told to the owner.
 */
import { type Actor, createActor } from 'xstate'
import type { AssociationEmitted, AssociationEvent } from '../../../machines/association/events.js'
import type { ResumeInput } from '../../../machines/association/outside.js'
import type { AssociationMachine } from '../../../machines/association.js'
import { shownAddress } from '../shown-address.js'
import { Attention, type Outlook } from './attention.js'
import type { Effects } from './effects.js'
import type { Believed, Greeting } from './greeting.js'
import type { LinkNode } from './link-node.js'
import type { LinkFigures, LinkOwner, LinkState } from './link-owner.js'
import { detectorOf, linkStateOf } from './link-state.js'
import { LinkWires } from './link-wires.js'
import type { LinkSession } from './session.js'
import type { Wire } from './wire.js'
import { xstateClock } from './xstate-clock.js'

export class Link implements Effects {
  readonly wires: LinkWires
  private readonly attention: Attention
  private readonly actor: Actor<AssociationMachine>
  /** Resolves when it is closed for good. */
  private readonly closed: Promise<void>
  private session: LinkSession | undefined
  private state: LinkState = 'idle'
  private sinceMs: number
  private connections = 0

  constructor(
    private readonly node: LinkNode,
    private readonly owner: LinkOwner,
    machine: AssociationMachine,
    address: string | undefined,
  ) {
    this.sinceMs = node.nowMs
    this.wires = new LinkWires(node, owner, (rttMs) => this.attention.heard(node.nowMs, rttMs))
    const { known, retired = [] } = owner.known()
    const input = { node: node.port.self.node, peer: owner.peer, address, known, retired: [...retired] }
    this.actor = createActor(machine, { clock: xstateClock(node.port.clock), input })
    this.attention = new Attention(
      node.timing.heartbeatMs,
      (event) => this.actor.send(event),
      () => this.outlook(),
    )
    this.closed = new Promise((resolve) => {
      this.actor.subscribe({ next: () => this.look(), complete: resolve })
    })
  }

  /** The system of its actor: what `drivenMachine` knows it by. */
  get system(): object {
    return this.actor.system
  }

  get peer(): string {
    return this.owner.peer
  }

  start(): void {
    this.actor.on('*', (event) => this.follow(event))
    this.actor.start()
    this.look()
    this.tick(this.node.nowMs, this.node.nowMs)
  }

  /** The peer has called, and is believed: its connection is taken, or refused. */
  called(wire: Wire, greeting: Greeting, { peer, nonce }: Believed): void {
    const { storeId, incarnation } = peer
    this.wires.take(wire, greeting)
    this.attention.rouse()
    this.actor.send({ type: 'CALLED', connection: wire.id, peer: { storeId, incarnation }, nonce })
  }

  /** Each heartbeat of the node. */
  tick(nowMs: number, lastTickMs: number): void {
    this.session?.beat(nowMs)
    this.attention.tick(nowMs, lastTickMs)
  }

  carry(input: ResumeInput, tell: (event: AssociationEvent) => void): () => void {
    const { session, stop } = this.wires.carry(input, (event) => {
      this.attention.rouse()
      tell(event)
    })
    this.session = session
    this.connections += 1
    this.attention.carries(input.connection, session.heartbeat, this.node.nowMs)
    return () => {
      stop()
      this.session = undefined
      this.attention.drops()
    }
  }

  /** Where the peer is dialled from now on; undefined: not at all. */
  dialAt(address: string | undefined): void {
    this.actor.send(address === undefined ? { type: 'PEER_REMOVED' } : { type: 'PEER_ADDED', address })
  }

  /** By an operator: the peer is taken as it is. */
  reset(): void {
    this.actor.send({ type: 'RESET' })
  }

  /** For good: the peer is told. Takes no longer than `closeTimeoutMs`. */
  close(): Promise<void> {
    this.actor.send({ type: 'CLOSE' })
    return this.closed
  }

  figures(): LinkFigures {
    const { context, value } = this.actor.getSnapshot()
    const { attempt, streak, known, address, fault } = context
    const { bytesIn, bytesOut, framesIn, framesOut } = this.wires.traffic
    const rttMs = this.session?.heartbeat.rttMs ?? context.rttMs
    return {
      peer: this.peer,
      ...(address !== undefined && { address: shownAddress(address) }),
      state: this.state,
      detector: detectorOf(value) ?? 'down',
      sinceMs: this.node.nowMs - this.sinceMs,
      ...(rttMs !== undefined && { rttMs }),
      attempt,
      streak,
      ...(fault !== undefined && { fault }),
      ...known,
      connections: this.connections,
      bytesIn,
      bytesOut,
      framesIn,
      framesOut,
    }
  }

  private outlook(): Outlook {
    const { context, value } = this.actor.getSnapshot()
    const detector = detectorOf(value)
    const isAnswered = context.pulse.probedMs === undefined
    return { isWell: linkStateOf(value) === 'up' && detector === 'alive' && isAnswered, isDown: detector === 'down' }
  }

  private look(): void {
    const state = linkStateOf(this.actor.getSnapshot().value)
    if (state === this.state) return
    this.state = state
    this.sinceMs = this.node.nowMs
    this.owner.told({ type: 'state', state })
  }

  private follow(event: AssociationEmitted): void {
    if (event.type === 'probing') this.session?.ping()
    if (event.type === 'up') {
      const { known, retired } = this.actor.getSnapshot().context
      this.owner.remember({ known, retired })
    }
    this.owner.told(event)
  }
}
