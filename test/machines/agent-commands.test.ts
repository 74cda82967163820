import { describe, expect, it } from 'vitest'
import { fromPromise } from 'xstate'
import type { RecallInput, RememberInput, ToolCall } from '../../machines/agent/options.js'
import type { Brain, BrainRequest, Decision } from '../../machines/brain.js'
import { decide, finish, Hand, Stage, use } from './agent-stage.js'

const thinking = () => {
  const hand = new Hand<BrainRequest, Decision>()
  return { hand, brain: hand.logic as unknown as Brain }
}
const ask = decide({ type: 'ASK_PERSON', question: 'Which bees?' })

describe('PAUSE and RESUME', () => {
  it('stop its thinking at once, and come back to it without a new turn', async () => {
    const { hand, brain } = thinking()
    const stage = await new Stage({ brain }).rest()
    await stage.send({ type: 'PAUSE' })
    expect([stage.state, hand.calls[0]?.signal.aborted]).toEqual(['paused.midway', true])
    await stage.pass(60_000)
    await stage.send({ type: 'RESUME' })
    expect([stage.state, hand.calls.length, stage.context.used.turns]).toEqual(['working.thinking.asking', 2, 1])
    hand.resolve(finish())
    expect((await stage.rest()).state).toBe('done')
  })

  it('come back to a wait, whose time begins anew', async () => {
    const stage = await new Stage({ script: [ask, finish()] }).rest()
    await stage.pass(3_000_000)
    await stage.send({ type: 'PAUSE' }, { type: 'RESUME' })
    await stage.pass(3_599_999)
    expect(stage.state).toBe('waiting.forPerson')
    await stage.pass(1)
    expect(stage.state).toBe('done')
  })

  it('let a call end that runs: its result is kept, and the pause begins', async () => {
    const hand = new Hand<ToolCall, unknown>()
    const stage = await new Stage({ script: [use('write'), finish()], tool: hand.logic }).rest()
    await stage.send({ type: 'PAUSE' })
    expect([stage.state, hand.calls[0]?.signal.aborted]).toEqual(['working.acting.calling', false])
    hand.resolve('written')
    await stage.rest()
    expect([stage.state, stage.brain.asked.length]).toEqual(['paused.between', 1])
    await stage.send({ type: 'RESUME', grant: { turns: 5 } })
    expect([stage.state, hand.calls.length, stage.context.limits.turns]).toEqual(['done', 1, 25])
  })

  it('can be taken back before the call has ended, with what a person adds to its limits', async () => {
    const hand = new Hand<ToolCall, unknown>()
    const stage = await new Stage({ script: [use('write'), finish()], tool: hand.logic }).rest()
    await stage.send({ type: 'PAUSE' }, { type: 'RESUME', grant: { turns: 5 } })
    expect(stage.context.limits.turns).toBe(25)
    hand.resolve('written')
    expect((await stage.rest()).state).toBe('done')
  })

  it.each([
    ['APPROVAL_REQUIRED', 'waiting.forApproval', { type: 'APPROVE', approvalId: 'a2', by: 'Ann' }],
    ['OUTCOME_UNKNOWN', 'waiting.forPerson', { type: 'ANSWER', text: 'It is done.' }],
  ] as const)('let no wait begin that a call ends in, nor what follows it: %s', async (code, wait, answer) => {
    const hand = new Hand<ToolCall, unknown>()
    const stage = await new Stage({ script: [use('write'), finish()], tool: hand.logic }).rest()
    await stage.send({ type: 'PAUSE' })
    hand.reject(Object.assign(new Error('no'), { code }))
    await stage.rest()
    await stage.send(answer)
    await stage.pass(3_600_000)
    expect([stage.state, hand.calls.length]).toEqual(['paused.midway', 1])
    await stage.send({ type: 'RESUME' })
    expect(stage.state).toBe(wait)
  })

  it('let a note be kept that is being kept: once, and as the brain said it', async () => {
    const hand = new Hand<RememberInput, unknown>()
    const memory = { recall: fromPromise<string[], RecallInput>(async () => []), remember: hand.logic }
    const script = [decide({ type: 'REFLECT', note: 'bees sting' }), finish()]
    const stage = await new Stage({ script, memory }).rest()
    await stage.send({ type: 'PAUSE' }, { type: 'GUIDE', context: 'wasps, too' }, { type: 'RESUME' })
    hand.resolve(undefined)
    await stage.rest()
    expect([stage.state, hand.calls.map(({ input }) => input.note)]).toEqual(['done', ['bees sting']])
  })

  it('do not stop the deadline, which says which call it leaves behind', async () => {
    const hand = new Hand<ToolCall, unknown>()
    const limits = { deadlineMs: 1_000, graceMs: 10 }
    const stage = await new Stage({ script: [use('write')], tool: hand.logic, limits }).rest()
    await stage.send({ type: 'PAUSE' })
    await stage.pass(1_000)
    await stage.pass(10)
    expect(stage.output).toMatchObject({ status: 'exhausted', limit: 'deadline', unfinished: { tool: 'write' } })
  })

  it('do not stop the deadline of a wait', async () => {
    const stage = await new Stage({ script: [ask], limits: { deadlineMs: 1_000 } }).rest()
    await stage.send({ type: 'PAUSE' })
    await stage.pass(1_000)
    expect(stage.output).toMatchObject({ status: 'exhausted', limit: 'deadline' })
  })
})

