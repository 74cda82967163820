import { describe, expect, it } from 'vitest'
import { type AnyActorRef, type AnyEventObject, assign, createMachine, sendTo, setup, spawnChild } from 'xstate'
import { World } from '../support/world.js'

const counter = setup({
  types: { context: {} as { count: number }, events: {} as AnyEventObject, input: {} as unknown },
}).createMachine({
  context: ({ input }) => ({ count: (input as { from?: number } | undefined)?.from ?? 0 }),
  on: {
    INC: { actions: assign({ count: ({ context }) => context.count + 1 }) },
    BREAK: {
      actions: assign(() => {
        throw new Error('x')
      }),
    },
  },
})

describe('an id', () => {
  it('is taken once: spawning it again throws ACTOR_EXISTS, before and after a restart, also at the same time', async () => {
    const world = new World({ counter })
    const system = await world.open()
    const [first, second] = await Promise.allSettled([
      system.spawn('counter', { id: 'c' }),
      system.spawn('counter', { id: 'c' }),
    ])
    expect([first?.status, second]).toMatchObject(['fulfilled', { reason: { code: 'ACTOR_EXISTS', address: 'c' } }])
    await expect((await world.crashAndOpen()).spawn('counter', { id: 'c' })).rejects.toMatchObject({
      code: 'ACTOR_EXISTS',
    })
    await world.stop()
  })

  it('with ifExists: use is taken as it is, its input ignored', async () => {
    const world = new World({ counter })
    const system = await world.open()
    await (await system.spawn('counter', { id: 'c', input: { from: 5 } })).deliver({ type: 'INC' })
    const again = await world.crashAndOpen()
    const ref = await again.spawn('counter', { id: 'c', input: { from: 100 }, ifExists: 'use' })
    expect(ref.getSnapshot().context.count).toBe(6)
    const fresh = await again.spawn('counter', { id: 'new', input: { from: 7 }, ifExists: 'use' })
    expect(fresh.getSnapshot().context.count).toBe(7)
    await world.stop()
  })

  it('may hold any characters, and comes back as it was given', async () => {
    const world = new World({ counter })
    const system = await world.open()
    const ids = ['a/b', 'a:b', 'ä ü', '100%', 'a#1', 'x'.repeat(500)]
    for (const id of ids) await (await system.spawn('counter', { id })).deliver({ type: 'INC' })
    const again = await world.crashAndOpen()
    for (const id of ids) {
      const ref = await again.spawn('counter', { id, ifExists: 'use' })
      expect([ref.id, ref.getSnapshot().context.count]).toEqual([id, 1])
    }
    for (const id of ['', '.', '..', '$reply'])
      await expect(again.spawn('counter', { id })).rejects.toMatchObject({ code: 'ADDRESS_INVALID' })
    await world.stop()
  })

  it('of an actor that ended may be used again, its history going on', async () => {
    const world = new World({ counter })
    const system = await world.open()
    const ref = await system.spawn('counter', { id: 'c' })
    await ref.stop()
    await system.spawn('counter', { id: 'c', input: { from: 3 } })
    const again = await world.crashAndOpen()
    expect(again.actor('counter', 'c').getSnapshot().context.count).toBe(3)
    expect(await again.actor('counter', 'c').deliver({ type: 'INC' })).toEqual({ seqNr: 4, outcome: 'handled' })
    await world.stop()
  })
})

