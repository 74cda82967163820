/**
 * The connections of one link, and what its association has done on them: the doer of `machines/association/outside.ts`.
 *
 * 1. A connection is the link's from the dial on, or from the call. `keepOnly` ends all others.
 * 2. A session is told to the owner as `resumed` when the association has judged both sides' positions, and as `ended` in the
 *    turn in which it is given up; nothing of it is read before, nothing after.
 * 3. Effects end with their wire: who waits for a peer learns of the connection's end, with its code and who said so.
 */
import type { AssociationEvent } from '../../../machines/association/events.js'
import type {
  HandshakeInput,
  HandshakeOutput,
  HangUpInput,
  KeepOnlyParams,
  RefuseCallParams,
  ResumeInput,
} from '../../../machines/association/outside.js'
import type { Positions } from '../../../machines/association/positions.js'
import type { LinkFault } from '../../../machines/association/refusals.js'
import type { EstablishedLink } from '../protocol/handshake/handshake.js'
import { type OwnPositions, theirPositions } from '../protocol/handshake/resume.js'
import { type Greeting, rejectAtEnd } from './greeting.js'
import { farewell, LinkFailure } from './link-failure.js'
import type { LinkNode } from './link-node.js'
import type { LinkOwner } from './link-owner.js'
import { LinkSession } from './session.js'
import { Traffic } from './traffic.js'
import type { Wire } from './wire.js'

interface Held {
  readonly wire: Wire
  greeting?: Greeting
  session?: LinkSession
  link?: EstablishedLink
  /** This side's positions as they were told on it. */
  ours?: OwnPositions
}

export class LinkWires {
  readonly traffic = new Traffic()
  private readonly all = new Map<string, Held>()

  constructor(
    private readonly node: LinkNode,
    private readonly owner: LinkOwner,
    /** The peer was heard on a session. */
    private readonly heard: (rttMs?: number) => void,
  ) {}

  async dial(address: string, signal: AbortSignal): Promise<{ connection: string }> {
    const connection = await this.node.port.transport.dial(address, { signal })
    if (signal.aborted) {
      connection.terminate()
      throw new LinkFailure(GONE)
    }
    const wire = this.node.wire('dialler', connection)
    this.keep({ wire })
    return { connection: wire.id }
  }

  /** A call, whose greeting believes the peer. */
  take(wire: Wire, greeting: Greeting): void {
    this.keep({ wire, greeting })
  }

  handshake({ connection }: HandshakeInput): Promise<HandshakeOutput> {
    const held = this.held(connection)
    return new Promise((resolve, reject) => {
      rejectAtEnd(held.wire, reject)
      if (held.wire.hasEnded) return
      held.greeting = this.node.greet(held.wire, this.owner.peer)
      held.greeting.whenBelieved(({ peer: { storeId, incarnation }, nonce, rttMs }) =>
        resolve({ peer: { storeId, incarnation }, nonce, ...(rttMs !== undefined && { rttMs }) }),
      )
    })
  }

  /** Tells this side's positions, and waits for the peer's. */
  exchange({ connection, peer, isReset }: ResumeInput): Promise<Positions> {
    const held = this.held(connection)
    return new Promise((resolve, reject) => {
      rejectAtEnd(held.wire, reject)
      if (held.wire.hasEnded) return
      const ours = this.owner.standing({ node: this.owner.peer, ...peer })
      held.ours = ours
      const { received, sent, left } = ours
      const own = { received, sent, left, credit: this.owner.credit(), adopts: isReset }
      held.greeting!.welcome(own, (link) => {
        this.establish(held, link)
        resolve({ ours, theirs: theirPositions(link.welcome, ours) })
      })
    })
  }

  /** Both sides agree: the owner may send, and is sent what came meanwhile. */
  async resume({ connection, isReset }: ResumeInput): Promise<void> {
    const held = this.held(connection)
    const { wire, session, link, ours } = held
    if (session === undefined || link === undefined || ours === undefined) throw new LinkFailure(GONE)
    const { welcome } = link
    if (isReset) await this.owner.adopt(link.peer, welcome)
    wire.check()
    const { received } = isReset ? welcome : theirPositions(welcome, ours)
    session.theirs = { received, left: welcome.left, credit: welcome.credit }
    wire.onEnd(() => this.owner.ended(session))
    await this.owner.resumed(session)
    wire.check()
    session.open()
  }

  /** Tells the end of the connection. The answer is the session, and what stops the telling. */
  carry({ connection }: ResumeInput, tell: (event: AssociationEvent) => void) {
    const { wire, session } = this.held(connection)
    const stop = wire.onEnd((fault) => tell({ type: 'LOST', connection, ...fault }))
    return { session: session!, stop }
  }

  async hangUp({ connection }: HangUpInput): Promise<void> {
    const held = this.all.get(connection ?? '')
    if (held === undefined) return
    this.end(held, { code: 'CLOSING', reason: 'The link is closed.', by: 'self' })
    await held.wire.gone
  }

  keepOnly({ connection, code, reason }: KeepOnlyParams): void {
    for (const held of [...this.all.values()])
      if (held.wire.id !== connection) this.end(held, { code, reason, by: 'self' })
  }

  refuseCall({ connection, code }: RefuseCallParams): void {
    const held = this.all.get(connection)
    if (held !== undefined) this.end(held, { code, reason: 'The call was refused.', by: 'self' })
  }

  private keep(held: Held): void {
    const { wire } = held
    this.traffic.add(wire.traffic)
    wire.traffic = this.traffic
    this.all.set(wire.id, held)
  }

  private held(connection: string): Held {
    const held = this.all.get(connection)
    if (held === undefined) throw new LinkFailure(GONE)
    return held
  }

  private establish(held: Held, link: EstablishedLink): void {
    const { wire } = held
    held.link = link
    held.session = new LinkSession({ node: this.node, wire, link, owner: this.owner, heard: this.heard })
  }

  /** Ended, it is forgotten, too: before, who asks for it learns why it ended. */
  private end({ wire, greeting, session }: Held, fault: LinkFault): void {
    this.all.delete(wire.id)
    session?.end(fault)
    greeting?.refuse(farewell(fault), fault)
    // Where neither had begun there is nobody to tell.
    wire.end(fault)
  }
}

const GONE: LinkFault = { code: 'CONNECTION_LOST', reason: 'The connection is gone.', by: 'self' }
