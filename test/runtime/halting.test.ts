import { describe, expect, it } from 'vitest'
import { assign, createMachine } from 'xstate'
import { World } from '../support/world.js'

const done: string[] = []
const counter = createMachine({
  context: { count: 0 },
  on: {
    INC: {
      actions: [
        assign({ count: ({ context }) => context.count + 1 }),
        ({ context }) => done.push(`did ${context.count}`),
      ],
    },
  },
})

const rounds = async (count = 8): Promise<void> => {
  for (let round = 0; round < count; round++) await new Promise((resolve) => setImmediate(resolve))
}

describe('a batch that fails (D1)', () => {
  for (const when of ['before', 'after'] as const) {
    it(`${when} it took effect halts the system: nothing of it or of later turns is released or written`, async () => {
      done.length = 0
      const world = new World({ counter })
      const system = await world.open()
      const a = await system.spawn('counter', { id: 'a' })
      const b = await system.spawn('counter', { id: 'b' })
      await rounds()
      const writtenBefore = world.store.written.batches
      const release = world.store.hold()
      world.store.failBatch(4, when)
      const failure = { code: 'COMMIT_FAILED' }
      const first = expect(a.deliver({ type: 'INC' }, { idempotencyKey: 'k' })).rejects.toMatchObject(failure)
      await rounds()
      const second = expect(b.deliver({ type: 'INC' })).rejects.toMatchObject(failure)
      const third = expect(system.spawn('counter', { id: 'c' })).rejects.toMatchObject(failure)
      const fourth = expect(b.ask(() => ({ type: 'INC' }))).rejects.toMatchObject(failure)
      await rounds()
      release()
      await Promise.all([first, second, third, fourth])
      await rounds()
      expect(done).toEqual([])
      expect(world.store.written.batches - writtenBefore).toBe(when === 'after' ? 1 : 0)
      expect(world.events.filter(({ type }) => type === 'halted')).toMatchObject([{ error: failure }])
      await expect(a.deliver({ type: 'INC' })).rejects.toMatchObject(failure)
      expect(() => a.send({ type: 'INC' })).toThrowError(expect.objectContaining(failure))
      const again = await world.crashAndOpen()
      expect((await again.actor('counter', 'a').deliver({ type: 'INC' }, { idempotencyKey: 'k' })).outcome).toBe(
        'handled',
      )
      expect(again.actor('counter', 'a').getSnapshot().context.count).toBe(1)
      await world.stop()
    })
  }

  it('is what a full disk is: a clear error with the cause, and the store is intact', async () => {
    const world = new World({ counter })
    const system = await world.open()
    const ref = await system.spawn('counter', { id: 'a' })
    await rounds()
    world.store.resizeDisk(world.store.written.bytes + 10)
    await expect(ref.deliver({ type: 'INC' })).rejects.toMatchObject({
      code: 'COMMIT_FAILED',
      message: expect.stringContaining('disk is full'),
    })
    await world.crash()
    const again = await world.open()
    expect(again.actor('counter', 'a').getSnapshot().context.count).toBe(0)
    await world.stop()
  })
})

describe('stopping the system', () => {
  it('finishes the open commit, then refuses everything', async () => {
    const world = new World({ counter })
    const system = await world.open()
    const ref = await system.spawn('counter', { id: 'a' })
    const delivered = ref.deliver({ type: 'INC' })
    await rounds(1)
    await world.stop()
    expect(await delivered).toMatchObject({ outcome: 'handled' })
    await expect(ref.deliver({ type: 'INC' })).rejects.toMatchObject({ code: 'SYSTEM_STOPPED' })
    await expect(system.spawn('counter', { id: 'x' })).rejects.toMatchObject({ code: 'SYSTEM_STOPPED' })
  })

  it('twice is stopping once', async () => {
    const world = new World({ counter })
    const system = await world.open()
    await Promise.all([system.stop(), system.stop()])
    await system.stop()
  })
})
