import { describe, expect, it } from 'vitest'
import { fromPromise } from 'xstate'
import { fromScript } from '../../actors/from-script.js'
import type { AgentOptions, RecallInput, RememberInput } from '../../machines/agent/options.js'
import { decide, finish, Hand, Stage, use } from './agent-stage.js'

const spent = Object.assign(new Error('no money'), { code: 'BUDGET_EXHAUSTED', failureClass: 'budget' })
const looks = (count: number) => Array.from({ length: count }, (_, at) => use('look', at))
const usage = { inputTokens: 60, outputTokens: 20, costUsd: 1 }

describe('the limits of an agent', () => {
  it('end it after its last turn', async () => {
    const stage = await new Stage({ script: looks(9), limits: { turns: 3 } }).rest()
    expect(stage.output).toMatchObject({ status: 'exhausted', limit: 'turns', used: { turns: 3, modelCalls: 3 } })
  })

  it.each([
    ['tokens', { tokens: 100 }],
    ['costUsd', { costUsd: 1.5 }],
  ])('end it when its %s are used up, and warn before that', async (limit, limits) => {
    const script = looks(9).map((decision) => ({ ...decision, usage }))
    const stage = await new Stage({ script, limits: { ...limits, warnAt: 0.5 } }).rest()
    expect(stage.output).toMatchObject({ status: 'exhausted', limit, used: { turns: 2 } })
    expect(stage.of('budgetWarning').map(({ what, used }) => [what, used])).toContainEqual([
      limit,
      limit === 'tokens' ? 80 : 1,
    ])
  })

  it('end it at its deadline: at once if it waits or thinks, after a while if a call runs', async () => {
    const limits = { deadlineMs: 1_000, graceMs: 500 }
    const ask = decide({ type: 'ASK_PERSON', question: 'Which?' })
    const waiting = await new Stage({ script: [ask], limits }).rest()
    await waiting.pass(1_000)
    expect(waiting.output).toMatchObject({ status: 'exhausted', limit: 'deadline' })
    const thinking = await new Stage({ script: [() => new Promise(() => {})], limits }).rest()
    await thinking.pass(1_000)
    expect(thinking.output).toMatchObject({ status: 'exhausted', limit: 'deadline' })
    const hand = new Hand<never, unknown>()
    const acting = await new Stage({ script: looks(2), limits, tool: hand.logic as never }).rest()
    await acting.pass(1_000)
    await acting.pass(499)
    expect(acting.state).toBe('working.acting.calling')
    await acting.pass(1)
    expect(acting.output).toMatchObject({ status: 'exhausted', limit: 'deadline' })
  })

  it('let what runs at the deadline end, and begin no turn after it', async () => {
    const hand = new Hand<never, unknown>()
    const limits = { deadlineMs: 1_000, graceMs: 500 }
    const stage = await new Stage({ script: looks(2), limits, tool: hand.logic as never }).rest()
    await stage.pass(1_200)
    hand.resolve('seen')
    await stage.rest()
    expect(stage.output).toMatchObject({ status: 'exhausted', limit: 'deadline', used: { turns: 1 } })
    expect(stage.context.observations).toHaveLength(1)
  })

  it('can be raised by a person who is asked', async () => {
    const script = [...looks(3), finish()]
    const stage = await new Stage({ script, limits: { turns: 2 }, policy: { onExhausted: 'pauseAndAsk' } }).rest()
    expect(stage.state).toBe('escalated.overBudget')
    await stage.send({ type: 'RESUME' })
    expect([stage.state, stage.of('escalated').length]).toEqual(['escalated.overBudget', 2])
    await stage.send({ type: 'RESUME', grant: { turns: 2 } })
    expect(stage.output).toMatchObject({ status: 'done', used: { turns: 4 } })
  })

  it('end it when nobody does so within an hour', async () => {
    const stage = await new Stage({
      script: looks(2),
      limits: { turns: 1 },
      policy: { onExhausted: 'pauseAndAsk' },
    }).rest()
    await stage.pass(3_600_000)
    expect(stage.output).toMatchObject({ status: 'exhausted', limit: 'turns' })
  })
})

