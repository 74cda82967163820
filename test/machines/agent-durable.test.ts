import { currentEffect } from 'roscius'
import { fromActivity } from 'roscius/actors'
import { describe, expect, it } from 'vitest'
import { fromPromise } from 'xstate'
import { defineBrain } from '../../actors/define-brain.js'
import { fromScript, type ScriptStep } from '../../actors/from-script.js'
import type { AgentOptions, ToolCall, Verification } from '../../machines/agent/options.js'
import { createAgentMachine } from '../../machines/agent.js'
import type { Brain, BrainRequest, Decision, TokenEvent } from '../../machines/brain.js'
import { World } from '../support/world.js'
import { decide, finish, Hand, stateOf, TOOLS, use } from './agent-stage.js'

interface Run {
  readonly script?: readonly ScriptStep[]
  readonly options?: Partial<AgentOptions>
}

/** An agent in a world, with what its tools have done: by effect, as the outside would tell repeats. */
function agentWorld({ script = [], options }: Run) {
  const done = new Map<string, ToolCall>()
  const brain = fromScript(script)
  const tool = fromPromise<unknown, ToolCall>(async ({ input }) => {
    done.set(currentEffect()?.effectId ?? '', input)
    return `${input.tool} says hello`
  })
  const agent = createAgentMachine({ goal: 'the goal', brain, tools: TOOLS, tool, ...options })
  const world = new World({ agent })
  const ref = () => world.system.actor('agent', 'a')
  const state = () => stateOf(ref().getSnapshot().value)
  return { world, brain, done, ref, state }
}

describe('an agent whose process crashes', () => {
  /** Decides by what it knows, and is down when it is first asked in turn 2. */
  function steadyBrain() {
    const steps = [use('look'), use('erase'), decide({ type: 'ASK_PERSON', question: 'Enough?' }), finish()]
    let failing: string | undefined
    return defineBrain(async ({ turn, observations }, { effectId }) => {
      if (turn === 2) failing ??= effectId
      if (turn === 2 && failing === effectId) throw new Error('down')
      return steps[observations.length]!
    })
  }

  const start = () => agentWorld({ options: { brain: steadyBrain() } })

  /** What others do, each once, whenever it is time. */
  async function attend({ world, ref, state }: ReturnType<typeof agentWorld>): Promise<void> {
    const { system } = world
    await system.spawn('agent', { id: 'a', ifExists: 'use' })
    if (ref().getSnapshot().status !== 'active') return
    await ref().deliver({ type: 'PAUSE' }, { idempotencyKey: 'pause' })
    for (let round = 0; round < 20; round++) {
      await system.settled()
      if (state() === 'done') return
      if (state().startsWith('paused')) await ref().deliver({ type: 'RESUME' }, { idempotencyKey: `resume ${round}` })
      else if (state() === 'backingOff') await world.advance(1_000)
      else if (state() === 'waiting.forApproval')
        await ref().deliver({ type: 'APPROVE', approvalId: 'a3', by: 'Ann' }, { idempotencyKey: 'approve' })
      else if (state() === 'waiting.forPerson')
        await ref().deliver({ type: 'ANSWER', text: 'Yes.' }, { idempotencyKey: 'answer' })
    }
    throw new Error(`It does not end: ${state()}`)
  }

  /** How often a question was put again depends on where the pause came. */
  async function resultOf({ ref }: ReturnType<typeof agentWorld>) {
    const { used, ...ending } = await ref().result()
    return { ...ending, used: { ...used, modelCalls: undefined } }
  }

  async function undisturbed() {
    const stage = start()
    await stage.world.open()
    await attend(stage)
    const output = await resultOf(stage)
    const { batches } = stage.world.store.written
    await stage.world.stop()
    return { output, batches, calls: [...stage.done.values()] }
  }

  it('goes on where it was, at each of its commits: the same end, each call once', async () => {
    const { output, batches, calls } = await undisturbed()
    expect(output).toMatchObject({ status: 'done', used: { turns: 4, toolCalls: 2 } })
    expect(batches).toBeGreaterThan(8)
    for (const when of ['before', 'after'] as const)
      for (let batch = 1; batch <= batches; batch++) {
        const stage = start()
        stage.world.store.crashAtBatch(batch, when)
        const disturbed = async () => {
          await stage.world.open()
          await attend(stage)
        }
        await Promise.race([stage.world.store.crashed, disturbed().catch(() => undefined)])
        await stage.world.crashAndOpen()
        await attend(stage)
        const where = `${when} batch ${batch}`
        expect({ where, output: await resultOf(stage) }).toEqual({ where, output })
        expect({ where, calls: [...stage.done.values()] }).toEqual({ where, calls })
        await stage.world.stop()
      }
  })
})

