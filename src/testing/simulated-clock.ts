import { setImmediate as eventLoopRound } from 'node:timers/promises'
import type { Cancel, Clock } from '../core/clock.js'
import { RosciusError } from '../core/errors.js'
import { type QueuedTimer, TimerQueue } from '../runtime/timer-queue.js'

/** A clock that stands still until it is told to move. */
export interface SimulatedClock extends Clock {
  /**
   * Moves both times on by `ms` (0 or more), firing what falls due on the way in due order, each at its own time.
   *
   * Before the first and after every callback, all microtasks that are ready run, and one round of the event loop; what
   * they schedule within the span fires too. Calls queue up behind one another. Rejects with what a callback throws (the
   * clock then stands at that callback's time), or with `OPTIONS_INVALID` when `ms` is negative or not finite.
   */
  advance(ms: number): Promise<void>
  /** Moves the wall clock alone, forwards or backwards, as a correction of the machine's time does; nothing fires. */
  stepWallClock(ms: number): void
  /** How many calls are scheduled and have neither fired nor been cancelled. */
  readonly pending: number
  /** In how many ms the next scheduled call is due; undefined when there is none. */
  readonly nextInMs: number | undefined
}

interface ScheduledCall extends QueuedTimer {
  readonly fn: () => void
}

/** A simulated clock whose wall clock shows `now` (ms since the epoch, default 0) and whose monotonic time starts at 0. */
export function simulatedClock({ now = 0 }: { readonly now?: number } = {}): SimulatedClock {
  const calls = new TimerQueue<ScheduledCall>()
  let monotonic = 0
  let wallOffset = now
  let lastAdvance: Promise<void> = Promise.resolve()

  const schedule = (fn: () => void, ms: number): Cancel => {
    const call = calls.add({ fn, dueMs: 0, order: 0, heapIndex: -1 }, monotonic + (ms > 0 ? ms : 0))
    return () => {
      calls.cancel(call)
    }
  }

  const moveOn = async (ms: number): Promise<void> => {
    const end = monotonic + ms
    await eventLoopRound()
    for (let due = calls.nextDue(); due !== undefined && due <= end; due = calls.nextDue()) {
      monotonic = due
      calls.takeDue(due, 1)[0]?.fn()
      await eventLoopRound()
    }
    monotonic = end
  }

  const advance = (ms: number): Promise<void> => {
    if (!(ms >= 0 && ms < Number.POSITIVE_INFINITY)) return Promise.reject(invalidAdvance(ms))
    const moved = lastAdvance.then(() => moveOn(ms))
    lastAdvance = moved.catch(() => undefined)
    return moved
  }

  return {
    now: () => wallOffset + monotonic,
    monotonic: () => monotonic,
    schedule,
    advance,
    stepWallClock: (ms) => {
      wallOffset += ms
    },
    get pending() {
      return calls.size
    },
    get nextInMs() {
      const due = calls.nextDue()
      return due === undefined ? undefined : due - monotonic
    },
  }
}

function invalidAdvance(ms: number): RosciusError {
  return new RosciusError('OPTIONS_INVALID', `A simulated clock can't move on by ${ms} ms: give 0 or more.`, {
    details: { ms },
  })
}
