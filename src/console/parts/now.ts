/** The time, as far as what is shown depends on it: one timer for all that ask for the same step. */
import { useSyncExternalStore } from 'react'

interface Ticker {
  readonly subscribe: (listener: () => void) => () => void
  readonly now: () => number
}

function tickerOf(everyMs: number): Ticker {
  const listeners = new Set<() => void>()
  let timer: number | undefined
  let now = Date.now()
  const tick = (): void => {
    now = Date.now()
    for (const listener of listeners) listener()
  }
  const subscribe = (listener: () => void): (() => void) => {
    listeners.add(listener)
    timer ??= window.setInterval(tick, everyMs)
    return () => {
      listeners.delete(listener)
      if (listeners.size > 0) return
      window.clearInterval(timer)
      timer = undefined
    }
  }
  return {
    subscribe,
    now: () => (timer === undefined ? Math.max(now, Math.floor(Date.now() / everyMs) * everyMs) : now),
  }
}

const second = tickerOf(1_000)
const tenth = tickerOf(100)

/** Wall clock in ms, as of the last second; `isFine`: of the last tenth. */
export function useNow(isFine = false): number {
  const ticker = isFine ? tenth : second
  return useSyncExternalStore(ticker.subscribe, ticker.now)
}
