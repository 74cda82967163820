/** How late the event loop is: at worst of the last ten to twenty seconds. It is the process's own, whatever clock a system has. */
import { monitorEventLoopDelay } from 'node:perf_hooks'

const RESOLUTION_MS = 20
const WINDOW_MS = 10_000
const NS_IN_MS = 1_000_000

export class EventLoopDelay {
  readonly #histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  readonly #timer = setInterval(() => this.#turn(), WINDOW_MS)
  #beforeMs = 0

  constructor() {
    this.#histogram.enable()
    this.#watchFirst()
    this.#timer.unref()
  }

  /** What it measures begins with its second tick: a wait before the first is measured here. */
  #watchFirst(): void {
    const openedMs = performance.now()
    const told = (): void => {
      this.#beforeMs = Math.max(this.#beforeMs, performance.now() - openedMs - RESOLUTION_MS)
    }
    setTimeout(told, RESOLUTION_MS).unref()
  }

  get maxMs(): number {
    return Math.max(this.#beforeMs, this.#now())
  }

  close(): void {
    clearInterval(this.#timer)
    this.#histogram.disable()
  }

  #turn(): void {
    this.#beforeMs = this.#now()
    this.#histogram.reset()
  }

  /** What it measures begins with the wait for its own timer. */
  #now(): number {
    return this.#histogram.count === 0 ? 0 : Math.max(0, this.#histogram.max / NS_IN_MS - RESOLUTION_MS)
  }
}
