import { describe, expect, it } from 'vitest'
import { and, assign, createMachine, not, or, raise } from 'xstate'
import { messagesOf, pathsOf } from './told.js'

type Config = Parameters<typeof createMachine>[0]
const cycles = (config: Config, guards = {}): string[] => pathsOf(createMachine(config, { guards }), 'endless-cycle')

/** Thinks and acts for ever, unless `guard` stops it. */
const loop = (guard?: unknown): Config =>
  ({
    initial: 'thinking',
    states: {
      thinking: { invoke: { src: 'model', onDone: { guard, target: 'acting' }, onError: 'failed' } },
      acting: { invoke: { src: 'tool', onDone: 'thinking', onError: 'failed' } },
      failed: { type: 'final' },
    },
  }) as Config

describe('the rule endless-cycle', () => {
  it('finds a cycle of effects, and shows it', () => {
    expect(cycles(loop())).toEqual(['thinking -[done(model)]-> acting -[done(tool)]-> thinking'])
    expect(messagesOf(createMachine(loop()), 'endless-cycle')).toEqual([
      'thinking → acting → thinking goes round by itself, and passes no guard that bounds it.',
    ])
  })

  it.each(['withinTurns', 'withinBudget', 'withinDepth', 'withinDeadline', 'notLooping'])(
    'is content with one edge that %s guards',
    (guard) => {
      expect(cycles(loop(guard))).toEqual([])
      expect(cycles(loop({ type: guard, params: { max: 3 } }))).toEqual([])
    },
  )

  it('reads what combined guards require', () => {
    expect(cycles(loop(and(['isReady', 'withinTurns'])))).toEqual([])
    expect(cycles(loop(or(['withinBudget', 'withinTurns'])))).toEqual([])
    expect(cycles(loop(or(['isReady', 'withinTurns'])))).toHaveLength(1)
    expect(cycles(loop(not('withinTurns')))).toHaveLength(1)
    expect(cycles(loop('mayGoOn'), { mayGoOn: and(['isReady', 'withinTurns']) })).toEqual([])
    expect(cycles(loop('mayGoOn'), { mayGoOn: 'mayGoOn' })).toHaveLength(1)
  })

  it('takes a function by its own name', () => {
    const withinTurns = (): boolean => false
    expect(cycles(loop(withinTurns))).toEqual([])
    expect(cycles(loop(() => false))).toHaveLength(1)
  })

  it('goes by other names, of the machine or of the caller', () => {
    const machine = (meta?: object) => createMachine({ ...loop('hasTriesLeft'), meta })
    expect(pathsOf(machine(), 'endless-cycle')).toHaveLength(1)
    expect(pathsOf(machine(), 'endless-cycle', { boundingGuards: ['hasTriesLeft'] })).toEqual([])
    expect(pathsOf(machine({ roscius: { check: { boundingGuards: ['hasTriesLeft'] } } }), 'endless-cycle')).toEqual([])
  })

  it('finds no cycle where an event from outside is needed', () => {
    expect(cycles({ initial: 'a', states: { a: { on: { GO: 'b' } }, b: { always: 'a' } } })).toEqual([])
  })

  it('finds the way round a bounded edge', () => {
    expect(
      cycles({
        initial: 'a',
        states: {
          a: {
            always: [
              { guard: 'withinTurns', target: 'b' },
              { guard: 'isOdd', target: 'c' },
            ],
          },
          b: { always: 'a' },
          c: { always: 'a' },
        },
      }),
    ).toEqual(['a -[always [isOdd]]-> c -[always]-> a'])
  })

  it('goes through delays, errors, raised events and completed states', () => {
    expect(
      cycles({
        initial: 'a',
        states: {
          a: { invoke: { src: 'fetch', onError: 'b' } },
          b: { after: { 1000: 'c' } },
          c: { entry: raise({ type: 'NEXT' }), on: { NEXT: 'd' } },
          d: { initial: 'x', states: { x: { always: 'end' }, end: { type: 'final' } }, onDone: 'a' },
        },
      }),
    ).toEqual([
      'a -[error(fetch)]-> b -[after 1000]-> c -[raised NEXT]-> d.x -[always]-> d.end -[done((machine).d)]-> a',
    ])
  })

  it('takes an event for raised only where it may have been', () => {
    const c = { on: { NEXT: 'a' } }
    expect(
      cycles({
        initial: 'a',
        states: { a: { always: { target: 'b', actions: raise({ type: 'NEXT' }) } }, b: { on: { NEXT: 'c' } }, c },
      }),
    ).toEqual([])
    const twice = [raise({ type: 'NEXT' }), raise({ type: 'NEXT' })]
    expect(
      cycles({
        initial: 'a',
        states: { a: { always: { target: 'b', actions: twice } }, b: { on: { NEXT: 'c' } }, c },
      }),
    ).toEqual(['a -[always]-> b -[raised NEXT]-> c -[raised NEXT]-> a'])
    expect(
      cycles({
        initial: 'a',
        states: { a: { always: { target: 'c', actions: raise({ type: 'NEXT' }) } }, c },
      }),
    ).toEqual(['a -[always]-> c -[raised NEXT]-> a'])
  })

  it('knows that an event raised in one region moves another', () => {
    expect(
      cycles({
        type: 'parallel',
        states: {
          one: {
            initial: 'x',
            states: { x: { on: { PING: { target: 'x', reenter: true, actions: raise({ type: 'PONG' }) } } } },
          },
          two: {
            initial: 'x',
            states: { x: { on: { PONG: { target: 'x', reenter: true, actions: raise({ type: 'PING' }) } } } },
          },
        },
      }),
    ).toHaveLength(2)
  })

  it('knows that a timer runs once, and an effect ends once, for each time its state is entered', () => {
    const inner = { initial: 'x', states: { x: { always: 'y' }, y: {} } }
    expect(cycles({ initial: 'a', states: { a: { ...inner, after: { 1000: '.x' } } } })).toEqual([])
    expect(
      cycles({ initial: 'a', states: { a: { ...inner, after: { 1000: { target: '.x', reenter: true } } } } }),
    ).toEqual(['a.x -[always]-> a.y -[after 1000]-> a.x'])
    const invoke = { src: 'work', onDone: '.x', onError: '.y' }
    expect(cycles({ initial: 'a', states: { a: { ...inner, invoke } } })).toEqual([])
  })

  it('finds an always that changes the context without leaving', () => {
    const always = { guard: 'isLow', actions: assign({ count: 1 }) }
    expect(cycles({ initial: 'a', states: { a: { always } } })).toEqual(['a -[always [isLow]]-> a'])
    expect(cycles({ initial: 'a', states: { a: { always: { guard: 'isLow', actions: 'log' } } } })).toEqual([])
  })

  it('tells one cycle for states that all reach each other: the shortest', () => {
    expect(
      cycles({
        initial: 'a',
        states: {
          a: { after: { 1: [{ guard: 'one', target: 'b' }, { target: 'c' }] } },
          b: { always: 'c' },
          c: { always: 'a' },
        },
      }),
    ).toEqual(['a -[after 1]-> c -[always]-> a'])
  })
})
