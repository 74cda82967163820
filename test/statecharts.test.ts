import { describe, expect, test } from 'vitest'
import { type AnyStateMachine, setup } from 'xstate'
import { auditMachine } from '../examples/01-audit/coordinator.js'
import { workerMachine } from '../examples/01-audit/worker.js'
import { supervisorMachine } from '../machines/supervisor.js'
import { agentMachine } from './support/statechart/agent-machine.js'
import { drawStatechart } from './support/statechart/draw-statechart.js'

/** The pictures of the docs; `npm run docs:charts` draws them anew. */
const pictures: readonly (readonly [name: string, machine: AnyStateMachine])[] = [
  ['audit', auditMachine],
  ['audit-worker', workerMachine],
  ['supervisor', supervisorMachine],
]

describe('the statecharts in the docs', () => {
  test.each(pictures)('%s.svg shows the machine as it is', async (name, machine) => {
    await expect(await drawStatechart(machine)).toMatchFileSnapshot(`../docs/images/${name}.svg`)
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
