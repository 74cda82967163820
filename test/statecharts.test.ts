import { describe, expect, test } from 'vitest'
import { type AnyStateMachine, setup } from 'xstate'
import { fromRules } from '../actors/from-rules.js'
import { registerMachine } from '../examples/01-audit/register.js'
import { createAgentMachine } from '../machines/agent.js'
import { createAssociationMachine } from '../machines/association.js'
import { supervisorMachine } from '../machines/supervisor.js'
import { agentMachine } from './support/statechart/agent-machine.js'
import { type Drawing, drawStatechart } from './support/statechart/draw-statechart.js'

const brain = fromRules([{ decide: { event: { type: 'FINISH' }, reason: 'it is done' } }])

/** The pictures of the docs; `npm run docs:charts` draws them anew. */
const pictures: readonly (readonly [name: string, machine: AnyStateMachine, drawing?: Drawing])[] = [
  ['audit', registerMachine],
  ['supervisor', supervisorMachine],
  ['agent', createAgentMachine({ brain }), { depth: 4 }],
  ['association', createAssociationMachine(), { state: 'association.active.link', depth: 1 }],
  ['agent-turn', createAgentMachine({ brain }), { state: 'agent.active.job.engaged.working', depth: 1 }],
]

describe('the statecharts in the docs', () => {
  for (const [name, machine, drawing] of pictures)
    test(`${name}.svg shows the machine as it is`, async () => {
      await expect(await drawStatechart(machine, drawing)).toMatchFileSnapshot(`../docs/images/${name}.svg`)
    })
})

describe('a drawn statechart', () => {
  const texts = (svg: string): string[] => [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text = '']) => text)

  test('shows every state, also in nested regions', async () => {
    const names = ['agent', 'running ∥', 'heartbeat', 'beat', 'toolUse', 'failed', 'paused', 'replying', 'H*']
    expect(texts(await drawStatechart(agentMachine))).toEqual(expect.arrayContaining(names))
  })

  test('has an arrow for every transition and every initial state', async () => {
    const svg = await drawStatechart(agentMachine)
    expect(svg.match(/class="arrow"/g)).toHaveLength(25)
    expect(svg.match(/class="dot"/g)).toHaveLength(4)
  })

  test('escapes what a name may hold', async () => {
    const machine = setup({}).createMachine({ id: 'a<b', initial: 'x', states: { x: { on: { 'A&B': 'y' } }, y: {} } })
    const svg = await drawStatechart(machine)
    expect(svg).toContain('a&lt;b')
    expect(svg).toContain('A&amp;B')
  })

  test('is the same each time', async () => {
    expect(await drawStatechart(agentMachine)).toBe(await drawStatechart(agentMachine))
  })
})
