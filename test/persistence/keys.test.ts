import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { journalKey, numberInKey, parseTimerKey, timerKey, timerRange } from '../../src/persistence/keys.js'

const anyNumber = fc.double({ min: 0, max: 36 ** 9, noNaN: true })

function holds(range: { readonly gte: string; readonly lt: string }, key: string): boolean {
  return key >= range.gte && key < range.lt
}

describe('keys', () => {
  it('sort as the numbers in them do, and give them back', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.maxSafeNat(), (a, b) => {
        const [first, second] = [a % 36 ** 10, b % 36 ** 10]
        expect(numberInKey(journalKey('a', first))).toBe(first)
        expect(journalKey('a', first) < journalKey('a', second)).toBe(first < second)
      }),
    )
  })

  it('place a timer never before the time it is due, and at most 1 ms after it', () => {
    fc.assert(
      fc.property(anyNumber, (dueMs) => {
        const stored = parseTimerKey(timerKey(dueMs, 'a', '1:x')).dueMs
        expect(stored).toBeGreaterThanOrEqual(dueMs)
        expect(stored).toBeLessThanOrEqual(dueMs + 1)
      }),
    )
  })

  it('hold every timer in one of two adjoining ranges, also when the bound between them is not a whole number of ms', () => {
    fc.assert(
      fc.property(anyNumber, anyNumber, (dueMs, boundMs) => {
        const key = timerKey(dueMs, 'a', '1:x')
        if (dueMs < boundMs - 1) expect(holds(timerRange(0, boundMs), key)).toBe(true)
        if (dueMs >= boundMs) expect(holds(timerRange(boundMs, dueMs + 1), key)).toBe(true)
      }),
    )
  })
})
