import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Backoff, backoffDelayMs, DEFAULT_BACKOFF } from '../../src/supervision/backoff.js'

const plain: Backoff = { ...DEFAULT_BACKOFF, jitter: 0 }
const backoffs: fc.Arbitrary<Backoff> = fc.record({
  initialMs: fc.integer({ min: 0, max: 60_000 }),
  factor: fc.double({ min: 1, max: 100, noNaN: true }),
  maxMs: fc.integer({ min: 0, max: 600_000 }),
  jitter: fc.double({ min: 0, max: 1, noNaN: true }),
  resetMs: fc.constant(0),
})
const streaks = fc.integer({ min: 0, max: 100_000 })
const chances = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

describe('the wait before a restart', () => {
  test('is 200 ms at first, doubles, and stays at 30 s', () => {
    const waits = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1e6].map((streak) => backoffDelayMs(plain, streak, 0))
    expect(waits).toEqual([200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000, 30_000])
  })

  test('is shortened or lengthened by up to a fifth, evenly', () => {
    expect([0, 0.25, 0.5, 0.75].map((chance) => backoffDelayMs(DEFAULT_BACKOFF, 0, chance))).toEqual([
      160, 180, 200, 220,
    ])
  })

  test('is spread at the bound too, so that not all come back at once', () => {
    expect([0, 0.5, 0.75].map((chance) => backoffDelayMs(DEFAULT_BACKOFF, 20, chance))).toEqual([
      24_000, 30_000, 33_000,
    ])
  })

  test('of nothing stays nothing after any streak', () => {
    expect(backoffDelayMs({ ...plain, initialMs: 0 }, 1e6, 0.5)).toBe(0)
  })

  test('is a whole number of ms, never negative, never above maxMs × (1 + jitter)', () => {
    fc.assert(
      fc.property(backoffs, streaks, chances, (backoff, streak, chance) => {
        const waitMs = backoffDelayMs(backoff, streak, chance)
        expect(Number.isSafeInteger(waitMs)).toBe(true)
        expect(waitMs).toBeGreaterThanOrEqual(0)
        expect(waitMs).toBeLessThanOrEqual(backoff.maxMs * (1 + backoff.jitter))
      }),
    )
  })

  test('never shrinks while the streak grows', () => {
    fc.assert(
      fc.property(backoffs, streaks, chances, (backoff, streak, chance) => {
        const next = backoffDelayMs(backoff, streak + 1, chance)
        expect(next).toBeGreaterThanOrEqual(backoffDelayMs(backoff, streak, chance))
      }),
    )
  })
})
