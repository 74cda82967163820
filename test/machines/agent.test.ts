import { describe, expect, it } from 'vitest'
import { createActor, fromPromise } from 'xstate'
import { z } from 'zod'
import { fromRules } from '../../actors/from-rules.js'
import type { RecallInput, RememberInput, ToolCall } from '../../machines/agent/options.js'
import { createAgentMachine } from '../../machines/agent.js'
import type { Brain } from '../../machines/brain.js'
import { checkMachine } from '../../src/analysis/check-machine.js'
import { decide, finish, Hand, Stage, TOOLS, use } from './agent-stage.js'

describe('an agent', () => {
  it('works turn by turn: what a tool says is what its brain sees next, until it finishes', async () => {
    const stage = await new Stage({ script: [use('look', { at: 'bees' }), finish(42)] }).rest()
    expect(stage.output).toMatchObject({ status: 'done', output: 42, used: { turns: 2, modelCalls: 2, toolCalls: 1 } })
    expect(stage.calls).toEqual([
      { id: 'c1', tool: 'look', input: { at: 'bees' }, reason: 'to USE_TOOL', goal: 'the goal', turn: 1, depth: 0 },
    ])
    const [first, second] = stage.brain.asked.map(({ request }) => request)
    expect(first).toMatchObject({ goal: 'the goal', state: 'working.deciding', turn: 1, observations: [] })
    expect(second?.observations).toEqual([{ turn: 1, kind: 'tool', text: 'look answered.', data: 'look says hello' }])
    expect(stage.of('decided').map(({ turn, event }) => [turn, event.type])).toEqual([
      [1, 'USE_TOOL'],
      [2, 'FINISH'],
    ])
  })

  it('is idle without a goal, and starts with one that it is given', async () => {
    const stage = new Stage({ goal: undefined, script: [finish()] })
    await stage.send({ type: 'START' })
    expect(stage.state).toBe('idle')
    await stage.send({ type: 'START', goal: 'to sing', constraints: ['softly'] })
    expect(stage.brain.asked[0]?.request).toMatchObject({ goal: 'to sing', constraints: ['softly'] })
    expect(stage.state).toBe('done')
  })

  it('takes goal, context and lower limits from its input, and no higher ones', async () => {
    const input = { goal: 'another', context: 'it is late', limits: { turns: 99, tokens: 7 } }
    const stage = await new Stage({ script: [finish()], limits: { turns: 3 }, input }).rest()
    expect(stage.brain.asked[0]?.request).toMatchObject({ goal: 'another', limits: { turnsLeft: 2, tokensLeft: 7 } })
    expect(stage.brain.asked[0]?.request.observations[0]?.text).toBe('it is late')
  })

  it.each([
    [{ gaol: 'another' }, 'gaol'],
    [{ limits: { turns: 0 } }, 'limits.turns'],
    [{ goal: '' }, 'goal'],
  ])('takes no input that can not be read: %j', (input, field) => {
    const machine = createAgentMachine({ brain: fromRules([{ decide: finish() }]) })
    const { error } = createActor(machine, { input: input as never }).getSnapshot()
    expect(error).toMatchObject({ code: 'OPTIONS_INVALID', details: { field } })
  })

  it('gives up when its brain does, with the reason', async () => {
    const stage = await new Stage({ script: [decide({ type: 'GIVE_UP', reason: 'no bees here' })] }).rest()
    expect(stage.output).toMatchObject({ status: 'failed', reason: 'no bees here' })
  })

  it('tells its brain what a tool throws, and goes on', async () => {
    const answer = () => {
      throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
    }
    const stage = await new Stage({ script: [use('look'), finish()], answer }).rest()
    expect(stage.brain.asked[1]?.request.observations[0]).toMatchObject({
      text: 'look failed: no such file',
      data: { ok: false, error: { code: 'ENOENT', message: 'no such file' } },
    })
    expect(stage.state).toBe('done')
  })

  it('recalls before it thinks, and keeps what it reflects', async () => {
    const kept: RememberInput[] = []
    const memory = {
      recall: fromPromise(async ({ input }: { input: RecallInput }) => [`memory of turn ${input.turn}`]),
      remember: fromPromise<unknown, RememberInput>(async ({ input }) => {
        kept.push(input)
      }),
    }
    const script = [decide({ type: 'REFLECT', note: 'bees sting' }), finish()]
    const stage = await new Stage({ script, memory }).rest()
    expect(stage.brain.asked.map(({ request }) => request.memory)).toEqual([['memory of turn 1'], ['memory of turn 2']])
    expect(kept).toEqual([{ goal: 'the goal', note: 'bees sting', turn: 1 }])
  })

  it('goes on without a memory that fails', async () => {
    const lose = async (): Promise<never> => {
      throw new Error('lost')
    }
    const memory = {
      recall: fromPromise<string[], RecallInput>(lose),
      remember: fromPromise<unknown, RememberInput>(lose),
    }
    const stage = await new Stage({ script: [decide({ type: 'REFLECT', note: 'hm' }), finish()], memory }).rest()
    expect(stage.state).toBe('done')
  })

  it('keeps as many observations as it may, the newest', async () => {
    const script = [use('look', 1), use('look', 2), use('look', 3), finish()]
    const stage = await new Stage({ script, limits: { observations: 2 } }).rest()
    expect(stage.brain.asked[3]?.request.observations.map(({ turn }) => turn)).toEqual([2, 3])
  })
})

