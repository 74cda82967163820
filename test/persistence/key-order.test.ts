import fc from 'fast-check'
import { expect, it } from 'vitest'
import { compareKeys, lowerBound } from '../../src/persistence/key-order.js'

const key = fc.string({ unit: 'binary', maxLength: 6 })

it('compares keys as their UTF-8 bytes compare', () => {
  fc.assert(
    fc.property(key, key, fc.string({ unit: 'binary', maxLength: 3 }), (a, b, beginning) => {
      const [left, right] = [beginning + a, beginning + b]
      expect(Math.sign(compareKeys(left, right))).toBe(Buffer.compare(Buffer.from(left), Buffer.from(right)))
    }),
    { numRuns: 2_000 },
  )
})

it('finds the first key that is not before another', () => {
  fc.assert(
    fc.property(fc.array(key), key, (keys, wanted) => {
      const sorted = keys.toSorted(compareKeys)
      const expected = sorted.findIndex((each) => compareKeys(each, wanted) >= 0)
      expect(lowerBound(sorted, wanted)).toBe(expected < 0 ? sorted.length : expected)
    }),
  )
})