describe('a systemId', () => {
  it('finds its actor, also after a restart and when it is not in memory', async () => {
    const world = new World({ counter })
    const system = await world.open()
    await system.spawn('counter', { id: 'c', systemId: 'main' })
    expect((system.get('main') as { path: string }).path).toBe('c')
    const again = await world.crashAndOpen()
    expect((again.get('main') as { path: string }).path).toBe('c')
    expect(again.get('other')).toBeUndefined()
    await world.stop()
  })

  it('belongs to one actor: a second spawn throws SYSTEM_ID_TAKEN, also at the same time', async () => {
    const world = new World({ counter })
    await using system = await world.open()
    const results = await Promise.allSettled([
      system.spawn('counter', { id: 'a', systemId: 'main' }),
      system.spawn('counter', { id: 'b', systemId: 'main' }),
    ])
    expect(results).toMatchObject([
      { status: 'fulfilled' },
      { reason: { code: 'SYSTEM_ID_TAKEN', details: { systemId: 'main' } } },
    ])
    await expect(system.spawn('counter', { id: 'c', systemId: 'main' })).rejects.toMatchObject({
      code: 'SYSTEM_ID_TAKEN',
    })
  })

  it('is free again when its actor has stopped or failed, and may be given to the same id again', async () => {
    const world = new World({ counter: { logic: counter, supervision: { restart: 'temporary' } } })
    const system = await world.open()
    await (await system.spawn('counter', { id: 'a', systemId: 'main' })).stop()
    expect(system.get('main')).toBeUndefined()
    const failing = await system.spawn('counter', { id: 'b', systemId: 'main' })
    await failing.deliver({ type: 'BREAK' }).catch(() => {})
    await system.spawn('counter', { id: 'a', systemId: 'main' })
    const again = await world.crashAndOpen()
    expect((again.get('main') as { path: string } | undefined)?.path).toBe('a')
    await world.stop()
  })

  for (const durability of ['durable', 'volatile'] as const) {
    it(`stays with the living actor that has it when mail brings back one that had it before (${durability})`, async () => {
      const world = new World({ counter }, { passivation: { idleMs: 100 } })
      const system = await world.open()
      const former = await system.spawn('counter', { id: 'former', systemId: 'main' })
      await former.stop()
      await world.advance(1_000)
      const present = await system.spawn('counter', { id: 'present', systemId: 'main', durability })
      await expect(former.deliver({ type: 'INC' })).rejects.toMatchObject({ code: 'DEAD_LETTER' })
      expect((system.get('main') as unknown as typeof present | undefined)?.path).toBe('present')
      await expect(system.spawn('counter', { id: 'third', systemId: 'main' })).rejects.toMatchObject({
        code: 'SYSTEM_ID_TAKEN',
      })
      await world.advance(1_000)
      expect((system.get('main') as unknown as typeof present | undefined)?.path).toBe('present')
      await world.stop()
    })
  }

  for (const restartFrom of ['lastGood', 'initial'] as const) {
    it(`stays with an actor that is restarted (${restartFrom}), also over a crash`, async () => {
      const world = new World({ counter: { logic: counter, supervision: { restartFrom } } })
      const system = await world.open()
      const ref = await system.spawn('counter', { id: 'a', systemId: 'main' })
      await ref.deliver({ type: 'BREAK' }).catch(() => {})
      await expect(system.spawn('counter', { id: 'b', systemId: 'main' })).rejects.toMatchObject({
        code: 'SYSTEM_ID_TAKEN',
      })
      const check = async (found: typeof system): Promise<void> => {
        const same = found.get('main') as unknown as typeof ref
        expect(same.path).toBe('a')
        expect(await same.deliver({ type: 'INC' })).toMatchObject({ outcome: 'handled' })
      }
      await check(system)
      await check(await world.crashAndOpen())
      await world.stop()
    })
  }

  it('given inside a cell belongs to that cell, over a restart', async () => {
    const owner = setup({ actors: { counter } }).createMachine({
      entry: spawnChild('counter', { id: 'inner', systemId: 'mine' }),
      on: { HIT: { actions: sendTo(({ system }) => system.get('mine') as AnyActorRef, { type: 'INC' }) } },
    })
    const world = new World({ owner, counter })
    const system = await world.open()
    await system.spawn('counter', { id: 'c', systemId: 'mine' })
    await system.spawn('owner', { id: 'one' })
    await (await system.spawn('owner', { id: 'two' })).deliver({ type: 'HIT' })
    const again = await world.crashAndOpen()
    await again.actor('owner', 'two').deliver({ type: 'HIT' })
    const count = (id: string): number =>
      (
        again.actor('owner', id).getSnapshot().children.inner as unknown as {
          getSnapshot(): { context: { count: number } }
        }
      ).getSnapshot().context.count
    expect([count('one'), count('two'), again.actor('counter', 'c').getSnapshot().context.count]).toEqual([0, 2, 0])
    await world.stop()
  })

  it('of the node is found from inside a machine', async () => {
    const caller = createMachine({
      on: { HIT: { actions: sendTo(({ system }) => system.get('main') as AnyActorRef, { type: 'INC' }) } },
    })
    const world = new World({ caller, counter })
    await using system = await world.open()
    const target = await system.spawn('counter', { id: 'c', systemId: 'main' })
    await (await system.spawn('caller', { id: 'k' })).deliver({ type: 'HIT' })
    await system.settled()
    expect(target.getSnapshot().context.count).toBe(1)
  })
})
