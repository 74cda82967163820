/**
 * Something that is done when there is a reason to, but not more often than so: the first time at once, then at most once an
 * interval. With nothing to do there is no timer.
 */
import type { Cancel, Clock } from '../../core/clock.js'

export class Pacer {
  #cancel: Cancel | undefined
  #lastMs = Number.NEGATIVE_INFINITY
  #isStopped = false

  /** `work` answers whether there is more to do. */
  constructor(
    private readonly clock: Clock,
    private everyMs: number,
    private readonly work: () => boolean,
  ) {}

  /** There is something to do. */
  mark(): void {
    if (this.#cancel !== undefined || this.#isStopped) return
    const waitMs = Math.max(0, this.#lastMs + this.everyMs - this.clock.monotonic())
    this.#cancel = this.clock.schedule(() => this.#run(), waitMs)
  }

  /** From here on as often as this. */
  pace(everyMs: number): void {
    this.everyMs = everyMs
  }

  stop(): void {
    this.#isStopped = true
    this.#cancel?.()
    this.#cancel = undefined
  }

  #run(): void {
    this.#cancel = undefined
    this.#lastMs = this.clock.monotonic()
    if (this.work()) this.mark()
  }
}
