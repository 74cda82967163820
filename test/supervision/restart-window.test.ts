import { describe, expect, test } from 'vitest'
import { DEFAULT_INTENSITY, isExceeded, withinWindow } from '../../src/supervision/restart-window.js'

describe('the restart window', () => {
  test('holds the restarts of the last withinMs, the edge included', () => {
    expect(withinWindow([999, 1_000, 3_000, 6_000], 6_000, DEFAULT_INTENSITY)).toEqual([1_000, 3_000, 6_000])
  })

  test('is exceeded by the fourth restart in 5 s by default', () => {
    expect(isExceeded([0, 1, 2], 5_000, DEFAULT_INTENSITY)).toBe(true)
    expect(isExceeded([0, 1, 2], 5_001, DEFAULT_INTENSITY)).toBe(false)
    expect(isExceeded([1, 2], 5_000, DEFAULT_INTENSITY)).toBe(false)
  })

  test('with maxRestarts 0 is exceeded by the first', () => {
    expect(isExceeded([], 0, { maxRestarts: 0, withinMs: 1 })).toBe(true)
  })

  test('forgives nothing when the clock steps back a little', () => {
    expect(isExceeded([10_000, 10_001, 10_002], 9_990, DEFAULT_INTENSITY)).toBe(true)
  })

  test('blames nobody for restarts in a far future that a clock once showed', () => {
    expect(withinWindow([3_600_000], 1_000, DEFAULT_INTENSITY)).toEqual([])
  })
})
