import { describe, expect, it } from 'vitest'
import { assign, createMachine } from 'xstate'
import { all, World } from '../support/world.js'

const counter = createMachine({
  context: { count: 0 },
  initial: 'open',
  states: {
    open: { on: { INC: { actions: assign({ count: ({ context }) => context.count + 1 }) }, SHUT: 'shut' } },
    shut: { meta: { defer: ['INC'] }, on: { OPEN: 'open' } },
  },
})

describe('deliver', () => {
  it('tells whether the event was handled, ignored or deferred', async () => {
    const world = new World({ counter })
    await using system = await world.open()
    const ref = await system.spawn('counter', { id: 'c' })
    expect(await ref.deliver({ type: 'INC' })).toEqual({ seqNr: 2, outcome: 'handled' })
    expect(await ref.deliver({ type: 'UNKNOWN' })).toEqual({ seqNr: 2, outcome: 'ignored' })
    await ref.deliver({ type: 'SHUT' })
    expect(await ref.deliver({ type: 'INC' })).toEqual({ seqNr: 4, outcome: 'deferred' })
  })

  it('resolves only when the change is durable', async () => {
    const world = new World({ counter })
    await using system = await world.open()
    const ref = await system.spawn('counter', { id: 'c' })
    const release = world.store.hold()
    const order: string[] = []
    const delivered = ref.deliver({ type: 'INC' }).then(() => order.push('delivered'))
    for (let round = 0; round < 20; round++) await new Promise((resolve) => setImmediate(resolve))
    order.push('released')
    release()
    await delivered
    expect(order).toEqual(['released', 'delivered'])
  })

  it('changes nothing on a repeat with the same key, and gives the first result again', async () => {
    const world = new World({ counter })
    const system = await world.open()
    const ref = await system.spawn('counter', { id: 'c' })
    const first = await ref.deliver({ type: 'INC' }, { idempotencyKey: 'k' })
    await ref.deliver({ type: 'INC' })
    expect(await ref.deliver({ type: 'INC' }, { idempotencyKey: 'k' })).toEqual(first)
    const again = await world.crashAndOpen()
    expect(await again.actor('counter', 'c').deliver({ type: 'INC' }, { idempotencyKey: 'k' })).toEqual(first)
    expect(again.actor('counter', 'c').getSnapshot().context.count).toBe(2)
    await world.stop()
  })

  it('keeps the key of an event that was ignored or deferred', async () => {
    const world = new World({ counter })
    const system = await world.open()
    const ref = await system.spawn('counter', { id: 'c' })
    const ignored = await ref.deliver({ type: 'UNKNOWN' }, { idempotencyKey: 'i' })
    expect(ignored.outcome).toBe('ignored')
    await ref.deliver({ type: 'SHUT' })
    const deferred = await ref.deliver({ type: 'INC' }, { idempotencyKey: 'd' })
    const again = await world.crashAndOpen()
    const same = again.actor('counter', 'c')
    expect(await same.deliver({ type: 'UNKNOWN' }, { idempotencyKey: 'i' })).toEqual(ignored)
    expect(await same.deliver({ type: 'INC' }, { idempotencyKey: 'd' })).toEqual(deferred)
    await same.deliver({ type: 'OPEN' })
    await again.settled()
    expect(same.getSnapshot().context.count).toBe(1)
    await world.stop()
  })

  it('takes a repeat that comes while the first is still in flight for a repeat, and answers both after the commit', async () => {
    const world = new World({ counter })
    await using system = await world.open()
    const ref = await system.spawn('counter', { id: 'c' })
    const release = world.store.hold()
    const both = [
      ref.deliver({ type: 'INC' }, { idempotencyKey: 'k' }),
      ref.deliver({ type: 'INC' }, { idempotencyKey: 'k' }),
    ]
    for (let round = 0; round < 5; round++) await new Promise((resolve) => setImmediate(resolve))
    const third = ref.deliver({ type: 'INC' }, { idempotencyKey: 'k' })
    const order: string[] = []
    const answers = [...both, third].map((answer) => answer.finally(() => order.push('answered')))
    for (let round = 0; round < 5; round++) await new Promise((resolve) => setImmediate(resolve))
    order.push('released')
    release()
    expect(await Promise.all(answers)).toEqual(new Array(3).fill({ seqNr: 2, outcome: 'handled' }))
    expect(order[0]).toBe('released')
    expect(ref.getSnapshot().context.count).toBe(1)
  })

  it('keeps the last 10 000 keys of an actor', async () => {
    const world = new World({ counter: { logic: counter, mailbox: { capacity: 20_000 } } }, { development: false })
    const system = await world.open()
    const ref = await system.spawn('counter', { id: 'c' })
    await Promise.all(
      Array.from({ length: 10_001 }, (_, i) => ref.deliver({ type: 'INC' }, { idempotencyKey: `k${i}` })),
    )
    expect(ref.getSnapshot().context.count).toBe(10_001)
    expect(await ref.deliver({ type: 'INC' }, { idempotencyKey: 'k1' })).toEqual({ seqNr: 3, outcome: 'handled' })
    expect(await ref.deliver({ type: 'INC' }, { idempotencyKey: 'k0' })).toEqual({ seqNr: 10_003, outcome: 'handled' })
    await world.crash()
    const again = await world.open()
    const same = again.actor('counter', 'c')
    expect(await same.deliver({ type: 'INC' }, { idempotencyKey: 'k10000' })).toEqual({
      seqNr: 10_002,
      outcome: 'handled',
    })
    expect(await same.deliver({ type: 'INC' }, { idempotencyKey: 'k0' })).toEqual({ seqNr: 10_003, outcome: 'handled' })
    expect(same.getSnapshot().context.count).toBe(10_002)
    await world.stop()
  })

  it('gives a repeat its first result also when the actor has ended since, by that very event or while it waits', async () => {
    const once = createMachine({
      initial: 'on',
      states: { on: { on: { END: 'off' } }, off: { type: 'final' } },
    })
    const world = new World({ once })
    const system = await world.open()
    const ref = await system.spawn('once', { id: 'o' })
    const end = () => world.system.actor('once', 'o').deliver({ type: 'END' }, { idempotencyKey: 'end' })
    const first = { seqNr: 2, outcome: 'handled' }
    expect(await Promise.all([end(), end()])).toEqual([first, first])
    expect(await end()).toEqual(first)
    await world.crashAndOpen()
    expect(await end()).toEqual(first)
    await expect(world.system.actor('once', ref.path).deliver({ type: 'END' })).rejects.toMatchObject({
      code: 'DEAD_LETTER',
    })
    expect(await all(world.system.deadLetters.list())).toHaveLength(1)
    await world.stop()
  })

  it('forgets a key after 24 hours', async () => {
    const world = new World({ counter })
    await using system = await world.open()
    const ref = await system.spawn('counter', { id: 'c' })
    await ref.deliver({ type: 'INC' }, { idempotencyKey: 'old' })
    await world.clock.advance(24 * 3_600_000)
    await ref.deliver({ type: 'INC' }, { idempotencyKey: 'new' })
    expect(await ref.deliver({ type: 'INC' }, { idempotencyKey: 'old' })).toEqual({ seqNr: 4, outcome: 'handled' })
  })

  it('refuses what is not an event at the door, and the actor goes on', async () => {
    const world = new World({ counter })
    await using system = await world.open()
    const ref = await system.spawn('counter', { id: 'c' })
    for (const bad of [undefined, null, 'INC', {}, { type: 7 }]) {
      await expect(ref.deliver(bad as never)).rejects.toMatchObject({ code: 'EVENT_INVALID' })
      expect(() => ref.send(bad as never)).toThrowError(expect.objectContaining({ code: 'EVENT_INVALID' }))
    }
    expect(await ref.deliver({ type: 'INC' })).toEqual({ seqNr: 2, outcome: 'handled' })
    expect((await all(ref.journal())).map(({ event }) => event.type)).toEqual(['xstate.init', 'INC'])
  })
})
