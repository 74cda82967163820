import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  compareClocks,
  countIn,
  merge,
  receive,
  tick,
  type VectorClock,
} from '../../../src/remote/conversation/vector-clock.js'
import { MAX_CLOCK_NODES } from '../../../src/remote/protocol/wire-envelope.js'
import { runs } from './simulated-run.js'

const nodes = fc.constantFrom('a', 'b', 'c', 'constructor', 'toString')
const clocks: fc.Arbitrary<VectorClock> = fc.dictionary(nodes, fc.nat(3))
/** More nodes than a clock may have: from 0 to 400 of them. */
const wideClocks: fc.Arbitrary<VectorClock> = fc
  .tuple(fc.nat(400), fc.nat(400), fc.integer({ min: 1, max: 5 }))
  .map(([a, b, count]) => boundedWide(Math.min(a, b), Math.max(a, b), count))

function boundedWide(from: number, to: number, count: number): VectorClock {
  const entries = Array.from({ length: to - from }, (_, i) => [`n${1_000 + from + i}`, count] as const)
  return merge({}, Object.fromEntries(entries))
}

const isUpTo = (a: VectorClock, b: VectorClock): boolean => ['before', 'equal'].includes(compareClocks(a, b))

describe('a vector clock', () => {
  it('is ordered: reflexive, antisymmetric, transitive, and the two directions agree', () => {
    const opposite = { before: 'after', after: 'before', equal: 'equal', concurrent: 'concurrent' }
    fc.assert(
      fc.property(clocks, clocks, clocks, (a, b, c) => {
        expect(compareClocks(a, a)).toBe('equal')
        expect(compareClocks(b, a)).toBe(opposite[compareClocks(a, b)])
        if (compareClocks(a, b) === 'equal') expect(merge(a, b)).toEqual(merge(b, a))
        if (isUpTo(a, b) && isUpTo(b, c)) expect(isUpTo(a, c)).toBe(true)
        if (compareClocks(a, b) === 'before' && isUpTo(b, c)) expect(compareClocks(a, c)).toBe('before')
      }),
      { numRuns: 1_000 },
    )
  })

  it('merges to the least clock that is not below either', () => {
    fc.assert(
      fc.property(clocks, clocks, clocks, (a, b, c) => {
        const both = merge(a, b)
        expect(isUpTo(a, both) && isUpTo(b, both)).toBe(true)
        if (isUpTo(a, c) && isUpTo(b, c)) expect(isUpTo(both, c)).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })

  it('merges in any order, however often, also at its bound', () => {
    fc.assert(
      fc.property(wideClocks, wideClocks, wideClocks, (a, b, c) => {
        expect(merge(a, b)).toEqual(merge(b, a))
        expect(merge(merge(a, b), c)).toEqual(merge(a, merge(b, c)))
        expect(merge(a, a)).toEqual(a)
        expect(Object.keys(merge(a, b)).length).toBeLessThanOrEqual(MAX_CLOCK_NODES)
      }),
    )
  })

  it('is after what it was, once it has ticked', () => {
    fc.assert(
      fc.property(clocks, nodes, (clock, node) => {
        expect(compareClocks(tick(clock, node), clock)).toBe('after')
        expect(countIn(tick(clock, node), node)).toBe(countIn(clock, node) + 1)
      }),
    )
  })

  it('tells of any two things of a run whether one happened before the other', () => {
    fc.assert(
      fc.property(runs, ({ records, happenedBefore }) => {
        records.forEach(({ clock: a = {} }, i) => {
          records.forEach(({ clock: b = {} }, j) => {
            if (i === j) return
            const truth = happenedBefore(i, j) ? 'before' : happenedBefore(j, i) ? 'after' : 'concurrent'
            expect(compareClocks(a, b)).toBe(truth)
          })
        })
      }),
    )
  })

  it('takes a count of 0 for none', () => {
    expect(compareClocks({ a: 0 }, {})).toBe('equal')
    expect(compareClocks({ a: 1 }, { a: 1, b: 0 })).toBe('equal')
  })

  it('has no place for a node whose name is behind those of 256 others', () => {
    const full = boundedWide(0, MAX_CLOCK_NODES, 1)
    expect(tick(full, 'z')).toEqual(full)
    const pushed = tick(full, 'a')
    expect(Object.keys(pushed)).toHaveLength(MAX_CLOCK_NODES)
    expect(countIn(pushed, 'a')).toBe(1)
    expect(countIn(pushed, 'n1255')).toBe(0)
  })

  it('does not believe what another node says of its own count', () => {
    const lie = { a: Number.MAX_SAFE_INTEGER, b: 2 }
    expect(receive({ a: 3 }, lie, 'a')).toEqual({ a: 4, b: 2 })
  })

  it('is not changed by what is made of it', () => {
    const clock = Object.freeze({ a: 1 })
    tick(clock, 'a')
    receive(clock, { b: 1 }, 'a')
    expect(merge(clock, { a: 5 })).toEqual({ a: 5 })
    expect(clock).toEqual({ a: 1 })
  })
})
