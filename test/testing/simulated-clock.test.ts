import { describe, expect, it } from 'vitest'
import { simulatedClock } from '../../src/testing/simulated-clock.js'

describe('a simulated clock', () => {
  it('stands still until it is advanced', async () => {
    const clock = simulatedClock({ now: 1_000 })
    expect([clock.now(), clock.monotonic()]).toEqual([1_000, 0])
    await clock.advance(50)
    expect([clock.now(), clock.monotonic()]).toEqual([1_050, 50])
  })

  it('fires calls in due order, each at its own time', async () => {
    const clock = simulatedClock()
    const fired: string[] = []
    const note = (name: string) => () => fired.push(`${name}@${clock.now()}`)
    clock.schedule(note('late'), 30)
    clock.schedule(note('first'), 10)
    clock.schedule(note('second'), 10)
    clock.schedule(note('never'), 31)
    await clock.advance(30)
    expect(fired).toEqual(['first@10', 'second@10', 'late@30'])
    expect([clock.pending, clock.nextInMs]).toEqual([1, 1])
  })

  it('does not fire a cancelled call', async () => {
    const clock = simulatedClock()
    let fired = 0
    const cancel = clock.schedule(() => fired++, 5)
    cancel()
    cancel()
    await clock.advance(10)
    expect([fired, clock.pending, clock.nextInMs]).toEqual([0, 0, undefined])
  })

  it('fires what a call and its microtasks schedule within the span', async () => {
    const clock = simulatedClock()
    const times: number[] = []
    const again = async (): Promise<void> => {
      times.push(clock.monotonic())
      for (let microtask = 0; microtask < 20; microtask++) await Promise.resolve()
      clock.schedule(again, 10)
    }
    clock.schedule(again, 10)
    await clock.advance(35)
    expect(times).toEqual([10, 20, 30])
  })

  it('runs waiting microtasks before it first fires', async () => {
    const clock = simulatedClock()
    const order: string[] = []
    clock.schedule(() => order.push('call'), 0)
    void Promise.resolve().then(() => order.push('microtask'))
    await clock.advance(0)
    expect(order).toEqual(['microtask', 'call'])
  })

  it('treats a delay below zero or not a number as due now', async () => {
    const clock = simulatedClock()
    let fired = 0
    clock.schedule(() => fired++, -5)
    clock.schedule(() => fired++, Number.NaN)
    await clock.advance(0)
    expect(fired).toBe(2)
  })

  it('steps the wall clock without moving monotonic time or firing early', async () => {
    const clock = simulatedClock({ now: 1_000 })
    let fired = 0
    clock.schedule(() => fired++, 100)
    clock.stepWallClock(1_000_000)
    await clock.advance(99)
    expect([fired, clock.now(), clock.monotonic()]).toEqual([0, 1_001_099, 99])
    clock.stepWallClock(-1_000_500)
    await clock.advance(1)
    expect([fired, clock.now(), clock.monotonic()]).toEqual([1, 600, 100])
  })

  it('runs overlapping advances one after the other', async () => {
    const clock = simulatedClock()
    const times: number[] = []
    for (const ms of [5, 15]) clock.schedule(() => times.push(clock.now()), ms)
    await Promise.all([clock.advance(10), clock.advance(10)])
    expect(times).toEqual([5, 15])
    expect(clock.now()).toBe(20)
  })

  it('rejects with what a call throws, stands at its time, and can go on', async () => {
    const clock = simulatedClock()
    clock.schedule(() => {
      throw new Error('boom')
    }, 5)
    await expect(clock.advance(10)).rejects.toThrow('boom')
    expect(clock.now()).toBe(5)
    await clock.advance(10)
    expect(clock.now()).toBe(15)
  })

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses to advance by %s', async (ms) => {
    await expect(simulatedClock().advance(ms)).rejects.toMatchObject({ code: 'OPTIONS_INVALID', details: { ms } })
  })
})
