/** Waiting by the clock of the system whose effect it is; outside one, by the machine's own. */
import { type Clock, systemClock } from '../core/clock.js'
import { currentEffect } from '../runtime/effect-run.js'

function clockHere(): Clock {
  return currentEffect()?.clock ?? systemClock()
}

/** Resolves after `ms`, or never for `Infinity`; rejects with the signal's reason as soon as that is aborted. */
export function wait(ms: number, signal: AbortSignal, clock: Clock = clockHere()): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    let cancel = (): void => undefined
    const stop = (): void => {
      cancel()
      reject(signal.reason)
    }
    signal.addEventListener('abort', stop, { once: true })
    if (ms === Number.POSITIVE_INFINITY) return
    cancel = clock.schedule(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, ms)
  })
}
