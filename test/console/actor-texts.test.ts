import { describe, expect, test } from 'vitest'
import { readDecision } from '../../src/console/actor/about/decision.js'
import { ordersFor } from '../../src/console/actor/order-words.js'
import { sectionsOf } from '../../src/console/actor/why/sections.js'
import { chartModel } from '../../src/console/chart/chart-model.js'
import { coverageFigures, coverageLooks } from '../../src/console/machine/coverage.js'
import type { ActorDetail } from '../../src/control/protocol/actors.js'
import type { ToldChart } from '../../src/control/protocol/chart.js'

describe('an explanation', () => {
  test('is read in its sections, with its lines as deep as they are', () => {
    const text = 'a (order) is active\n  It takes PAY.\n\nWhat it did not take\n  SHIP: no\n    because [isPaid]'
    expect(sectionsOf(text)).toEqual([
      {
        title: '',
        lines: [
          { text: 'a (order) is active', depth: 0 },
          { text: 'It takes PAY.', depth: 1 },
        ],
      },
      {
        title: 'What it did not take',
        lines: [
          { text: 'SHIP: no', depth: 0 },
          { text: 'because [isPaid]', depth: 1 },
        ],
      },
    ])
  })
})

describe('the orders for an actor', () => {
  const detail = (isPaused: boolean) =>
    ({ row: { isPaused }, can: { send: true, pause: true, resume: true, restart: false, cancel: true } }) as ActorDetail

  test('offer to resume one that is paused, and to pause any other', () => {
    expect(ordersFor(detail(true)).map(({ order }) => order)).toEqual(['resume', 'restart', 'cancel'])
    expect(ordersFor(detail(false)).map(({ order, isAllowed }) => [order, isAllowed])).toEqual([
      ['pause', true],
      ['restart', false],
      ['cancel', true],
    ])
  })
})

describe('a decision of a brain', () => {
  test('is shown with what it could have done and what came of it', () => {
    const read = readDecision({
      turn: 2,
      decision: { type: 'USE_TOOL', tool: 'send' },
      reason: 'she is missing',
      legal: ['USE_TOOL', 'FINISH'],
      toolCalls: [{ tool: 'send', outcome: 'refused', ok: false, errorCode: 'DENIED' }],
    })
    expect(read).toMatchObject({
      turn: 2,
      type: 'USE_TOOL',
      event: 'USE_TOOL {"tool":"send"}',
      legal: ['USE_TOOL', 'FINISH'],
    })
    expect(read.calls).toEqual([{ tool: 'send', outcome: 'refused', isOk: false, error: 'DENIED' }])
  })

  test('with fields that are not what they should be breaks nothing', () => {
    for (const record of [{}, { legal: 'x', toolCalls: [null, 3], decision: [], usage: 'much', reason: {} }])
      expect(readDecision(record as Record<string, unknown>)).toMatchObject({ turn: 0, reason: '', ms: 0 })
  })
})

describe('the coverage of a machine', () => {
  const box = { x: 0, y: 0, width: 10, height: 10 }
  const state = (id: string, depth: number) => ({
    id,
    name: id,
    type: 'atomic' as const,
    isRegion: false,
    does: [],
    invokes: [],
    box,
    depth,
  })
  const arrow = (ids: string[]) => ({
    ids,
    source: 'a',
    target: 'b',
    triggers: ['GO'],
    actions: [],
    points: [],
    label: box,
  })
  const chart: ToldChart = {
    hash: 'h',
    name: 'm',
    width: 10,
    height: 10,
    states: [state('a', 0), state('b', 0)],
    transitions: [arrow(['t1', 't2']), arrow(['t3'])],
    initials: [],
  }
  const coverage = {
    logic: 'm',
    chart: 'h',
    sinceMs: 0,
    states: [{ id: 'a', count: 1_500 }],
    transitions: [
      { id: 't1', count: 2, refused: 0 },
      { id: 't3', count: 0, refused: 4 },
    ],
  }

  test('colours what was seen and how often, and counts what a guard refused', () => {
    const { states, arrows } = coverageLooks(chartModel(chart), coverage)
    expect(states.map(({ tone, badge }) => [tone, badge])).toEqual([
      ['seen', '1.5k'],
      ['unseen', ''],
    ])
    expect(arrows.map(({ tone, refused }) => [tone, refused])).toEqual([
      ['seen', 0],
      ['unseen', 4],
    ])
  })

  test('is told as shares of states and of transitions', () => {
    expect(coverageFigures(chartModel(chart), coverage)).toEqual({
      states: { seen: 1, all: 2 },
      transitions: { seen: 1, all: 3 },
      refused: 4,
    })
  })
})
