import { describe, expect, test } from 'vitest'
import { labelOf, linesOf, titleOf } from '../../src/console/chart/chart-lines.js'
import { liveLooks } from '../../src/console/chart/chart-looks.js'
import { chartModel, innermost, namesOf } from '../../src/console/chart/chart-model.js'
import { linePath, roundedPath } from '../../src/console/chart/chart-path.js'
import { farNames, tooSmall } from '../../src/console/chart/far-names.js'
import { activeView, firstView, isInView } from '../../src/console/chart/focus.js'
import { fitted, held, pinched, seen, zoomed } from '../../src/console/chart/viewport.js'
import type { ToldChart } from '../../src/control/protocol/chart.js'
import { createChartLayouts } from '../../src/inspect/chart/chart-layouts.js'
import * as measured from '../../src/inspect/chart/chart-text.js'
import { definitionOf } from '../../src/inspect/definition/definition.js'
import { agentMachine } from '../support/statechart/agent-machine.js'

const layouts = createChartLayouts()
const chart = (await layouts.placed(definitionOf(agentMachine))) as ToldChart
layouts.close()
const model = chartModel(chart)
const SCREEN = { width: 900, height: 600 }

describe('the picture of a statechart', () => {
  test('breaks its lines where the node has measured them', () => {
    for (const arrow of chart.transitions) expect(labelOf(arrow)).toEqual(measured.labelOf(arrow))
    for (const state of chart.states) {
      expect(linesOf(state)).toEqual(measured.linesOf(state))
      expect(titleOf(state)).toBe(measured.titleOf(state))
    }
  })

  test('knows by their boxes which state is inside of which', () => {
    expect(model.parents.get('agent.running.thinking.calling')).toBe('agent.running.thinking')
    expect(model.parents.get('agent')).toBeUndefined()
    expect(model.outer.has('agent.running')).toBe(true)
    expect(namesOf(model, 'agent.running.heartbeat.beat')).toEqual(['running', 'heartbeat', 'beat'])
  })

  test('ends every line of an arrow where its tip begins', () => {
    expect(
      linePath([
        { x: 0, y: 0 },
        { x: 100, y: 0 },
      ]),
    ).toBe('M0 0L92 0')
    expect(
      roundedPath([
        { x: 0, y: 0 },
        { x: 50, y: 0 },
        { x: 50, y: 50 },
      ]),
    ).toBe('M0 0L40 0Q50 0 50 10L50 50')
  })
})

describe('what is active in a chart', () => {
  const active = [
    'agent',
    'agent.running',
    'agent.running.heartbeat',
    'agent.running.heartbeat.waiting',
    'agent.running.thinking',
    'agent.running.thinking.calling',
  ]

  test('is told by its innermost states', () => {
    expect(innermost(model, active)).toEqual(['agent.running.heartbeat.waiting', 'agent.running.thinking.calling'])
  })

  test('fills them, and frames those around them', () => {
    const { states } = liveLooks(model, { active, last: [], enabled: [] })
    const tones = Object.fromEntries(chart.states.map(({ id }, index) => [id, states[index]!.tone]))
    expect(tones['agent.running.thinking.calling']).toBe('active')
    expect(tones['agent.running']).toBe('within')
    expect(tones['agent.idle']).toBe('plain')
  })

  test('an arrow says what was taken last, and which event can be sent along it', () => {
    const [task, ...others] = chart.transitions.filter(({ source }) => source === 'agent.idle')
    const enabled = [{ type: 'TASK', takes: 'yes' as const, transitions: [...task!.ids] }]
    const { arrows } = liveLooks(model, { active, last: [...others[0]!.ids], enabled })
    const lookOf = (arrow: typeof task) => arrows[chart.transitions.indexOf(arrow!)]!
    expect(lookOf(task)).toMatchObject({ tone: 'plain', event: 'TASK', takes: 'yes' })
    expect(lookOf(others[0])).toMatchObject({ tone: 'last', event: '' })
  })

  test('is in view from the beginning, however large the chart is', () => {
    for (const screen of [SCREEN, { width: 360, height: 300 }]) {
      const view = firstView(model, ['agent', 'agent.paused'], screen)
      expect(isInView(model, ['agent', 'agent.paused'], view, screen)).toBe(true)
      expect(view.k).toBeGreaterThanOrEqual(0.5)
    }
    expect(activeView(model, [], SCREEN)).toBeUndefined()
  })
})

describe('a chart from afar', () => {
  test('leaves out what would be too small, and says the names of what is left, none over another', () => {
    const k = 0.12
    const hidden = tooSmall(model, k)
    expect(hidden.has('agent.running.heartbeat.beat')).toBe(true)
    expect(hidden.has('agent.running')).toBe(false)
    const names = farNames(model, hidden, k)
    expect(names.map(({ state }) => state.name)).toContain('running')
    for (const { size } of names) expect(size * k).toBeGreaterThanOrEqual(6)
    expect(tooSmall(model, 1).size).toBe(0)
  })
})

describe('looking around in a picture', () => {
  const picture = { width: 2_000, height: 1_000 }

  test('fits all of it, and never makes it larger than it is', () => {
    const view = fitted(picture, SCREEN)
    const part = seen(view, SCREEN)
    expect(part.x).toBeLessThanOrEqual(0)
    expect(part.x + part.width).toBeGreaterThanOrEqual(2_000)
    expect(fitted({ width: 100, height: 50 }, SCREEN).k).toBe(1)
  })

  test('zooms about the pointer: what was under it stays there', () => {
    const view = { k: 0.5, x: 30, y: 40 }
    const at = { x: 200, y: 100 }
    const after = zoomed(view, 1.7, at)
    expect((at.x - after.x) / after.k).toBeCloseTo((at.x - view.x) / view.k)
    expect((at.y - after.y) / after.k).toBeCloseTo((at.y - view.y) / view.k)
  })

  test('two fingers zoom by how far they part, and move by where they go', () => {
    const view = pinched(
      { k: 1, x: 0, y: 0 },
      [
        { x: 0, y: 0 },
        { x: 100, y: 0 },
      ],
      [
        { x: 0, y: 50 },
        { x: 200, y: 50 },
      ],
    )
    expect(view.k).toBe(2)
    expect(0 * view.k + view.y).toBe(50)
  })

  test('never loses the picture out of sight', () => {
    const far = held({ k: 1, x: -99_999, y: 99_999 }, picture, SCREEN)
    const { x, y, width } = seen(far, SCREEN)
    expect(x).toBeLessThan(2_000)
    expect(x + width).toBeGreaterThan(0)
    expect(y).toBeLessThan(0)
    expect(y).toBeGreaterThan(-SCREEN.height)
  })
})
