import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { and, createMachine, not, setup } from 'xstate'
import { definitionOf } from '../../../src/inspect/definition/definition.js'
import { affectedBy } from '../../../src/inspect/diff/affected.js'
import type { Change } from '../../../src/inspect/diff/change.js'
import { diffDefinitions } from '../../../src/inspect/diff/definition-diff.js'
import { agentMachine } from '../../support/statechart/agent-machine.js'
import { hostileMachine } from '../chart/hostile-machine.js'

type Config = Parameters<typeof createMachine>[0]

const define = (config: object) => definitionOf(createMachine({ id: 'm', ...config } as Config))
const changes = (from: object, to: object): readonly Change[] => diffDefinitions(define(from), define(to)).changes

/** A change in one line: its kind without what all have, where it is, and what is said of it. */
const told = (change: Change): string => {
  const place = 'state' in change ? change.state.join('.') || '(root)' : ''
  const way = 'transition' in change ? ` ${change.transition.descriptor}` : ''
  const what = 'what' in change ? ` ${change.what}` : ''
  const ends = 'to' in change ? `: ${'from' in change ? change.from : ''} > ${change.to}` : ''
  return `${change.kind} ${place}${way}${what}${ends}`.replaceAll('  ', ' ')
}

const base = {
  initial: 'a',
  states: {
    a: { on: { GO: { target: 'b', guard: 'isOpen', actions: 'log' } }, after: { 100: 'b' } },
    b: { on: { BACK: 'a' } },
  },
}
const withA = (a: object) => ({ ...base, states: { ...base.states, a: { ...base.states.a, ...a } } })

describe('a diff', () => {
  test('of equal machines is empty', () => {
    expect(diffDefinitions(definitionOf(agentMachine), definitionOf(agentMachine))).toEqual({
      isSame: true,
      changes: [],
    })
    const hostile = definitionOf(hostileMachine())
    expect(diffDefinitions(hostile, definitionOf(hostileMachine())).isSame).toBe(true)
    expect(changes(base, structuredClone(base))).toEqual([])
  })

  test('tells states that are new and gone, with all that is in them', () => {
    const inner = { initial: 'd', states: { d: { entry: 'x' }, e: {} } }
    const bigger = { ...base, states: { ...base.states, c: inner } }
    expect(changes(base, bigger).map(told)).toEqual(['stateAdded c', 'stateAdded c.d', 'stateAdded c.e'])
    expect(changes(bigger, base).map(told)).toEqual(['stateRemoved c', 'stateRemoved c.d', 'stateRemoved c.e'])
  })

  test('tells a state that only has another name, and what leads there is the same', () => {
    const renamed = {
      initial: 'a',
      states: {
        a: { on: { GO: { target: 'open', guard: 'isOpen', actions: 'log' } }, after: { 100: 'open' } },
        open: { on: { BACK: 'a' } },
      },
    }
    expect(changes(base, renamed).map(told)).toEqual(['stateRenamed b: > open'])
  })

  test('does not guess which is which of two equal states', () => {
    const twins = (...keys: string[]) => ({
      initial: 'a',
      states: Object.fromEntries(['a', ...keys].map((key) => [key, {}])),
    })
    expect(changes(twins('b', 'c'), twins('d', 'e')).map(told)).toEqual([
      'stateRemoved b',
      'stateRemoved c',
      'stateAdded d',
      'stateAdded e',
    ])
  })

  test('tells transitions that are new, gone, or lead elsewhere', () => {
    const now = withA({ on: { GO: { target: 'a', guard: 'isOpen', actions: 'log' }, NEW: 'b' }, after: {} })
    expect(changes(base, now).map(told)).toEqual([
      'transitionRetargeted a GO: b > a',
      'transitionRemoved a after 100',
      'transitionAdded a NEW',
    ])
  })

  test('tells guards, actions and re-entry that changed, and delays', () => {
    const now = withA({
      on: { GO: { target: 'b', guard: 'isShut', actions: ['log', 'count'], reenter: true } },
      after: { 250: 'b' },
    })
    expect(changes(base, now).map(told)).toEqual([
      'transitionChanged a GO guard: isOpen > isShut',
      'transitionChanged a GO actions: log > log, count',
      'transitionChanged a GO reenter: > reenters',
      'transitionChanged a after 250 delay: 100 > 250',
    ])
  })

  test('tells what a named delay or guard stands for, where that is data', () => {
    const machine = (backoff: number, guard: 'left' | 'right') =>
      definitionOf(
        setup({
          delays: { backoff },
          guards: {
            left: () => true,
            right: () => true,
            both: guard === 'left' ? and(['left', 'right']) : not('left'),
          },
        }).createMachine({
          id: 'm',
          initial: 'a',
          states: { a: { after: { backoff: 'a' }, on: { GO: { guard: 'both' } } } },
        }),
      )
    const { changes: found } = diffDefinitions(machine(1, 'left'), machine(2, 'right'))
    expect(found.map((change) => 'what' in change && change.what)).toEqual(['guard', 'delay'])
    expect(diffDefinitions(machine(1, 'left'), machine(1, 'left')).isSame).toBe(true)
  })

  test('keeps together the candidates of an event that are most alike, and tells another order', () => {
    const go = (...candidates: object[]) => withA({ on: { GO: candidates } })
    const [one, two, three] = [
      { target: 'b', guard: 'one' },
      { target: 'b', guard: 'two' },
      { target: 'a', guard: 'three' },
    ]
    expect(changes(go(one, two, three), go(two, three)).map(told)).toEqual(['transitionRemoved a GO'])
    expect(changes(go(one, two), go(one, { ...two, target: 'a' })).map(told)).toEqual([
      'transitionRetargeted a GO: b > a',
    ])
    expect(changes(go(one, two), go(two, one)).map(told)).toEqual([
      'transitionChanged a GO order: [one] → b, [two] → b > [two] → b, [one] → b',
    ])
  })

  test('tells what a state does, invokes and is', () => {
    const now = {
      initial: 'b',
      states: {
        a: {
          ...base.states.a,
          entry: 'greet',
          exit: 'leave',
          invoke: { src: 'fetch' },
          tags: ['busy'],
          description: 'busy',
          meta: { price: 1 },
        },
        b: { ...base.states.b, initial: 'x', states: { x: {} } },
      },
    }
    expect(changes(base, now).map(told)).toEqual([
      'stateChanged (root) initial: a > b',
      'stateChanged a entry: > greet',
      'stateChanged a exit: > leave',
      'stateChanged a invokes: > fetch',
      'stateChanged a tags: > busy',
      'stateChanged a meta: > {"price":1}',
      'stateChanged a description: > busy',
      'stateChanged b type: atomic > compound',
      'stateChanged b initial: > b.x',
      'stateAdded b.x',
    ])
  })

  test('tells what an invoke is given', () => {
    const given = (tries: number) => withA({ invoke: { src: 'fetch', input: { tries } } })
    expect(changes(given(1), given(2)).map(told)).toEqual([
      'stateChanged a invokes: fetch with {"tries":1} > fetch with {"tries":2}',
    ])
  })

  test('tells another id and version of the machine, and nothing of the ids that follow from it', () => {
    const found = diffDefinitions(
      definitionOf(
        createMachine({ ...base, id: 'm', version: '1', onDone: '.a', invoke: { src: 'f', onDone: {} } } as Config),
      ),
      definitionOf(
        createMachine({ ...base, id: 'n', version: '2', onDone: '.a', invoke: { src: 'f', onDone: {} } } as Config),
      ),
    )
    expect(found.changes.map(told)).toEqual(['machineChanged id: m > n', 'machineChanged version: 1 > 2'])
  })

  test('tells the same of any two machines, turned around, and nothing of one and itself', () => {
    const events = fc.dictionary(fc.constantFrom('A', 'B'), fc.constantFrom('x', 'y', 'z'))
    const config = fc.record({
      x: fc.record({ on: events }),
      y: fc.record({ on: events }),
      z: fc.record({ on: events }),
    })
    const added = (found: readonly Change[]) => found.filter(({ kind }) => kind === 'transitionAdded').length
    const removed = (found: readonly Change[]) => found.filter(({ kind }) => kind === 'transitionRemoved').length
    fc.assert(
      fc.property(config, config, (one, other) => {
        const [from, to] = [one, other].map((states) => ({ initial: 'x', states })) as [object, object]
        const [there, back] = [changes(from, to), changes(to, from)]
        expect(changes(from, from)).toEqual([])
        expect([added(there), removed(there)]).toEqual([removed(back), added(back)])
        expect(there).toHaveLength(back.length)
      }),
      { seed: 1, numRuns: 200 },
    )
  })
})

