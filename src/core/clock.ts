/**
 * The port for time. Everything in the runtime that waits or stamps goes through it, so that a test can hold time still.
 *
 * `now()` is wall-clock time in ms since the epoch; `monotonic()` never steps back and has an arbitrary origin.
 */
export interface Clock {
  now(): number
  monotonic(): number
  /** Calls `fn` once after `ms` milliseconds; the answer cancels it. A pending call must not by itself keep a process alive longer than the system runs. */
  schedule(fn: () => void, ms: number): Cancel
}

export type Cancel = () => void

/** The longest delay that `setTimeout` takes: 2^31 - 1 ms, about 24.8 days. Longer ones are cut to it. */
const MAX_DELAY_MS = 2_147_483_647

/** The machine's own clock. */
export function systemClock(): Clock {
  return {
    now: Date.now,
    monotonic: () => performance.now(),
    schedule(fn, ms) {
      const handle = setTimeout(fn, Math.min(Math.max(ms, 0), MAX_DELAY_MS))
      return () => clearTimeout(handle)
    },
  }
}