describe('what its brain may decide', () => {
  const legalOf = (stage: Stage) => stage.brain.asked[0]?.request.legal.map(({ type }) => type)

  it('is what the machine takes: no tools, nobody to delegate to, no tool calls left', async () => {
    const alone = await new Stage({ script: [finish()], tools: [] }).rest()
    expect(legalOf(alone)).toEqual(['ASK_PERSON', 'REFLECT', 'FINISH', 'GIVE_UP'])
    const all = await new Stage({ script: [finish()], delegate: new Hand<never, never>().logic as never }).rest()
    expect(legalOf(all)).toEqual(['USE_TOOL', 'DELEGATE', 'ASK_PERSON', 'REFLECT', 'FINISH', 'GIVE_UP'])
    const poor = await new Stage({ script: [finish()], limits: { toolCalls: 0 } }).rest()
    expect(legalOf(poor)).not.toContain('USE_TOOL')
  })

  it('comes with schemas: the names of the tools, the shape of the output', async () => {
    const stage = await new Stage({ script: [finish(1)], output: z.number() }).rest()
    const legal = Object.fromEntries(stage.brain.asked[0]!.request.legal.map(({ type, schema }) => [type, schema]))
    expect(legal.USE_TOOL).toMatchObject({ properties: { tool: { enum: ['look', 'write', 'erase'] } } })
    expect(legal.FINISH).toMatchObject({ properties: { output: { type: 'number' } } })
  })

  it.each([
    ['no decision', 'Hello!' as never, 'That is not a decision'],
    [
      'an event that is not legal',
      decide({ type: 'DELEGATE', to: 'bob', task: 'x' }),
      'DELEGATE is not legal now. Legal are',
    ],
    ['a command', decide({ type: 'APPROVE', approvalId: 'a1', by: 'me' }), 'APPROVE is not legal now'],
    ['an unknown tool', use('fly'), 'USE_TOOL is not written as it should be: tool:'],
    ['a wrong output', finish('many'), 'FINISH is not written as it should be: output:'],
  ])('is refused otherwise, and asked again with the reason: %s', async (_, wrong, reason) => {
    const stage = await new Stage({ script: [() => wrong, finish(1)], output: z.number() }).rest()
    const [first, second] = stage.brain.asked.map(({ request }) => request)
    expect(first?.refused).toBeUndefined()
    expect(second?.refused).toEqual([{ decision: wrong, reason: expect.stringContaining(reason) }])
    expect(second?.turn).toBe(1)
    expect(stage.of('refused')).toHaveLength(1)
    expect(stage.output).toMatchObject({ status: 'done', used: { turns: 1, modelCalls: 2 } })
  })

  it('is not a call that the policy denies', async () => {
    const assess = () => 'deny' as const
    const stage = await new Stage({ script: [use('write'), finish()], assess }).rest()
    expect(stage.brain.asked[1]?.request.refused?.[0]?.reason).toBe('The policy denies this call.')
    expect(stage.calls).toEqual([])
  })

  it('counts the usage of answers that are refused, too, and no usage that can not be read', async () => {
    const usage = { inputTokens: 10, outputTokens: 5, costUsd: 0.5 }
    const script = [
      { ...use('fly'), usage },
      { ...finish(), usage: { inputTokens: -1, outputTokens: 2 } },
      { ...finish(), usage },
    ]
    const stage = await new Stage({ script }).rest()
    expect(stage.output?.used).toMatchObject({ inputTokens: 20, outputTokens: 10, costUsd: 1, modelCalls: 3 })
  })

  it.each([
    ['fails', 'fail', 'failed'],
    ['is escalated', 'escalate', 'escalated.stuck'],
  ] as const)('is asked so often, and then it %s', async (_, onStuck, state) => {
    const script = Array.from({ length: 9 }, () => use('fly'))
    const stage = await new Stage({ script, policy: { onStuck }, limits: { refusals: 3 } }).rest()
    expect(stage.state).toBe(state)
    expect(stage.context.ending).toMatchObject({
      reason: expect.stringContaining('The brain decides what can not be done'),
    })
    expect(stage.brain.asked).toHaveLength(3)
  })
})

