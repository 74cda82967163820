/**
 * A connection whose handshake is over: its frames, its heartbeats, its end.
 *
 * 1. Nothing is read before `open`: both sides must agree about the past first. What comes before waits, its reading paused.
 * 2. Pings are answered here, whatever the owner does; everything else is the owner's, in order.
 * 3. A frame that can't be understood, or comes too often, ends the connection with `close` and a code.
 */
import type { LinkFault } from '../../../machines/association/refusals.js'
import { createFrameCodec, type FrameCodec } from '../protocol/frame-codec.js'
import type { Frame } from '../protocol/frames.js'
import type { EstablishedLink, PeerIdentity } from '../protocol/handshake/handshake.js'
import { NO_LANES } from '../protocol/lanes.js'
import type { WireLimits } from '../protocol/limits.js'
import { ProtocolError } from '../protocol/protocol-error.js'
import { TokenBucket } from '../rate.js'
import { Heartbeat } from './heartbeat.js'
import { breachOf, farewell, faultOf } from './link-failure.js'
import type { LinkNode } from './link-node.js'
import type { LinkOwner, OwnedFrame, Session } from './link-owner.js'
import type { Wire } from './wire.js'

export interface SessionOptions {
  readonly node: LinkNode
  readonly wire: Wire
  readonly link: EstablishedLink
  readonly owner: LinkOwner
  /** The peer was heard; with the round trip time if that was the answer to a ping. */
  readonly heard: (rttMs?: number) => void
}

export class LinkSession implements Session {
  readonly peer: PeerIdentity
  readonly features: readonly string[]
  readonly limits: WireLimits
  readonly codec: FrameCodec
  theirs: Session['theirs']
  readonly heartbeat: Heartbeat
  private readonly wire: Wire
  private readonly controlFrames: TokenBucket
  private isResting = false
  /** What came before it was opened. */
  private early: Uint8Array[] | undefined = []

  constructor(private readonly options: SessionOptions) {
    const { node, wire, link, owner } = options
    const { limits, rate, timing } = node.links
    this.wire = wire
    this.peer = link.peer
    this.features = link.features
    this.limits = link.limits
    this.theirs = { received: NO_LANES, left: NO_LANES, credit: link.welcome.credit }
    this.codec = createFrameCodec({ refs: owner.refsFor(link.peer), accepted: limits, offered: link.limits })
    this.heartbeat = new Heartbeat(timing.heartbeatMs, node.port.self.node > link.peer.node, node.nowMs)
    this.controlFrames = new TokenBucket(rate.controlFrames, node.port.clock)
    wire.reads((bytes) => this.take(bytes))
    wire.connection.pause()
  }

  get address(): string {
    return this.wire.connection.remote.address
  }

  get bufferedAmount(): number {
    return this.wire.connection.bufferedAmount
  }

  send(bytes: Uint8Array): boolean {
    return this.wire.send(bytes)
  }

  rest(): void {
    if (this.isResting || this.wire.hasEnded) return
    this.isResting = true
    this.wire.connection.pause()
    setImmediate(() => {
      this.isResting = false
      if (!this.wire.hasEnded) this.wire.connection.resume()
    })
  }

  onDrained(listener: () => void): void {
    this.wire.connection.onDrained(listener)
  }

  fail(error: ProtocolError): void {
    this.end(faultOf(breachOf(error)))
  }

  /** Ends it for what happened here. */
  end(fault: LinkFault): void {
    const { code, message } = farewell(fault)
    this.wire.end(fault, this.codec.encode({ kind: 'close', code, message: message.slice(0, 500) }))
  }

  /** From now on frames are read, those first that came before. */
  open(): void {
    const early = this.early ?? []
    this.early = undefined
    for (const bytes of early) this.take(bytes)
    if (!this.wire.hasEnded) this.wire.connection.resume()
  }

  /** Asks for a sign of life if one is due. */
  beat(nowMs: number): void {
    if (this.heartbeat.isDue(nowMs)) this.ping()
  }

  ping(): void {
    const token = this.heartbeat.ask(this.options.node.nowMs)
    this.wire.send(this.codec.encode({ kind: 'ping', token }))
  }

  private take(bytes: Uint8Array): void {
    if (this.wire.hasEnded) return
    if (this.early !== undefined) {
      this.early.push(bytes)
      return
    }
    try {
      this.follow(this.codec.decode(bytes), bytes.length)
    } catch (error) {
      if (error instanceof ProtocolError) this.fail(error)
      else this.end({ code: 'FAILED', reason: reasonOf(error), by: 'self' })
    }
  }

  private follow(frame: Frame, bytes: number): void {
    const nowMs = this.options.node.nowMs
    this.heartbeat.hear(nowMs)
    const rttMs = frame.kind === 'pong' ? this.heartbeat.hearPong(frame.token, nowMs) : undefined
    this.options.heard(rttMs)
    switch (frame.kind) {
      case 'pong':
        break
      case 'ping':
        this.answer(frame.token, nowMs)
        break
      case 'refuse':
      case 'close':
        this.wire.end({ code: frame.code, reason: `The peer ended the link with ${frame.code}.`, by: 'peer' })
        break
      case 'hello':
      case 'challenge':
      case 'proof':
      case 'welcome':
        throw new ProtocolError('FRAME_UNEXPECTED', `A frame ${frame.kind} came after the handshake.`, frame.kind)
      default:
        this.give(frame, bytes)
    }
  }

  private give(frame: OwnedFrame, bytes: number): void {
    if (frame.kind === 'subscribe' || frame.kind === 'unsubscribe') this.bound(frame.kind)
    this.options.owner.frame(frame, bytes)
  }

  private answer(token: number, nowMs: number): void {
    this.bound('ping')
    this.heartbeat.hearPing(nowMs)
    this.wire.send(this.codec.encode({ kind: 'pong', token }))
  }

  private bound(kind: string): void {
    if (this.controlFrames.take()) return
    throw new ProtocolError('RATE_EXCEEDED', `Frames ${kind} come more often than this node takes them.`, kind)
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