describe('a stored state', () => {
  const diff = (from: object, to: object) => diffDefinitions(define(from), define(to))
  const without = { initial: 'a', states: { a: {} } }

  test('is lost where a state that it is in is gone or of another kind', () => {
    expect(affectedBy(diff(base, without), 'b')?.how).toBe('lost')
    const compound = { ...base, states: { ...base.states, b: { ...base.states.b, initial: 'x', states: { x: {} } } } }
    expect(affectedBy(diff(base, compound), 'b')?.how).toBe('lost')
    expect(affectedBy(diff(compound, base), { b: 'x' })?.how).toBe('lost')
  })

  test('is not lost where a state within has become final, or is final no more; at the top that is the end of the machine', () => {
    const inner = (type: string) => ({ initial: 'a', states: { a: { initial: 'x', states: { x: { type } } } } })
    expect(affectedBy(diff(inner('atomic'), inner('final')), { a: 'x' })?.how).toBe('changed')
    expect(affectedBy(diff(inner('final'), inner('atomic')), { a: 'x' })?.how).toBe('changed')
    const top = (type: string) => ({ initial: 'a', states: { a: {}, b: { type } } })
    expect(affectedBy(diff(top('atomic'), top('final')), 'b')?.how).toBe('lost')
  })

  test('is renamed, changed, or not touched at all', () => {
    const renamed = { initial: 'a', states: { a: {}, c: { entry: 'x' } } }
    const before = { initial: 'a', states: { a: {}, b: { entry: 'x' } } }
    expect(affectedBy(diff(before, renamed), 'b')).toEqual({
      how: 'renamed',
      changes: [{ kind: 'stateRenamed', state: ['b'], to: ['c'] }],
    })
    expect(affectedBy(diff(before, renamed), 'a')).toBeUndefined()
    expect(affectedBy(diff(base, withA({ entry: 'x' })), 'a')?.how).toBe('changed')
    expect(affectedBy(diff(base, withA({ entry: 'x' })), 'b')).toBeUndefined()
  })

  test('is changed by what its outer states and the machine itself do, and by a new region', () => {
    expect(affectedBy(diff(base, { ...base, on: { STOP: '.a' } }), 'b')?.how).toBe('changed')
    const regions = (...keys: string[]) => ({
      type: 'parallel',
      states: Object.fromEntries(keys.map((key) => [key, {}])),
    })
    expect(affectedBy(diff(regions('x'), regions('x', 'y')), { x: {} })?.how).toBe('changed')
    expect(affectedBy(diff(base, { ...base, states: { ...base.states, c: { entry: 'z' } } }), 'a')).toBeUndefined()
  })
})
