import { simulatedClock } from 'roscius/testing'
import { describe, expect, it } from 'vitest'
import { defineBrain } from '../../actors/define-brain.js'
import { fromScript } from '../../actors/from-script.js'
import { routeByComplexity } from '../../actors/route-by-complexity.js'
import { createBulkhead, withBulkhead } from '../../actors/with-bulkhead.js'
import { withCache } from '../../actors/with-cache.js'
import { withFallback } from '../../actors/with-fallback.js'
import { withRetry } from '../../actors/with-retry.js'
import type { Decision } from '../../machines/brain.js'
import { ask, contextOf, failure, finish, rest } from './brain-stage.js'

const outputOf = ({ event }: Decision): unknown => event.output
const aborting = () => {
  const controller = new AbortController()
  return { abort: () => controller.abort(), context: contextOf({ signal: controller.signal }) }
}

describe('withFallback', () => {
  it('asks the next brain where one fails, or decides what is not legal', async () => {
    const illegal = fromScript([{ event: { type: 'FLY' }, reason: '' }])
    const brain = withFallback([fromScript([failure()]), illegal, fromScript([finish(3)])])
    expect(outputOf(await ask(brain))).toBe(3)
    expect(illegal.asked).toHaveLength(1)
  })

  it('asks no further than it has to', async () => {
    const second = fromScript([])
    await ask(withFallback([fromScript([finish()]), second]))
    expect(second.asked).toEqual([])
  })

  it('answers what the last one says, be it an error', async () => {
    await expect(ask(withFallback([fromScript([failure()]), fromScript([new Error('last')])]))).rejects.toThrow('last')
  })

  it('passes on neither an abort nor a budget that is spent, nor what its options say', async () => {
    const second = fromScript([finish(), finish(), finish()])
    const { abort, context } = aborting()
    abort()
    await expect(ask(withFallback([fromScript([failure()]), second]), {}, context)).rejects.toThrow('down')
    const spent = failure({ code: 'BUDGET_EXHAUSTED' })
    await expect(ask(withFallback([fromScript([spent]), second]))).rejects.toThrow('down')
    const never = { isPassedOn: () => false }
    await expect(ask(withFallback([fromScript([failure()]), second], never))).rejects.toThrow('down')
    expect(second.asked).toEqual([])
  })

  it('counts what all have used whose decisions it has heard', async () => {
    const usage = { inputTokens: 10, outputTokens: 5, costUsd: 0.5 }
    const illegal = fromScript([{ event: { type: 'FLY' }, reason: '', usage }])
    const paid = withFallback([illegal, fromScript([finish(1, { usage: { inputTokens: 1, outputTokens: 1 } })])])
    expect((await ask(paid)).usage).toEqual({ inputTokens: 11, outputTokens: 6, costUsd: 0.5 })
    const free = withFallback([fromScript([{ event: { type: 'FLY' }, reason: '', usage }]), fromScript([finish(1)])])
    expect((await ask(free)).usage).toEqual(usage)
    expect(await ask(withFallback([fromScript([]), fromScript([finish(1)])]))).not.toHaveProperty('usage')
  })

  it('needs a brain', () => {
    expect(() => withFallback([])).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID' }))
  })
})

describe('routeByComplexity', () => {
  const routes = () => ({ small: fromScript([finish('small'), finish('small')]), large: fromScript([finish('large')]) })

  it('asks the cheap brain easy questions, and the other one hard ones', async () => {
    const { small, large } = routes()
    const brain = routeByComplexity([{ brain: small, upTo: 1 }, { brain: large }])
    expect(outputOf(await ask(brain))).toBe('small')
    expect(outputOf(await ask(brain, { memory: ['x'.repeat(2_000)] }))).toBe('large')
  })

  it('asks the better brain when an answer was refused, or is not good enough', async () => {
    const { small, large } = routes()
    const byRefusal = routeByComplexity([{ brain: small, upTo: 1 }, { brain: large }])
    expect(outputOf(await ask(byRefusal, { refused: [{ decision: finish(), reason: 'no' }] }))).toBe('large')
    const again = routes()
    const byDoubt = routeByComplexity([{ brain: again.small, upTo: 1 }, { brain: again.large }], {
      isGoodEnough: ({ event }) => event.output !== 'small',
    })
    expect(outputOf(await ask(byDoubt))).toBe('large')
    expect(again.small.asked).toHaveLength(1)
    const usage = { inputTokens: 10, outputTokens: 5 }
    const cheap = fromScript([finish('cheap', { usage })])
    const dear = fromScript([finish('dear', { usage })])
    const both = routeByComplexity([{ brain: cheap, upTo: 1 }, { brain: dear }], { isGoodEnough: () => false })
    expect((await ask(both)).usage).toEqual({ inputTokens: 20, outputTokens: 10 })
  })

  it('asks the last one about what is beyond all others, and never nobody', async () => {
    const { small, large } = routes()
    const brain = routeByComplexity(
      [
        { brain: small, upTo: 1 },
        { brain: large, upTo: 2 },
      ],
      { complexityOf: () => 99 },
    )
    expect(outputOf(await ask(brain))).toBe('large')
    const one = routeByComplexity([{ brain: small }])
    expect(
      outputOf(
        await ask(one, {
          refused: [
            { decision: 1, reason: '' },
            { decision: 2, reason: '' },
          ],
        }),
      ),
    ).toBe('small')
  })

  it('has no routes that are never taken', () => {
    const { small, large } = routes()
    expect(() => routeByComplexity([])).toThrow('routes must not be empty')
    expect(() => routeByComplexity([{ brain: small }, { brain: large }])).toThrow('routes.0.upTo is missing')
  })
})

