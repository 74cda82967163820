import { describe, expect, test } from 'vitest'
import {
  and,
  assign,
  cancel,
  createMachine,
  fromPromise,
  not,
  or,
  raise,
  sendTo,
  setup,
  spawnChild,
  stateIn,
} from 'xstate'
import { definitionOf, stateIdsOf, transitionIds } from '../../../src/inspect/definition/definition.js'
import { definitionHash } from '../../../src/inspect/definition/definition-hash.js'
import type { DefinedTransition, StateDefinition } from '../../../src/inspect/definition/machine-definition.js'
import { stateLine } from '../../../src/inspect/definition/state-line.js'
import { agentMachine } from '../../support/statechart/agent-machine.js'

function statesOf(state: StateDefinition): StateDefinition[] {
  return [state, ...state.states.flatMap(statesOf)]
}

function stateAt(machine: Parameters<typeof definitionOf>[0], id: string): StateDefinition {
  const found = statesOf(definitionOf(machine).root).find((state) => state.id === id)
  if (found === undefined) throw new Error(`no state ${id}`)
  return found
}

function transitionsOf(machine: Parameters<typeof definitionOf>[0]): DefinedTransition[] {
  return statesOf(definitionOf(machine).root).flatMap(({ transitions }) => transitions)
}

const told = ({ descriptor, guard, actions, targets }: DefinedTransition): string =>
  [
    descriptor,
    ...(guard === undefined ? [] : [`[${guard.text}]`]),
    ...actions.map(({ text }) => `/ ${text}`),
    ...targets.map((target) => `-> ${target}`),
  ].join(' ')