describe('GUIDE and REDIRECT', () => {
  it('tell it more, which its brain hears in the next turn', async () => {
    const hand = new Hand<ToolCall, unknown>()
    const stage = await new Stage({ script: [use('write'), finish()], tool: hand.logic }).rest()
    await stage.send({ type: 'GUIDE', context: 'mind the bees', by: 'Ann' })
    hand.resolve('written')
    await stage.rest()
    expect(stage.brain.asked[1]?.request.observations.map(({ text }) => text)).toEqual([
      'Ann: mind the bees',
      'write answered.',
    ])
  })

  it('give it another goal while it thinks: the thought is stopped, and a new turn begins', async () => {
    const { hand, brain } = thinking()
    const stage = await new Stage({ brain }).rest()
    await stage.send({ type: 'REDIRECT', goal: 'wasps', constraints: ['no smoke'] })
    expect(hand.calls.map(({ signal }) => signal.aborted)).toEqual([true, false])
    expect(hand.calls[1]?.input).toMatchObject({ goal: 'wasps', constraints: ['no smoke'], turn: 2 })
  })

  it('let a call end that runs, and withdraw a question that is not needed any more', async () => {
    const hand = new Hand<ToolCall, unknown>()
    const acting = await new Stage({ script: [use('write'), finish()], tool: hand.logic }).rest()
    await acting.send({ type: 'REDIRECT', goal: 'wasps' })
    expect([acting.state, hand.calls[0]?.signal.aborted]).toEqual(['working.acting.calling', false])
    const waiting = await new Stage({ script: [use('erase'), finish()] }).rest()
    await waiting.send({ type: 'REDIRECT', goal: 'wasps' })
    expect([waiting.state, waiting.context.approval, waiting.context.call]).toEqual(['done', undefined, undefined])
  })

  it('change what a paused agent goes on with: not with what it waited for', async () => {
    const stage = await new Stage({ script: [use('erase'), finish()] }).rest()
    await stage.send({ type: 'PAUSE' }, { type: 'REDIRECT', goal: 'wasps' })
    expect(stage.state).toBe('paused.between')
    await stage.send({ type: 'RESUME' })
    expect(stage.brain.asked[1]?.request).toMatchObject({ goal: 'wasps', turn: 2 })
  })

  it('help an agent that is stuck', async () => {
    const broken = Array.from({ length: 3 }, () => use('fly'))
    for (const event of [
      { type: 'GUIDE', context: 'there is no fly' },
      { type: 'REDIRECT', goal: 'wasps' },
      { type: 'RESUME' },
    ] as const) {
      const stage = await new Stage({ script: [...broken, finish()] }).rest()
      expect([stage.state, stage.of('escalated').length]).toEqual(['escalated.stuck', 1])
      await stage.send(event)
      expect(stage.output).toMatchObject({ status: 'done' })
    }
  })

  it('come too late after an hour', async () => {
    const stage = await new Stage({ script: Array.from({ length: 3 }, () => use('fly')) }).rest()
    await stage.pass(3_600_000)
    expect(stage.output).toMatchObject({ status: 'failed' })
  })
})

describe('CANCEL', () => {
  it.each(['CANCEL', 'roscius.cancel'] as const)('%s ends it, and says which call it leaves behind', async (type) => {
    const hand = new Hand<ToolCall, unknown>()
    const stage = await new Stage({ script: [use('write')], tool: hand.logic }).rest()
    await stage.send({ type, reason: 'no money' })
    expect(hand.calls[0]?.signal.aborted).toBe(true)
    expect(stage.output).toMatchObject({ status: 'cancelled', reason: 'no money', unfinished: { tool: 'write' } })
  })

  it('ends one that is idle, paused, waiting or in trouble', async () => {
    const idle = new Stage({ goal: undefined })
    const waiting = await new Stage({ script: [ask] }).rest()
    const paused = await new Stage({ script: [ask] }).rest()
    await paused.send({ type: 'PAUSE' })
    const stuck = await new Stage({ script: [use('fly')], limits: { refusals: 1 } }).rest()
    for (const stage of [idle, waiting, paused, stuck]) {
      await stage.send({ type: 'CANCEL' })
      expect(stage.output?.status).toBe('cancelled')
    }
  })
})

describe('a command that is not written as it should be', () => {
  it.each([
    { type: 'GUIDE' },
    { type: 'GUIDE', context: 5 },
    { type: 'REDIRECT' },
    { type: 'ANSWER' },
    { type: 'CANCEL', reason: 5 },
    { type: 'PAUSE', by: 5 },
    { type: 'FINISH', output: 1 },
    { type: 'USE_TOOL', tool: 'erase', input: {} },
    { type: 'agent.degrade' },
  ])('changes nothing, nor does what only a brain may say: %j', async (event) => {
    const stage = await new Stage({ script: [ask] }).rest()
    const before = stage.actor.getSnapshot()
    await stage.send(event as never)
    expect(stage.actor.getSnapshot()).toMatchObject({ value: before.value, context: before.context })
  })
})
