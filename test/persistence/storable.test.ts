import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { NO_REFS, type RefCodec, Stored, toStorable } from '../../src/persistence/storable.js'

class Ref {
  constructor(readonly address: string) {}
}
const refs: RefCodec = {
  encode: (value) => (value instanceof Ref ? value.address : undefined),
  decode: (address) => new Ref(address),
}
const refusal = (path: string) =>
  expect.objectContaining({ code: 'VALUE_NOT_STORABLE', details: expect.objectContaining({ path }) })

describe('a storable value', () => {
  it('is passed on as the very same object', () => {
    const value = { a: [1, 'b', { c: null, d: undefined, e: Number.NaN }], date: new Date(), bytes: new Uint8Array(3) }
    expect(toStorable(value, '', NO_REFS)).toBe(value)
  })

  it('is copied along the path of a substitution only, and stays unchanged itself', () => {
    const ref = new Ref('roscius://n/a')
    const value = { left: { x: 1 }, right: [{ ref }, { y: 2 }] }
    const result = toStorable(value, '', refs) as typeof value
    expect(result.left).toBe(value.left)
    expect(result.right[1]).toBe(value.right[1])
    expect(result.right[0]).toEqual({ ref: expect.any(Stored) })
    expect(value.right[0]).toEqual({ ref })
  })

  it('asks about refs only for class instances', () => {
    const asked: unknown[] = []
    const asking: RefCodec = {
      ...refs,
      encode: (value) => {
        asked.push(value)
        return refs.encode(value)
      },
    }
    const ref = new Ref('a')
    toStorable({ a: [1, new Map(), new Set(), new Date(), Object.create(null)], ref }, '', asking)
    expect(asked).toEqual([ref])
  })

  it('may come from another realm', () => {
    const value = runInNewContext('({ a: { b: 1 } })')
    expect(toStorable(value, '', NO_REFS)).toBe(value)
  })

  it('may hold one object in two places', () => {
    const shared = { n: 1 }
    expect(toStorable([shared, { shared }], '', NO_REFS)).toEqual([shared, { shared }])
    let deep: unknown = shared
    for (let i = 0; i < 100; i++) deep = { deep, shared }
    expect(toStorable(deep, '', NO_REFS)).toBe(deep)
  })
})

describe('a value that can not be stored', () => {
  class Socket {}
  const cyclic: Record<string, unknown> = { list: [] }
  cyclic.list = [1, { back: cyclic }]

  it.each<[string, unknown]>([
    ['context.items[3].onClick', { items: [0, 1, 2, { onClick: () => 0 }] }],
    ['context["a b"].s', { 'a b': { s: Symbol('s') } }],
    ['context.socket', { socket: new Socket() }],
    ['context.m.get("k")[0]', { m: new Map([['k', [new Socket()]]]) }],
    ['context.s[1].f', { s: new Set([1, { f: () => 0 }]) }],
    ['context.p', { p: Promise.resolve() }],
    ['context.w', { w: new WeakMap() }],
    ['context.list[1].back', cyclic],
    ['context.__proto__', JSON.parse('{"__proto__":{"x":1}}')],
    ['context["\\ud800"]', { '\ud800': 1 }],
  ])('is refused as %s', (path, context) => {
    expect(() => toStorable(context, 'context', NO_REFS)).toThrow(refusal(path))
  })

  it('is refused at the root as well', () => {
    expect(() => toStorable(() => 0, '', NO_REFS)).toThrow(refusal(''))
    expect(() => toStorable({ a: () => 0 }, '', NO_REFS)).toThrow(refusal('a'))
  })

  it('is refused when nested deeper than the codec can write', () => {
    let deep: unknown = 1
    for (let i = 0; i < 2_000; i++) deep = [deep]
    expect(() => toStorable(deep, 'context', NO_REFS)).toThrow(expect.objectContaining({ code: 'VALUE_NOT_STORABLE' }))
  })
})