describe('a budget that refuses the brain', () => {
  const refused = (options: Partial<AgentOptions>) => new Stage({ script: [spent], ...options }).rest()

  it('ends it', async () => {
    const stage = await refused({})
    expect(stage.output).toMatchObject({
      status: 'exhausted',
      limit: 'budget',
      error: { code: 'BUDGET_EXHAUSTED', message: 'no money' },
    })
  })

  it('is found wherever it hides in the error', async () => {
    const wrapped = new Error('the call failed', { cause: { failureClass: 'budget' } })
    expect((await new Stage({ script: [wrapped] }).rest()).output?.status).toBe('exhausted')
  })

  it('makes it ask a person, and go on when one says so', async () => {
    const stage = await new Stage({ script: [spent, finish()], policy: { onExhausted: 'pauseAndAsk' } }).rest()
    expect(stage.state).toBe('escalated.overBudget')
    await stage.send({ type: 'RESUME' })
    expect(stage.output).toMatchObject({ status: 'done', used: { turns: 2 } })
  })

  it('makes it go on with the fallback brain, from then on', async () => {
    const fallback = fromScript([use('look'), finish('cheap')])
    const stage = await refused({ fallback, policy: { onExhausted: 'degrade' } })
    expect(stage.output).toMatchObject({ status: 'done', output: 'cheap', used: { turns: 3 } })
    expect([stage.brain.asked.length, fallback.asked.length]).toEqual([1, 2])
    expect(stage.of('degraded')).toHaveLength(1)
  })

  it('lets a degraded agent go on without a memory that costs too much', async () => {
    const dear = async (): Promise<never> => {
      throw spent
    }
    const memory = {
      recall: fromPromise<string[], RecallInput>(dear),
      remember: fromPromise<unknown, RememberInput>(dear),
    }
    const fallback = fromScript([decide({ type: 'REFLECT', note: 'bees sting' }), finish('cheap')])
    const stage = await new Stage({ fallback, memory, policy: { onExhausted: 'degrade' } }).rest()
    expect(stage.output).toMatchObject({ status: 'done', output: 'cheap' })
    const stopped = await new Stage({ memory }).rest()
    expect(stopped.output).toMatchObject({ status: 'exhausted', limit: 'budget' })
  })

  it('makes it do what the budget says, whatever its own policy', async () => {
    const said = (onExhausted: string) => Object.assign(new Error('no money'), { ...spent, details: { onExhausted } })
    const fallback = fromScript([finish('cheap')])
    const degraded = await new Stage({ script: [said('degrade')], fallback }).rest()
    expect(degraded.output).toMatchObject({ status: 'done', output: 'cheap' })
    const asking = await new Stage({ script: [said('pauseAndAsk')] }).rest()
    expect(asking.state).toBe('escalated.overBudget')
    const stopped = await new Stage({ script: [said('stop')], policy: { onExhausted: 'pauseAndAsk' } }).rest()
    expect(stopped.output?.status).toBe('exhausted')
  })

  it('ends it where the budget wants a fallback brain that it has not', async () => {
    const said = Object.assign(new Error('no money'), { ...spent, details: { onExhausted: 'degrade' } })
    expect((await new Stage({ script: [said] }).rest()).output?.status).toBe('exhausted')
  })

  it('ends it when the fallback brain is refused, too', async () => {
    const stage = await refused({ fallback: fromScript([spent]), policy: { onExhausted: 'degrade' } })
    expect(stage.output).toMatchObject({ status: 'exhausted', limit: 'budget' })
  })

  it('leaves a degraded agent its limit of turns', async () => {
    const fallback = fromScript(looks(9))
    const stage = await refused({ fallback, policy: { onExhausted: 'degrade' }, limits: { turns: 4 } })
    expect(stage.output).toMatchObject({ status: 'exhausted', limit: 'turns', used: { turns: 4 } })
  })

  it('is no reason to go on where its own limit of tokens is used up: it degrades, too', async () => {
    const stage = await new Stage({
      script: [{ ...use('look'), usage }],
      limits: { tokens: 50 },
      fallback: fromScript([finish('cheap')]),
      policy: { onExhausted: 'degrade' },
    }).rest()
    expect(stage.output).toMatchObject({ status: 'done', output: 'cheap' })
  })
})

describe('a budget that refuses a tool', () => {
  const answer = () => {
    throw spent
  }

  it('ends it, or leaves its brain to go on', async () => {
    const stopped = await new Stage({ script: [use('write'), finish()], answer }).rest()
    expect(stopped.output?.status).toBe('exhausted')
    const options = { fallback: fromScript([finish('without')]), policy: { onExhausted: 'degrade' } as const }
    const degraded = await new Stage({ script: [use('write')], answer, ...options }).rest()
    expect(degraded.output).toMatchObject({ status: 'done', output: 'without' })
    expect(degraded.context.observations[0]?.text).toBe('write failed: no money')
  })
})
