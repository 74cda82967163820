/**
 * One link of a network in memory: two ends, and what is between them.
 *
 * 1. What an end sends crosses in order, unless the conduct lets a delivery go `unordered`.
 * 2. A frame counts in its sender's `bufferedAmount` until the other end has read it, or it was dropped on the way; one that
 *    is `held` or `swallowed` counts on, as bytes do that nobody acknowledges.
 * 3. Ends are told by the clock, never within a call.
 */
import type { Clock } from '../core/clock.js'
import { type ConnectionEnd, endBy, LOST } from './connection-end.js'
import { ConnectionListeners } from './connection-listeners.js'
import { CloseCode, type Connection, DRAINED_BYTES, type Remote } from './transport.js'

/** What a link knows of the node at one of its ends. */
export interface MemoryNode {
  readonly name: string
  readonly maxFrameBytes: number
  readonly certificateName?: string | undefined
  readonly isLoopback: boolean
}

/** Something that crosses a link: a frame, or the end of the connection (of which only `bytes.length` 0 is to be seen). */
export interface Crossing {
  readonly link: number
  readonly from: string
  readonly to: string
  readonly kind: 'frame' | 'end'
  readonly bytes: Uint8Array
}

/** One arrival of what crosses. Two of them make a duplicate, other bytes a corruption. */
export interface Arrival {
  readonly bytes: Uint8Array
  readonly delayMs: number
  /** Whether it may overtake, and be overtaken. Default false. */
  readonly isUnordered?: boolean
}

/**
 * What becomes of a crossing: its deliveries (none: dropped on the way); `held` until the network is released, with
 * everything behind it; or `swallowed`: gone, and its sender never learns of it.
 */
export type Fate = readonly Arrival[] | 'held' | 'swallowed'

/** How a network treats what is entrusted to it. Asked at the time of sending, in order. */
export interface Conduct {
  /** What becomes of a dial; `delayMs` is that of one way. */
  dial(from: string, to: string): { readonly delayMs: number } | 'refused' | 'silence'
  cross(crossing: Crossing): Fate
}

interface Parcel {
  readonly bytes: Uint8Array
  readonly end?: ConnectionEnd
  /** Bytes of its sender's buffer that it still stands for. */
  size: number
}

const NOTHING = new Uint8Array(0)

export class MemoryLink {
  readonly ends: readonly [MemoryEnd, MemoryEnd]

  constructor(
    readonly id: number,
    readonly nodes: readonly [MemoryNode, MemoryNode],
    readonly clock: Clock,
    readonly conduct: Conduct,
    private readonly closed: () => void,
  ) {
    this.ends = [new MemoryEnd(this, 0), new MemoryEnd(this, 1)]
  }

  /** Whether it is a link between these two nodes, whoever dialled. */
  isBetween(a: string, b: string): boolean {
    const [dialler, called] = this.nodes
    return (dialler.name === a && called.name === b) || (dialler.name === b && called.name === a)
  }

  /** The end at the node of that name. */
  endAt(name: string): MemoryEnd | undefined {
    return this.ends.find((_, index) => this.nodes[index as 0 | 1].name === name)
  }

  release(): void {
    for (const end of this.ends) end.release()
  }

  /** Breaks the link: both ends are told 1006. */
  cut(): void {
    for (const end of this.ends) end.finish(LOST)
  }

  noteEnd(): void {
    if (this.ends.every((end) => !end.isOpen)) this.closed()
  }
}

export class MemoryEnd implements Connection {
  readonly remote: Remote
  bufferedAmount = 0
  private readonly listeners = new ConnectionListeners()
  /** Sent, and held by the network. */
  private readonly held: Parcel[] = []
  /** Arrived, and not read. */
  private readonly unread: Parcel[] = []
  private end: ConnectionEnd | undefined
  private isPaused = false
  private isAboveDrained = false
  private lastArrivalMs = 0

  constructor(
    private readonly link: MemoryLink,
    private readonly side: 0 | 1,
  ) {
    const { name, certificateName, isLoopback } = this.peerNode
    this.remote = { address: `memory://${name}`, ...(certificateName && { certificateName }), isLoopback }
  }

