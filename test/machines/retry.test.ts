import { type AttemptInput, createRetryMachine } from 'roscius/machines'
import { describe, expect, it } from 'vitest'
import { fromPromise } from 'xstate'
import { World } from '../support/world.js'

/** An attempt that fails until the given one, noting each. */
function failingUntil(good: number, attempts: number[]) {
  return createRetryMachine(
    fromPromise(async ({ input }: { input: AttemptInput<string> }) => {
      attempts.push(input.attempt)
      if (input.attempt < good) throw new Error(`attempt ${input.attempt}`)
      return `${input.input} at ${input.attempt}`
    }),
  )
}

describe('the retry machine', () => {
  it('tries again with doubling waits until an attempt succeeds', async () => {
    const attempts: number[] = []
    const world = new World({ retry: failingUntil(3, attempts) })
    const system = await world.open()
    const ref = await system.spawn('retry', { id: 'r', input: { input: 'job', initialMs: 100 } })
    await system.settled()
    expect(ref.getSnapshot().value).toBe('backingOff')
    await world.advance(100)
    expect(attempts).toEqual([1, 2])
    await world.advance(199)
    expect(attempts).toEqual([1, 2])
    await world.advance(1)
    expect(await ref.result()).toEqual({ status: 'succeeded', output: 'job at 3', attempts: 3 })
    await world.stop()
  })

  it('goes on waiting after a crash, with the time that remains', async () => {
    const attempts: number[] = []
    const world = new World({ retry: failingUntil(2, attempts) })
    const system = await world.open()
    await system.spawn('retry', { id: 'r', input: { input: 'job', initialMs: 1_000 } })
    await system.settled()
    await world.advance(600)
    const again = await world.crashAndOpen()
    await world.advance(399)
    expect(attempts).toEqual([1])
    await world.advance(1)
    expect(attempts).toEqual([1, 2])
    expect(again.actor('retry', 'r').getSnapshot().status).toBe('done')
    await world.stop()
  })

  it('gives up with the last error when its attempts are used up', async () => {
    const world = new World({ retry: failingUntil(9, []) })
    const system = await world.open()
    const ref = await system.spawn('retry', { id: 'r', input: { input: 'job', maxAttempts: 2, initialMs: 10 } })
    await system.settled()
    await world.advance(10)
    expect(await ref.result()).toMatchObject({ status: 'exhausted', attempts: 2, error: { message: 'attempt 2' } })
    await world.stop()
  })
})
