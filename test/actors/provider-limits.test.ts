import { simulatedClock } from 'roscius/testing'
import { describe, expect, it } from 'vitest'
import { fromScript } from '../../actors/from-script.js'
import {
  type CircuitBreakersOptions,
  createCircuitBreakers,
  withCircuitBreaker,
} from '../../actors/with-circuit-breaker.js'
import { createRateLimiter, type RateLimiterOptions, withRateLimit } from '../../actors/with-rate-limit.js'
import { ask, contextOf, failure, finish, rest } from './brain-stage.js'

const many = (count: number) => Array.from({ length: count }, () => finish())

describe('withRateLimit', () => {
  const limited = (steps: Parameters<typeof fromScript>[0], options: RateLimiterOptions, tokens = 0) => {
    const clock = simulatedClock({ now: 1_000_000 })
    const script = fromScript(steps)
    const limiter = createRateLimiter({ clock, ...options })
    return { clock, script, limiter, brain: withRateLimit(script, { limiter, key: 'k', tokensOf: () => tokens }) }
  }

  it('lets a minute of requests go at once, and the others as the minute goes on', async () => {
    const { clock, script, brain } = limited(many(4), { requestsPerMinute: 2 })
    const all = [1, 2, 3, 4].map(() => ask(brain))
    await rest()
    expect(script.asked).toHaveLength(2)
    await clock.advance(29_999)
    expect(script.asked).toHaveLength(2)
    await clock.advance(1)
    expect(script.asked).toHaveLength(3)
    await clock.advance(30_000)
    await Promise.all(all)
  })

  it('counts tokens: what is expected first, what was used afterwards', async () => {
    const usage = { inputTokens: 40, outputTokens: 20 }
    const { clock, script, brain } = limited([finish(1, { usage }), finish(), finish()], { tokensPerMinute: 60 }, 30)
    await ask(brain)
    const second = ask(brain)
    await clock.advance(29_999)
    expect(script.asked).toHaveLength(1)
    await clock.advance(1)
    await second
  })

  it('lets a request go that is larger than a minute allows, when the minute is over', async () => {
    const { brain } = limited(many(1), { tokensPerMinute: 10 }, 1_000)
    await ask(brain)
  })

  it('is shared by all brains of a key, and by no other', async () => {
    const { clock, script, limiter, brain } = limited(many(3), { requestsPerMinute: 1 })
    const other = withRateLimit(script, { limiter, key: 'k' })
    const elsewhere = withRateLimit(script, { limiter, key: 'another' })
    await ask(brain)
    const waiting = ask(other)
    await ask(elsewhere)
    expect(script.asked).toHaveLength(2)
    await clock.advance(60_000)
    await waiting
  })

  it.each([
    ['what it says in seconds', { status: 429, headers: { 'retry-after': '7' } }, 7_000],
    ['what it says as a date', { status: 429, headers: { 'retry-after': new Date(1_005_000).toUTCString() } }, 5_000],
    ['what an SDK hides', { lastError: { statusCode: 429, responseHeaders: { 'retry-after-ms': '300' } } }, 300],
    ['a second, if it says nothing', { response: { status: 429 } }, 1_000],
    ['a second, if it says nonsense', { status: 429, headers: { 'retry-after-ms': 'Infinity' } }, 1_000],
  ])('leaves a provider alone after a 429 for %s, and passes the error on', async (_, fields, ms) => {
    const { clock, script, brain } = limited([failure(fields), finish()], {})
    await expect(ask(brain)).rejects.toThrow('down')
    const second = ask(brain)
    await clock.advance(ms - 1)
    expect(script.asked).toHaveLength(1)
    await clock.advance(1)
    await second
  })

  it('takes no tokens for a request that the provider has refused', async () => {
    const { clock, brain } = limited([failure({ status: 429 }), finish()], { tokensPerMinute: 60 }, 60)
    await expect(ask(brain)).rejects.toThrow('down')
    const second = ask(brain)
    await clock.advance(1_000)
    expect(await second).toEqual(finish())
  })

  it('refuses a request that would wait too long', async () => {
    const { brain } = limited(many(2), { requestsPerMinute: 1, maxWaitMs: 10_000 })
    await ask(brain)
    await expect(ask(brain)).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      details: { key: 'k', retryAfterMs: 60_000 },
    })
  })

  it('lets go at once who no longer wants to wait, and takes nothing for them', async () => {
    const { clock, script, brain } = limited(many(3), { requestsPerMinute: 1 })
    await ask(brain)
    const before = ask(brain)
    const controller = new AbortController()
    const waiting = ask(brain, {}, contextOf({ signal: controller.signal }))
    await rest()
    controller.abort()
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
    await clock.advance(60_000)
    await before
    const last = ask(brain)
    await clock.advance(60_000)
    await last
    expect(script.asked).toHaveLength(3)
  })

  it('has limits above 0', () => {
    expect(() => createRateLimiter({ requestsPerMinute: 0 })).toThrow('requestsPerMinute must be')
  })
})

