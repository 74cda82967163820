import { describe, expect, it } from 'vitest'
import { createMachine } from 'xstate'
import { messagesOf, told } from './told.js'

const deadEnds = (config: Parameters<typeof createMachine>[0]): string[] => told(createMachine(config), 'dead-end')

describe('the rule dead-end', () => {
  it('finds a state that is not final and has nothing', () => {
    expect(
      deadEnds({ initial: 'a', states: { a: { on: { GO: 'b', STOP: 'c' } }, b: {}, c: { type: 'final' } } }),
    ).toEqual(['b'])
  })

  it('finds nothing where a state around leads out', () => {
    expect(
      deadEnds({
        initial: 'a',
        states: { a: { initial: 'x', states: { x: {} }, on: { GO: 'b' } }, b: { type: 'final' } },
      }),
    ).toEqual([])
  })

  it('finds nothing where another region leads out', () => {
    expect(
      deadEnds({
        initial: 'p',
        states: {
          p: { type: 'parallel', states: { one: {}, two: { initial: 'x', states: { x: { after: { 10: '#end' } } } } } },
          end: { id: 'end', type: 'final' },
        },
      }),
    ).toEqual([])
  })

  it('takes no state for a dead end that answers events or runs an effect', () => {
    expect(deadEnds({ on: { ASK: { actions: 'answer' } } })).toEqual([])
    expect(deadEnds({ initial: 'a', states: { a: { invoke: { src: 'feed' } } } })).toEqual([])
  })

  it('finds a state that its machine only talks past', () => {
    expect(deadEnds({ initial: 'a', on: { PING: { actions: 'log' } }, states: { a: {} } })).toEqual(['a'])
  })

  it('finds the end of a nested state that nobody is told of', () => {
    const machine = createMachine({
      initial: 'a',
      states: { a: { initial: 'x', states: { x: { on: { GO: 'end' } }, end: { type: 'final' } } } },
    })
    expect(messagesOf(machine, 'dead-end')).toEqual(['a.end ends a, and nothing leads out of that: it has no onDone.'])
  })

  it('lets a region end before the others', () => {
    expect(
      deadEnds({
        type: 'parallel',
        states: {
          one: { initial: 'x', states: { x: { on: { GO: 'end' } }, end: { type: 'final' } } },
          two: { initial: 'x', states: { x: { on: { GO: 'end' } }, end: { type: 'final' } } },
        },
      }),
    ).toEqual([])
  })

  it('does not speak of a state that cannot be reached', () => {
    expect(deadEnds({ initial: 'a', states: { a: { on: { PING: { actions: 'log' } } }, b: {} } })).toEqual([])
  })
})