describe('withRetry', () => {
  const setup = (steps: Parameters<typeof fromScript>[0], options = {}) => {
    const clock = simulatedClock()
    const script = fromScript(steps)
    return { clock, script, brain: withRetry(script, { clock, jitter: 0, ...options }) }
  }

  it('asks again after growing waits, so often', async () => {
    const { clock, script, brain } = setup([failure({ status: 503 }), failure({ code: 'ECONNRESET' }), finish()])
    const answer = ask(brain)
    await clock.advance(499)
    expect(script.asked).toHaveLength(1)
    await clock.advance(1)
    await clock.advance(999)
    expect(script.asked).toHaveLength(2)
    await clock.advance(1)
    expect(await answer).toEqual(finish())
    const tired = setup([failure({ status: 500 }), failure({ status: 500 })], { maxAttempts: 2 })
    const rejected = expect(ask(tired.brain)).rejects.toThrow('down')
    await tired.clock.advance(500)
    await rejected
  })

  it.each([
    { statusCode: 409, failureClass: 'transient' },
    { status: 425, failureClass: 'timeout' },
  ])('asks again where the error says that it passes, whatever its status: %j', async (fields) => {
    const { clock, brain } = setup([failure(fields), finish()])
    const answer = ask(brain)
    await clock.advance(500)
    expect(await answer).toEqual(finish())
  })

  it('waits as long as the provider wants, and gives up where that is too long', async () => {
    const { clock, script, brain } = setup([
      failure({ statusCode: 429, responseHeaders: { 'Retry-After': '7' } }),
      failure({ status: 429, headers: new Headers({ 'retry-after-ms': '60000' }) }),
    ])
    const rejected = expect(ask(brain)).rejects.toMatchObject({ status: 429 })
    await clock.advance(6_999)
    expect(script.asked).toHaveLength(1)
    await clock.advance(1)
    await rejected
    expect(script.asked).toHaveLength(2)
  })

  it.each([[{ status: 400 }], [{ statusCode: 401 }], [{}], [{ name: 'AbortError' }]])(
    'does not ask again where that can not help: %j',
    async (fields) => {
      const { script, brain } = setup([failure(fields), finish()])
      await expect(ask(brain)).rejects.toThrow('down')
      expect(script.asked).toHaveLength(1)
    },
  )

  it('stops waiting when it is stopped', async () => {
    const { clock, brain } = setup([failure({ status: 503 })])
    const { abort, context } = aborting()
    const answer = ask(brain, {}, context)
    await rest()
    expect(clock.pending).toBe(1)
    abort()
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' })
    expect(clock.pending).toBe(0)
  })

  it('leaves a share of each wait to chance', async () => {
    const { clock, brain } = setup([failure({ status: 503 }), finish()], { jitter: 0.2, random: () => 0 })
    const answer = ask(brain)
    await clock.advance(450)
    expect(await answer).toEqual(finish())
  })

  it('asks at least once', () => {
    expect(() => withRetry(fromScript([]), { maxAttempts: 0 })).toThrow('maxAttempts must be')
  })
})

