import { describe, expect, it } from 'vitest'
import { fromPromise } from 'xstate'
import type { DelegateAnswer, Task, ToolCall, Verification } from '../../machines/agent/options.js'
import { approvals, decide, finish, Hand, Stage, use } from './agent-stage.js'

const MINUTE = 60_000

describe('an agent that needs an approval', () => {
  const dangerous = [use('erase', { path: '/' }), finish()]
  const request = {
    approvalId: 'a2',
    goal: 'the goal',
    risk: 'danger',
    call: { id: 'c1', tool: 'erase', input: { path: '/' }, reason: 'to USE_TOOL', goal: 'the goal', turn: 1, depth: 0 },
    trace: [],
  }

  it('asks before it does something dangerous, and does it when it may', async () => {
    const seen: unknown[] = []
    const stage = await new Stage({ script: dangerous, approval: approvals(seen) }).rest()
    expect([stage.state, stage.calls]).toEqual(['waiting.forApproval', []])
    expect(stage.of('approvalRequested')).toEqual([{ type: 'approvalRequested', request }])
    await stage.send({ type: 'APPROVE', approvalId: 'a2', by: 'Ann' })
    expect(seen).toEqual([request, 'withdrawn'])
    expect(stage.calls).toEqual([{ ...request.call, approvalId: 'a2', approvedBy: 'Ann' }])
    expect(stage.state).toBe('done')
  })

  it('does not do it when it may not, and its brain hears why', async () => {
    const stage = await new Stage({ script: dangerous }).rest()
    await stage.send({ type: 'DENY', approvalId: 'a2', by: 'Ann', reason: 'too much' })
    expect(stage.calls).toEqual([])
    expect(stage.brain.asked[1]?.request.observations).toEqual([
      { turn: 1, kind: 'refusal', text: 'erase was denied by Ann: too much.' },
    ])
  })

  it('takes silence for a no', async () => {
    const stage = await new Stage({ script: dangerous }).rest()
    await stage.pass(15 * MINUTE - 1)
    expect(stage.state).toBe('waiting.forApproval')
    await stage.pass(1)
    expect(stage.calls).toEqual([])
    expect(stage.brain.asked[1]?.request.observations[0]?.text).toBe('erase was denied: nobody approved it in time.')
  })

  it('takes a desk that can not be asked for a no, and its brain hears of that', async () => {
    const approval = fromPromise(async () => {
      throw new Error('the desk is full')
    })
    const stage = await new Stage({ script: dangerous, approval: approval as never }).rest()
    expect(stage.calls).toEqual([])
    expect(stage.brain.asked[1]?.request.observations[0]?.text).toBe(
      'erase was denied: nobody could be asked (the desk is full).',
    )
  })

  it('takes no word about another approval, without a name, or too late', async () => {
    const stage = await new Stage({ script: [...dangerous.slice(0, 1), use('look'), use('write')] }).rest()
    await stage.send({ type: 'APPROVE', approvalId: 'a1', by: 'Ann' }, { type: 'APPROVE', approvalId: 'a2' } as never)
    expect(stage.state).toBe('waiting.forApproval')
    await stage.send({ type: 'DENY', approvalId: 'a2', by: 'Ann' }, { type: 'APPROVE', approvalId: 'a2', by: 'Bob' })
    expect(stage.calls.map(({ tool }) => tool)).toEqual(['look', 'write'])
  })

  it('asks when the gate of the tools wants it to, under the id of the gate, and only once', async () => {
    const answer = () => {
      throw Object.assign(new Error('ask first'), { code: 'APPROVAL_REQUIRED', details: { approvalId: 'gate-7' } })
    }
    const stage = await new Stage({ script: [use('write'), finish()], answer }).rest()
    expect(stage.context.approval?.approvalId).toBe('gate-7')
    await stage.send({ type: 'APPROVE', approvalId: 'gate-7', by: 'Ann' })
    expect(stage.calls.map(({ approvalId }) => approvalId)).toEqual([undefined, 'gate-7'])
    expect(stage.brain.asked[1]?.request.observations[0]?.text).toBe('write failed: ask first')
  })

  it('asks as its own policy says', async () => {
    const stage = await new Stage({
      script: [use('look')],
      assess: ({ tool }) => (tool === 'look' ? 'requireApproval' : 'allow'),
    }).rest()
    expect(stage.state).toBe('waiting.forApproval')
  })
})

