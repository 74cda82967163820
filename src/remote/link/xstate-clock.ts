/** The system's clock as XState takes one. */
import type { Cancel, Clock } from '../../core/clock.js'

export interface XStateClock {
  setTimeout(fn: () => void, ms: number): Cancel
  clearTimeout(cancel: Cancel | undefined): void
}

export function xstateClock(clock: Clock): XStateClock {
  return {
    setTimeout: (fn, ms) => clock.schedule(fn, ms),
    clearTimeout: (cancel) => cancel?.(),
  }
}
