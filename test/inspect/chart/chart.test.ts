import { describe, expect, test } from 'vitest'
import { type Chart, type ChartState, chartOf } from '../../../src/inspect/chart/chart.js'
import { definitionOf } from '../../../src/inspect/definition/definition.js'
import { agentMachine } from '../../support/statechart/agent-machine.js'

const chart = chartOf(definitionOf(agentMachine))

function stateAt({ root }: Chart, id: string): ChartState {
  const all = (state: ChartState): ChartState[] => [state, ...state.states.flatMap(all)]
  const found = all(root).find((state) => state.id === id)
  if (found === undefined) throw new Error(`no state ${id}`)
  return found
}

function arrows(source: string): string[] {
  return chart.transitions
    .filter((transition) => transition.source === source)
    .map(({ triggers, guard, actions, target }) =>
      [
        triggers.join(', '),
        ...(guard === undefined ? [] : [`[${guard}]`]),
        ...actions.map((name) => `/ ${name}`),
        `-> ${target}`,
      ].join(' '),
    )
}

describe('the chart of a machine', () => {
  test('says event, guard and target of a transition, combined guards in words', () => {
    expect(arrows('agent.idle')).toEqual([
      'TASK [budgetLeft and not canRetry] -> agent.running',
      'after 10 min -> agent.stopped',
    ])
  })

  test('includes transitions that need no event', () => {
    expect(arrows('agent.running.thinking.toolUse.failed')).toEqual([
      'always [canRetry] / assign tries -> agent.running.thinking.toolUse.running',
      'always -> agent.running.thinking.toolUse.ok',
    ])
  })

  test('names what an invoked actor ends with by its logic', () => {
    expect(arrows('agent.running.thinking.calling')).toEqual([
      'done: callModel [wantsTool] -> agent.running.thinking.toolUse',
      'done: callModel -> agent.running.thinking.done',
      'error: callModel [canRetry] / countTry -> agent.running.thinking.backoff',
    ])
    expect(stateAt(chart, 'agent.running.thinking.calling').invokes).toEqual(['callModel'])
  })

  test('names a delay as the machine does', () => {
    expect(arrows('agent.running.thinking.backoff')).toContain('after backoff -> agent.running.thinking.calling')
    expect(arrows('agent.running.heartbeat.waiting')).toEqual(['after 1 s -> agent.running.heartbeat.beat'])
  })

  test('keeps the timers that XState adds for itself out of entry and exit', () => {
    expect(stateAt(chart, 'agent.running.heartbeat.waiting').does).toEqual([])
  })

  test('joins triggers that lead to the same', () => {
    expect(arrows('agent.running')).toEqual(['PAUSE, HOLD -> agent.paused', 'done / emit answered -> agent.replying'])
  })

  test('writes transitions without a target, entry, exit and deferred events into the state', () => {
    expect(stateAt(chart, 'agent.idle').does).toEqual(['PING / log', 'defer ASSIGN, NOTE'])
    expect(stateAt(chart, 'agent.replying').does).toEqual(['exit / log', 'any event / log'])
    expect(stateAt(chart, 'agent.stopped').does).toEqual(['entry / log'])
  })

  test('tells regions, history, final and initial states apart', () => {
    expect(stateAt(chart, 'agent.running.thinking')).toMatchObject({
      isRegion: true,
      initial: 'agent.running.thinking.calling',
    })
    expect(stateAt(chart, 'agent.running.last')).toMatchObject({ type: 'history', history: 'deep', isRegion: false })
    expect(stateAt(chart, 'agent.stopped')).toMatchObject({ type: 'final' })
  })
})
