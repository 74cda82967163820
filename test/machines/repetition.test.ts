import fc from 'fast-check'
import { canonical, fingerprint } from 'roscius/machines'
import { describe, expect, it } from 'vitest'

describe('the canonical form', () => {
  it('of JSON is JSON that says the same, whatever the order of its keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonical(value))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
    expect(canonical({ b: [1, { d: 1, c: 2 }], a: undefined })).toBe('{"b":[1,{"c":2,"d":1}]}')
  })

  it.each([
    ['big integers', 1n, 2n],
    ['a number and a big one', 1, 1n],
    ['what is no number', Number.NaN, null],
    ['infinities', Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    ['maps', new Map([['a', 1]]), new Map([['a', 2]])],
    ['sets', new Set([1]), new Set([2])],
    ['a set and a map', new Set(), new Map()],
    ['bytes', new Uint8Array([1]), new Uint8Array([2])],
    ['errors', new Error('one'), new Error('two')],
    ['dates', new Date(1), new Date(2)],
    ['what is within them', { a: [1n] }, { a: [2n] }],
  ])('tells apart what can be stored and is no JSON: %s', (_, one, other) => {
    expect(fingerprint(one)).not.toBe(fingerprint(other))
    expect(canonical(one)).toBe(canonical(one))
  })

  it('of maps and sets has no order', () => {
    const entries = [['a', 1] as const, ['b', 2] as const]
    expect(canonical(new Map(entries))).toBe(canonical(new Map([...entries].reverse())))
    expect(canonical(new Set([1, 2]))).toBe(canonical(new Set([2, 1])))
  })

  it('has an end where the value has none', () => {
    const cycle: Record<string, unknown> = { once: 1 }
    cycle.again = cycle
    cycle.more = [cycle, cycle]
    expect(canonical(cycle)).toBe('{"again":…,"more":[…,…],"once":1}')
    let deep: unknown = 1
    for (let level = 0; level < 20_000; level++) deep = [deep]
    expect(canonical(deep)).toContain('…')
  })
})
