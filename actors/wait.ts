/** Waiting by a clock, for as long as somebody wants to. */
import type { Clock } from '../src/index.js'

/** Resolves after `ms`; rejects with the signal's reason as soon as that is aborted. */
export function wait(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason)
      return
    }
    const stop = (): void => {
      cancel()
      reject(signal.reason)
    }
    const cancel = clock.schedule(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal.addEventListener('abort', stop, { once: true })
  })
}