describe('a definition', () => {
  test('has every transition, also those that need no event, with guards, actions and ends by the names of the logic', () => {
    expect(stateAt(agentMachine, 'agent.running.thinking.toolUse.failed').transitions.map(told)).toEqual([
      'always [canRetry] / assign tries -> agent.running.thinking.toolUse.running',
      'always -> agent.running.thinking.toolUse.ok',
    ])
    expect(stateAt(agentMachine, 'agent.running.thinking.calling').transitions.map(told)).toEqual([
      'done: callModel [wantsTool] -> agent.running.thinking.toolUse',
      'done: callModel -> agent.running.thinking.done',
      'error: callModel [canRetry] / countTry -> agent.running.thinking.backoff',
    ])
    expect(stateAt(agentMachine, 'agent.running').transitions.map(told)).toContain(
      'onDone / emit answered -> agent.replying',
    )
  })

  test('names combined guards in words, with brackets where they are needed, and keeps their structure', () => {
    const machine = setup({ guards: { a: () => true, b: () => true, c: () => true } }).createMachine({
      id: 'm',
      initial: 'x',
      states: { x: {}, y: { initial: 'z', states: { z: {} } } },
      on: {
        AND: { guard: and(['a', or(['b', not('c')])]) },
        NOT: { guard: not(and(['a', 'b'])) },
        IN: { guard: stateIn({ y: 'z' }) },
        ID: { guard: stateIn('#m.x') },
        NAMED: {
          guard: function isOpen() {
            return true
          },
        },
        INLINE: { guard: () => true },
      },
    })
    expect(transitionsOf(machine).map(({ guard }) => guard?.text)).toEqual([
      'a and (b or not c)',
      'not (a and b)',
      'in y.z',
      'in #m.x',
      'isOpen',
      '…',
    ])
    expect(transitionsOf(machine)[1]!.guard!.structure).toMatchObject({ kind: 'not', guards: [{ kind: 'and' }] })
  })

  test('names delays as the machine does, with what they stand for, and leaves out the timers that XState adds', () => {
    const machine = setup({ delays: { short: 250, long: () => 5 } }).createMachine({
      initial: 'a',
      states: {
        a: {
          after: { 1000: 'b', short: 'b', long: 'b' },
          entry: [raise({ type: 'OWN' }, { id: 'own', delay: 10 })],
          exit: [cancel('own')],
        },
        b: {},
      },
    })
    const [{ transitions, entry, exit }] = definitionOf(machine).root.states as [StateDefinition]
    expect(transitions.map(({ descriptor, delay, delayMs }) => [descriptor, delay, delayMs])).toEqual([
      ['after 1000', 1000, undefined],
      ['after short', 'short', 250],
      ['after long', 'long', undefined],
    ])
    expect([...entry, ...exit].map(({ text }) => text)).toEqual(['raise OWN in 10 ms', 'cancel own'])
  })

  test("tells XState's own actions by what they do", () => {
    const machine = createMachine({
      entry: [
        'log',
        { type: 'notify', params: { who: 'ada' } },
        assign({ a: 1, b: 2 }),
        assign(() => ({})),
        sendTo('shop', { type: 'ORDER' }, { delay: 5_000 }),
        spawnChild('worker', { id: 'w' }),
        () => {},
        function remember() {},
      ],
    })
    const { entry } = definitionOf(machine).root
    expect(entry.map(({ text }) => text)).toEqual([
      'log',
      'notify',
      'assign a, b',
      'assign',
      'send ORDER to shop in 5 s',
      'spawn worker',
      '…',
      'remember',
    ])
    expect(entry[1]!.params).toEqual({ who: 'ada' })
  })

  test('shows an invoke by the name of its logic, also where nobody gave it an id', () => {
    const child = createMachine({ id: 'child' })
    const machine = createMachine({
      id: 'm',
      initial: 'a',
      states: {
        a: {
          invoke: [
            { src: 'fetchPage', onDone: 'b' },
            { src: child, onError: 'b' },
            { id: 'given', src: fromPromise(async () => 1), onDone: 'b' },
            { src: fromPromise(async () => 1), onDone: 'b' },
          ],
        },
        b: {},
      },
    })
    const [{ invokes, transitions }] = definitionOf(machine).root.states as [StateDefinition]
    expect(invokes.map(({ text }) => text)).toEqual(['fetchPage', 'child', 'given', 'inline logic'])
    expect(invokes[0]).toMatchObject({ id: '0.m.a', src: 'fetchPage' })
    const given = (input: unknown) =>
      definitionOf(createMachine({ invoke: { src: 'fetchPage', input } } as object)).root.invokes[0]?.input
    expect(given({ url: '/', tries: 3 })).toEqual({ url: '/', tries: 3 })
    expect(given(() => 1)).toBe('[function]')
    expect(given(undefined)).toBeUndefined()
    expect(transitions.map(({ descriptor }) => descriptor)).toEqual([
      'done: fetchPage',
      'error: child',
      'done: given',
      'done: inline logic',
    ])
  })

  test('has histories with where they lead, tags, meta, descriptions, outputs and initial actions', () => {
    const cyclic: Record<string, unknown> = { run: () => 1, at: new Date(0), big: 5n }
    cyclic.self = cyclic
    const machine = createMachine({
      id: 'm',
      version: '3',
      description: 'a machine',
      initial: { target: 'a', actions: 'begin' },
      states: {
        a: {
          tags: ['busy'],
          meta: cyclic,
          description: 'is busy',
          on: { GO: { target: 'end', description: 'leaves', meta: { price: 1 } } },
        },
        h: { type: 'history', history: 'deep', target: 'a' },
        end: { type: 'final', output: { ok: true } },
      },
    })
    const { version, root } = definitionOf(machine)
    expect(version).toBe('3')
    expect(root).toMatchObject({
      description: 'a machine',
      initial: { target: 'm.a', actions: [{ text: 'begin' }] },
      states: [
        {
          tags: ['busy'],
          description: 'is busy',
          meta: { run: '[function]', at: String(new Date(0)), big: '5n', self: '[circular]' },
          transitions: [{ description: 'leaves', meta: { price: 1 } }],
        },
        { history: 'deep', historyTargets: ['m.a'] },
        { type: 'final', output: { ok: true } },
      ],
    })
  })

  test('is plain JSON, equal for equal machines, with a hash that tells any difference', () => {
    const machine = (action: string) =>
      createMachine({ id: 'm', initial: 'a', states: { a: { on: { GO: { actions: action } } } } })
    const definition = definitionOf(agentMachine)
    expect(JSON.parse(JSON.stringify(definition))).toEqual(definition)
    expect(definitionHash(definitionOf(machine('x')))).toBe(definitionHash(definitionOf(machine('x'))))
    expect(definitionHash(definitionOf(machine('x')))).not.toBe(definitionHash(definitionOf(machine('y'))))
    expect(definitionHash(definition)).toMatch(/^[0-9a-f]{16}$/)
  })
})

