import { type DecisionOptions, defineRedaction, logDecision, logToolCall } from 'roscius'
import { createAgentMachine, type ToolCall } from 'roscius/machines'
import { describe, expect, it } from 'vitest'
import { fromPromise } from 'xstate'
import { type DefinedBrain, defineBrain } from '../../../actors/define-brain.js'
import { fromScript } from '../../../actors/from-script.js'
import { all, World } from '../../support/world.js'

const logged = (brain: DefinedBrain): DefinedBrain =>
  defineBrain(async (request, context) => {
    const decision = await brain.decide(request, context)
    logDecision({ request, decision, ms: 5 })
    return decision
  })

/** Looks twice, wants something impossible once, and is done. */
const script = () =>
  fromScript([
    {
      event: { type: 'USE_TOOL', tool: 'look', input: 1 },
      reason: 'to see, with password=hunter2',
      prompt: { name: 'agent', version: '2' },
      model: 'small',
      usage: { inputTokens: 10, outputTokens: 2 },
    },
    { event: { type: 'FLY' }, reason: 'why not' },
    { event: { type: 'FINISH', output: 1 }, reason: 'it is done' },
  ])

const look = fromPromise(async ({ input }: { input: ToolCall }) => {
  logToolCall({
    turn: input.turn,
    callId: input.id,
    tool: 'look',
    version: '1',
    outcome: 'allowed',
    rule: 'r',
    ok: true,
    ms: 1,
  })
  return { ok: true, output: 'seen' }
})

const agentWith = (brain: DefinedBrain) =>
  createAgentMachine({
    goal: 'look around',
    brain: logged(brain),
    tool: look,
    tools: [{ name: 'look', description: 'looks', risk: 'read' }],
  })

const worldOf = (brain: DefinedBrain) => new World({ agent: agentWith(brain) })

async function decided(options: DecisionOptions = {}, durability: 'durable' | 'volatile' = 'durable') {
  const world = worldOf(script())
  const system = await world.open(world.logic, { decisions: options })
  const ref = await system.spawn('agent', { id: 'a', durability })
  await system.settled()
  return { world, system, ref }
}

