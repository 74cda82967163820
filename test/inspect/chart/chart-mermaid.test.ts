import { describe, expect, test } from 'vitest'
import { type AnyStateMachine, createMachine } from 'xstate'
import { chartOf, chartStates } from '../../../src/inspect/chart/chart.js'
import { createChartLayouts } from '../../../src/inspect/chart/chart-layouts.js'
import { mermaidOf } from '../../../src/inspect/chart/chart-mermaid.js'
import { drawMachine } from '../../../src/inspect/chart/draw-machine.js'
import { chartOfPlaced } from '../../../src/inspect/chart/placed-chart.js'
import { definitionOf, stateIdsOf } from '../../../src/inspect/definition/definition.js'
import { agentMachine } from '../../support/statechart/agent-machine.js'
import { deepMachine, hostileMachine, largeMachine } from './hostile-machine.js'
import { type ReadDiagram, readMermaid } from './mermaid.js'

async function read(machine: AnyStateMachine, active?: readonly string[]): Promise<ReadDiagram> {
  return readMermaid(await drawMachine(machine, { format: 'mermaid', active }))
}

const titles = ({ states }: ReadDiagram): string[] => [...states.values()].map(({ title }) => title)

function idOf({ states }: ReadDiagram, title: string): string {
  return [...states].find(([, state]) => state.title === title)![0]
}

describe('a chart in Mermaid', () => {
  test('has every state and every arrow, regions apart', async () => {
    const diagram = await read(agentMachine)
    const { root, transitions } = chartOf(definitionOf(agentMachine))
    expect(titles(diagram)).toEqual(
      expect.arrayContaining(chartStates(root).map(({ type, name }) => (type === 'history' ? 'H*' : name))),
    )
    expect(diagram.arrows).toHaveLength(transitions.length)
    const running = diagram.states.get(idOf(diagram, 'running'))!
    expect(running.regions.map((ids) => ids.map((id) => diagram.states.get(id)!.title))).toEqual([
      ['H*', 'heartbeat'],
      ['thinking'],
    ])
  })

  test('says on an arrow what the picture says, and in a state what it does', async () => {
    const diagram = await read(agentMachine)
    expect(diagram.arrows.map(({ label }) => label)).toEqual(
      expect.arrayContaining(['TASK [budgetLeft and not canRetry]', 'error: callModel [canRetry] / countTry']),
    )
    expect(diagram.states.get(idOf(diagram, 'idle'))!.lines).toEqual(['PING / log', 'defer ASSIGN, NOTE'])
  })

  test('draws no arrow between a state and one that lies in it: out it leads from (any), back it is told in words', async () => {
    const machine = createMachine({
      id: 'm',
      initial: 'a',
      on: { OUT: '.b', AGAIN: { target: '#m', reenter: true } },
      states: { a: { on: { BACK: '#m' } }, b: {} },
    })
    const diagram = await read(machine)
    expect(diagram.arrows).toEqual([{ from: 's0any', to: idOf(diagram, 'b'), label: 'OUT' }])
    expect(diagram.states.get('s0any')!.title).toBe('(any)')
    expect(diagram.states.get('s0')!.lines).toEqual(['AGAIN → m'])
    expect(diagram.states.get(idOf(diagram, 'a'))!.lines).toEqual(['BACK → m'])
  })

  test('shows active states', async () => {
    const diagram = await read(agentMachine, stateIdsOf(agentMachine, 'paused'))
    expect(diagram.active).toEqual([idOf(diagram, 'paused')])
  })

  test('takes no name for syntax', async () => {
    const diagram = await read(hostileMachine())
    const { root } = chartOf(definitionOf(hostileMachine()))
    expect(titles(diagram)).toEqual(chartStates(root).map(({ name }) => name))
    expect(titles(diagram)).toEqual(expect.arrayContaining(['<script>alert(1)</script>', '__proto__', 'two⏎lines']))
  })

  test('may have no states, sixteen levels, or five hundred states', async () => {
    expect(titles(await read(createMachine({ id: 'm' })))).toEqual(['m'])
    expect((await read(deepMachine(16))).states.size).toBe(33)
    expect((await read(largeMachine(500, 800))).states.size).toBe(551)
  })

  test('is the same from a chart that was placed and told', async () => {
    const layouts = createChartLayouts()
    const told = await layouts.placed(definitionOf(agentMachine))
    expect(mermaidOf(chartOfPlaced(told))).toBe(await drawMachine(agentMachine, { format: 'mermaid' }))
  })
})
