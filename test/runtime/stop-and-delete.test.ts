import { spawnActor } from 'roscius'
import { describe, expect, it } from 'vitest'
import { type AnyEventObject, assign, setup } from 'xstate'
import { all, World } from '../support/world.js'

const node = setup({
  types: {
    context: {} as { depth: number; pokes: number },
    events: {} as AnyEventObject,
    input: {} as { depth: number },
  },
}).createMachine({
  context: ({ input }) => ({ depth: input.depth, pokes: 0 }),
  initial: 'alive',
  states: {
    alive: {
      after: { 60000: 'over' },
      on: {
        GROW: {
          actions: spawnActor('node', {
            id: ({ event }) => (event as AnyEventObject).id,
            input: { depth: 1 } as never,
          }),
        },
        POKE: { actions: assign({ pokes: ({ context }) => context.pokes + 1 }) },
        END: 'over',
      },
    },
    over: { type: 'final' },
  },
})

const plant = async (world: World<{ node: typeof node }>): Promise<void> => {
  const { system } = world
  const top = await system.spawn('node', { id: 'top', input: { depth: 0 } })
  await top.deliver({ type: 'GROW', id: 'a' })
  await top.deliver({ type: 'GROW', id: 'b' })
  await system.actor('node', 'top/a').deliver({ type: 'GROW', id: 'deep' })
  await system.spawn('node', { id: 'top-other', input: { depth: 0 } })
  await system.settled()
}
const statuses = async (world: World<{ node: typeof node }>) =>
  Object.fromEntries((await all(world.system.actors())).map(({ path, status }) => [path, status]))

