import { describe, expect, it } from 'vitest'
import { assign, createActor, raise, SimulatedClock, setup } from 'xstate'
import { z } from 'zod'
import { fromScript, type ScriptStep } from '../../actors/from-script.js'
import type { LegalEvent } from '../../machines/brain.js'
import { createDecisionMachine, type DecisionOutput } from '../../machines/decision.js'
import { legalEvents } from '../../machines/legal-events.js'
import { checkMachine } from '../../src/analysis/check-machine.js'
import { World } from '../support/world.js'
import { decide } from './agent-stage.js'

const schemas = {
  OPEN: { schema: z.strictObject({ type: z.literal('OPEN') }) },
  SHUT: { schema: z.strictObject({ type: z.literal('SHUT') }) },
}
const request = {
  ...{
    goal: 'air',
    constraints: [],
    state: 'shut',
    legal: [{ type: 'OPEN' }],
    tools: [],
    observations: [],
    memory: [],
  },
  ...{ turn: 1, limits: { turnsLeft: 1 } },
}
const open = decide({ type: 'OPEN' })
const shut = decide({ type: 'SHUT' })
const rest = async () => {
  for (let round = 0; round < 20; round++) await new Promise((resolve) => setImmediate(resolve))
}

async function ask(script: readonly ScriptStep[], limits = {}) {
  const clock = new SimulatedClock()
  const brain = fromScript(script)
  const actor = createActor(createDecisionMachine({ brain, schemas, limits }), { input: request, clock }).start()
  await rest()
  return { actor, brain, clock, output: () => actor.getSnapshot().output }
}

describe('the decision machine', () => {
  it('is done with a legal decision', async () => {
    expect((await ask([open])).output()).toEqual({ status: 'decided', decision: open, asked: 1 })
  })

  it('asks again with the reason for the refusal, and gives up after so many', async () => {
    const { brain, output } = await ask([shut, open])
    expect(output()).toMatchObject({ status: 'decided', asked: 2 })
    expect(brain.asked[1]?.request.refused).toEqual([
      { decision: shut, reason: 'SHUT is not legal now. Legal are OPEN.' },
    ])
    const stubborn = await ask([shut, shut, shut, open])
    expect(stubborn.output()).toMatchObject({ status: 'undecided', why: 'refused', asked: 3, refused: { length: 3 } })
  })

  it('tries again after a failure that may pass, after growing waits', async () => {
    const { clock, output } = await ask([new Error('down'), new Error('down'), open])
    clock.increment(1_000)
    await rest()
    clock.increment(1_999)
    await rest()
    expect(output()).toBeUndefined()
    clock.increment(1)
    await rest()
    expect(output()).toMatchObject({ status: 'decided', asked: 3 })
  })

  it.each([
    ['failed', Object.assign(new Error('no key'), { status: 401 })],
    ['budget', Object.assign(new Error('no money'), { code: 'BUDGET_EXHAUSTED' })],
  ])('says why there is none: %s', async (why, error) => {
    expect((await ask([error])).output()).toMatchObject({ status: 'undecided', why, error: { message: error.message } })
  })

  it('stops a brain that takes too long', async () => {
    const { clock, output } = await ask([() => new Promise(() => {})], { brainMs: 10, retries: 0 })
    clock.increment(10)
    expect(output()).toMatchObject({ status: 'undecided', why: 'timeout' })
  })

  it('is a part of a statechart of your own, durable like the rest of it', async () => {
    const brain = fromScript([shut, open])
    const window = setup({
      types: { context: {} as { output?: DecisionOutput }, events: {} as { type: 'OPEN' } | { type: 'SHUT' } },
      actors: { decide: createDecisionMachine({ brain, schemas }) },
    }).createMachine({
      context: {},
      initial: 'shut',
      states: {
        shut: {
          invoke: {
            src: 'decide',
            input: ({ context }) => ({ ...request, legal: legalWhenShut(context) }),
            onDone: {
              actions: [
                assign({ output: ({ event }) => event.output }),
                raise(({ event: { output } }) => eventOf(output)),
              ],
            },
          },
          on: { OPEN: 'open' },
        },
        open: {},
      },
    })
    function legalWhenShut(context: { output?: DecisionOutput }): LegalEvent[] {
      return legalEvents(window.resolveState({ value: 'shut', context }), schemas)
    }
    const world = new World({ window })
    await (await world.open()).spawn('window', { id: 'w' })
    await world.system.settled()
    expect(world.system.actor('window', 'w').getSnapshot().value).toBe('open')
    await world.stop()
  })

  it('has nothing that the check finds', () => {
    expect(checkMachine(createDecisionMachine({ brain: fromScript([]), schemas }))).toEqual([])
  })
})

function eventOf(output: DecisionOutput): { type: 'OPEN' } | { type: 'SHUT' } {
  return output.status === 'decided' && output.decision.event.type === 'OPEN' ? { type: 'OPEN' } : { type: 'SHUT' }
}
