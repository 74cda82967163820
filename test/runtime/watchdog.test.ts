import { describe, expect, it } from 'vitest'
import { Watchdog } from '../../src/runtime/watchdog.js'

/** A clock whose timers ring when the test says so: late, if it likes. */
class HandClock {
  nowMs = 0
  ring: (() => void) | undefined
  armedMs = 0
  arms = 0

  now(): number {
    return this.nowMs
  }

  schedule(fn: () => void, ms: number): () => void {
    this.ring = fn
    this.armedMs = ms
    this.arms++
    return () => {
      this.ring = undefined
    }
  }

  ringAt(ms: number): void {
    this.nowMs = ms
    this.ring?.()
  }
}

function watched(answer = false) {
  const clock = new HandClock()
  const silences: number[] = []
  const watchdog = new Watchdog(clock, 1_000, (silentMs) => {
    silences.push(silentMs)
    return answer
  })
  return { clock, silences, watchdog }
}

describe('a watchdog', () => {
  it('barks when there was no sign of life for its limit', () => {
    const { clock, silences } = watched()
    clock.ringAt(1_000)
    expect(silences).toEqual([1_000])
  })

  it('arms its timer again only when it rings, for what is left', () => {
    const { clock, silences, watchdog } = watched()
    for (clock.nowMs = 1; clock.nowMs < 700; clock.nowMs++) watchdog.note()
    expect(clock.arms).toBe(1)
    clock.ringAt(1_000)
    expect([clock.arms, clock.armedMs, silences]).toEqual([2, 699, []])
    clock.ringAt(1_699)
    expect(silences).toEqual([1_000])
  })

  it('that rings late, because the thread was blocked, waits once more before it barks', () => {
    const { clock, silences, watchdog } = watched()
    clock.ringAt(5_000)
    expect([silences, clock.armedMs]).toEqual([[], 1_000])
    watchdog.note()
    clock.ringAt(6_000)
    expect(silences).toEqual([6_000 - 5_000])
    const other = watched()
    other.clock.ringAt(1_200)
    expect(other.clock.armedMs).toBe(200)
    other.clock.ringAt(9_000)
    expect(other.silences).toEqual([9_000])
  })

  it('watches on, from then, when it is told to', () => {
    const { clock, silences } = watched(true)
    clock.ringAt(1_000)
    expect(clock.armedMs).toBe(1_000)
    clock.ringAt(2_000)
    expect(silences).toEqual([1_000, 1_000])
  })

  it('that is stopped has no timer', () => {
    const { clock, watchdog } = watched()
    watchdog.stop()
    expect(clock.ring).toBeUndefined()
  })
})