describe('ids', () => {
  test('tell every transition apart: by state, what sets it off, and its place among those', () => {
    expect(stateAt(agentMachine, 'agent.running.thinking.calling').transitions.map(({ id }) => id)).toEqual([
      'agent.running.thinking.calling|done: callModel|0',
      'agent.running.thinking.calling|done: callModel|1',
      'agent.running.thinking.calling|error: callModel|0',
    ])
    const ids = transitionsOf(agentMachine).map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('belong to the transition definitions of XState, which its inspector tells of', () => {
    const ids = transitionIds(agentMachine)
    const idle = agentMachine.getStateNodeById('agent.idle')
    expect(ids.get(idle.transitions.get('TASK')![0]!)).toBe('agent.idle|TASK|0')
    expect([...ids.values()]).toEqual(transitionsOf(agentMachine).map(({ id }) => id))
  })

  test('of states and transitions stay apart where a machine has given one twice', () => {
    const machine = createMachine({
      id: 'm',
      initial: 'a',
      states: {
        a: { id: 'twin', on: { GO: 'b' } },
        b: { id: 'twin', on: { GO: 'a' } },
        'c.d': {},
        c: { initial: 'd', states: { d: {} } },
      },
    })
    const ids = statesOf(definitionOf(machine).root).map(({ id }) => id)
    expect(ids).toEqual(['m', 'twin', 'twin (2)', 'm.c.d', 'm.c', 'm.c.d (2)'])
    expect(transitionsOf(machine).map(told)).toEqual(['GO -> twin (2)', 'GO -> twin'])
    expect(stateIdsOf(machine, 'b')).toEqual(['m', 'twin (2)'])
  })

  test('do not meet an event that is called like something else', () => {
    const machine = createMachine({
      id: 'm',
      initial: 'a',
      states: { a: { on: { always: 'b' }, always: { guard: 'g', target: 'b' } }, b: {} },
    })
    expect(transitionsOf(machine).map(({ id, kind }) => [id, kind])).toEqual([
      ['m.a|always|0', 'event'],
      ['m.a|always|1', 'always'],
    ])
  })
})

describe('a state value', () => {
  test('gives the ids of all active states, outer ones first, whatever the machine does not have', () => {
    expect(stateIdsOf(agentMachine, { running: { heartbeat: 'waiting', thinking: { toolUse: 'ok' } } })).toEqual([
      'agent',
      'agent.running',
      'agent.running.heartbeat',
      'agent.running.heartbeat.waiting',
      'agent.running.thinking',
      'agent.running.thinking.toolUse',
      'agent.running.thinking.toolUse.ok',
    ])
    expect(stateIdsOf(agentMachine, { running: { gone: 'x' } })).toEqual(['agent', 'agent.running'])
    for (const value of ['constructor', {}, undefined, null, 7, { toString: {} }])
      expect(stateIdsOf(agentMachine, value)).toEqual(['agent'])
  })

  test('is one line: its innermost states', () => {
    expect(stateLine('idle')).toBe('idle')
    expect(stateLine({ working: 'asking', clock: { running: {} } })).toBe('working.asking + clock.running')
    expect(stateLine({})).toBe('')
  })
})

describe('a machine that means no good', () => {
  test('may have a state called __proto__', () => {
    const states = { ['__proto__']: { entry: 'log' }, b: { on: { BACK: '__proto__' } } }
    const machine = createMachine({ id: 'm', initial: '__proto__', states })
    expect(definitionOf(machine).root.states.map(({ id }) => id)).toEqual(['m.__proto__', 'm.b'])
    expect(transitionsOf(machine).map(told)).toEqual(['BACK -> m.__proto__'])
    expect(stateIdsOf(machine, '__proto__')).toEqual(['m', 'm.__proto__'])
    expect(stateIdsOf(machine, JSON.parse('{"__proto__":"x"}'))).toEqual(['m', 'm.__proto__'])
  })

  test('may have no states, or sixteen levels of them', () => {
    expect(definitionOf(createMachine({})).root).toMatchObject({ type: 'atomic', states: [], transitions: [] })
    expect(stateIdsOf(createMachine({ id: 'm' }), {})).toEqual(['m'])
    type Level = { initial?: string; states?: Record<string, Level> }
    const level = (left: number): Level => (left === 0 ? {} : { initial: 's', states: { s: level(left - 1) } })
    const deep = statesOf(definitionOf(createMachine({ id: 'm', ...level(16) })).root)
    expect(deep).toHaveLength(17)
    expect(deep.at(-1)!.path).toHaveLength(16)
  })
})