describe('stop', () => {
  it('ends an actor and all below it, deepest first', async () => {
    const world = new World({ node })
    await using system = await world.open()
    await plant(world)
    world.events.length = 0
    await system.actor('node', 'top').stop()
    expect(world.events.flatMap((event) => (event.type === 'actorStopped' ? [event.path] : []))).toEqual([
      'top/b',
      'top/a/deep',
      'top/a',
      'top',
    ])
    expect(await statuses(world)).toEqual({
      top: 'stopped',
      'top/a': 'stopped',
      'top/a/deep': 'stopped',
      'top/b': 'stopped',
      'top-other': 'active',
    })
    expect(system.actor('node', 'top').getSnapshot().status).toBe('stopped')
    await expect(system.actor('node', 'top/a').result()).rejects.toMatchObject({ code: 'ACTOR_STOPPED' })
  })

  it('ends children in the reverse of their starts, also those that a crash has sent to sleep', async () => {
    const world = new World({ node })
    await world.open()
    const top = await world.system.spawn('node', { id: 'top', input: { depth: 0 } })
    for (const id of ['m', 'z', 'a']) await top.deliver({ type: 'GROW', id })
    await world.crashAndOpen()
    await world.system.actor('node', 'top').deliver({ type: 'GROW', id: 'k' })
    await world.system.actor('node', 'top').stop()
    expect(world.events.flatMap((event) => (event.type === 'actorStopped' ? [event.path] : []))).toEqual([
      'top/k',
      'top/a',
      'top/z',
      'top/m',
      'top',
    ])
    await world.stop()
  })

  it('ends many in few batches', async () => {
    const world = new World({ node })
    await using system = await world.open()
    const top = await system.spawn('node', { id: 'top', input: { depth: 0 } })
    await Promise.all(Array.from({ length: 200 }, (_, n) => top.deliver({ type: 'GROW', id: `n${n}` })))
    await system.settled()
    const { batches } = world.store.written
    await top.stop()
    expect(world.store.written.batches - batches).toBeLessThanOrEqual(4)
    expect(Object.values(await statuses(world)).filter((status) => status !== 'stopped')).toEqual([])
  })

  it('of a former life leaves the children of the new one alone', async () => {
    for (const crashes of [false, true]) {
      const world = new World({ node })
      await world.open()
      await plant(world)
      const release = world.store.hold()
      world.system.actor('node', 'top').send({ type: 'END' })
      await world.clock.advance(0)
      // The note of the former life is on its way to the store when the new one begins.
      const spawned = world.system.spawn('node', { id: 'top', input: { depth: 0 } })
      world.system.actor('node', 'top').send({ type: 'GROW', id: 'new' })
      await world.clock.advance(0)
      // Both are one batch each: the crash comes before anything of the former life has been stopped.
      if (crashes) world.store.crashAtBatch(world.store.written.batches + 2, 'after')
      release()
      await spawned.catch(() => undefined)
      if (crashes) await world.crashAndOpen()
      await world.system.settled()
      expect([crashes, await statuses(world)]).toEqual([
        crashes,
        {
          top: 'active',
          'top/a': 'stopped',
          'top/a/deep': 'stopped',
          'top/b': 'stopped',
          'top/new': 'active',
          'top-other': 'active',
        },
      ])
      await world.stop()
    }
  })

  it('takes the timers of what it ends with it', async () => {
    const world = new World({ node })
    await using system = await world.open()
    await plant(world)
    await system.actor('node', 'top').stop()
    await system.actor('node', 'top-other').stop()
    expect(await all(world.store.range({ gte: 't/', lt: 't0' }))).toEqual([])
  })

  it('of an actor that is not there throws ACTOR_NOT_FOUND; of one that has ended does nothing', async () => {
    const world = new World({ node })
    await using system = await world.open()
    await expect(system.actor('node', 'x').stop()).rejects.toMatchObject({ code: 'ACTOR_NOT_FOUND' })
    const ref = await system.spawn('node', { id: 'n', input: { depth: 0 } })
    await ref.deliver({ type: 'END' })
    await ref.stop()
    expect(ref.getSnapshot().status).toBe('done')
  })

  it('rejects with STOP_TIMEOUT past its deadline', async () => {
    const world = new World({ node })
    await using system = await world.open()
    const ref = await system.spawn('node', { id: 'n', input: { depth: 0 } })
    const release = world.store.hold()
    const stopped = expect(ref.stop({ deadlineMs: 100 })).rejects.toMatchObject({ code: 'STOP_TIMEOUT', address: 'n' })
    await world.clock.advance(100)
    await stopped
    release()
    await system.settled()
    expect(ref.getSnapshot().status).toBe('stopped')
  })

  it('of children follows when their parent is done, also over a crash in between', async () => {
    for (let batch = 1; batch < 8; batch++) {
      const world = new World({ node }, { turn: { maxEvents: 1 } })
      await world.open()
      await plant(world)
      await world.crashAndOpen()
      // Batch 1 of the new handle opened the system.
      world.store.crashAtBatch(1 + batch, 'after')
      world.system.actor('node', 'top').send({ type: 'END' })
      await Promise.race([world.store.crashed, world.system.settled()])
      await world.crashAndOpen()
      await world.system.settled()
      expect([batch, await statuses(world)]).toEqual([
        batch,
        { top: 'done', 'top/a': 'stopped', 'top/a/deep': 'stopped', 'top/b': 'stopped', 'top-other': 'active' },
      ])
      expect(await all(world.store.range({ gte: 'z/', lt: 'z0' }))).toEqual([])
      await world.stop()
    }
  })
})

