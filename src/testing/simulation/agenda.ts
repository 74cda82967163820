/**
 * The clock of a simulation: what falls due at the same time is let in one by one, in an order that the seed decides.
 *
 * 1. Time moves only by `moveTo`, and never back.
 * 2. One call fires at a time; what it sets off comes to rest before the next one does. That is up to who drives it.
 * 3. `forget` is what the end of a process does to its timers.
 */
import type { Cancel, Clock } from '../../core/clock.js'
import type { Random } from '../../core/random.js'
import { type QueuedTimer, TimerQueue } from '../../runtime/timer-queue.js'

interface Appointment extends QueuedTimer {
  readonly fn: () => void
}

export class Agenda implements Clock {
  readonly #later = new TimerQueue<Appointment>()
  /** Due now, in the order in which they fell due. */
  #ready: Appointment[] = []
  #nowMs = 0
  #made = 0

  constructor(
    private readonly random: Pick<Random, 'next'>,
    private readonly startMs: number,
  ) {}

  now(): number {
    return this.startMs + this.#nowMs
  }

  monotonic(): number {
    return this.#nowMs
  }

  schedule(fn: () => void, ms: number): Cancel {
    this.#made++
    const call = this.#later.add({ fn, dueMs: 0, order: 0, heapIndex: -1 }, this.#nowMs + (ms > 0 ? ms : 0))
    return () => {
      if (!this.#later.cancel(call)) this.#ready = this.#ready.filter((other) => other !== call)
    }
  }

  /** How many calls were ever made: changes when anything happens here. */
  get made(): number {
    return this.#made
  }

  /** When the next call is due; undefined when there is none. */
  get nextDueMs(): number | undefined {
    return this.#ready.length > 0 ? this.#nowMs : this.#later.nextDue()
  }

  moveTo(ms: number): void {
    this.#nowMs = Math.max(this.#nowMs, ms)
  }

  /** Fires one of the calls that are due; false when none is. */
  fireOne(): boolean {
    this.#ready.push(...this.#later.takeDue(this.#nowMs))
    const [call] = this.#ready.splice(Math.floor(this.random.next() * this.#ready.length), 1)
    call?.fn()
    return call !== undefined
  }

  forget(): void {
    this.#ready = []
    this.#later.takeDue(Number.POSITIVE_INFINITY)
  }
}