describe('going round in circles', () => {
  it('is refused: the same call, with its keys in any order, that gives the same each time', async () => {
    const script = [use('look', { a: 1, b: 2 }), use('look', { b: 2, a: 1 }), use('look', { a: 1, b: 2 }), finish()]
    const stage = await new Stage({ script }).rest()
    expect(stage.calls).toHaveLength(2)
    expect(stage.of('refused')[0]?.reason).toContain('was done before')
    expect(stage.state).toBe('done')
  })

  it('is refused in turn, too', async () => {
    const round = [use('look', 1), use('look', 2)]
    const stage = await new Stage({ script: [...round, ...round, ...round, finish()] }).rest()
    expect(stage.calls).toHaveLength(5)
    expect(stage.of('refused')).toHaveLength(1)
  })

  it('is not what it does when it learns something: another result, or a word of a person', async () => {
    let count = 0
    const polling = Array.from({ length: 5 }, () => use('look'))
    const changing = await new Stage({ script: [...polling, finish()], answer: () => count++ }).rest()
    expect(changing.calls).toHaveLength(5)
    const ask = decide({ type: 'ASK_PERSON', question: 'Really?' })
    const guided = await new Stage({ script: [use('look'), use('look'), ask, use('look'), finish()] }).rest()
    await guided.send({ type: 'ANSWER', text: 'Yes.' })
    expect(guided.calls).toHaveLength(3)
    expect(guided.of('refused')).toEqual([])
  })

  it('may begin anew when a person has said something meanwhile', async () => {
    const hand = new Hand<ToolCall, unknown>()
    const looks = Array.from({ length: 4 }, () => use('look'))
    const stage = await new Stage({ script: [...looks, finish()], tool: hand.logic }).rest()
    for (const guidance of [undefined, 'look again', undefined]) {
      if (guidance !== undefined) await stage.send({ type: 'GUIDE', context: guidance })
      hand.resolve('the same')
      await stage.rest()
    }
    expect([hand.calls.length, stage.of('refused').length, stage.state]).toEqual([3, 1, 'done'])
  })

  it('is refused for tasks, questions and notes as well', async () => {
    const note = decide({ type: 'REFLECT', note: 'hm' })
    const stage = await new Stage({ script: [note, note, note, finish()] }).rest()
    expect(stage.of('refused')).toHaveLength(1)
    expect(stage.output?.used.turns).toBe(3)
  })
})

