/** How late the event loop was at worst since somebody asked last. Of the process, whatever clock a system has. */
import { monitorEventLoopDelay } from 'node:perf_hooks'

const RESOLUTION_MS = 10
const NS_IN_MS = 1_000_000

export class EventLoopDelay {
  readonly #histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })

  start(): void {
    this.#histogram.enable()
  }

  stop(): void {
    this.#histogram.disable()
  }

  /** In ms. What is measured begins with the wait for its own timer. */
  read(): number {
    const { count, max } = this.#histogram
    this.#histogram.reset()
    return count === 0 ? 0 : Math.max(0, Math.round((max / NS_IN_MS - RESOLUTION_MS) * 10) / 10)
  }
}
