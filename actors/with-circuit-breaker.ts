/**
 * A provider that fails is left alone for a while: the statechart of `roscius/machines`, one for each key.
 *
 * 1. A 429 is no failure, nor is a request that was wrong, given up or never sent: they say nothing bad of the provider.
 * 2. While it is open, brains fail at once with `CIRCUIT_OPEN`. When it is half open, one call is the probe; the others fail.
 * 3. It lives in memory and belongs to this process; give the same breakers to all brains that share a key.
 */
import { type Actor, createActor } from 'xstate'
import { type CircuitBreakerOptions, createCircuitBreakerMachine } from '../machines/circuit-breaker.js'
import type { Clock } from '../src/index.js'
import { brainError } from './brain-error.js'
import { isProviderFailure, isRateLimited } from './brain-failure.js'
import { type DefinedBrain, defineBrain } from './define-brain.js'
import { effectClock } from './effect-clock.js'

type BreakerMachine = ReturnType<typeof createCircuitBreakerMachine>
export type CircuitState = 'closed' | 'open' | 'halfOpen'

export interface CircuitBreakersOptions extends CircuitBreakerOptions {
  /** What counts as a failure. Default: 5xx, 408, timeouts, cut connections, and errors without a status. */
  readonly isFailure?: (error: unknown) => boolean
  /** Default: the clock of the system whose effect this is; outside one the machine's own. */
  readonly clock?: Clock
}

export interface CircuitBreakers {
  /** Runs `work` if the breaker of `key` lets it. Rejects with `CIRCUIT_OPEN`. */
  run<T>(key: string, work: () => Promise<T>): Promise<T>
  stateOf(key: string): CircuitState
  /** Ends their timers. */
  stop(): void
}

/**
 * The breakers of a process, by key. Throws `OPTIONS_INVALID`.
 *
 * @example
 * ```ts
 * import { createCircuitBreakers, fromRules, withCircuitBreaker } from 'roscius/actors'
 *
 * const breakers = createCircuitBreakers({ maxFailures: 5, withinMs: 30_000, openMs: 30_000 })
 * const rules = fromRules([{ decide: { event: { type: 'FINISH', output: 1 }, reason: 'done' } }])
 * export const brain = withCircuitBreaker(rules, { breakers, key: 'provider' })
 * ```
 */
export function createCircuitBreakers(options: CircuitBreakersOptions = {}): CircuitBreakers {
  const { isFailure = isProviderFailure, clock = effectClock(), ...settings } = options
  const machine = createCircuitBreakerMachine(settings)
  const actors = new Map<string, Actor<BreakerMachine>>()
  const breakerOf = (key: string): Actor<BreakerMachine> => {
    const known = actors.get(key)
    if (known !== undefined) return known
    const made = createActor(machine, { clock: timersOf(clock) }).start()
    actors.set(key, made)
    return made
  }
  return {
    run: (key, work) => runIn(breakerOf(key), key, work, isFailure, clock),
    stateOf(key) {
      const { value } = breakerOf(key).getSnapshot()
      return typeof value === 'string' ? value : 'halfOpen'
    },
    stop() {
      for (const actor of actors.values()) actor.stop()
      actors.clear()
    },
  }
}

async function runIn<T>(
  breaker: Actor<BreakerMachine>,
  key: string,
  work: () => Promise<T>,
  isFailure: (error: unknown) => boolean,
  clock: Clock,
): Promise<T> {
  if (!breaker.getSnapshot().matches('closed')) return probe(breaker, key, work, isFailure)
  try {
    return await work()
  } catch (error) {
    if (counts(error, isFailure)) breaker.send({ type: 'FAILED', atMs: clock.monotonic() })
    throw error
  }
}

async function probe<T>(
  breaker: Actor<BreakerMachine>,
  key: string,
  work: () => Promise<T>,
  isFailure: (error: unknown) => boolean,
): Promise<T> {
  if (!breaker.getSnapshot().can({ type: 'PROBE' }))
    throw brainError('CIRCUIT_OPEN', `${key} has failed too often and is left alone for a while. Ask again later.`, {
      key,
    })
  breaker.send({ type: 'PROBE' })
  const { probes } = breaker.getSnapshot().context
  try {
    const result = await work()
    breaker.send({ type: 'PROBE_SUCCEEDED', probe: probes })
    return result
  } catch (error) {
    breaker.send({ type: counts(error, isFailure) ? 'PROBE_FAILED' : 'PROBE_DROPPED', probe: probes })
    throw error
  }
}

function counts(error: unknown, isFailure: (error: unknown) => boolean): boolean {
  return !isRateLimited(error) && isFailure(error)
}

/** XState's clock on ours. */
function timersOf(clock: Clock) {
  const cancels = new Map<number, () => void>()
  let next = 0
  return {
    setTimeout(fn: (...args: unknown[]) => void, ms: number): number {
      const id = next++
      const fire = (): void => {
        cancels.delete(id)
        fn()
      }
      cancels.set(id, clock.schedule(fire, ms))
      return id
    },
    clearTimeout(id: number): void {
      cancels.get(id)?.()
      cancels.delete(id)
    },
  }
}

/**
 * `brain` behind the breaker of `key`.
 *
 * @example
 * ```ts
 * import { createCircuitBreakers, fromRules, withCircuitBreaker, withFallback } from 'roscius/actors'
 *
 * const breakers = createCircuitBreakers()
 * const rules = fromRules([{ decide: { event: { type: 'FINISH', output: 1 }, reason: 'done' } }])
 * export const brain = withFallback([withCircuitBreaker(rules, { breakers, key: 'provider' }), rules])
 * ```
 */
export function withCircuitBreaker(
  brain: DefinedBrain,
  { breakers, key = 'default' }: { readonly breakers: CircuitBreakers; readonly key?: string },
): DefinedBrain {
  return defineBrain((request, context) => breakers.run(key, async () => brain.decide(request, context)))
}