describe('delete', () => {
  it('removes an actor and all below it, with every record', async () => {
    const world = new World({ node })
    await using system = await world.open()
    await plant(world)
    await system.actor('node', 'top').delete()
    expect(await statuses(world)).toEqual({ 'top-other': 'active' })
    const left: string[] = []
    for await (const [key] of world.store.range({ gte: 'a', lt: 'zz' })) left.push(key)
    expect(left.filter((key) => /^\w\/(\w+:)?top(\/|:|$)/.test(key))).toEqual([])
    expect(await all(system.actor('node', 'top').journal())).toEqual([])
    await system.actor('node', 'top').delete()
  })

  it('of an actor whose removal a crash interrupted goes on at the next start', async () => {
    for (let batch = 2; batch < 10; batch++) {
      const world = new World({ node })
      await world.open()
      await plant(world)
      await world.crashAndOpen()
      world.store.crashAtBatch(batch, 'after')
      const deleted = world.system
        .actor('node', 'top')
        .delete()
        .catch(() => undefined)
      await Promise.race([world.store.crashed, deleted])
      await world.crashAndOpen()
      await world.system.settled()
      const left = await statuses(world)
      if ('top' in left) await world.system.actor('node', 'top').delete()
      expect([batch, await statuses(world)]).toEqual([batch, { 'top-other': 'active' }])
      expect(await all(world.store.range({ gte: 'g/', lt: 'g0' }))).toEqual([])
      expect(await all(world.store.range({ gte: 'j/top/', lt: 'j/top0' }))).toEqual([])
      await world.stop()
    }
  })

  it('lets the id be used again, from number 1', async () => {
    const world = new World({ node })
    const system = await world.open()
    const ref = await system.spawn('node', { id: 'n', input: { depth: 0 } })
    await ref.deliver({ type: 'POKE' })
    await ref.delete()
    const again = await system.spawn('node', { id: 'n', input: { depth: 9 } })
    expect(await again.deliver({ type: 'POKE' })).toEqual({ seqNr: 2, outcome: 'handled' })
    const after = await world.crashAndOpen()
    expect(after.actor('node', 'n').getSnapshot().context).toEqual({ depth: 9, pokes: 1 })
    await world.stop()
  })

  it('never takes the records of a new actor of that id', async () => {
    const world = new World({ node })
    const system = await world.open()
    const ref = await system.spawn('node', { id: 'n', input: { depth: 0 } })
    await ref.deliver({ type: 'POKE' })
    const deleted = ref.delete()
    let spawned: unknown
    while (spawned === undefined) {
      spawned = await system.spawn('node', { id: 'n', input: { depth: 9 } }).catch(() => undefined)
      await new Promise((resolve) => setImmediate(resolve))
    }
    await ref.deliver({ type: 'POKE' })
    await ref.deliver({ type: 'POKE' })
    await deleted
    const after = await world.crashAndOpen()
    expect(after.actor('node', 'n').getSnapshot().context).toEqual({ depth: 9, pokes: 2 })
    await world.stop()
  })

  it('that a crash interrupted never takes the records of a new actor of that id, however slowly it goes on', async () => {
    const world = new World({ node })
    const ref = await (await world.open()).spawn('node', { id: 'n', input: { depth: 0 } })
    await ref.deliver({ type: 'POKE' })
    // The stop and the end of the head are two batches; the crash comes before the records are removed.
    world.store.crashAtBatch(5, 'after')
    await ref.delete().catch(() => undefined)
    await world.crash()
    expect(world.store.get('g/n')).toBeDefined()
    const { store } = world
    const removeRange = store.deleteRange.bind(store)
    let release = (): void => undefined
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    store.deleteRange = async (range) => {
      await gate
      await removeRange(range)
    }
    const spawnAndPoke = async (): Promise<void> => {
      const again = await world.system.spawn('node', { id: 'n', input: { depth: 9 } })
      await again.deliver({ type: 'POKE' })
    }
    const opening = world.open()
    const tried = opening.then(spawnAndPoke)
    const first = await Promise.race([
      tried.then(
        () => 'spawned',
        () => 'refused',
      ),
      new Promise((resolve) => setTimeout(resolve, 50, 'waiting')),
    ])
    release()
    await tried.catch(() => undefined)
    await world.system.settled()
    if (first === 'refused') await spawnAndPoke()
    const after = await world.crashAndOpen()
    expect(after.actor('node', 'n').getSnapshot().context).toEqual({ depth: 9, pokes: 1 })
    await world.stop()
  })
})
