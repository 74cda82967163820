/**
 * The world outside the newsroom, which fails when the script says so: the agency that sends headlines, the disk of the
 * archive, the sources that reporters ask. Nothing of it is durable: a new process finds it as if nothing had happened.
 */
import type { Observer, Subscribable } from 'xstate'

export interface Headline {
  readonly type: 'HEADLINE'
  /** The reporter whose beat it is. */
  readonly beat: string
  readonly text: string
}

export type Agency = Subscribable<Headline>
export type Disk = Subscribable<string>

export interface Source {
  /** What the source says about the topic, as a story. */
  ask(reporter: string, topic: string): Promise<string>
}

/** Sends to whoever listens now. */
class Line<T> implements Subscribable<T> {
  #listeners: readonly Partial<Observer<T>>[] = []

  subscribe(listener: Partial<Observer<T>> | ((value: T) => void)) {
    const observer = typeof listener === 'function' ? { next: listener } : listener
    this.#listeners = [...this.#listeners, observer]
    return {
      unsubscribe: () => {
        this.#listeners = this.#listeners.filter((one) => one !== observer)
      },
    }
  }

  send(value: T): void {
    for (const { next } of this.#listeners) next?.(value)
  }

  /** Every listener is told, and nobody listens any more. */
  fail(error: Error): void {
    const listeners = this.#listeners
    this.#listeners = []
    for (const listener of listeners) listener.error?.(error)
  }
}

export class Outside {
  readonly agency = new Line<Headline>()
  readonly disk = new Line<string>()
  readonly #failures = new Map<string, readonly Error[]>()

  readonly source: Source = {
    ask: async (reporter, topic) => {
      const [failure, ...later] = this.#failures.get(reporter) ?? []
      this.#failures.set(reporter, later)
      if (failure !== undefined) throw failure
      return `${topic} (${reporter})`
    },
  }

  /** A headline comes down the wire. */
  report(beat: string, text: string): void {
    this.agency.send({ type: 'HEADLINE', beat, text })
  }

  /** The next questions of the reporter fail, one after the other. */
  failSource(reporter: string, failures: readonly Error[]): void {
    this.#failures.set(reporter, failures)
  }
}
