/** A brain that is asked again where its provider says that later may be better. */
import type { Clock } from '../src/index.js'
import { assertCount } from './brain-error.js'
import { isTransient, retryAfterMs } from './brain-failure.js'
import { type DefinedBrain, defineBrain } from './define-brain.js'
import { effectChance, effectClock } from './effect-clock.js'
import { wait } from './wait.js'

export interface BrainRetryOptions {
  /** How often it is asked in all. Default 3. */
  readonly maxAttempts?: number
  /** Wait before the second attempt, in ms. Default 500. */
  readonly initialMs?: number
  /** Each wait is this many times the one before. Default 2. */
  readonly factor?: number
  /** Longest wait, in ms. If the provider wants to be left alone for longer, it is not asked again. Default 30 000. */
  readonly maxMs?: number
  /** Share of each wait that is left to chance, 0 to 1. Default 0.2. */
  readonly jitter?: number
  /** Default: timeouts, cut connections, 408, 429 and 5xx. */
  readonly isRetryable?: (error: unknown) => boolean
  /** Chance for the jitter, in [0, 1). Default: that of the system whose effect this is; outside one the machine's own. */
  readonly random?: () => number
  /** Default: the clock of the system whose effect this is; outside one the machine's own. */
  readonly clock?: Clock
}

/**
 * Asks `brain` again after failures that may pass, with growing waits, and no sooner than `retry-after` says. The waits are in
 * memory: after a crash the attempts begin anew. Throws `OPTIONS_INVALID`.
 *
 * @example
 * ```ts
 * import { fromScript, withRetry } from 'roscius/actors'
 *
 * const flaky = fromScript([
 *   Object.assign(new Error('busy'), { status: 503 }),
 *   { event: { type: 'FINISH', output: 1 }, reason: 'it works' },
 * ])
 * export const brain = withRetry(flaky, { maxAttempts: 2 })
 * ```
 */
export function withRetry(brain: DefinedBrain, options: BrainRetryOptions = {}): DefinedBrain {
  const { maxAttempts = 3, isRetryable = isTransient, clock = effectClock(), maxMs = 30_000 } = options
  assertCount('withRetry', 'maxAttempts', maxAttempts)
  return defineBrain(async (request, context) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await brain.decide(request, context)
      } catch (error) {
        const wantedMs = retryAfterMs(error, clock.now()) ?? 0
        const isLast = attempt >= maxAttempts || context.signal.aborted
        if (isLast || wantedMs > maxMs || !isRetryable(error)) throw error
        // By the system's clock: a simulated system simulates the wait.
        await wait(clock, Math.max(wantedMs, backoffMs(attempt, options)), context.signal)
      }
    }
  })
}

function backoffMs(attempt: number, options: BrainRetryOptions): number {
  const { initialMs = 500, factor = 2, maxMs = 30_000, jitter = 0.2, random = effectChance } = options
  return Math.min(maxMs, initialMs * factor ** (attempt - 1)) * (1 + jitter * (random() - 0.5))
}
