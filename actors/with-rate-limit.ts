/**
 * No more questions and tokens a minute than a provider allows.
 *
 * 1. Both are buckets that fill evenly: a minute's worth at most, and never ahead of what was allowed.
 * 2. A question waits for its turn, first come first served for each key, and takes the tokens that it is expected to need.
 *    What it has really used is settled afterwards; a bucket may be overdrawn by that, and then fills first.
 * 3. A 429 is believed: nobody asks under that key before `retry-after`, or before a second if it doesn't say.
 * 4. It lives in memory and belongs to this process; give the same limiter to all brains that share a key.
 */
import { canonical } from '../machines/agent/repetition.js'
import type { BrainRequest } from '../machines/brain.js'
import type { Clock } from '../src/index.js'
import { assertPositive, brainError } from './brain-error.js'
import { isRateLimited, retryAfterMs } from './brain-failure.js'
import { type DefinedBrain, defineBrain } from './define-brain.js'
import { effectClock } from './effect-clock.js'
import { wait } from './wait.js'

export interface RateLimiterOptions {
  /** Default: no limit. */
  readonly requestsPerMinute?: number
  /** Input and output together. Default: no limit. */
  readonly tokensPerMinute?: number
  /** One that would wait longer is refused, in ms. Default 60 000. */
  readonly maxWaitMs?: number
  /** Default: the clock of the system whose effect this is; outside one the machine's own. */
  readonly clock?: Clock
}

export interface RateLimiter {
  /** Waits until a request of so many tokens may go. Rejects with `RATE_LIMITED`, or with the signal's reason. */
  acquire(key: string, tokens: number, signal: AbortSignal): Promise<void>
  /** Takes this many tokens more, or gives them back if negative. */
  settle(key: string, tokens: number): void
  /** The provider has refused a request with a 429: nobody goes before it says so, or for a second if it doesn't say. */
  rejected(key: string, error: unknown): void
}

const MINUTE = 60_000
const BLOCK_MS = 1_000

/**
 * A limiter for all keys of a process. Throws `OPTIONS_INVALID`.
 *
 * @example
 * ```ts
 * import { createRateLimiter, fromRules, withRateLimit } from 'roscius/actors'
 *
 * const limiter = createRateLimiter({ requestsPerMinute: 60, tokensPerMinute: 100_000 })
 * const rules = fromRules([{ decide: { event: { type: 'FINISH', output: 1 }, reason: 'done' } }])
 * export const brain = withRateLimit(rules, { limiter, key: 'provider' })
 * ```
 */
export function createRateLimiter(options: RateLimiterOptions = {}): RateLimiter {
  const { requestsPerMinute = Number.MAX_VALUE, tokensPerMinute = Number.MAX_VALUE, maxWaitMs = 60_000 } = options
  const { clock = effectClock() } = options
  assertPositive('createRateLimiter', 'requestsPerMinute', requestsPerMinute)
  assertPositive('createRateLimiter', 'tokensPerMinute', tokensPerMinute)
  const lanes = new Map<string, Lane>()
  const laneOf = (key: string): Lane => {
    const lane = lanes.get(key) ?? new Lane(key, requestsPerMinute, tokensPerMinute, maxWaitMs, clock)
    lanes.set(key, lane)
    return lane
  }
  return {
    acquire: (key, tokens, signal) => laneOf(key).acquire(tokens, signal),
    settle: (key, tokens) => laneOf(key).settle(tokens),
    rejected: (key, error) => laneOf(key).block(retryAfterMs(error, clock.now()) ?? BLOCK_MS),
  }
}

/** What is left of one limit: fills evenly, up to a minute's worth. */
class Bucket {
  #left: number
  #atMs: number

  constructor(
    private readonly perMinute: number,
    private readonly clock: Clock,
  ) {
    this.#left = perMinute
    this.#atMs = clock.monotonic()
  }

  /** How long until `amount` is there. More than a minute's worth never is: the full bucket has to do. */
  msUntil(amount: number): number {
    this.#fill()
    const missing = Math.min(amount, this.perMinute) - this.#left
    return missing <= 0 ? 0 : Math.ceil((missing / this.perMinute) * MINUTE)
  }

  take(amount: number): void {
    this.#fill()
    this.#left = Math.min(this.perMinute, this.#left - amount)
  }

