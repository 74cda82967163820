import { describe, expect, it } from 'vitest'
import { type AnyStateMachine, and, createMachine, fromPromise, not, or, setup } from 'xstate'
import { structureHash } from '../../src/runtime/structure-hash.js'

type Config = Parameters<typeof createMachine>[0]

const hashOf = (config: Config, implementations?: Parameters<typeof createMachine>[1]) =>
  structureHash(createMachine(config, implementations))

const twoStates = (first: object, rest: object = {}): Config => ({
  id: 'm',
  initial: 'a',
  states: { a: first, b: {} },
  ...rest,
})

const base: Config = twoStates({
  on: { GO: [{ target: 'b', guard: 'isReady' }, { target: 'a' }], STOP: 'b' },
  after: { 100: 'b' },
  invoke: { id: 'work', src: 'work' },
})

const variant = (change: object): Config =>
  twoStates({
    on: { GO: [{ target: 'b', guard: 'isReady' }, { target: 'a' }], STOP: 'b' },
    after: { 100: 'b' },
    invoke: { id: 'work', src: 'work' },
    ...change,
  })

describe('the structure hash', () => {
  it('is the same in every process and release', () => {
    expect(hashOf(base)).toMatchInlineSnapshot(`"b13b3b29a8bdf184"`)
  })

  it('does not exist for logic that is no machine', () => {
    expect(structureHash(fromPromise(async () => 1))).toBeUndefined()
    expect(structureHash({ root: {} })).toBeUndefined()
  })

  it.each<[what: string, config: Config]>([
    ['a new state', { ...base, states: { ...base.states, c: {} } }],
    ['a renamed state', { ...base, states: { a: base.states?.a ?? {}, c: {}, b: {} }, initial: 'a' }],
    ['the kind of a state', { ...base, states: { a: base.states?.a ?? {}, b: { type: 'final' } } }],
    ['a child state', { ...base, states: { a: base.states?.a ?? {}, b: { initial: 'x', states: { x: {} } } } }],
    ['the initial state', { ...base, initial: 'b' }],
    ['a custom id', { ...base, states: { a: base.states?.a ?? {}, b: { id: 'custom' } } }],
    ['the id of the machine', { ...base, id: 'n' }],
    ['a new event', variant({ on: { ...base.states?.a?.on, MORE: 'b' } })],
    ['a target', variant({ on: { GO: [{ target: 'b', guard: 'isReady' }, { target: 'a' }], STOP: 'a' } })],
    [
      're-entry',
      variant({
        on: {
          GO: [
            { target: 'b', guard: 'isReady' },
            { target: 'a', reenter: true },
          ],
          STOP: 'b',
        },
      }),
    ],
    [
      'the order of candidates',
      variant({ on: { GO: [{ target: 'a' }, { target: 'b', guard: 'isReady' }], STOP: 'b' } }),
    ],
    ['a guard', variant({ on: { GO: [{ target: 'b', guard: 'isLate' }, { target: 'a' }], STOP: 'b' } })],
    ['a guard that is gone', variant({ on: { GO: [{ target: 'b' }, { target: 'a' }], STOP: 'b' } })],
    ['an inline guard', variant({ on: { GO: [{ target: 'b', guard: () => true }, { target: 'a' }], STOP: 'b' } })],
    ['a delay', variant({ after: { 200: 'b' } })],
    ['an eventless transition', variant({ always: { target: 'b', guard: 'isReady' } })],
    ['the logic of an invoke', variant({ invoke: { id: 'work', src: 'other' } })],
    ['the id of an invoke', variant({ invoke: { id: 'job', src: 'work' } })],
    ['an outcome of an invoke', variant({ invoke: { id: 'work', src: 'work', onDone: 'b' } })],
    ['an invoke that is gone', variant({ invoke: [] })],
  ])('changes with %s', (_what, config) => {
    expect(hashOf(config)).not.toBe(hashOf(base))
  })

  it('tells guards apart inside and, or, not, at any depth', () => {
    const guarded = (guard: unknown) => structureHash(createMachine(twoStates({ on: { GO: { target: 'b', guard } } })))
    const hashes = [
      guarded('x'),
      guarded(not('x')),
      guarded(and(['x'])),
      guarded(or(['x'])),
      guarded(and(['x', 'y'])),
      guarded(and(['y', 'x'])),
      guarded(or(['x', 'y'])),
      guarded(and(['x', not('y')])),
      guarded(and(['x', not(or(['y', 'z']))])),
      guarded(and(['x', not(or(['y', { type: 'z', params: { min: 1 } }]))])),
      guarded(and(['x', not(or(['y', { type: 'z', params: { min: 2 } }]))])),
    ]
    expect(new Set(hashes).size).toBe(hashes.length)
  })

  it('changes with what a named guard combines and a named delay stands for', () => {
    const machine = (guard: ReturnType<typeof and> | ReturnType<typeof or>, delay: number) =>
      setup({
        guards: { x: () => true, both: guard as ReturnType<typeof and> },
        delays: { SOON: delay },
      }).createMachine({
        on: { GO: { guard: 'both' } },
        after: { SOON: {} },
      })
    const hash = structureHash(machine(and([() => true]), 1))
    expect(structureHash(machine(and([() => true]), 1))).toBe(hash)
    expect(structureHash(machine(or([() => true]), 1))).not.toBe(hash)
    expect(structureHash(machine(and([() => true]), 2))).not.toBe(hash)
  })

  it('ignores actions, context, tags, meta, descriptions and the code of inline functions', () => {
    const dressed: Config = {
      ...base,
      context: { count: 1 },
      description: 'a machine',
      states: {
        a: {
          ...base.states?.a,
          entry: 'log',
          exit: () => undefined,
          meta: { defer: ['X'] },
          description: 'first',
          tags: ['t'],
        },
        b: {},
      },
    }
    expect(hashOf(dressed)).toBe(hashOf(base))
    const inline = (guard: () => boolean) => hashOf(twoStates({ on: { GO: { target: 'b', guard } } }))
    expect(inline(() => false)).toBe(inline(() => Math.PI > 3))
  })

  it('ignores the order of keys', () => {
    const reordered: Config = {
      states: {
        b: {},
        a: {
          invoke: { src: 'work', id: 'work' },
          after: { 100: 'b' },
          on: { STOP: 'b', GO: [{ guard: 'isReady', target: 'b' }, { target: 'a' }] },
        },
      },
      initial: 'a',
      id: 'm',
    }
    expect(hashOf(reordered)).toBe(hashOf(base))
  })

  it('minds the order of regions and invokes, in which XState enters and starts them', () => {
    const regions = (...keys: string[]) =>
      hashOf({ type: 'parallel', states: Object.fromEntries(keys.map((key) => [key, {}])) })
    expect(regions('x', 'y')).not.toBe(regions('y', 'x'))
    const invokes = (...ids: string[]) => hashOf({ invoke: ids.map((id) => ({ id, src: 'work' })) })
    expect(invokes('x', 'y')).not.toBe(invokes('y', 'x'))
  })

  it('changes with a machine that it may invoke or spawn, named or inline, at any depth', () => {
    const parentOf = (child: AnyStateMachine) => createMachine({ id: 'p' }, { actors: { child } })
    const inlineParentOf = (child: AnyStateMachine) => createMachine({ id: 'p', invoke: { src: child } })
    const old = createMachine(base)
    const next = createMachine(variant({ after: { 1: 'b' } }))
    for (const parent of [parentOf, inlineParentOf]) {
      expect(structureHash(parent(old))).toBe(structureHash(parent(createMachine(base))))
      expect(structureHash(parent(old))).not.toBe(structureHash(parent(next)))
      expect(structureHash(parent(parent(old)))).not.toBe(structureHash(parent(parent(next))))
    }
  })

  it('ends for machines that may spawn each other', () => {
    const ping = createMachine({ id: 'ping' })
    const pong = createMachine({ id: 'pong' }, { actors: { ping } })
    Object.assign(ping.implementations.actors, { pong })
    expect(structureHash(ping)).not.toBe(structureHash(pong))
  })

  it('knows the combinations made by another copy of XState', () => {
    const foreignAnd = Object.assign(() => false, { check: function checkAnd() {}, guards: ['x'] })
    const guarded = (guard: unknown) => structureHash(createMachine(twoStates({ on: { GO: { target: 'b', guard } } })))
    expect(guarded(foreignAnd)).toBe(guarded(and(['x'])))
  })
})
