import { setImmediate as nextTurn } from 'node:timers/promises'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { createMachine } from 'xstate'
import { supervisorMachine } from '../../../machines/supervisor.js'
import { placedChart } from '../../../src/control/protocol/chart.js'
import {
  type ChartLayoutOptions,
  type ChartLayouts,
  createChartLayouts,
} from '../../../src/inspect/chart/chart-layouts.js'
import { mermaidOf } from '../../../src/inspect/chart/chart-mermaid.js'
import { type ElkWorker, elkWorker } from '../../../src/inspect/chart/elk-worker.js'
import { chartOfPlaced } from '../../../src/inspect/chart/placed-chart.js'
import { definitionOf } from '../../../src/inspect/definition/definition.js'
import { definitionHash } from '../../../src/inspect/definition/definition-hash.js'
import { buildMachine, machineSpec } from '../../analysis/random-machine.js'
import { agentMachine } from '../../support/statechart/agent-machine.js'
import { misplaced } from './boxes.js'
import { deepMachine, hostileMachine, largeMachine } from './hostile-machine.js'
import { readMermaid } from './mermaid.js'

const open: ChartLayouts[] = []
afterEach(() => {
  for (const layouts of open.splice(0)) layouts.close()
})

function layouts(options?: ChartLayoutOptions): ChartLayouts {
  const made = createChartLayouts(options)
  open.push(made)
  return made
}

/** A thread that counts what it is given. */
function counted(worker: ElkWorker = elkWorker()): ElkWorker & { count: number } {
  const counting = {
    ...worker,
    count: 0,
    place: (graph: Parameters<ElkWorker['place']>[0]) => {
      counting.count++
      return worker.place(graph)
    },
  }
  return counting
}

const small = (id: string) =>
  definitionOf(createMachine({ id, initial: 'a', states: { a: { on: { GO: 'b' } }, b: {} } }))
const large = definitionOf(largeMachine(100, 200))

describe('a layout', () => {
  test('is what the console is told: it fits the protocol, and has the hash of the definition', async () => {
    const told = await layouts().placed(definitionOf(agentMachine))
    expect(placedChart.parse(told)).toEqual(told)
    expect(told).toMatchObject({ name: 'agent', hash: definitionHash(definitionOf(agentMachine)) })
    expect(told.initials.map(({ target }) => target)).toContain('agent.idle')
    expect(told.transitions.flatMap(({ ids }) => ids)).toContain('agent.idle|TASK|0')
  })

  test('is made once, however many ask for it at once and again', async () => {
    const worker = counted()
    const { placed } = layouts({ worker })
    const definition = definitionOf(agentMachine)
    const all = await Promise.all(Array.from({ length: 50 }, () => placed(definition)))
    expect(new Set([...all, await placed(structuredClone(definition))]).size).toBe(1)
    expect(worker.count).toBe(1)
  })

  test('of different machines comes one after the other out of one thread', async () => {
    const worker = counted()
    const { placed } = layouts({ worker })
    const told = await Promise.all(['m1', 'm2', 'm3'].map((id) => placed(small(id))))
    expect(told.map(({ name }) => name)).toEqual(['m1', 'm2', 'm3'])
    expect(worker.count).toBe(3)
  })

  test('of a hundred states and two hundred transitions leaves the event loop free', async () => {
    let isPlaced = false
    const placing = layouts()
      .placed(large)
      .finally(() => (isPlaced = true))
    let turns = 0
    while (!isPlaced) {
      await nextTurn()
      turns++
    }
    expect((await placing).states).toHaveLength(111)
    expect(turns).toBeGreaterThan(100)
  })

  test('of five hundred states is made as well', async () => {
    const told = await layouts().placed(definitionOf(largeMachine(500, 800)))
    expect(told.states).toHaveLength(551)
    expect(told.transitions.every(({ points }) => points.length >= 2)).toBe(true)
  })

  test('of a machine without states, of sixteen levels, and of names that mean no good is made', async () => {
    const { placed } = layouts()
    expect((await placed(definitionOf(createMachine({ id: 'm' })))).states).toHaveLength(1)
    const deep = await placed(definitionOf(deepMachine(16)))
    expect(Math.max(...deep.states.map(({ depth }) => depth))).toBe(16)
    const hostile = await placed(definitionOf(hostileMachine()))
    expect(hostile.states).toHaveLength(10)
    expect(hostile.width).toBeLessThan(20_000)
  })
})

describe('in a picture', () => {
  for (const machine of [agentMachine, supervisorMachine, hostileMachine(), deepMachine(16), largeMachine(60, 90)])
    test(`of ${machine.id} no state and no label lies over another, and all are in it`, async () => {
      expect(misplaced(await layouts().placed(definitionOf(machine)))).toEqual([])
    })

  test('of any machine the same holds, and Mermaid can read it', async () => {
    const { placed } = layouts()
    const machines = fc.sample(machineSpec, { seed: 7, numRuns: 25 }).map((spec) => buildMachine(spec, () => true))
    for (const told of await Promise.all(machines.map((machine) => placed(definitionOf(machine))))) {
      expect(misplaced(told)).toEqual([])
      expect(told.transitions.every(({ points }) => points.length >= 2)).toBe(true)
      expect(readMermaid(mermaidOf(chartOfPlaced(told))).states.size).toBeGreaterThanOrEqual(told.states.length)
    }
  })
})

describe('a thread', () => {
  test('that dies for want of memory fails its chart, and the next chart gets another', async () => {
    const { placed } = layouts({ memoryMb: 24 })
    const dying = placed(definitionOf(largeMachine(900, 2_000)))
    const next = placed(small('next'))
    await expect(dying).rejects.toMatchObject({ code: 'CHART_FAILED', message: expect.stringContaining('died') })
    expect((await next).states).toHaveLength(3)
  })

  test('that takes too long is ended, and what failed is tried again when it is asked for again', async () => {
    const worker = counted(elkWorker({ timeoutMs: 1 }))
    const { placed } = layouts({ worker })
    const tooLong = { code: 'CHART_FAILED', message: expect.stringContaining('longer than 1 ms') }
    await expect(placed(large)).rejects.toMatchObject(tooLong)
    await expect(placed(large)).rejects.toMatchObject(tooLong)
    expect(worker.count).toBe(2)
  })

  test('is ended by closing, with all that waits for it', async () => {
    const { placed, close } = layouts()
    const waiting = [placed(large), placed(small('next'))].map((each) => each.catch((error: Error) => error))
    await nextTurn()
    close()
    for (const error of await Promise.all(waiting)) expect(error).toMatchObject({ code: 'CHART_FAILED' })
    await expect(placed(small('late'))).rejects.toMatchObject({ code: 'CHART_FAILED' })
  })
})
