import type { Clock } from '../src/index.js'

/**
 * One attempt of an activity. It is over when its function is; or before that when it is ended, on its deadline or on
 * silence, and the function is left behind. When the effect itself is stopped, the attempt still waits for its function:
 * who stops it may want to know when that has stopped working.
 */
export class Attempt {
  readonly #controller = new AbortController()
  readonly #stop = (): void => {
    this.#cancelDeadline()
    this.#controller.abort(this.outer.reason)
  }
  #cancelDeadline: () => void = () => undefined
  #reject: (reason: unknown) => void = () => undefined

  /** `outer` is aborted when the effect is stopped. */
  constructor(
    private readonly outer: AbortSignal,
    private readonly clock: Clock,
  ) {
    if (outer.aborted) this.#stop()
    else outer.addEventListener('abort', this.#stop, { once: true })
  }

  /** Aborted when the attempt is ended or the effect is stopped. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  end(reason: unknown): void {
    this.#reject(reason)
    this.#controller.abort(reason)
  }

  endAfter(ms: number, reason: Error): void {
    this.#cancelDeadline = this.clock.schedule(() => this.end(reason), ms)
  }

  /** What `work` gives; rejects with the reason as soon as the attempt is ended. */
  async run<T>(work: () => Promise<T> | T): Promise<T> {
    const ended = new Promise<never>((_, reject) => {
      this.#reject = reject
    })
    try {
      return await Promise.race([work(), ended])
    } finally {
      this.#reject = () => undefined
      this.#cancelDeadline()
      this.outer.removeEventListener('abort', this.#stop)
    }
  }
}
