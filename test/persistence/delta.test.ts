import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCodec } from '../../src/persistence/codec.js'
import { apply, type Delta, diff } from '../../src/persistence/delta.js'
import { NO_REFS, type RefCodec, toStorable } from '../../src/persistence/storable.js'
import { sharingPair, state } from './arbitrary-state.js'

const codec = createCodec()
const stored = <T>(value: T): T => codec.decode(codec.encode(toStorable(value, '', NO_REFS)), 'k') as T
const change = (previous: unknown, next: unknown): Delta | undefined => diff(previous, next, NO_REFS)

/** What a store would give back for `next` from what it holds of `previous` and the delta. */
function recovered(previous: unknown, next: unknown): unknown {
  const delta = change(previous, next)
  const base = stored(previous)
  return delta === undefined ? base : apply(base, codec.decode(codec.encode(delta), 'k') as Delta)
}

function keysInOrder(value: unknown): unknown {
  if (value instanceof Map) return [...value.keys()]
  return typeof value === 'object' && value !== null ? Object.keys(value) : undefined
}

describe('a delta', () => {
  it('recovers any next state from any previous one', () => {
    fc.assert(
      fc.property(state, state, (previous, next) => {
        expect(isDeepStrictEqual(recovered(previous, next), stored(next))).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  it('recovers a next state that shares parts with the previous one', () => {
    fc.assert(
      fc.property(sharingPair, ([previous, next]) => {
        const result = recovered(previous, next)
        expect(isDeepStrictEqual(result, stored(next))).toBe(true)
        expect(keysInOrder(result)).toEqual(keysInOrder(stored(next)))
      }),
      { numRuns: 600 },
    )
  })

  it('is absent between equal states, shared or not', () => {
    fc.assert(
      fc.property(state, (value) => {
        expect(change(value, value)).toBeUndefined()
        expect(change(stored(value), stored(value))).toBeUndefined()
      }),
      { numRuns: 300 },
    )
  })

  it('leaves the base as it was when it is applied', () => {
    fc.assert(
      fc.property(sharingPair, ([previous, next]) => {
        const base = stored(previous)
        const delta = change(previous, next)
        if (delta === undefined) return
        apply(base, codec.decode(codec.encode(delta), 'k') as Delta)
        expect(isDeepStrictEqual(base, stored(previous))).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  it('keeps elements apart that the states held twice', () => {
    const shared = { n: 1 }
    const states = [
      [shared, shared],
      [{ n: 2 }, shared],
      [shared, { n: 2 }, shared],
    ]
    let base: unknown = stored(states[0])
    for (let i = 1; i < states.length; i++) {
      base = apply(base, codec.decode(codec.encode(change(states[i - 1], states[i])), 'k') as Delta)
      expect(base).toEqual(states[i])
    }
  })
})

describe('the delta of an object', () => {
  it('holds the changed keys only, nested', () => {
    const big = { text: 'x'.repeat(1_000) }
    expect(change({ a: 1, b: { c: 1, big }, big }, { a: 2, b: { c: 3, big }, big })).toEqual([
      1,
      ['a', 2],
      ['b', [1, ['c', 3]]],
    ])
  })

  it('names the keys that went', () => {
    expect(change({ a: 1, b: 2, c: 3 }, { a: 1, c: 3 })).toEqual([1, 0, 0, ['b']])
  })

  it('keeps the order of keys that moved', () => {
    const next = { b: 2, a: 1 }
    expect(Object.keys(recovered({ a: 1, b: 2 }, next) as object)).toEqual(['b', 'a'])
  })

  it('keeps the order where keys moved, came and went at once, as many as there were', () => {
    const next = { d: 4, b: 2, a: 1 }
    expect(Object.entries(recovered({ a: 1, b: 2, c: 3 }, next) as object)).toEqual(Object.entries(next))
    expect(change({ a: 1, b: 2, c: 3 }, { a: 1, b: 2, d: 3 })).toEqual([1, ['d', 3], 0, ['c']])
  })

  it('tells keys that came at the end, in the middle or at the beginning', () => {
    expect(change({ a: 1, b: 2 }, { a: 1, b: 2, c: 3 })).toEqual([1, ['c', 3]])
    expect(change({ a: 1, b: 2 }, { a: 1, c: 3, b: 2 })).toEqual([1, ['c', 3], 0, 0, ['a', 'c', 'b']])
    expect(change({ a: 1, b: 2 }, { c: 3, a: 1, b: 2 })).toEqual([1, ['c', 3], 0, 0, ['c', 'a', 'b']])
  })

  it('keeps the order of the other keys where an index comes before them', () => {
    const next = { b: 2, a: 1, 7: 'g' }
    expect(Object.entries(recovered({ a: 1, b: 2 }, next) as object)).toEqual(Object.entries(next))
    expect(change({ a: 1, b: 2 }, { a: 1, b: 2, 7: 'g' })).toEqual([1, ['7', 'g']])
    expect(change({ a: 1, b: 2 }, { a: 1, b: 2, '07': 'g' })).toEqual([1, ['07', 'g']])
  })

  it('needs no order for keys that are indexes, which sort themselves', () => {
    expect(change({ 1: 'a', 9: 'b' }, { 1: 'a', 5: 'c', 9: 'b' })).toEqual([1, ['5', 'c']])
  })

  it('tells a key that is undefined from one that is absent', () => {
    expect(change({ a: undefined }, {})).toEqual([1, 0, 0, ['a']])
    expect(change({}, { a: undefined })).toEqual([1, ['a', undefined]])
  })

  it('tells 0 from -0 and takes NaN for itself', () => {
    expect(Object.is((recovered({ a: 0 }, { a: -0 }) as { a: number }).a, -0)).toBe(true)
    expect(change({ a: Number.NaN }, { a: Number.NaN })).toBeUndefined()
  })
})

describe('the delta of an array', () => {
  const items = Array.from({ length: 100 }, (_, n) => ({ n, text: `item ${n}` }))
  const x = { n: -1, text: 'new' }

  it('holds only what was appended', () => {
    expect(change(items, [...items, x])).toEqual([2, x])
  })

  it('holds only what entered a sliding window', () => {
    expect(change(items, [...items.slice(1), x])).toEqual([4, 1, 99, [x]])
    expect(change(['aaaaaaaaaa', 'bbbbbbbbbb'], ['bbbbbbbbbb', 'cccccccccc'])).toEqual([4, 1, 1, ['cccccccccc']])
  })

  it('holds only the fields that changed in one element', () => {
    expect(change(items, items.with(42, { ...items[42]!, text: 'other' }))).toEqual([3, 42, [1, ['text', 'other']]])
  })

  it('holds a changed element and an appended one without the rest', () => {
    const next = [...items.slice(0, 99), { ...items[99]!, text: 'other' }, x]
    expect(change(items, next)).toEqual([4, 0, 99, -1, 99, [1, ['text', 'other']], [x]])
  })

  it('points at what stayed when elements are removed here and there', () => {
    const next = items.filter(({ n }) => n % 40 !== 0)
    expect(change(items, next)).toEqual([4, 1, 39, 41, 39, 81, 19])
  })

  it('points at elements that moved', () => {
    expect(change(items, [items[99], ...items.slice(0, 99)])).toEqual([4, 99, 1, 0, 99])
  })

  it('holds only what was appended to an array that was rebuilt', () => {
    expect(change(items, [...structuredClone(items), x])).toEqual([4, 0, 100, [x]])
  })

  it('holds two flipped cells of a board as two changes', () => {
    const board = Array.from({ length: 64 }, (_, i) => i % 2)
    expect(change(board, board.with(3, 0).with(40, 1))).toEqual([3, 3, [0, 0], 40, [0, 1]])
  })

  it('forgets the end that was cut off', () => {
    expect(change(items, items.slice(0, 7))).toEqual([4, 0, 7])
    expect(recovered(items, [])).toEqual([])
  })
})

describe('the delta of other values', () => {
  it('holds only what was appended to a long string', () => {
    const text = 'a long text that a model streams token by token'
    expect(change({ text }, { text: `${text} and on` })).toEqual([1, 0, ['text', [5, ' and on']]])
  })

  it('changes single entries of a Map and a Set', () => {
    const map = new Map([
      ['a', { n: 1, m: 1 }],
      ['b', { n: 2, m: 1 }],
    ])
    expect(change(map, new Map(map).set('b', { n: 3, m: 1 }))).toEqual([6, [], ['b', [1, ['n', 3]]], []])
    expect(change(new Set([1, 2, 3]), new Set([1, 3, 4]))).toEqual([7, [4], [2]])
  })

  it('finds equal dates, bytes and refs equal, and different ones different', () => {
    class Ref {
      constructor(readonly address: string) {}
    }
    const refs: RefCodec = {
      encode: (value) => (value instanceof Ref ? value.address : undefined),
      decode: (address) => new Ref(address),
    }
    const pairs: [unknown, unknown, unknown][] = [
      [new Date(5), new Date(5), new Date(6)],
      [new Uint8Array([1]), new Uint8Array([1]), new Uint8Array([2])],
      [new Uint8Array([1]).buffer, new Uint8Array([1]).buffer, new Uint8Array([2]).buffer],
      [new Ref('r/1'), new Ref('r/1'), new Ref('r/2')],
    ]
    for (const [value, equal, different] of pairs) {
      expect(diff({ value }, { value: equal }, refs)).toBeUndefined()
      expect(diff({ value }, { value: different }, refs)).toBeDefined()
    }
  })
})

describe('the delta of an error', () => {
  class LateError extends Error {
    override readonly name = 'LateError'
    constructor(readonly details: { ms: number }) {
      super('late')
    }
  }

  it('is absent between an error and itself as it was recovered, whatever its class', () => {
    const errors = [new LateError({ ms: 5 }), new TypeError('t', { cause: new Map([[1, new Error('inner')]]) })]
    const context = { errors: errors.map((error) => Object.assign(error, { retry: () => 0 })) }
    expect(change(stored(context), context)).toBeUndefined()
  })

  it('replaces it when what is stored of it changed', () => {
    const error = new LateError({ ms: 5 })
    const before = stored({ error })
    Object.assign(error.details, { ms: 6 })
    expect(recovered(before, { error })).toMatchObject({ error: { name: 'LateError', details: { ms: 6 } } })
    expect(change(before, { error })).toBeDefined()
  })
})

describe('a delta that can not be made or applied', () => {
  it.each([
    ['context.items[3].onClick', { items: [1, 2, 3, { onClick: () => 0 }] }],
    ['context.items[0]', { items: [Symbol('s'), 2, 3] }],
    ['context.map["a b"].x', { map: new Map([['a b', { x: () => 0 }]]) }],
  ])('names %s', (path, context) => {
    const previous = { context: { items: [1, 2, 3], map: new Map([['a b', { x: 1 }]]) } }
    expect(() => diff(previous, { context: { ...previous.context, ...context } }, NO_REFS)).toThrow(
      expect.objectContaining({ code: 'VALUE_NOT_STORABLE', details: expect.objectContaining({ path }) }),
    )
  })

  it('ends at a cycle', () => {
    const cyclic: Record<string, unknown> = { n: 1 }
    cyclic.self = cyclic
    expect(() => diff({ n: 1, self: { n: 1 } }, cyclic, NO_REFS, 'context')).toThrow(
      expect.objectContaining({ code: 'VALUE_NOT_STORABLE' }),
    )
  })

  it.each<[Delta, unknown]>([
    [[1, ['a', 1]], 5],
    [[1, 0, ['a', [0, 1]]], {}],
    [[2, 1], 'text'],
    [[3, 9, [0, 1]], [1]],
    [[4, 0, 5], [1]],
    [[4, -1, 5, [0, 1]], [1]],
    [[5, 'x'], 1],
    [[6, []], {}],
    [[7, []], []],
    [[99], {}],
    [[1, ['__proto__', {}]], {}],
  ])('refuses %j on a base that it was not made for', (delta, base) => {
    expect(() => apply(base, delta)).toThrow(expect.objectContaining({ code: 'RECORD_CORRUPT' }))
  })
})
