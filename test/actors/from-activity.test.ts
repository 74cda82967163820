import { currentEffect } from 'roscius'
import { type ActivityArgs, fromActivity } from 'roscius/actors'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createActor, toPromise } from 'xstate'
import { World } from '../support/world.js'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** Fails until the attempt with this number. */
function failingUntil(attempt: number) {
  return async (args: ActivityArgs<undefined>): Promise<string> => {
    if (args.attempt < attempt) throw new Error(`attempt ${args.attempt}`)
    return `done at ${args.attempt}`
  }
}

describe('fromActivity outside Roscius', () => {
  it('is plain promise logic', async () => {
    const actor = createActor(
      fromActivity(async ({ input }: { input: number }) => input * 2),
      { input: 21 },
    ).start()
    expect(await toPromise(actor)).toBe(42)
    expect(currentEffect()).toBeUndefined()
  })

  it('tries again after growing waits, up to its limit', async () => {
    const waits: number[] = []
    const spy = vi.spyOn(globalThis, 'setTimeout')
    const retry = { maxAttempts: 4, initialMs: 100, factor: 3, maxMs: 500, jitter: 0 }
    const actor = createActor(fromActivity(failingUntil(4), { retry })).start()
    const result = toPromise(actor)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(await result).toBe('done at 4')
    for (const [, ms] of spy.mock.calls) waits.push(ms as number)
    expect(waits).toEqual([100, 300, 500])
  })

  it('gives up with the last error, and at once for one that is not worth a retry', async () => {
    const retry = { maxAttempts: 2, initialMs: 10, jitter: 0 }
    const first = expect(toPromise(createActor(fromActivity(failingUntil(9), { retry })).start())).rejects.toThrow(
      'attempt 2',
    )
    await vi.advanceTimersByTimeAsync(100)
    await first
    const hopeless = { ...retry, isRetryable: () => false }
    await expect(toPromise(createActor(fromActivity(failingUntil(9), { retry: hopeless })).start())).rejects.toThrow(
      'attempt 1',
    )
  })

  it('ends an attempt at its deadline: TIMEOUT, its signal aborted', async () => {
    let signal: AbortSignal | undefined
    const logic = fromActivity(
      (args: ActivityArgs<undefined>) => {
        signal = args.signal
        return new Promise<never>(() => {})
      },
      { timeoutMs: 50 },
    )
    const failed = expect(toPromise(createActor(logic).start())).rejects.toMatchObject({
      code: 'TIMEOUT',
      details: { timeoutMs: 50, attempt: 1 },
    })
    await vi.advanceTimersByTimeAsync(50)
    await failed
    expect(signal?.aborted).toBe(true)
  })

  it('stops waiting when it is stopped', async () => {
    const actor = createActor(fromActivity(failingUntil(2), { retry: { maxAttempts: 2, initialMs: 1_000 } })).start()
    await vi.advanceTimersByTimeAsync(0)
    expect(vi.getTimerCount()).toBe(1)
    actor.stop()
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('fromActivity in a system', () => {
  it('keeps one effect id over its attempts and over a crash', async () => {
    const seen: unknown[] = []
    const logic = fromActivity(
      async ({ effectId, attempt }: ActivityArgs<undefined>) => {
        seen.push([effectId, attempt, currentEffect()?.attempt])
        if (attempt === 1) throw new Error('again')
        if (currentEffect()?.attempt === 1) return new Promise<string>(() => {})
        return 'done'
      },
      { retry: { maxAttempts: 2, initialMs: 10, jitter: 0 } },
    )
    const world = new World({ job: logic })
    await (await world.open()).spawn('job', { id: 'j' })
    await vi.advanceTimersByTimeAsync(20)
    const again = await world.crashAndOpen()
    const result = again.actor('job', 'j').result()
    for (let round = 0; round < 10; round++) await new Promise((resolve) => setImmediate(resolve))
    await vi.advanceTimersByTimeAsync(20)
    expect(await result).toBe('done')
    expect(seen).toEqual([
      ['j#1-1.0', 1, 1],
      ['j#1-1.0', 2, 1],
      ['j#1-1.0', 1, 2],
      ['j#1-1.0', 2, 2],
    ])
    await world.stop()
  })
})