describe('the decision log', () => {
  it('says for each turn what was asked, decided, why, at what cost, and what came of it', async () => {
    const { world, system } = await decided()
    const [first, second, third] = await system.decisions('a')
    expect(first).toMatchObject({
      path: 'a',
      turn: 1,
      goal: 'look around',
      state: expect.stringContaining('deciding'),
      contextDigest: expect.stringMatching(/^[0-9a-z]{5,}$/),
      legal: expect.arrayContaining(['USE_TOOL', 'FINISH']),
      decision: { type: 'USE_TOOL', tool: 'look' },
      reason: 'to see, with password=[redacted]',
      prompt: { name: 'agent', version: '2' },
      model: 'small',
      usage: { inputTokens: 10, outputTokens: 2 },
      ms: 5,
      toolCalls: [{ tool: 'look', version: '1', outcome: 'allowed', rule: 'r', ok: true }],
    })
    expect(second).toMatchObject({ turn: 2, decision: { type: 'FLY' }, refusedBecause: expect.stringContaining('FLY') })
    expect(third).toMatchObject({ turn: 2, decision: { type: 'FINISH' }, toolCalls: [] })
    expect(third?.refusedBecause).toBeUndefined()
    expect(third?.contextDigest).not.toBe(first?.contextDigest)
    await world.stop()
  })

  it('can be asked for some turns', async () => {
    const { world, system } = await decided()
    expect((await system.decisions('a', { from: 2 })).map(({ turn }) => turn)).toEqual([2, 2])
    expect((await system.decisions('a', { to: 1 })).map(({ turn }) => turn)).toEqual([1])
    expect(await system.decisions('nobody')).toEqual([])
    await world.stop()
  })

  it('keeps the newest only', async () => {
    const { world, system } = await decided({ keep: 2 })
    expect((await system.decisions('a')).map(({ decision }) => (decision as { type: string }).type)).toEqual([
      'FLY',
      'FINISH',
    ])
    await world.stop()
  })

  it('goes with its actor, and is not taken over by the next one of that path', async () => {
    const { world, system, ref } = await decided()
    await ref.delete()
    expect(await system.decisions('a')).toEqual([])
    expect((await all(world.store.range({ gte: 'u/decisions/', lt: 'u/decisions0' }))).length).toBe(0)
    await system.spawn('agent', { id: 'a', durability: 'volatile' })
    expect(await system.decisions('a')).toEqual([])
    await world.stop()
  })

  it('of a volatile actor is in memory', async () => {
    const { world, system } = await decided({}, 'volatile')
    expect((await system.decisions('a')).length).toBe(3)
    expect((await all(world.store.range({ gte: 'u/decisions/', lt: 'u/decisions0' }))).length).toBe(0)
    await world.stop()
  })

  it('of a volatile actor goes when nothing is known of it any more, and none is kept of one that decides nothing', async () => {
    const { world, system } = await decided({}, 'volatile')
    for (let n = 0; n < 1_000; n++) await (await system.spawn('agent', { id: `b${n}`, durability: 'volatile' })).stop()
    expect(await system.decisions('a')).toEqual([])
    await world.stop()
  })

  it('knows a decision again whatever is redacted: names of actors and effects are not', async () => {
    const id = '4111111111111111'
    expect(defineRedaction().text(id)).toBe('[redacted]')
    const world = worldOf(script())
    const system = await world.open()
    await system.spawn('agent', { id })
    await system.settled()
    const records = await system.decisions(id)
    expect(records.map(({ path }) => path)).toEqual([id, id, id])
    expect(records.every(({ effectId }) => effectId?.startsWith(id))).toBe(true)
    await world.stop()
  })

  it('has each decision once, at any crash', async () => {
    let crashed = 0
    for (let batch = 2; batch < 24; batch++)
      for (const when of ['before', 'after'] as const) {
        // It decides by the turn, so that a repeated question gets the same answer.
        const world = worldOf(
          defineBrain(({ turn }) => ({
            event: turn < 4 ? { type: 'USE_TOOL', tool: 'look', input: turn } : { type: 'FINISH', output: turn },
            reason: `turn ${turn}`,
          })),
        )
        const crashing = await world.open()
        world.store.crashAtBatch(batch, when, { powerLoss: true })
        await crashing.spawn('agent', { id: 'a' }).catch(() => undefined)
        await crashing.settled().catch(() => undefined)
        if (world.events.some(({ type }) => type === 'halted')) crashed++
        await world.crash()
        const system = await world.open()
        await system.spawn('agent', { id: 'a', ifExists: 'use' })
        await system.settled()
        const records = await system.decisions('a')
        expect(records.map(({ turn }) => turn)).toEqual([1, 2, 3, 4])
        expect(records.map(({ toolCalls }) => toolCalls.length)).toEqual([1, 1, 1, 0])
        await world.stop()
      }
    expect(crashed).toBeGreaterThan(10)
  })

  it('is chained into the audit trail, too, where that is asked for', async () => {
    const world = worldOf(script())
    const system = await world.open(world.logic, { audit: { decisions: true } })
    await system.spawn('agent', { id: 'a' })
    await system.settled()
    const records = await all(system.audit.records({ kind: 'decision' }))
    expect(records.map(({ path, subject }) => [path, subject])).toEqual([
      ['a', 'USE_TOOL'],
      ['a', 'FLY'],
      ['a', 'FINISH'],
    ])
    expect(await system.audit.verify()).toMatchObject({ ok: true })
    await world.stop()
  })

  it('is written by nobody outside an effect', async () => {
    const brain = logged(script())
    const decision = await brain.decide(
      {
        goal: '',
        constraints: [],
        state: '',
        legal: [],
        tools: [],
        observations: [],
        memory: [],
        turn: 1,
        limits: { turnsLeft: 1 },
      },
      { signal: new AbortController().signal, emit: () => {}, effectId: undefined },
    )
    expect(decision.event.type).toBe('USE_TOOL')
    expect(() => logToolCall({ turn: 1, callId: 'x', tool: 'look', outcome: 'allowed', ok: true })).not.toThrow()
  })

  it('refuses options that it does not know, with the path of the field', async () => {
    const opened = worldOf(script()).open(undefined, { decisions: { keep: 0 } })
    await expect(opened).rejects.toMatchObject({ code: 'OPTIONS_INVALID', details: { field: 'decisions.keep' } })
  })
})
