/**
 * An effect with a deadline and retries: what most calls to the outside want.
 *
 * It is plain XState promise logic, inside Roscius and outside. Inside, each attempt keeps the effect's id
 * (`currentEffect().effectId`), and `idempotent: false` keeps a crash from starting it twice.
 */
import { fromPromise, type PromiseActorLogic } from 'xstate'
import { type CurrentEffect, currentEffect, RosciusError } from '../src/index.js'
import { Attempt } from './attempt.js'
import { effectChance, effectClock } from './effect-clock.js'
import { wait } from './wait.js'
import { assertHeartbeatMs } from './with-heartbeat.js'

export interface RetryPolicy {
  /** How often it is tried in all. Default 1: no retry. */
  readonly maxAttempts?: number
  /** Wait before the second attempt, in ms. Default 200. */
  readonly initialMs?: number
  /** Each wait is this many times the one before. Default 2. */
  readonly factor?: number
  /** Longest wait, in ms. Default 30 000. */
  readonly maxMs?: number
  /** Share of each wait that is left to chance, 0 to 1. Default 0.2. */
  readonly jitter?: number
  /** Whether this error is worth another attempt. Default: every one is. */
  readonly isRetryable?: (error: unknown) => boolean
}

export interface ActivityOptions {
  /** Deadline of one attempt, in ms; its signal is then aborted and it fails with `TIMEOUT`. Default: none. */
  readonly timeoutMs?: number
  /**
   * Longest silence within one attempt, in ms, without a call of `heartbeat()`; its signal is then aborted and it fails with
   * `TIMEOUT`. Waits between attempts don't count. Default: none; outside Roscius it is not watched.
   */
  readonly heartbeatMs?: number
  readonly retry?: RetryPolicy
  /** `false`: after a crash it is not started again but fails with `OUTCOME_UNKNOWN`, and the statechart decides. Default `true`. */
  readonly idempotent?: boolean
  /** Chance for the jitter, in [0, 1). Default: that of the system whose effect this is; outside one the machine's own. */
  readonly random?: () => number
}

export interface ActivityArgs<TInput> {
  readonly input: TInput
  /** Aborted on the deadline of the attempt, on its silence, and when the effect is stopped. */
  readonly signal: AbortSignal
  /** The same for all attempts, over crashes too; `undefined` outside Roscius. */
  readonly effectId: string | undefined
  /** Counts from 1 within this start of the effect. */
  readonly attempt: number
  /** Says that this attempt makes progress; see `heartbeatMs`. */
  readonly heartbeat: () => void
}

/** All waits and deadlines here go by the system's clock: a simulated system simulates them. */
const clock = effectClock()

/** What an effect does when it has been silent too long: answers whether it has dealt with that and goes on. */
type OnSilence = (error: unknown) => boolean

/**
 * Promise logic around `fn` with a deadline and a longest silence for each attempt, and backoff between attempts. Throws
 * `OPTIONS_INVALID` for a `heartbeatMs` that is not above 0.
 *
 * @example
 * ```ts
 * import { fromActivity } from 'roscius/actors'
 *
 * const fetchPage = fromActivity(
 *   async ({ input, signal }: { input: { url: string }; signal: AbortSignal }) => (await fetch(input.url, { signal })).text(),
 *   { timeoutMs: 10_000, retry: { maxAttempts: 5, initialMs: 500 } },
 * )
 * ```
 */
export function fromActivity<TOutput, TInput = undefined>(
  fn: (args: ActivityArgs<TInput>) => Promise<TOutput> | TOutput,
  options: ActivityOptions = {},
): PromiseActorLogic<TOutput, TInput> {
  const { idempotent = true, heartbeatMs } = options
  if (heartbeatMs !== undefined) assertHeartbeatMs(heartbeatMs)
  const running = new WeakMap<CurrentEffect, OnSilence>()
  const logic = fromPromise<TOutput, TInput>(({ input, signal }) => {
    const effect = currentEffect()
    const activity = new Activity(fn, input, signal, options, effect)
    if (effect !== undefined) running.set(effect, (error) => activity.onSilence(error))
    return activity.run()
  })
  const onSilence: OnSilence = (error) => running.get(currentEffect() as CurrentEffect)?.(error) === true
  return Object.assign(logic, { roscius: { idempotent, heartbeatMs, onSilence } })
}

/** One start of an activity: its attempts and the waits between them. */
class Activity<TOutput, TInput> {
  readonly #retry: RetryPolicy
  #number = 0
  /** Undefined in the wait between attempts. */
  #current: Attempt | undefined

  constructor(
    private readonly fn: (args: ActivityArgs<TInput>) => Promise<TOutput> | TOutput,
    private readonly input: TInput,
    private readonly signal: AbortSignal,
    private readonly options: ActivityOptions,
    private readonly effect: CurrentEffect | undefined,
  ) {
    this.#retry = options.retry ?? {}
  }

  async run(): Promise<TOutput> {
    for (;;) {
      this.#number++
      try {
        return await this.#once()
      } catch (error) {
        if (this.signal.aborted || !this.#isRetried(error)) throw error
        await wait(clock, backoffMs(this.#number, this.#retry, this.options.random ?? effectChance), this.signal)
      }
    }
  }

  /** Silence ends the attempt, and the effect with it if that was the last one. */
  onSilence(error: unknown): boolean {
    if (this.#current === undefined) return true
    if (!this.#isRetried(error)) return false
    this.#current.end(error)
    return true
  }

  #isRetried(error: unknown): boolean {
    const { maxAttempts = 1, isRetryable = () => true } = this.#retry
    return this.#number < maxAttempts && isRetryable(error)
  }

  async #once(): Promise<TOutput> {
    const { fn, input, effect } = this
    const effectId = effect?.effectId
    const attempt = this.#number
    const current = new Attempt(this.signal, clock)
    const { signal } = current
    const heartbeat = (): void => {
      if (!signal.aborted) effect?.heartbeat()
    }
    heartbeat()
    this.#current = current
    const { timeoutMs } = this.options
    if (timeoutMs !== undefined) current.endAfter(timeoutMs, tooLate(effectId, timeoutMs, attempt))
    try {
      return await current.run(() => fn({ input, signal, effectId, attempt, heartbeat }))
    } finally {
      this.#current = undefined
    }
  }
}

function tooLate(effectId: string | undefined, timeoutMs: number, attempt: number): RosciusError {
  const which = effectId === undefined ? '' : ` ${effectId}`
  return new RosciusError('TIMEOUT', `The activity${which} did not finish within ${timeoutMs} ms.`, {
    details: { timeoutMs, attempt },
  })
}

/** Exponential backoff with jitter around the wait: `wait * (1 ± jitter / 2)`. */
function backoffMs(
  attempt: number,
  { initialMs = 200, factor = 2, maxMs = 30_000, jitter = 0.2 }: RetryPolicy,
  random: () => number,
): number {
  const wait = Math.min(maxMs, initialMs * factor ** (attempt - 1))
  return wait * (1 + jitter * (random() - 0.5))
}
