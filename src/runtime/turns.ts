/**
 * Who runs next: mailboxes are drained fairly, in turns bounded in count and time, and turns leave room for I/O.
 *
 * 1. A cell takes at most `FAIR_SHARE` events before the next cell's go; what it sends itself within a unit counts.
 * 2. A turn ends after `maxEvents` events or `maxMs`, whichever is first; the next follows in a later round of the
 *    event loop.
 * 3. Turns start when the running JavaScript and all that it has resolved are through (so that they are many events
 *    long), but never for longer than `maxMs` without a round of the event loop in between: also effects that resolve at
 *    once and for ever starve neither timers nor I/O.
 * 4. An event that holds the thread for `blockedMs` can't be broken off: it is reported with its cell. The clock is read once
 *    an event, between two events, and that reading is also what bounds the turn.
 */
import type { Clock } from '../core/clock.js'
import type { Cell } from './cell.js'
import { outsideRuns } from './effect-run.js'
import { TurnTimes } from './turn-times.js'

const FAIR_SHARE = 16
/** Most turns in a row without a round of the event loop, whatever the clock says (a simulated one stands still). */
const MAX_TURNS_IN_A_ROW = 500

export interface TurnBounds {
  readonly maxEvents: number
  readonly maxMs: number
  /** An event that takes this long is reported. */
  readonly blockedMs: number
}

export interface TurnPort {
  /** Handles the next envelope of the cell; answers how many events that were, 0 when its mailbox is empty. */
  runNext(cell: Cell): number
  /** Whether `runNext` would find anything to do. */
  hasWork(cell: Cell): boolean
  /** What `runNext` did last for the cell has taken `ms`. */
  blocked(cell: Cell, ms: number): void
  /** The turn broke off, by a fault of the runtime or of the store: what it changed must not be committed. */
  broken(error: unknown): void
  /** All that the turn changed is to be committed. */
  endTurn(): void
}

/** One step of the runtime's own work; answers whether more is left. */
export type Work = () => boolean

export class Turns {
  #queue: Cell[] = []
  #work: Work[] = []
  /** How many have begun, and when. */
  count = 0
  readonly times = new TurnTimes()
  #isScheduled = false
  #isRunning = false
  #isStopped = false
  /** Until `begin`, mail is taken in and nothing is run. */
  #isWaiting = true
  /** When this stretch without a round of the event loop began; undefined at its start. */
  #stretchStart: number | undefined
  #turnsInARow = 0
  #isCut = false
  /** When the clock was read last in this turn. */
  #nowMs = 0
  /** Those who wait for the next turn to be over. */
  #awaited: (() => void)[] = []

  constructor(
    private readonly clock: Clock,
    private readonly bounds: TurnBounds,
    private readonly port: TurnPort,
  ) {}

  get isRunning(): boolean {
    return this.#isRunning
  }

  get isIdle(): boolean {
    return !this.#isScheduled && !this.#isRunning
  }

  /** The cell has mail. */
  wake(cell: Cell): void {
    if (cell.isQueued) return
    cell.isQueued = true
    this.#queue.push(cell)
    if (!this.#isRunning) this.schedule()
  }

  /** Work of the runtime's own, done in turns, step by step: one work after the other. */
  add(work: Work): void {
    this.#work.push(work)
    if (!this.#isRunning) this.schedule()
  }

  /** A turn is to run soon, if only to commit what was put aside. */
  schedule(): void {
    if (this.#isScheduled || this.#isStopped || this.#isWaiting) return
    this.#isScheduled = true
    if (this.#mustYield()) setImmediate(this.#runFresh)
    else process.nextTick(this.#run)
  }

  /** What an earlier run left has been read: from here on turns run. */
  begin(): void {
    this.#isWaiting = false
    this.schedule()
  }

  /** Much is to leave: the turn ends early, so that others work on it while this node goes on. */
  endSoon(): void {
    this.#isCut = true
  }

  /** Resolves when another turn has run, or when none will: whatever changes in the actors, changes in one. */
  next(): Promise<void> {
    if (this.#isStopped) return Promise.resolve()
    return new Promise((resolve) => this.#awaited.push(resolve))
  }

  stop(): void {
    this.#isStopped = true
    this.#queue = []
    this.#work = []
    this.#tellAwaited()
  }

  #tellAwaited(): void {
    const awaited = this.#awaited
    if (awaited.length === 0) return
    this.#awaited = []
    for (const resolve of awaited) resolve()
  }

  #mustYield(): boolean {
    if (this.#stretchStart === undefined) {
      this.#stretchStart = this.clock.monotonic()
      setImmediate(this.#endStretch)
      return false
    }
    return ++this.#turnsInARow > MAX_TURNS_IN_A_ROW || this.clock.monotonic() - this.#stretchStart > this.bounds.maxMs
  }

  readonly #endStretch = (): void => {
    this.#stretchStart = undefined
    this.#turnsInARow = 0
  }

  readonly #runFresh = (): void => {
    this.#endStretch()
    this.#run()
  }

  readonly #run = (): void => outsideRuns(() => this.#runTurn())

  #runTurn(): void {
    this.#isScheduled = false
    if (this.#isStopped) return
    this.count++
    this.#isRunning = true
    try {
      this.#drain()
    } catch (error) {
      this.port.broken(error)
      return
    } finally {
      this.#isRunning = false
    }
    this.port.endTurn()
    this.#tellAwaited()
    if (this.#queue.length > 0 || this.#work.length > 0) this.#continue()
  }

  #continue(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(this.#runFresh)
  }

  #drain(): void {
    this.#nowMs = this.clock.monotonic()
    this.times.note(this.count, this.#nowMs)
    this.#isCut = false
    const deadline = this.#nowMs + this.bounds.maxMs
    let handled = this.#work.length > 0 ? this.#runWork() : 0
    const queue = this.#queue
    let next = 0
    while (next < queue.length && handled < this.bounds.maxEvents) {
      const cell = queue[next++] as Cell
      handled += this.#runShare(cell, Math.min(FAIR_SHARE, this.bounds.maxEvents - handled))
      cell.isQueued = false
      if (cell.inMemory && this.port.hasWork(cell)) {
        cell.isQueued = true
        queue.push(cell)
      }
      if (this.#nowMs > deadline || this.#isCut) break
    }
    this.#queue = next === queue.length ? [] : queue.slice(next)
  }

  /** Answers how many steps were done: at most half a turn of them while actors have mail. */
  #runWork(): number {
    const share = this.#queue.length > 0 ? 2 : 1
    const deadline = this.#nowMs + this.bounds.maxMs / share
    const work = this.#work
    let steps = 0
    let next = 0
    while (next < work.length && steps * share < this.bounds.maxEvents && this.#nowMs <= deadline) {
      if (!(work[next] as Work)()) next++
      steps++
      this.#nowMs = this.clock.monotonic()
    }
    this.#work = next === work.length ? [] : work.slice(next)
    return steps
  }

  /** Answers how many events were handled: more than its share if the last envelope brought others with it. */
  #runShare(cell: Cell, share: number): number {
    let taken = 0
    while (taken < share) {
      const handled = this.port.runNext(cell)
      if (handled === 0) return taken
      taken += handled
      this.#measure(cell)
    }
    return taken
  }

  #measure(cell: Cell): void {
    const startMs = this.#nowMs
    this.#nowMs = this.clock.monotonic()
    const ms = this.#nowMs - startMs
    if (ms >= this.bounds.blockedMs) this.port.blocked(cell, ms)
  }
}