describe('an agent that is opened again', () => {
  const ask = decide({ type: 'ASK_PERSON', question: 'Which bees?' })

  it('is still paused, and comes back to its wait; an answer that came meanwhile is kept', async () => {
    const stage = agentWorld({ script: [use('erase'), finish()] })
    await (await stage.world.open()).spawn('agent', { id: 'a' })
    await stage.world.system.settled()
    await stage.ref().deliver({ type: 'PAUSE' })
    await stage.world.crashAndOpen()
    expect(stage.state()).toBe('paused.midway')
    const { outcome } = await stage.ref().deliver({ type: 'APPROVE', approvalId: 'a2', by: 'Ann' })
    expect([outcome, stage.state()]).toEqual(['deferred', 'paused.midway'])
    await stage.world.crashAndOpen()
    await stage.ref().deliver({ type: 'RESUME' })
    expect(await stage.ref().result()).toMatchObject({ status: 'done' })
    expect([...stage.done.values()]).toMatchObject([{ tool: 'erase', approvedBy: 'Ann' }])
    await stage.world.stop()
  })

  it('waits on for what remains, and takes silence for a no', async () => {
    const stage = agentWorld({ script: [use('erase'), finish()] })
    await (await stage.world.open()).spawn('agent', { id: 'a' })
    await stage.world.system.settled()
    await stage.world.advance(14 * 60_000)
    await stage.world.crashAndOpen()
    await stage.world.advance(60_000 - 1)
    expect(stage.state()).toBe('waiting.forApproval')
    await stage.world.advance(1)
    expect(stage.state()).toBe('done')
    expect(stage.ref().getSnapshot().context.observations[0]?.text).toContain('erase was denied')
    await stage.world.stop()
  })

  it('keeps its deadline over pauses and crashes', async () => {
    const stage = agentWorld({ script: [ask], options: { limits: { deadlineMs: 10_000 } } })
    await (await stage.world.open()).spawn('agent', { id: 'a' })
    await stage.world.system.settled()
    await stage.world.advance(4_000)
    await stage.ref().deliver({ type: 'PAUSE' })
    await stage.world.crashAndOpen()
    await stage.ref().deliver({ type: 'RESUME' })
    await stage.world.advance(5_999)
    expect(stage.state()).toBe('waiting.forPerson')
    await stage.world.advance(1)
    expect(stage.ref().getSnapshot().output).toMatchObject({ status: 'exhausted', limit: 'deadline' })
    await stage.world.stop()
  })

  it('is still degraded', async () => {
    const fallback = fromScript([ask, finish('cheap')])
    const spent = Object.assign(new Error('no money'), { code: 'BUDGET_EXHAUSTED' })
    const stage = agentWorld({ script: [spent], options: { fallback, policy: { onExhausted: 'degrade' } } })
    await (await stage.world.open()).spawn('agent', { id: 'a' })
    await stage.world.system.settled()
    await stage.world.crashAndOpen()
    await stage.ref().deliver({ type: 'ANSWER', text: 'Yes.' })
    expect(await stage.ref().result()).toMatchObject({ status: 'done', output: 'cheap' })
    await stage.world.stop()
  })

  it.each([
    ['ask', 'waiting.forPerson'],
    ['skip', 'done'],
    ['verify', 'done'],
  ] as const)('does not repeat a call that must not be: %s', async (outcomeUnknown, state) => {
    let calls = 0
    const tool = fromActivity<unknown, ToolCall>(
      () => {
        calls++
        return new Promise(() => {})
      },
      { idempotent: false },
    )
    const verify = fromPromise<Verification, ToolCall>(async () => ({ happened: true }))
    const options = { tool, verify, policy: { outcomeUnknown } }
    const stage = agentWorld({ script: [use('write'), finish()], options })
    await (await stage.world.open()).spawn('agent', { id: 'a' })
    for (let round = 0; round < 20; round++) await new Promise((resolve) => setImmediate(resolve))
    expect([stage.state(), calls]).toEqual(['working.acting.calling', 1])
    await stage.world.crashAndOpen()
    await stage.world.system.settled()
    expect([stage.state(), calls]).toEqual([state, 1])
    await stage.world.stop()
  })
})