describe('an agent that asks a person', () => {
  const ask = decide({ type: 'ASK_PERSON', question: 'Which bees?' })

  it.each([
    ['an answer', { type: 'ANSWER', text: 'all of them', by: 'Ann' }],
    ['guidance', { type: 'GUIDE', context: 'all of them', by: 'Ann' }],
  ] as const)('goes on with %s', async (_, event) => {
    const stage = await new Stage({ script: [ask, finish()] }).rest()
    expect(stage.of('personAsked')).toEqual([{ type: 'personAsked', question: 'Which bees?' }])
    await stage.send(event)
    expect(stage.brain.asked[1]?.request.observations).toEqual([
      { turn: 1, kind: 'person', text: 'Ann says: all of them' },
    ])
  })

  it('goes on without one after an hour', async () => {
    const stage = await new Stage({ script: [ask, finish()] }).rest()
    await stage.pass(60 * MINUTE)
    expect(stage.brain.asked[1]?.request.observations[0]?.text).toBe('Nobody answered in time.')
  })
})

describe('an agent that delegates', () => {
  const task = decide({ type: 'DELEGATE', to: 'bob', task: 'count' })
  const peer = () => new Hand<Task, DelegateAnswer>()

  it('hands a task down, and takes an answer at once', async () => {
    const bob = peer()
    const stage = await new Stage({ script: [task, finish()], delegate: bob.logic }).rest()
    expect(bob.calls[0]?.input).toEqual({ id: 't1', to: 'bob', task: 'count', depth: 1 })
    bob.resolve({ status: 'done', output: 42 })
    await stage.rest()
    expect(stage.brain.asked[1]?.request.observations[0]).toMatchObject({ kind: 'peer', data: 42 })
  })

  it('waits for one that comes later, for as long as it is worth', async () => {
    for (const isAnswered of [true, false]) {
      const bob = peer()
      const stage = await new Stage({ script: [task, finish()], delegate: bob.logic }).rest()
      bob.resolve({ status: 'pending' })
      await stage.rest()
      await stage.send({ type: 'REPLY', taskId: 't9', output: 1 })
      expect(stage.state).toBe('waiting.forPeer')
      if (isAnswered) await stage.send({ type: 'REPLY', taskId: 't1', output: 42 })
      else await stage.pass(15 * MINUTE)
      const text = isAnswered ? 'bob answered.' : 'bob did not answer: no answer in time.'
      expect(stage.brain.asked[1]?.request.observations[0]?.text).toBe(text)
    }
  })

  it('tells its brain of a peer that fails or says nothing', async () => {
    const bob = peer()
    const stage = await new Stage({ script: [task, task, finish()], delegate: bob.logic }).rest()
    bob.reject(new Error('no such peer'))
    await stage.rest()
    await stage.pass(MINUTE)
    expect(stage.brain.asked[2]?.request.observations.map(({ text }) => text)).toEqual([
      'bob did not answer: no such peer.',
      'bob did not answer: no answer in time.',
    ])
  })

  it('hands nothing further down than it may', async () => {
    const stage = await new Stage({
      script: [task, finish()],
      delegate: peer().logic,
      limits: { depth: 2 },
      input: { depth: 2 },
    }).rest()
    expect(stage.of('refused')[0]?.reason).toContain('DELEGATE is not legal now')
  })
})

describe('a call of which nobody knows whether it happened', () => {
  const unknown = Object.assign(new Error('unknown'), { code: 'OUTCOME_UNKNOWN' })
  const answer = () => {
    throw unknown
  }
  const script = [use('write'), finish()]

  it('is asked about, and not made again', async () => {
    const stage = await new Stage({ script, answer }).rest()
    expect(stage.state).toBe('waiting.forPerson')
    expect(stage.of('personAsked')[0]?.question).toContain('Did write happen?')
    await stage.send({ type: 'ANSWER', text: 'It did.' })
    expect([stage.state, stage.calls.length]).toEqual(['done', 1])
  })

  it('is left where it is', async () => {
    const stage = await new Stage({ script, answer, policy: { outcomeUnknown: 'skip' } }).rest()
    expect(stage.brain.asked[1]?.request.observations[0]).toMatchObject({
      text: 'It is not known whether write happened.',
      data: { ok: false, error: { code: 'OUTCOME_UNKNOWN' } },
    })
  })

  it('is looked after, and asked about if that fails', async () => {
    for (const isFound of [true, false]) {
      const look = new Hand<ToolCall, Verification>()
      const stage = await new Stage({ script, answer, verify: look.logic, policy: { outcomeUnknown: 'verify' } }).rest()
      expect(look.calls[0]?.input.tool).toBe('write')
      if (isFound) look.resolve({ happened: true })
      else look.reject(new Error('no idea'))
      await stage.rest()
      expect(stage.state).toBe(isFound ? 'done' : 'waiting.forPerson')
      if (isFound) expect(stage.brain.asked[1]?.request.observations[0]?.text).toBe('write happened, as was verified.')
    }
  })

  it('is one that is not back in time, unless it only reads', async () => {
    for (const tool of ['look', 'write']) {
      const hand = new Hand<ToolCall, unknown>()
      const stage = await new Stage({ script: [use(tool), finish()], tool: hand.logic }).rest()
      await stage.pass(5 * MINUTE)
      expect(stage.state).toBe(tool === 'look' ? 'done' : 'waiting.forPerson')
    }
  })
})
