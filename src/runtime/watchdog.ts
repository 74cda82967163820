/**
 * Notices that something has given no sign of life for too long.
 *
 * 1. One timer for each watched thing, re-armed only when it rings: a sign of life costs one look at the clock.
 * 2. A timer that rings late says that the thread was blocked, when nobody could give a sign: there is one more wait then.
 */
import type { Cancel } from '../core/clock.js'

export interface WatchdogPort {
  /** Time in ms that does not step. */
  now(): number
  schedule(fn: () => void, ms: number): Cancel
}

/** A timer may ring this much after its time on an unblocked thread. */
const LATE_MS = 10

export class Watchdog {
  #lastMs: number
  #dueMs = 0
  #cancel: Cancel | undefined
  #hadGrace = false

  constructor(
    private readonly port: WatchdogPort,
    private readonly limitMs: number,
    /** Called on silence; answers whether to go on watching, from now. */
    private readonly onSilence: (silentMs: number) => boolean,
  ) {
    this.#lastMs = port.now()
    this.#arm(limitMs)
  }

  /** A sign of life. */
  note(): void {
    this.#lastMs = this.port.now()
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  #arm(ms: number): void {
    this.#dueMs = this.port.now() + ms
    this.#cancel = this.port.schedule(this.#ring, ms)
  }

  readonly #ring = (): void => {
    const now = this.port.now()
    const silentMs = now - this.#lastMs
    const lateMs = now - this.#dueMs
    if (silentMs < this.limitMs) this.#watchOn(this.limitMs - silentMs)
    else if (lateMs > LATE_MS && !this.#hadGrace) {
      this.#hadGrace = true
      this.#arm(Math.min(lateMs, this.limitMs))
    } else if (this.onSilence(silentMs)) {
      this.note()
      this.#watchOn(this.limitMs)
    }
  }

  #watchOn(ms: number): void {
    this.#hadGrace = false
    this.#arm(ms)
  }
}
