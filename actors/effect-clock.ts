/** The clock that waits and deadlines go by where none is given, and the chance. */
import { type Clock, currentEffect, systemClock, systemRandom } from '../src/index.js'

/** The clock of the system whose effect asks, so that a simulated system simulates these waits too; outside, the machine's own. */
export function effectClock(): Clock {
  const own = systemClock()
  const clock = (): Clock => currentEffect()?.clock ?? own
  return {
    now: () => clock().now(),
    monotonic: () => clock().monotonic(),
    schedule: (fn, ms) => clock().schedule(fn, ms),
  }
}

const ownRandom = systemRandom()

/** In [0, 1): from the system whose effect asks, so that a seed decides it; outside, from the machine's own. */
export function effectChance(): number {
  return (currentEffect()?.random ?? ownRandom).next()
}
