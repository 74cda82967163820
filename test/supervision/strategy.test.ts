import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { affected, STRATEGIES } from '../../src/supervision/strategy.js'

const siblings = ['a', 'b', 'c', 'd']

describe('a strategy', () => {
  test.each([
    ['oneForOne', 'b', '', 'b'],
    ['oneForAll', 'b', 'dca', 'abcd'],
    ['restForOne', 'a', 'dcb', 'abcd'],
    ['restForOne', 'b', 'dc', 'bcd'],
    ['restForOne', 'd', '', 'd'],
  ] as const)('%s, when %s fails, stops "%s" and starts "%s"', (strategy, failed, stop, start) => {
    expect(affected(strategy, siblings, failed)).toEqual({ stop: [...stop], start: [...start] })
  })

  test.each(STRATEGIES)('%s concerns nobody when the child is gone', (strategy) => {
    expect(affected(strategy, siblings, 'x')).toEqual({ stop: [], start: [] })
  })

  test('starts in order, and stops the others in reverse', () => {
    const ids = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(ids, fc.nat(), fc.constantFrom(...STRATEGIES), (all, at, strategy) => {
        const failed = all[at % all.length]!
        const { stop, start } = affected(strategy, all, failed)
        expect(start).toEqual(all.filter((id) => start.includes(id)))
        expect(start).toContain(failed)
        expect([...stop].reverse()).toEqual(start.filter((id) => id !== failed))
      }),
    )
  })
})