describe('an agent in a system', () => {
  it('stops the effect of its brain when it is given another goal', async () => {
    const hand = new Hand<BrainRequest, Decision>()
    const stage = agentWorld({ script: [], options: { brain: hand.logic as unknown as Brain } })
    await (await stage.world.open()).spawn('agent', { id: 'a' })
    await stage.ref().deliver({ type: 'REDIRECT', goal: 'wasps' })
    for (let round = 0; round < 20; round++) await new Promise((resolve) => setImmediate(resolve))
    expect(hand.calls.filter(({ signal }) => !signal.aborted).map(({ input }) => input.goal)).toEqual(['wasps'])
    hand.resolve(finish())
    expect(await stage.ref().result()).toMatchObject({ status: 'done' })
    await stage.world.stop()
  })

  it('says how it was cancelled', async () => {
    const stage = agentWorld({ script: [use('write')], options: { tool: new Hand<ToolCall, unknown>().logic } })
    await (await stage.world.open()).spawn('agent', { id: 'a' })
    for (let round = 0; round < 20; round++) await new Promise((resolve) => setImmediate(resolve))
    const cancelled = stage.ref().cancel({ reason: 'no longer wanted', deadlineMs: 10 })
    await stage.world.clock.advance(10)
    await cancelled
    expect(stage.ref().getSnapshot().output).toMatchObject({
      status: 'cancelled',
      reason: 'no longer wanted',
      unfinished: { tool: 'write' },
    })
    await stage.world.stop()
  })

  it('lets its observers hear the tokens of its brain', async () => {
    const brain = defineBrain(async (_, { emit }) => {
      await new Promise((resolve) => setImmediate(resolve))
      for (const text of ['ho', 'ney']) emit({ type: 'token', text })
      return finish()
    })
    const stage = agentWorld({ options: { brain } })
    const ref = await (await stage.world.open()).spawn('agent', { id: 'a' })
    const tokens: string[] = []
    ref.getSnapshot().children.brain?.on('token', (event) => tokens.push((event as TokenEvent).text))
    await stage.world.system.settled()
    expect(tokens).toEqual(['ho', 'ney'])
    await stage.world.stop()
  })

  it('tells its observers what it decides, when that is durable', async () => {
    const stage = agentWorld({ script: [use('look'), finish()] })
    const system = await stage.world.open()
    const decided: string[] = []
    system.actor('agent', 'a').on('decided', ({ event }) => decided.push(event.type))
    await system.spawn('agent', { id: 'a' })
    await system.settled()
    expect(decided).toEqual(['USE_TOOL', 'FINISH'])
    await stage.world.stop()
  })
})

describe('an agent that an operator pauses', () => {
  it('takes neither the decision that was asked for nor anything else until it is resumed, over a crash too', async () => {
    const brain = defineBrain(async ({ observations }) => (observations.length === 0 ? use('look') : finish()))
    const { world, ref, state, done } = agentWorld({ options: { brain } })
    const system = await world.open()
    await Promise.all([system.spawn('agent', { id: 'a' }), ref().pause({ by: 'anna', reason: 'too dear' })])
    await system.settled()
    const thinking = state()
    expect(ref().explain().waitsFor[0]).toMatchObject({ kind: 'pause', by: 'anna' })
    await world.crashAndOpen()
    await world.advance(3_600_000)
    expect([state(), done.size]).toEqual([thinking, 0])
    await ref().resume({ by: 'anna' })
    // Its own patience with the decision has run out meanwhile, so it asks again.
    await world.advance(60_000)
    expect(state()).toBe('done')
    expect(done.size).toBe(1)
    await world.stop()
  })
})