describe('withCache', () => {
  const pure = (output: unknown) => finish(output, { pure: true, usage: { inputTokens: 9, outputTokens: 9 } })
  const setup = (steps: Parameters<typeof fromScript>[0], options = {}) => {
    const clock = simulatedClock()
    const script = fromScript(steps)
    return { clock, script, brain: withCache(script, { clock, ...options }) }
  }

  it('answers the same question from memory, for nothing, whatever the turn', async () => {
    const { script, brain } = setup([pure(1)])
    await ask(brain)
    const again = await ask(brain, { turn: 5, limits: { turnsLeft: 1 } })
    expect(again).toMatchObject({ event: { output: 1 }, usage: { inputTokens: 0, outputTokens: 0, costUsd: 0 } })
    expect(script.asked).toHaveLength(1)
  })

  it('keeps no decision that does not say that it is pure, and answers no other question', async () => {
    const { script, brain } = setup([finish(1), pure(2), pure(3), pure(4)])
    await ask(brain)
    await ask(brain)
    await ask(brain, { observations: [{ turn: 1, kind: 'note', text: 'x' }] })
    await ask(brain, { legal: [{ type: 'FINISH' }] })
    expect(script.asked).toHaveLength(4)
  })

  it('forgets after a while, and what was used least when it is full', async () => {
    const { clock, script, brain } = setup([pure(1), pure(2), pure(3), pure(4), pure(5)], { ttlMs: 100, maxEntries: 2 })
    await ask(brain, { goal: 'a' })
    await ask(brain, { goal: 'b' })
    await ask(brain, { goal: 'a' })
    await ask(brain, { goal: 'c' })
    expect(script.asked).toHaveLength(3)
    await ask(brain, { goal: 'a' })
    expect(script.asked).toHaveLength(3)
    await ask(brain, { goal: 'b' })
    expect(script.asked).toHaveLength(4)
    await clock.advance(100)
    await ask(brain, { goal: 'b' })
    expect(script.asked).toHaveLength(5)
  })

  const embedder = async (text: string) => (text.startsWith('honey') ? [1, 0.01 * text.length] : [0, 1])

  it('answers what means the same, given an embedder, but never under other legal events', async () => {
    const { script, brain } = setup([pure(1), pure(2), pure(3)], { embedder })
    await ask(brain, { goal: 'honey' })
    expect(outputOf(await ask(brain, { goal: 'honey!' }))).toBe(1)
    expect(outputOf(await ask(brain, { goal: 'wax' }))).toBe(2)
    expect(outputOf(await ask(brain, { goal: 'honey!', legal: [{ type: 'FINISH' }] }))).toBe(3)
    expect(script.asked).toHaveLength(3)
  })

  it('does without an embedder that fails', async () => {
    const { brain } = setup([pure(1)], {
      embedder: async () => {
        throw failure()
      },
    })
    expect(outputOf(await ask(brain))).toBe(1)
    expect(outputOf(await ask(brain))).toBe(1)
  })

  it('has bounds', () => {
    expect(() => setup([], { maxEntries: 0 })).toThrow('maxEntries must be')
    expect(() => setup([], { ttlMs: 0 })).toThrow('ttlMs must be')
  })
})

describe('withBulkhead', () => {
  /** A brain whose answers are in the hands of the test. */
  const slow = () => {
    const answers: ((decision: Decision) => void)[] = []
    const goals: string[] = []
    const brain = defineBrain(({ goal }) => {
      goals.push(goal)
      return new Promise<Decision>((resolve) => answers.push(resolve))
    })
    return { brain, goals, answer: () => answers.shift()?.(finish()) }
  }

  it('asks so many questions at a time, first come first served', async () => {
    const { brain, goals, answer } = slow()
    const limited = withBulkhead(brain, 2)
    const all = ['a', 'b', 'c', 'd'].map((goal) => ask(limited, { goal }))
    await rest()
    expect(goals).toEqual(['a', 'b'])
    answer()
    await rest()
    all.push(ask(limited, { goal: 'e' }))
    await rest()
    expect(goals).toEqual(['a', 'b', 'c'])
    for (let n = 0; n < 4; n++) {
      answer()
      await rest()
    }
    await Promise.all(all)
    expect(goals).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it('is shared, refuses what is too much, and forgets who no longer waits', async () => {
    const { brain, answer } = slow()
    const bulkhead = createBulkhead({ maxConcurrent: 1, maxWaiting: 1 })
    const [one, other] = [withBulkhead(brain, bulkhead), withBulkhead(brain, bulkhead)]
    const first = ask(one)
    const { abort, context } = aborting()
    const waiting = ask(other, {}, context)
    await expect(ask(one)).rejects.toMatchObject({ code: 'BULKHEAD_FULL' })
    abort()
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
    expect([bulkhead.running, bulkhead.waiting]).toEqual([1, 0])
    answer()
    await first
    expect(bulkhead.running).toBe(0)
  })

  it('makes room after a failure, too', async () => {
    const bulkhead = createBulkhead({ maxConcurrent: 1 })
    await expect(ask(withBulkhead(fromScript([failure()]), bulkhead))).rejects.toThrow('down')
    expect(bulkhead.running).toBe(0)
    expect(() => createBulkhead({ maxConcurrent: 0 })).toThrow('maxConcurrent must be')
  })
})
