import { currentEffect, isRosciusError } from 'roscius'
import { type ActivityArgs, type ActivityOptions, fromActivity } from 'roscius/actors'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createActor, toPromise } from 'xstate'
import { World } from '../support/world.js'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.restoreAllMocks()
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

  it('has no limit to its silence', async () => {
    const logic = fromActivity(
      async ({ heartbeat }: ActivityArgs<undefined>) => {
        heartbeat()
        // By fake timers: longer than its heartbeatMs, and no real time.
        await new Promise((resolve) => setTimeout(resolve, 1_000))
        return 'done'
      },
      { heartbeatMs: 10 },
    )
    const result = toPromise(createActor(logic).start())
    await vi.advanceTimersByTimeAsync(1_000)
    expect(await result).toBe('done')
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
    await rounds()
    await world.clock.advance(20)
    await rounds()
    const again = await world.crashAndOpen()
    const result = again.actor('job', 'j').result()
    await rounds()
    await world.clock.advance(20)
    expect(await result).toBe('done')
    expect(seen).toEqual([
      ['j#1-1.0', 1, 1],
      ['j#1-1.0', 2, 1],
      ['j#1-1.0', 1, 2],
      ['j#1-1.0', 2, 2],
    ])
    await world.stop()
  })

  /** The activity that never answers, as an actor of its own: what it did, and how it ends. */
  const silent = async (options: ActivityOptions, beats: readonly number[] = []) => {
    const attempts: ActivityArgs<undefined>[] = []
    const logic = fromActivity((args: ActivityArgs<undefined>) => {
      attempts.push(args)
      for (const ms of beats) world.clock.schedule(() => args.heartbeat(), ms)
      return new Promise<never>(() => {})
    }, options)
    const world = new World({ job: { logic, supervision: { restart: 'temporary' } } })
    const system = await world.open()
    const ref = await system.spawn('job', { id: 'j' })
    const failure = ref.result().catch((error: unknown) => error)
    await rounds()
    return { world, system, ref, attempts, failure }
  }
  const rounds = async (): Promise<void> => {
    for (let round = 0; round < 10; round++) await new Promise((resolve) => setImmediate(resolve))
  }

  it('fails with TIMEOUT when an attempt is silent for heartbeatMs, counted from its last heartbeat', async () => {
    const { world, ref, attempts, failure } = await silent({ heartbeatMs: 100 }, [60, 120])
    await world.clock.advance(219)
    await rounds()
    expect([ref.getSnapshot().status, attempts[0]?.signal.aborted]).toEqual(['active', false])
    await world.clock.advance(1)
    expect(await failure).toMatchObject({ code: 'TIMEOUT', address: 'j', details: { heartbeatMs: 100, silentMs: 100 } })
    expect(attempts[0]?.signal.aborted).toBe(true)
    await world.stop()
  })

  it('tries again after a silent attempt; its waits are no silence, and a dead attempt gives no sign of life', async () => {
    const retry = { maxAttempts: 2, initialMs: 5_000, jitter: 0 }
    const { world, ref, attempts, failure } = await silent({ heartbeatMs: 100, retry }, [60])
    await world.clock.advance(160)
    await rounds()
    expect([attempts.length, attempts[0]?.signal.aborted]).toEqual([1, true])
    await world.clock.advance(1_000)
    expect(ref.getSnapshot().status).toBe('active')
    await world.clock.advance(4_000)
    await rounds()
    expect(attempts.map(({ attempt }) => attempt)).toEqual([1, 2])
    await world.clock.advance(100)
    attempts[0]?.heartbeat()
    await world.clock.advance(59)
    await rounds()
    expect(ref.getSnapshot().status).toBe('active')
    await world.clock.advance(1)
    expect(await failure).toMatchObject({ code: 'TIMEOUT', details: { attempt: 1 } })
    expect(world.events.filter(({ type }) => type === 'effectTimedOut')).toHaveLength(1)
    await world.stop()
  })

  it('does not try again what is not worth it', async () => {
    const retry = { maxAttempts: 5, isRetryable: (error: unknown) => !isRosciusError(error, 'TIMEOUT') }
    const { world, attempts, failure } = await silent({ heartbeatMs: 100, retry })
    await world.clock.advance(100)
    expect(await failure).toMatchObject({ code: 'TIMEOUT' })
    expect(attempts).toHaveLength(1)
    await world.stop()
  })

  it('leaves no timer behind when it is stopped or silent too long, though its function never ends', async () => {
    const options = { heartbeatMs: 100, timeoutMs: 1_000 }
    const [stopped, silenced] = [await silent(options), await silent(options)]
    const [begun, withoutDeadline] = [stopped.world.clock.pending, await silent({ heartbeatMs: 100 })]
    expect(begun).toBe(withoutDeadline.world.clock.pending + 1)
    await stopped.ref.stop()
    await withoutDeadline.ref.stop()
    await silenced.world.clock.advance(100)
    await silenced.failure
    await rounds()
    const left = withoutDeadline.world.clock.pending
    expect([stopped.world.clock.pending, silenced.world.clock.pending]).toEqual([left, left])
    await withoutDeadline.world.stop()
    for (const { world } of [stopped, silenced]) {
      await world.stop()
      expect(world.clock.pending).toBe(0)
    }
  })
})
