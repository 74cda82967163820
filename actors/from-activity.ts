/**
 * An effect with a deadline and retries: what most calls to the outside want.
 *
 * It is plain XState promise logic, inside Roscius and outside. Inside, each attempt keeps the effect's id
 * (`currentEffect().effectId`), and `idempotent: false` keeps a crash from starting it twice.
 */
import { fromPromise, type PromiseActorLogic } from 'xstate'
import { currentEffect, RosciusError } from '../src/index.js'

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
  readonly retry?: RetryPolicy
  /** `false`: after a crash it is not started again but fails with `OUTCOME_UNKNOWN`, and the statechart decides. Default `true`. */
  readonly idempotent?: boolean
  /** Chance for the jitter, in [0, 1). Default `Math.random`. */
  readonly random?: () => number
}

export interface ActivityArgs<TInput> {
  readonly input: TInput
  /** Aborted on the deadline of the attempt and when the effect is stopped. */
  readonly signal: AbortSignal
  /** The same for all attempts, over crashes too; `undefined` outside Roscius. */
  readonly effectId: string | undefined
  /** Counts from 1 within this start of the effect. */
  readonly attempt: number
}

/**
 * Promise logic around `fn` with a deadline for each attempt and backoff between attempts.
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
  const logic = fromPromise<TOutput, TInput>(({ input, signal }) => run(fn, input, signal, options))
  return Object.assign(logic, { roscius: { idempotent: options.idempotent !== false } })
}

async function run<TOutput, TInput>(
  fn: (args: ActivityArgs<TInput>) => Promise<TOutput> | TOutput,
  input: TInput,
  signal: AbortSignal,
  { timeoutMs, retry = {}, random = Math.random }: ActivityOptions,
): Promise<TOutput> {
  const { maxAttempts = 1, isRetryable = () => true } = retry
  for (let attempt = 1; ; attempt++) {
    try {
      return await once(fn, input, signal, attempt, timeoutMs)
    } catch (error) {
      if (signal.aborted || attempt >= maxAttempts || !isRetryable(error)) throw error
      await pause(backoffMs(attempt, retry, random), signal)
    }
  }
}

async function once<TOutput, TInput>(
  fn: (args: ActivityArgs<TInput>) => Promise<TOutput> | TOutput,
  input: TInput,
  outer: AbortSignal,
  attempt: number,
  timeoutMs: number | undefined,
): Promise<TOutput> {
  const effectId = currentEffect()?.effectId
  if (timeoutMs === undefined) return await fn({ input, signal: outer, effectId, attempt })
  const deadline = new AbortController()
  const signal = AbortSignal.any([outer, deadline.signal])
  let timer: NodeJS.Timeout | undefined
  const timedOut = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new RosciusError(
        'TIMEOUT',
        `The activity${effectId === undefined ? '' : ` ${effectId}`} did not finish within ${timeoutMs} ms.`,
        { details: { timeoutMs, attempt } },
      )
      reject(error)
      deadline.abort(error)
    }, timeoutMs)
  })
  try {
    return await Promise.race([fn({ input, signal, effectId, attempt }), timedOut])
  } finally {
    clearTimeout(timer)
  }
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

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal.addEventListener('abort', stop, { once: true })
  })
}
