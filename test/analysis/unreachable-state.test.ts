import { describe, expect, it } from 'vitest'
import { createMachine } from 'xstate'
import { told } from './told.js'

const unreachable = (config: Parameters<typeof createMachine>[0]): string[] =>
  told(createMachine(config), 'unreachable-state')

describe('the rule unreachable-state', () => {
  it('finds a state that no transition leads to, and of nested ones the outermost', () => {
    expect(
      unreachable({
        initial: 'a',
        states: {
          a: { on: { GO: 'b' } },
          b: {},
          lost: { initial: 'inner', states: { inner: { on: { GO: 'deep' } }, deep: {} } },
        },
      }),
    ).toEqual(['lost'])
  })

  it('finds nothing where every state has a way, by a guard, a delay, an effect or always', () => {
    expect(
      unreachable({
        initial: 'a',
        states: {
          a: { on: { GO: { guard: () => false, target: 'b' } } },
          b: { after: { 1000: 'c' } },
          c: { invoke: { src: 'work', onDone: 'd', onError: 'e' } },
          d: { always: [{ guard: 'isF', target: 'f' }] },
          e: {},
          f: { type: 'final' },
        },
      }),
    ).toEqual([])
  })

  it('knows that states which only reach each other are reached by nobody', () => {
    expect(unreachable({ initial: 'a', states: { a: {}, b: { on: { GO: 'c' } }, c: { on: { GO: 'b' } } } })).toEqual([
      'b',
      'c',
    ])
  })

  it('knows that nothing gets past a candidate without a guard', () => {
    expect(
      unreachable({
        initial: 'a',
        states: {
          a: { on: { GO: [{ guard: 'isB', target: 'b' }, { target: 'c' }, { target: 'd' }] } },
          b: {},
          c: {},
          d: {},
        },
      }),
    ).toEqual(['d'])
  })

  it('knows that a nested state may forbid what one around it allows', () => {
    expect(
      unreachable({
        initial: 'a',
        states: { a: { initial: 'x', states: { x: { on: { GO: {} } } }, on: { GO: 'b' } }, b: {} },
      }),
    ).toEqual(['b'])
  })

  it('knows that a state which always is left takes no event', () => {
    expect(unreachable({ initial: 'a', states: { a: { always: 'b', on: { GO: 'c' } }, b: {}, c: {} } })).toEqual(['c'])
  })

  it('knows that an always which changes nothing lets events through', () => {
    const always = [{ guard: 'isSlow', actions: 'log' }, { target: 'b' }]
    expect(unreachable({ initial: 'a', states: { a: { always, on: { GO: 'c' } }, b: {}, c: {} } })).toEqual([])
  })

  it('enters the other regions of a parallel state by default, and not when a target names their state', () => {
    const regions = {
      type: 'parallel' as const,
      states: {
        one: { initial: 'x', states: { x: {}, y: {} } },
        two: { initial: 'x', states: { x: {}, y: {} } },
      },
    }
    expect(unreachable({ initial: 'a', states: { a: { on: { GO: 'p.one.y' } }, p: regions } })).toEqual([
      'p.one.x',
      'p.two.y',
    ])
    expect(
      unreachable({ initial: 'a', states: { a: { on: { GO: { target: ['p.one.y', 'p.two.y'] } } }, p: regions } }),
    ).toEqual(['p.one.x', 'p.two.x'])
  })

  it('knows that a parallel state is only done when each region can be', () => {
    const p = (end: object) => ({
      type: 'parallel' as const,
      onDone: 'after',
      states: {
        one: { initial: 'x', states: { x: { on: { GO: 'end' } }, end: { type: 'final' as const } } },
        two: { initial: 'x', states: { x: end, end: { type: 'final' as const } } },
      },
    })
    expect(unreachable({ initial: 'p', states: { p: p({ on: { GO: 'end' } }), after: {} } })).toEqual([])
    expect(unreachable({ initial: 'p', states: { p: p({}), after: {} } })).toEqual(['p.two.end', 'after'])
  })

  it('takes history for what it is: it brings back what was active, and otherwise its default', () => {
    expect(
      unreachable({
        initial: 'work',
        states: {
          work: {
            initial: 'x',
            on: { PAUSE: 'paused' },
            states: { x: { on: { GO: 'y' } }, y: {}, z: {}, back: { type: 'history' } },
          },
          paused: { on: { RESUME: 'work.back' } },
        },
      }),
    ).toEqual(['work.z'])
    expect(
      unreachable({
        initial: 'idle',
        states: {
          idle: { on: { GO: 'work.back' } },
          work: { initial: 'x', states: { x: {}, y: {}, back: { type: 'history', target: 'y' } } },
        },
      }),
    ).toEqual(['work.x'])
  })

  it('enters the initial state of what shallow history brings back', () => {
    expect(
      unreachable({
        initial: 'work',
        states: {
          work: {
            initial: 'x',
            on: { PAUSE: 'paused' },
            states: {
              x: { on: { GO: 'y.second' } },
              y: { initial: 'first', states: { first: {}, second: {} } },
              back: { type: 'history' },
            },
          },
          paused: { on: { RESUME: 'work.back' } },
        },
      }),
    ).toEqual([])
  })
})
