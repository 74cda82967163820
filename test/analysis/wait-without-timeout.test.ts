import { describe, expect, it } from 'vitest'
import { createMachine, raise } from 'xstate'
import { messagesOf, told } from './told.js'

const waits = (config: Parameters<typeof createMachine>[0]): string[] =>
  told(createMachine(config), 'wait-without-timeout')

describe('the rule wait-without-timeout', () => {
  it('finds a state that only an event leads out of, and names the events', () => {
    const machine = createMachine({
      initial: 'a',
      states: { a: { on: { YES: 'b', NO: { guard: 'isSure', target: 'b' } } }, b: { type: 'final' } },
    })
    expect(messagesOf(machine, 'wait-without-timeout')).toEqual([
      'a waits for YES or NO, and nothing ends the wait if none comes.',
    ])
  })

  it('is content with a delay: of the state, of one around it, of a region beside it, or raised', () => {
    const end = { id: 'end', type: 'final' as const }
    expect(waits({ initial: 'a', states: { a: { on: { GO: 'end' }, after: { 10: 'end' } }, end } })).toEqual([])
    expect(
      waits({
        initial: 'a',
        states: { a: { after: { 10: 'end' }, initial: 'x', states: { x: { on: { GO: '#end' } } } }, end },
      }),
    ).toEqual([])
    expect(
      waits({
        initial: 'p',
        states: {
          p: {
            type: 'parallel',
            states: {
              clock: { initial: 'on', states: { on: { after: { 10: '#end' } } } },
              work: { initial: 'x', states: { x: { on: { GO: 'y' } }, y: { on: { GO: 'x' } } } },
            },
          },
          end,
        },
      }),
    ).toEqual([])
    expect(
      waits({
        initial: 'a',
        states: { a: { entry: raise({ type: 'LATE' }, { delay: 10 }), on: { GO: 'end', LATE: 'end' } }, end },
      }),
    ).toEqual([])
  })

  it('takes no reminder for a timeout', () => {
    expect(
      waits({
        initial: 'a',
        states: { a: { on: { GO: 'end' }, after: { 10: { actions: 'remind' } } }, end: { type: 'final' } },
      }),
    ).toEqual(['a'])
  })

  it('takes work for no wait, but an effect that only may fail for one', () => {
    const end = { type: 'final' as const }
    const work = { on: { STOP: 'end' }, invoke: { src: 'work', onDone: 'end', onError: 'end' } }
    expect(waits({ initial: 'a', states: { a: work, end } })).toEqual([])
    const feed = { on: { STOP: 'end' }, invoke: { src: 'feed', onError: 'end' } }
    expect(waits({ initial: 'a', states: { a: feed, end } })).toEqual(['a'])
  })

  it('is content with what says that waiting is its job', () => {
    const end = { type: 'final' as const }
    expect(waits({ initial: 'a', states: { a: { tags: 'idle', on: { GO: 'end' } }, end } })).toEqual([])
    const meta = { roscius: { waits: 'forever', reason: 'a server' } }
    expect(waits({ initial: 'a', states: { a: { meta, on: { GO: 'end' } }, end } })).toEqual([])
  })

  it('takes a service for a wait, and leaves a dead end to its own rule', () => {
    expect(waits({ on: { ASK: { actions: 'answer' } } })).toEqual(['(root)'])
    expect(waits({ initial: 'a', on: { PING: { actions: 'log' } }, states: { a: {} } })).toEqual([])
  })

  it('takes a guard on always for no end of the wait', () => {
    const end = { type: 'final' as const }
    const a = (always: object) => ({ on: { ADD: { actions: 'add' } }, always })
    expect(waits({ initial: 'a', states: { a: a({ guard: 'isFull', target: 'end' }), end } })).toEqual(['a'])
    expect(waits({ initial: 'a', states: { a: a({ target: 'end' }), end } })).toEqual([])
  })
})
