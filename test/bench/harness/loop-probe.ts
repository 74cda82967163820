/**
 * Measures every round of the event loop: what others have to wait at the worst.
 *
 * A chain of immediates, and not `monitorEventLoopDelay`: that one samples by a timer and may come late to a short block.
 */
export class LoopProbe {
  #longestMs = 0
  #isOver = false

  /** Starts now; `onRound` is called in each round, with the rounds so far. */
  constructor(private readonly onRound: (round: number) => void = () => undefined) {
    this.#wait(performance.now(), 0)
  }

  #wait(since: number, round: number): void {
    setImmediate(() => {
      if (this.#isOver) return
      const now = performance.now()
      this.#longestMs = Math.max(this.#longestMs, now - since)
      this.onRound(round)
      this.#wait(now, round + 1)
    })
  }

  /** The longest round so far, in ms. */
  stop(): number {
    this.#isOver = true
    return this.#longestMs
  }
}