describe('a brain that fails', () => {
  const failure = (fields: object = {}) => Object.assign(new Error('down'), fields)

  it('is tried again after growing waits', async () => {
    const stage = await new Stage({ script: [failure({ status: 503 }), failure(), finish()] }).rest()
    expect(stage.state).toBe('backingOff')
    await stage.pass(999)
    expect(stage.brain.asked).toHaveLength(1)
    await stage.pass(1)
    await stage.pass(1_999)
    expect(stage.brain.asked).toHaveLength(2)
    await stage.pass(1)
    expect(stage.output).toMatchObject({ status: 'done', used: { turns: 1, modelCalls: 3 } })
  })

  it('is given up where trying again can not help, or too often', async () => {
    const hopeless = await new Stage({ script: [failure({ statusCode: 401 })], policy: { onStuck: 'fail' } }).rest()
    expect(hopeless.output).toMatchObject({ status: 'failed', error: { message: 'down' } })
    const limits = { retries: 1, backoffMs: 1 }
    const ruleless = await new Stage({ brain: fromRules([{ when: { turn: 9 }, decide: finish() }]) }).rest()
    expect(ruleless.state).toBe('escalated.stuck')
    const often = await new Stage({ script: [failure(), failure(), failure()], limits }).rest()
    await often.pass(1)
    expect([often.state, often.brain.asked.length]).toEqual(['escalated.stuck', 2])
  })

  it('is stopped when it takes too long, and tried again', async () => {
    const hand = new Hand<never, never>()
    const stage = await new Stage({ brain: hand.logic as unknown as Brain, limits: { brainMs: 10_000 } }).rest()
    await stage.pass(10_000)
    expect([stage.state, hand.calls[0]?.signal.aborted]).toEqual(['backingOff', true])
  })
})

describe('the results of a tool', () => {
  it.each([
    ['a big integer', 1n],
    ['a map', new Map([['honey', 1n]])],
    ['bytes', new Uint8Array([1, 2])],
  ])('may be all that can be stored, and what it is to a brain and a person does not fail: %s', async (_, result) => {
    const script = [use('look', { until: 1n }), use('erase'), finish(result)]
    const stage = await new Stage({ script, answer: () => result }).rest()
    await stage.send({ type: 'APPROVE', approvalId: 'a3', by: 'Ann' })
    expect(stage.output).toMatchObject({ status: 'done', output: result })
  })
})

describe('the machine of an agent', () => {
  const brain = new Hand<never, never>().logic as unknown as Brain

  it('has nothing that the check finds', () => {
    const logic = new Hand<never, never>().logic as never
    const memory = { recall: logic, remember: logic }
    expect(checkMachine(createAgentMachine({ brain }))).toEqual([])
    expect(
      checkMachine(
        createAgentMachine({
          brain,
          fallback: brain,
          tools: TOOLS,
          tool: logic,
          delegate: logic,
          verify: logic,
          memory,
        }),
      ),
    ).toEqual([])
  })

  it.each([
    [{ limits: { turns: 0 } }, 'limits.turns'],
    [{ limits: { turn: 5 } as never }, 'limits.turn'],
    [{ policy: { onExhausted: 'explode' as never } }, 'policy.onExhausted'],
    [{ tools: [{ name: 'x', description: '', risk: 'none' as never }] }, 'tools.0.risk'],
    [{ tools: TOOLS }, 'tool'],
    [{ policy: { onExhausted: 'degrade' as const } }, 'fallback'],
    [{ policy: { outcomeUnknown: 'verify' as const } }, 'verify'],
    [{ brain: undefined as never }, 'brain'],
    [{ brain: {} as never }, 'brain'],
    [{ delegate: (() => 1) as never }, 'delegate'],
    [{ memory: { recall: fromPromise(async () => []) } as never }, 'memory.remember'],
    [{ assess: 'allow' as never }, 'assess'],
    [{ output: {} as never }, 'output'],
    [{ tools: [...TOOLS, { name: 'look', description: 'erases', risk: 'danger' as const }] }, 'tools.3.name'],
  ])('is not made with options that can not be read: %j', (options, field) => {
    expect(() => createAgentMachine({ brain, ...options })).toThrow(
      expect.objectContaining({ code: 'OPTIONS_INVALID', details: { field } }),
    )
  })
})
