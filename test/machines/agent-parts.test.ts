import { describe, expect, it } from 'vitest'
import { assign, fromPromise, raise, setup } from 'xstate'
import { fromRules } from '../../actors/from-rules.js'
import { decisionSchemas } from '../../machines/agent/decisions.js'
import { readAgentOptions, type ToolCall } from '../../machines/agent/options.js'
import { agentGuards, agentUpdates, type Bounded, bounded } from '../../machines/agent/parts.js'
import type { Decision, LegalEvent } from '../../machines/brain.js'
import { createDecisionMachine, type DecisionOutput } from '../../machines/decision.js'
import { type EventSchemas, legalEvents } from '../../machines/legal-events.js'
import { checkMachine } from '../../src/analysis/check-machine.js'
import { World } from '../support/world.js'

/** A statechart of somebody's own out of the agent's parts. */
function reader(decide: Decision) {
  const brain = fromRules([{ decide }, { decide: { event: { type: 'FINISH', output: 'enough' }, reason: 'enough' } }])
  const tool = fromPromise<unknown, ToolCall>(async () => 'the same page')
  const tools = [{ name: 'read', description: 'reads', risk: 'read' as const }]
  const all = decisionSchemas(readAgentOptions({ brain, tools, tool }))
  const schemas: EventSchemas = { USE_TOOL: all.USE_TOOL!, FINISH: all.FINISH! }
  const legal = (context: Bounded): LegalEvent[] =>
    legalEvents(machine.resolveState({ value: 'deciding', context }), schemas)
  const machine = setup({
    types: {} as { context: Bounded & { call?: { type: string } }; events: { type: 'USE_TOOL' } | { type: 'FINISH' } },
    actors: { decide: createDecisionMachine({ brain, schemas }), read: tool },
    guards: { withinTurns: agentGuards.withinTurns, notLooping: agentGuards.notLooping },
    actions: {
      countTurn: assign((args) => agentUpdates.countTurn(args)),
      noteResult: assign((args) =>
        agentUpdates.noteResult(args, args.context.call!, Reflect.get(args.event, 'output')),
      ),
    },
  }).createMachine({
    context: bounded({ turns: 9, repeats: 2 }),
    initial: 'looking',
    states: {
      looking: { always: [{ guard: 'withinTurns', target: 'thinking', actions: 'countTurn' }, { target: 'tired' }] },
      thinking: {
        invoke: {
          src: 'decide',
          input: ({ context }) => ({
            ...{ goal: 'read', constraints: [], state: 'deciding', tools: [], observations: [], memory: [] },
            ...{ turn: context.used.turns, limits: { turnsLeft: 1 }, legal: legal(context) },
          }),
          onDone: { target: 'deciding', actions: raise(({ event }) => eventOf(event.output)) },
          onError: 'tired',
        },
      },
      deciding: {
        on: {
          USE_TOOL: { guard: 'notLooping', target: 'reading', actions: assign(({ event }) => ({ call: event })) },
          FINISH: 'finished',
        },
        after: { 1000: 'looking' },
      },
      reading: {
        invoke: {
          src: 'read',
          input: ({ context }) => context.call as unknown as ToolCall,
          onDone: { target: 'looking', actions: 'noteResult' },
          onError: 'tired',
        },
      },
      finished: { type: 'final' },
      tired: { type: 'final' },
    },
  })
  return machine
}

function eventOf(output: DecisionOutput): { type: 'USE_TOOL' } | { type: 'FINISH' } {
  return output.status === 'decided' ? (output.decision.event as { type: 'USE_TOOL' }) : { type: 'FINISH' }
}

const read = { event: { type: 'USE_TOOL', tool: 'read', input: {} }, reason: 'to know' }

describe('the parts of an agent', () => {
  it('make a statechart of your own that the check finds nothing in', () => {
    expect(checkMachine(reader(read))).toEqual([])
  })

  it('keep it from going round in circles, durable like the rest of it', async () => {
    const world = new World({ reader: reader(read) })
    await (await world.open()).spawn('reader', { id: 'r' })
    await world.system.settled()
    await world.crashAndOpen()
    const ref = world.system.actor('reader', 'r')
    expect(ref.getSnapshot()).toMatchObject({ value: 'deciding', context: { used: { turns: 3 } } })
    for (let turn = 0; turn < 7; turn++) await world.advance(1_000)
    expect(ref.getSnapshot()).toMatchObject({ value: 'tired', context: { used: { turns: 9 } } })
    await world.stop()
  })

  it('count what is used, and what is new', () => {
    const context = bounded({ repeats: 1 })
    const event = { type: 'ANY' }
    const args = { context, event }
    const usage = { inputTokens: 1, outputTokens: 2, costUsd: 3 }
    expect(agentUpdates.countUsage(args, usage).used).toMatchObject({ modelCalls: 1, inputTokens: 1, costUsd: 3 })
    expect(agentUpdates.countUsage(args, 'much').used).toMatchObject({ modelCalls: 1, inputTokens: 0 })
    expect(agentUpdates.countToolCall(args).used.toolCalls).toBe(1)
    expect(agentUpdates.countDelegation(args).used.delegations).toBe(1)
    const seen = { ...context, ...agentUpdates.noteResult(args, read.event, 'page') }
    expect(agentGuards.notLooping({ context: seen, event: read.event })).toBe(false)
    const anew = { ...seen, ...agentUpdates.noteNews({ context: seen, event }) }
    expect(agentGuards.notLooping({ context: anew, event: read.event })).toBe(true)
  })

  it('have limits that can be read', () => {
    expect(() => bounded({ turns: -1 })).toThrow(expect.objectContaining({ details: { field: 'turns' } }))
  })
})