  #fill(): void {
    const now = this.clock.monotonic()
    this.#left = Math.min(this.perMinute, this.#left + ((now - this.#atMs) / MINUTE) * this.perMinute)
    this.#atMs = now
  }
}

/** The requests of one key, one after the other at the door. */
class Lane {
  readonly #requests: Bucket
  readonly #tokens: Bucket
  #blockedUntilMs = 0
  #last: Promise<void> = Promise.resolve()

  constructor(
    private readonly key: string,
    requestsPerMinute: number,
    tokensPerMinute: number,
    private readonly maxWaitMs: number,
    private readonly clock: Clock,
  ) {
    this.#requests = new Bucket(requestsPerMinute, clock)
    this.#tokens = new Bucket(tokensPerMinute, clock)
  }

  acquire(tokens: number, signal: AbortSignal): Promise<void> {
    const untilMs = this.clock.monotonic() + this.maxWaitMs
    const turn = this.#last.then(() => this.#go(tokens, untilMs, signal))
    this.#last = turn.catch(() => undefined)
    return untilAborted(turn, signal)
  }

  settle(tokens: number): void {
    this.#tokens.take(tokens)
  }

  block(ms: number): void {
    this.#blockedUntilMs = Math.max(this.#blockedUntilMs, this.clock.monotonic() + ms)
  }

  /** A block may come while it waits, so it looks again. It waits by the system's clock: a simulated system simulates it. */
  async #go(tokens: number, untilMs: number, signal: AbortSignal): Promise<void> {
    for (let ms = this.#msUntil(tokens); ms > 0; ms = this.#msUntil(tokens)) {
      signal.throwIfAborted()
      if (this.clock.monotonic() + ms > untilMs) throw this.#refusal(ms)
      await wait(this.clock, ms, signal)
    }
    signal.throwIfAborted()
    this.#requests.take(1)
    this.#tokens.take(tokens)
  }

  #msUntil(tokens: number): number {
    const blockedMs = this.#blockedUntilMs - this.clock.monotonic()
    return Math.max(blockedMs, this.#requests.msUntil(1), this.#tokens.msUntil(tokens))
  }

  #refusal(ms: number): Error {
    const message = `The rate limit of ${this.key} would hold this request for ${ms} ms more. Ask again later.`
    return brainError('RATE_LIMITED', message, { key: this.key, retryAfterMs: ms })
  }
}

/** Who no longer wants to go need not wait for those before. */
function untilAborted(turn: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    turn.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}

export interface RateLimitOptions {
  readonly limiter: RateLimiter
  /** Whose limit it is: a provider, a model, an account. Default `default`. */
  readonly key?: string
  /** What a request will need, in tokens. Default: a token for 4 characters, and 500 for the answer. */
  readonly tokensOf?: (request: BrainRequest) => number
}

/**
 * `brain`, asked no faster than the limiter allows. A 429 makes everybody under that key wait; the error is passed on, for
 * `withRetry` around it to ask again.
 *
 * @example
 * ```ts
 * import { createRateLimiter, fromRules, withRateLimit, withRetry } from 'roscius/actors'
 *
 * const limiter = createRateLimiter({ requestsPerMinute: 60 })
 * const rules = fromRules([{ decide: { event: { type: 'FINISH', output: 1 }, reason: 'done' } }])
 * export const brain = withRetry(withRateLimit(rules, { limiter, key: 'provider' }))
 * ```
 */
export function withRateLimit(brain: DefinedBrain, options: RateLimitOptions): DefinedBrain {
  const { limiter, key = 'default', tokensOf = guessTokens } = options
  return defineBrain(async (request, context) => {
    const expected = tokensOf(request)
    await limiter.acquire(key, expected, context.signal)
    try {
      const decision = await brain.decide(request, context)
      const { usage } = decision
      if (usage !== undefined) limiter.settle(key, usage.inputTokens + usage.outputTokens - expected)
      return decision
    } catch (error) {
      if (isRateLimited(error)) {
        limiter.settle(key, -expected)
        limiter.rejected(key, error)
      }
      throw error
    }
  })
}

function guessTokens(request: BrainRequest): number {
  return Math.ceil(canonical(request).length / 4) + 500
}