  get isOpen(): boolean {
    return this.end === undefined
  }

  send(bytes: Uint8Array): boolean {
    if (!this.isOpen) return false
    this.bufferedAmount += bytes.length
    this.isAboveDrained ||= this.bufferedAmount > DRAINED_BYTES
    this.entrust({ bytes: Uint8Array.from(bytes), size: bytes.length })
    return true
  }

  onMessage(listener: (bytes: Uint8Array) => void): void {
    this.listeners.onMessage(listener)
    this.later(() => this.read())
  }

  onClose(listener: (code: number, reason: string) => void): void {
    this.listeners.onClose(listener)
  }

  onDrained(listener: () => void): void {
    this.listeners.onDrained(listener)
  }

  pause(): void {
    this.isPaused = true
  }

  resume(): void {
    this.isPaused = false
    this.later(() => this.read())
  }

  authenticated(): void {}

  close(code: number = CloseCode.normal, reason = ''): void {
    this.endWith(endBy(code, reason))
  }

  terminate(): void {
    this.endWith(LOST)
  }

  /** Tries again what was held. */
  release(): void {
    for (const parcel of this.held.splice(0)) this.entrust(parcel)
  }

  /** Ends this side without a word to the other. */
  finish(end: ConnectionEnd): void {
    if (!this.isOpen) return
    this.end = end
    this.listeners.forget()
    for (const { size } of this.unread.splice(0)) this.peer.free(size)
    this.later(() => this.listeners.ended(end))
    this.link.noteEnd()
  }

  private get peer(): MemoryEnd {
    return this.link.ends[this.side === 0 ? 1 : 0]
  }

  private get peerNode(): MemoryNode {
    return this.link.nodes[this.side === 0 ? 1 : 0]
  }

  private get ownNode(): MemoryNode {
    return this.link.nodes[this.side]
  }

  private endWith(end: ConnectionEnd): void {
    if (!this.isOpen) return
    this.finish(end)
    this.entrust({ bytes: NOTHING, end, size: 0 })
  }

  private entrust(parcel: Parcel): void {
    const fate = this.held.length > 0 ? 'held' : this.link.conduct.cross(this.crossing(parcel))
    if (fate === 'held') this.held.push(parcel)
    else if (fate !== 'swallowed') this.carry(parcel, fate)
  }

  private crossing({ bytes, end }: Parcel): Crossing {
    const { id } = this.link
    return { link: id, from: this.ownNode.name, to: this.peerNode.name, kind: end ? 'end' : 'frame', bytes }
  }

  private carry(parcel: Parcel, deliveries: readonly Arrival[]): void {
    if (deliveries.length === 0) this.free(parcel.size)
    const { clock } = this.link
    const now = clock.monotonic()
    deliveries.forEach(({ bytes, delayMs, isUnordered = false }, index) => {
      const arrivalMs = isUnordered ? now + delayMs : Math.max(now + delayMs, this.lastArrivalMs)
      if (!isUnordered) this.lastArrivalMs = arrivalMs
      const arriving = { ...parcel, bytes, size: index === 0 ? parcel.size : 0 }
      clock.schedule(() => this.peer.arrive(arriving), arrivalMs - now)
    })
  }

  private arrive(parcel: Parcel): void {
    if (this.isOpen) this.unread.push(parcel)
    else this.peer.free(parcel.size)
    this.read()
  }

  private read(): void {
    while (this.isOpen && this.listeners.isHeard && !this.isPaused && this.unread.length > 0) {
      const parcel = this.unread.shift() as Parcel
      this.peer.free(parcel.size)
      if (parcel.end !== undefined) this.finish(parcel.end)
      else if (parcel.bytes.length <= this.ownNode.maxFrameBytes) this.listeners.tellMessage(parcel.bytes)
      else this.close(CloseCode.tooBig, 'frame too large')
    }
  }

  private free(size: number): void {
    this.bufferedAmount -= size
    if (!this.isAboveDrained || this.bufferedAmount > DRAINED_BYTES) return
    this.isAboveDrained = false
    this.later(() => this.listeners.tellDrained())
  }

  private later(tell: () => void): void {
    this.link.clock.schedule(tell, 0)
  }
}