describe('withCircuitBreaker', () => {
  const broken = (steps: Parameters<typeof fromScript>[0], options: CircuitBreakersOptions = {}) => {
    const clock = simulatedClock()
    const script = fromScript(steps)
    const breakers = createCircuitBreakers({ clock, ...options })
    return { clock, script, breakers, brain: withCircuitBreaker(script, { breakers, key: 'k' }) }
  }
  const fails = (fields: object) => Array.from({ length: 9 }, () => failure(fields))
  const askAll = async (brain: Parameters<typeof ask>[0], times: number) => {
    for (let time = 0; time < times; time++) await ask(brain).catch(() => undefined)
  }

  it('leaves a provider alone after 5 failures in 30 seconds', async () => {
    const { script, brain, breakers } = broken(fails({ status: 500 }))
    await askAll(brain, 5)
    expect(breakers.stateOf('k')).toBe('open')
    await expect(ask(brain)).rejects.toMatchObject({ code: 'CIRCUIT_OPEN', details: { key: 'k' } })
    expect(script.asked).toHaveLength(5)
  })

  it('does not while they are further apart', async () => {
    const { clock, brain, breakers } = broken(fails({}))
    for (let time = 0; time < 9; time++) {
      await askAll(brain, 1)
      await clock.advance(10_000)
    }
    expect(breakers.stateOf('k')).toBe('closed')
  })

  it.each([
    [{ status: 429 }],
    [{ status: 400 }],
    [{ name: 'AbortError' }],
    [{ code: 'BUDGET_EXHAUSTED' }],
    [{ code: 'RATE_LIMITED' }],
  ])('counts nothing that says nothing of the provider: %j', async (fields) => {
    const { brain, breakers } = broken(fails(fields))
    await askAll(brain, 9)
    expect(breakers.stateOf('k')).toBe('closed')
  })

  it('counts a 429 under no rule, and otherwise what its options say', async () => {
    const isFailure = () => true
    const limited = broken(fails({ status: 429 }), { isFailure })
    await askAll(limited.brain, 9)
    expect(limited.breakers.stateOf('k')).toBe('closed')
    const wrong = broken(fails({ status: 400 }), { isFailure })
    await askAll(wrong.brain, 9)
    expect(wrong.breakers.stateOf('k')).toBe('open')
  })

  it('probes once when it is half open, and goes on when that is answered', async () => {
    let answer: () => void = () => {}
    const probe = () =>
      new Promise<ReturnType<typeof finish>>((resolve) => {
        answer = () => resolve(finish())
      })
    const { clock, script, brain, breakers } = broken([...fails({}).slice(0, 5), probe, finish()])
    await askAll(brain, 5)
    await clock.advance(30_000)
    expect(breakers.stateOf('k')).toBe('halfOpen')
    const probing = ask(brain)
    await expect(ask(brain)).rejects.toMatchObject({ code: 'CIRCUIT_OPEN' })
    await rest()
    answer()
    await probing
    await ask(brain)
    expect([breakers.stateOf('k'), script.asked.length]).toEqual(['closed', 7])
  })

  it('is open again when the probe fails; one that says nothing makes room for another', async () => {
    const { clock, brain, breakers } = broken([...fails({}).slice(0, 6), failure({ status: 429 }), finish()])
    await askAll(brain, 5)
    await clock.advance(30_000)
    await askAll(brain, 1)
    expect(breakers.stateOf('k')).toBe('open')
    await clock.advance(30_000)
    await askAll(brain, 1)
    expect(breakers.stateOf('k')).toBe('halfOpen')
    await ask(brain)
    expect(breakers.stateOf('k')).toBe('closed')
  })

  it('is one for each key, shared by all brains of it, and leaves no timer behind when it is stopped', async () => {
    const { clock, script, brain, breakers } = broken([...fails({}).slice(0, 5), finish()])
    await askAll(brain, 5)
    await expect(ask(withCircuitBreaker(script, { breakers, key: 'k' }))).rejects.toMatchObject({
      code: 'CIRCUIT_OPEN',
    })
    await ask(withCircuitBreaker(script, { breakers, key: 'another' }))
    expect(clock.pending).toBe(1)
    breakers.stop()
    expect(clock.pending).toBe(0)
  })
})
