import { simulatedClock } from 'roscius/testing'
import { describe, expect, test } from 'vitest'
import { PeerRate, TokenBucket } from '../../src/remote/rate.js'

describe('a token bucket', () => {
  test('gives its burst at once, and its rate after it', async () => {
    const clock = simulatedClock()
    const bucket = new TokenBucket({ perSecond: 10, burst: 3 }, clock)
    expect([bucket.take(), bucket.take(2), bucket.take()]).toEqual([true, true, false])
    await clock.advance(99)
    expect(bucket.take()).toBe(false)
    await clock.advance(1)
    expect([bucket.take(), bucket.take()]).toEqual([true, false])
    await clock.advance(60_000)
    expect([bucket.take(3), bucket.take()]).toEqual([true, false])
  })

  test('takes nothing where it has not enough', async () => {
    const clock = simulatedClock()
    const bucket = new TokenBucket({ perSecond: 1, burst: 3 }, clock)
    expect([bucket.take(4), bucket.take(3)]).toEqual([false, true])
  })

  test('says how long a debt lasts, which grows with what is spent', async () => {
    const clock = simulatedClock()
    const bucket = new TokenBucket({ perSecond: 100, burst: 50 }, clock)
    expect([bucket.spend(50), bucket.spend(10), bucket.spend(100)]).toEqual([0, 100, 1_100])
    await clock.advance(1_100)
    expect(bucket.spend(0)).toBe(0)
    expect(bucket.spend(1)).toBe(10)
  })

  test('is out of debt when it says so, not a moment earlier', async () => {
    const clock = simulatedClock()
    const bucket = new TokenBucket({ perSecond: 3, burst: 1 }, clock)
    expect(bucket.spend(2)).toBe(334)
    await clock.advance(333)
    expect(bucket.spend(0)).toBe(1)
    await clock.advance(1)
    expect(bucket.spend(0)).toBe(0)
  })

  test('gives what it should over a long time, in whatever steps that goes', async () => {
    const clock = simulatedClock()
    const bucket = new TokenBucket({ perSecond: 7, burst: 1 }, clock)
    let taken = 0
    for (let n = 0; n < 3_000; n++) {
      await clock.advance(3.5)
      if (bucket.take()) taken++
    }
    expect(taken).toBeGreaterThanOrEqual(73)
    expect(taken).toBeLessThanOrEqual(74)
  })

  test('heeds no step of the wall clock', () => {
    const clock = simulatedClock()
    const bucket = new TokenBucket({ perSecond: 1, burst: 1 }, clock)
    bucket.take()
    clock.stepWallClock(3_600_000)
    expect(bucket.take()).toBe(false)
  })
})

describe('the rate of a peer', () => {
  const controlFrames = { perSecond: 1, burst: 2 }

  test('is that of what it sends too much of', () => {
    const rate = new PeerRate(
      { envelopes: { perSecond: 10, burst: 10 }, bytes: { perSecond: 1_000, burst: 1_000 }, controlFrames },
      simulatedClock(),
    )
    expect(rate.received(5, 500)).toBe(0)
    expect(rate.received(10, 100)).toBe(500)
    expect(rate.received(0, 1_400)).toBe(1_000)
  })

  test('is as much as it has credit for by default', () => {
    const rate = new PeerRate({ controlFrames }, simulatedClock())
    expect(rate.received(1e9, 1e12)).toBe(0)
  })

  test('keeps a peer that waits for its credit to the rate, and lets nothing get lost', async () => {
    const clock = simulatedClock()
    const rate = new PeerRate({ envelopes: { perSecond: 100, burst: 100 }, controlFrames }, clock)
    let sent = 0
    while (clock.monotonic() < 60_000) {
      sent += 64
      await clock.advance(rate.received(64, 0))
    }
    expect(sent).toBeLessThanOrEqual(6_000 + 100 + 64)
    expect(sent).toBeGreaterThanOrEqual(6_000)
  })
})
