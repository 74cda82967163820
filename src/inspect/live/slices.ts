/** Long work in pieces, so that the event loop has its turn between them. */
import { setImmediate as eventLoopRound } from 'node:timers/promises'

/** How long one piece may hold the thread. */
const SLICE_MS = 5
/** The clock is not read more often than that. */
const STEPS = 16

export class Slices {
  #startMs = performance.now()
  #steps = 0

  /** To be awaited after each step, where it answers something. */
  next(): Promise<void> | undefined {
    if (++this.#steps < STEPS) return undefined
    this.#steps = 0
    if (performance.now() - this.#startMs < SLICE_MS) return undefined
    return eventLoopRound().then(() => {
      this.#startMs = performance.now()
    })
  }
}
