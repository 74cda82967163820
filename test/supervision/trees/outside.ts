/**
 * The world outside the actors: what they are made to fail of, and what they were seen to do. It survives every crash.
 *
 * 1. It judges nothing: it writes down what it sees, in order.
 * 2. What a dead process still does is not seen: each life has a witness of its own.
 */
import type { Clock } from 'roscius'
import type { Seen, Sight } from './record.js'

export class Outside {
  readonly log: Seen[] = []
  readonly #failuresLeft = new Map<string, number>()
  #runs = 0
  #life = 0

  constructor(private readonly clock: Clock) {}

  /** Another process: what the former one does from now on is not seen. */
  nextLife(): Witness {
    return new Witness(this, ++this.#life)
  }

  isAlive(life: number): boolean {
    return life === this.#life
  }

  crash(): void {
    this.#life++
    this.see({ kind: 'crashed' })
  }

  see(sight: Sight): void {
    this.log.push({ ...sight, atMs: this.clock.monotonic() })
  }

  nextRun(): number {
    return ++this.#runs
  }

  failNext(what: string, times: number): void {
    this.#failuresLeft.set(what, (this.#failuresLeft.get(what) ?? 0) + times)
  }

  /** Whether it is to fail now; each answer uses up one failure. */
  isFailing(what: string): boolean {
    const left = this.#failuresLeft.get(what) ?? 0
    if (left > 0) this.#failuresLeft.set(what, left - 1)
    return left > 0
  }
}

/** What the actors of one process see of the outside, and show to it. */
export class Witness {
  constructor(
    private readonly outside: Outside,
    private readonly life: number,
  ) {}

  get #isAlive(): boolean {
    return this.outside.isAlive(this.life)
  }

  see(sight: Sight): void {
    if (this.#isAlive) this.outside.see(sight)
  }

  isFailing(what: string): boolean {
    return this.#isAlive && this.outside.isFailing(what)
  }

  failNext(what: string, times: number): void {
    if (this.#isAlive) this.outside.failNext(what, times)
  }

  /** A leaf runs from here on; the answer is to be called when it stops. */
  begin(path: string, signal: AbortSignal): () => void {
    const run = this.outside.nextRun()
    this.see({ kind: 'begins', path, run })
    return () => {
      const { message = '' } = (signal.reason ?? {}) as { readonly message?: string }
      this.see({ kind: 'ends', path, run, reason: message })
    }
  }

  /** An attempt of an effect runs until its signal aborts it, or until the answer is called. */
  call(effectId: string, signal: AbortSignal): () => void {
    const run = this.outside.nextRun()
    let isOver = false
    const over = (): void => {
      if (!isOver) this.see({ kind: 'returns', effectId, run })
      isOver = true
    }
    this.see({ kind: 'calls', effectId, run })
    signal.addEventListener('abort', over, { once: true })
    return over
  }
}
