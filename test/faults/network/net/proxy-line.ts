/**
 * One TCP connection between two nodes, through this process, with what is done to it on the way.
 *
 * Bytes pass in order, as TCP keeps them. Loss shows as TCP shows it: a pause until the packet has been sent again.
 */
import type { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { Weather } from './net.js'

/** How long a sender waits before it sends a lost packet again, in ms. */
const RETRANSMISSION_MS = 200
/** Bytes that a packet holds. */
const PACKET_BYTES = 1_460

/** The state of the line between two nodes. */
export interface Conditions {
  readonly weather: Weather
  /** Resolves when there is no partition. */
  joined(): Promise<void>
}

export class ProxyLine {
  #isOver = false

  constructor(
    private readonly near: Socket,
    private readonly far: Socket,
    private readonly conditions: Conditions,
    private readonly ended: (line: ProxyLine) => void,
  ) {
    for (const socket of [near, far]) socket.on('error', () => undefined)
    near.once('close', () => this.#tell(far))
    far.once('close', () => this.#tell(near))
    void this.#carry(near, far)
    void this.#carry(far, near)
  }

  /** Both are told. */
  cut(): void {
    this.#isOver = true
    for (const socket of [this.near, this.far]) socket.resetAndDestroy()
    this.ended(this)
  }

  /** One is told; what the other sends vanishes, until it gives up or the network is closed. */
  strand(untold: 'near' | 'far'): void {
    this.#isOver = true
    const told = untold === 'near' ? this.far : this.near
    told.resetAndDestroy()
    this.ended(this)
  }

  /** The end of one side reaches the other when nothing stands between them. */
  async #tell(other: Socket): Promise<void> {
    await this.conditions.joined()
    if (this.#isOver) return
    this.#isOver = true
    other.destroySoon()
    this.ended(this)
  }

  async #carry(from: Socket, to: Socket): Promise<void> {
    try {
      for await (const bytes of from) {
        // A stranded socket is still read, so that it goes on believing.
        if (this.#isOver) continue
        await this.#pass(bytes as Uint8Array, to)
      }
    } catch {
      // Its end is told elsewhere.
    }
  }

  async #pass(bytes: Uint8Array, to: Socket): Promise<void> {
    const waitMs = waitFor(bytes.length, this.conditions.weather)
    if (waitMs > 0) await pause(waitMs)
    await this.conditions.joined()
    if (this.#isOver || to.destroyed || to.write(bytes)) return
    await new Promise<void>((resolve) => {
      to.once('drain', resolve).once('close', resolve)
    })
  }
}

function waitFor(bytes: number, { delayMs = 0, jitterMs = 0, loss = 0, bytesPerSecond }: Weather): number {
  const isHit = Math.random() < 1 - (1 - loss) ** Math.ceil(bytes / PACKET_BYTES)
  const lateMs = (Math.random() * 2 - 1) * jitterMs
  const slowMs = bytesPerSecond === undefined ? 0 : (bytes / bytesPerSecond) * 1_000
  return Math.max(0, delayMs + lateMs) + slowMs + (isHit ? RETRANSMISSION_MS : 0)
}
