import { startChild, supervisor, terminateChild, whichChildren } from 'roscius'
import { describe, expect, it } from 'vitest'
import { assign, fromPromise, setup } from 'xstate'
import { all, World } from '../support/world.js'

/** Its effect ignores its signal. */
const stubborn = setup({ actors: { never: fromPromise(() => new Promise(() => undefined)) } }).createMachine({
  invoke: { src: 'never' },
})
const fragile = setup({ types: { context: {} as { n: number } } }).createMachine({
  context: { n: 0 },
  initial: 'on',
  states: {
    on: {
      on: {
        INC: { actions: assign({ n: ({ context }) => context.n + 1 }) },
        END: 'off',
        BREAK: {
          actions: assign(() => {
            throw new Error('broken')
          }),
        },
      },
    },
    off: { type: 'final' },
  },
})

describe('a supervisor that is stopped by its supervisor', () => {
  for (const durability of ['durable', 'volatile'] as const) {
    it(`gives each of its children its own deadline (${durability})`, async () => {
      const inner = supervisor({
        children: [
          { id: 'slow', logic: 'stubborn', shutdownMs: 300 },
          { id: 'quick', logic: 'stubborn', shutdownMs: 100 },
          { id: 'killed', logic: 'stubborn', shutdownMs: 'kill' },
        ],
      })
      const top = supervisor({ children: [{ id: 'inner', logic: 'inner' }] })
      const world = new World({ stubborn: { logic: stubborn, durability }, inner, top })
      const system = await world.open()
      const ref = await system.spawn('top', { id: 'top' })
      let isOver = false
      void terminateChild(ref, 'inner').then(() => {
        isOver = true
      })
      await world.advance(299)
      expect(isOver).toBe(false)
      await world.advance(2)
      expect(isOver).toBe(true)
      expect(await whichChildren(ref)).toMatchObject([{ id: 'inner', status: 'stopped' }])
      await world.stop()
    })
  }

  it('has no longer than its own shutdownMs, if it has one', async () => {
    const inner = supervisor({ children: [{ id: 'leaf', logic: 'stubborn', shutdownMs: 'infinity' }] })
    const top = supervisor({ children: [{ id: 'inner', logic: 'inner', shutdownMs: 200 }] })
    const world = new World({ stubborn, inner, top })
    const system = await world.open()
    const ref = await system.spawn('top', { id: 'top' })
    const terminated = terminateChild(ref, 'inner')
    await world.advance(201)
    await terminated
    await world.stop()
  })
})

describe('a child that nothing specifies any more', () => {
  it('is restarted by itself when it fails below a group', async () => {
    const of = (ids: readonly string[]) => ({
      fragile,
      group: supervisor({ strategy: 'oneForAll', children: ids.map((id) => ({ id, logic: 'fragile' })) }),
    })
    const world = new World(of(['a', 'b']))
    await (await world.open()).spawn('group', { id: 'g' })
    const system = await world.restart(of(['a']))
    const orphan = system.actor('fragile', 'g/b')
    await orphan.deliver({ type: 'INC' })
    await orphan.deliver({ type: 'BREAK' }).catch(() => undefined)
    await orphan.deliver({ type: 'INC' })
    expect(orphan.getSnapshot().context).toEqual({ n: 2 })
    await world.stop()
  })
})

describe('whichChildren', () => {
  it('says of a child that waits for its restart that it does, also when it is not in memory', async () => {
    const pool = supervisor({ template: { logic: 'fragile', backoff: { initialMs: 60_000, jitter: 0 } } })
    const world = new World({ fragile, pool })
    const system = await world.open()
    const ref = await system.spawn('pool', { id: 'p' })
    const child = await startChild(ref, { id: 'c' })
    void child.deliver({ type: 'BREAK' }).catch(() => undefined)
    await system.settled()
    expect(await whichChildren(ref)).toMatchObject([{ id: 'c', status: 'restarting' }])
    const again = await world.crashAndOpen()
    expect(await whichChildren(again.actor('pool', 'p'))).toMatchObject([{ id: 'c', status: 'restarting' }])
    await world.stop()
  })
})

describe('a permanent child that ends too often', () => {
  it('makes its supervisor fail with words that fit', async () => {
    const pool = supervisor({ children: [{ id: 'c', logic: 'fragile' }] })
    const world = new World({ fragile, pool })
    const system = await world.open()
    await system.spawn('pool', { id: 'p' })
    for (let n = 0; n < 5; n++) {
      await system
        .actor('fragile', 'p/c')
        .deliver({ type: 'END' })
        .catch(() => undefined)
      await world.advance(1)
    }
    const failures = world.events.filter((event) => event.type === 'childFailed' && event.path === 'p')
    const words =
      'p: its child "c" ended too often (more than 3 restarts in 5000 ms); all of its children were stopped.'
    expect(failures).toMatchObject([{ error: { message: words } }])
    await world.stop()
  })
})

describe('a child spec whose logic is in no table', () => {
  for (const [options, field] of [
    [{ children: [{ id: 'a', logic: 'fragil' }] }, 'logic.pool.children.0.logic'],
    [{ template: { logic: 'fragil' } }, 'logic.pool.template.logic'],
  ] as const) {
    it(`is refused by createSystem, with the path of the field (${field})`, async () => {
      const world = new World({ fragile, pool: supervisor(options) })
      await expect(world.open()).rejects.toMatchObject({ code: 'OPTIONS_INVALID', details: { field } })
    })
  }

  it('is refused also where it is logic itself', async () => {
    const world = new World({ pool: supervisor({ children: [{ id: 'a', logic: fragile }] }) })
    await expect(world.open()).rejects.toMatchObject({ code: 'OPTIONS_INVALID' })
  })
})

describe('a volatile supervisor', () => {
  it('has volatile children, so that a crash leaves no orphans', async () => {
    const pool = supervisor({ children: [{ id: 'a', logic: 'fragile' }], template: { logic: 'fragile' } })
    const world = new World({ fragile, pool: { logic: pool, durability: 'volatile' } })
    const system = await world.open()
    const ref = await system.spawn('pool', { id: 'p' })
    await startChild(ref, { id: 'b' })
    await expect(startChild(ref, { id: 'c', durability: 'durable' })).rejects.toMatchObject({ code: 'OPTIONS_INVALID' })
    expect((await all(system.actors())).map(({ path, durability }) => [path, durability])).toEqual([
      ['p', 'volatile'],
      ['p/a', 'volatile'],
      ['p/b', 'volatile'],
    ])
    const again = await world.crashAndOpen()
    expect(await all(again.actors())).toEqual([])
    await world.stop()
  })
})
