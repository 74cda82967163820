import { describe, expect, it } from 'vitest'
import { assign, createMachine, fromCallback, fromPromise, raise, setup } from 'xstate'
import { all, World } from '../support/world.js'

const counter = createMachine({
  context: { count: 0 },
  on: { INC: { actions: assign({ count: ({ context }) => context.count + 1 }) } },
})

function fail(): never {
  throw new Error('broken')
}

async function inMemory(world: World<never> | World<{ counter: typeof counter }>): Promise<string[]> {
  return (await all(world.system.actors())).filter((info) => info.isInMemory).map((info) => info.path)
}

describe('passivation', () => {
  it('lets an idle actor go after idleMs; its next event brings it back as it was', async () => {
    const world = new World({ counter }, { passivation: { idleMs: 1_000 } })
    await using system = await world.open()
    const ref = await system.spawn('counter', { id: 'c' })
    await ref.deliver({ type: 'INC' })
    await world.advance(400)
    expect(await inMemory(world)).toEqual(['c'])
    await world.advance(2_000)
    expect(await inMemory(world)).toEqual([])
    expect(await ref.deliver({ type: 'INC' })).toEqual({ seqNr: 3, outcome: 'handled' })
    expect(ref.getSnapshot().context.count).toBe(2)
    expect(await inMemory(world)).toEqual(['c'])
  })

  it('keeps an actor that is used in memory', async () => {
    const world = new World({ counter }, { passivation: { idleMs: 1_000 } })
    await using system = await world.open()
    const used = await system.spawn('counter', { id: 'used' })
    await system.spawn('counter', { id: 'idle' })
    for (let i = 0; i < 10; i++) {
      await used.deliver({ type: 'INC' })
      await world.advance(400)
    }
    expect(await inMemory(world)).toEqual(['used'])
  })

  it('lets all actors go that have been idle long enough, not one at a time', async () => {
    const world = new World({ counter }, { passivation: { idleMs: 1_000 } })
    await using system = await world.open()
    for (const id of ['a', 'b', 'c', 'd', 'e']) await system.spawn('counter', { id })
    await world.advance(2_500)
    expect(await inMemory(world)).toEqual([])
  })

  it('keeps no more than maxActive, letting the least recently used go first', async () => {
    const world = new World({ counter }, { passivation: { maxActive: 2, idleMs: 3_600_000 } })
    await using system = await world.open()
    for (const id of ['a', 'b', 'c', 'd']) await system.spawn('counter', { id })
    await system.actor('counter', 'a').deliver({ type: 'INC' })
    await world.advance(1_000)
    expect(await inMemory(world)).toEqual(['a', 'd'])
  })

  it('reads the snapshot of a passivated actor from the store, without bringing it back', async () => {
    const world = new World({ counter }, { passivation: { idleMs: 100 } })
    await using system = await world.open()
    const ref = await system.spawn('counter', { id: 'c' })
    await ref.deliver({ type: 'INC' })
    await world.advance(1_000)
    const snapshot = ref.getSnapshot()
    expect(snapshot.context.count).toBe(1)
    expect(snapshot.status).toBe('active')
    expect(snapshot.can({ type: 'INC' })).toBe(true)
    expect(ref.getPersistedSnapshot()).toMatchObject({ context: { count: 1 } })
    expect(await inMemory(world)).toEqual([])
  })

  it('reads the snapshot of a passivated actor that has children inside', async () => {
    const parent = setup({ actors: { child: counter } }).createMachine({ invoke: { src: 'child', id: 'inner' } })
    const world = new World({ parent }, { passivation: { idleMs: 100 } })
    await using system = await world.open()
    const ref = await system.spawn('parent', { id: 'p' })
    await world.advance(1_000)
    const snapshot = ref.getSnapshot()
    expect(Object.keys(snapshot.children)).toEqual(['inner'])
    expect(snapshot.children.inner?.getSnapshot().context).toEqual({ count: 0 })
    expect((await all(system.actors()))[0]).toMatchObject({ isInMemory: false })
  })

  it('leaves observers in place', async () => {
    const world = new World({ counter }, { passivation: { idleMs: 100 } })
    await using system = await world.open()
    const ref = await system.spawn('counter', { id: 'c' })
    const seen: number[] = []
    ref.subscribe((snapshot) => seen.push(snapshot.context.count))
    await ref.deliver({ type: 'INC' })
    await world.advance(1_000)
    expect(await inMemory(world)).toEqual([])
    await system.actor('counter', 'c').deliver({ type: 'INC' })
    expect(seen).toEqual([1, 2])
  })

  it('never takes an actor whose effect runs', async () => {
    const busy = setup({
      actors: { wait: fromPromise(() => new Promise<void>(() => {})), listen: fromCallback(() => {}) },
    })
    const promising = busy.createMachine({ invoke: { src: 'wait' } })
    const listening = busy.createMachine({ invoke: { src: 'listen' } })
    const world = new World({ promising, listening }, { passivation: { idleMs: 100, maxActive: 1 } })
    await using system = await world.open()
    await system.spawn('promising', { id: 'p' })
    await system.spawn('listening', { id: 'l' })
    for (let i = 0; i < 5; i++) await world.clock.advance(1_000)
    expect((await all(system.actors())).map((info) => info.isInMemory)).toEqual([true, true])
  })

  it('never takes a volatile actor, which is nowhere else', async () => {
    const world = new World(
      { counter: { logic: counter, durability: 'volatile' } },
      { passivation: { idleMs: 100, maxActive: 1 } },
    )
    await using system = await world.open()
    const a = await system.spawn('counter', { id: 'a' })
    const b = await system.spawn('counter', { id: 'b' })
    await a.deliver({ type: 'INC' })
    await world.advance(1_000)
    expect([a.getSnapshot().context.count, b.getSnapshot().context.count]).toEqual([1, 0])
  })

  it('lets an actor that has ended go again, which late mail has brought back', async () => {
    const ending = createMachine({
      initial: 'open',
      states: { open: { on: { END: 'over', BREAK: { actions: assign(() => fail()) } } }, over: { type: 'final' } },
    })
    const world = new World(
      { ending: { logic: ending, supervision: { restart: 'temporary' } } },
      { passivation: { idleMs: 100 } },
    )
    await using system = await world.open()
    const done = await system.spawn('ending', { id: 'done' })
    const failed = await system.spawn('ending', { id: 'failed' })
    const stopped = await system.spawn('ending', { id: 'stopped' })
    await done.deliver({ type: 'END' })
    await failed.deliver({ type: 'BREAK' }).catch(() => undefined)
    await stopped.stop()
    for (const ref of [done, failed, stopped]) {
      await expect(ref.deliver({ type: 'END' })).rejects.toMatchObject({ code: 'DEAD_LETTER' })
      await world.advance(1_000)
      expect((await all(system.actors())).filter((info) => info.isInMemory)).toEqual([])
    }
    expect([done, failed, stopped].map((ref) => ref.getSnapshot().status)).toEqual(['done', 'error', 'stopped'])
  })

  it('waits for the commit: a changed actor whose batch is held stays', async () => {
    const world = new World({ counter }, { passivation: { idleMs: 100 } })
    await using system = await world.open()
    const ref = await system.spawn('counter', { id: 'c' })
    const release = world.store.hold()
    const delivered = ref.deliver({ type: 'INC' })
    await world.clock.advance(1_000)
    expect((await all(system.actors()))[0]).toMatchObject({ isInMemory: true, seqNr: 2 })
    release()
    await delivered
    await world.advance(1_000)
    expect((await all(system.actors()))[0]).toMatchObject({ isInMemory: false })
  })

  it('wakes an actor for its timer', async () => {
    const sleeper = createMachine({ initial: 'asleep', states: { asleep: { after: { 10000: 'awake' } }, awake: {} } })
    const world = new World({ sleeper }, { passivation: { idleMs: 100 } })
    await using system = await world.open()
    const ref = await system.spawn('sleeper', { id: 's' })
    await world.advance(9_999)
    expect((await all(system.actors()))[0]).toMatchObject({ isInMemory: false })
    expect(ref.getSnapshot().value).toBe('asleep')
    await world.advance(1)
    expect(ref.getSnapshot().value).toBe('awake')
  })
})

describe('an actor that comes into memory in the middle of a unit of another', () => {
  it('leaves that unit as it is: who it belongs to, and what it has still to send', async () => {
    let touch = (): void => undefined
    const caller = setup({
      types: { context: {} as { answer: string } },
      actors: { call: fromPromise(async () => 'called') },
      actions: {
        touch: assign(() => {
          touch()
          return {}
        }),
      },
    }).createMachine({
      context: { answer: '' },
      initial: 'idle',
      states: {
        idle: { on: { GO: { target: 'calling', actions: [raise({ type: 'FIRST' }), 'touch'] } } },
        calling: {
          on: { FIRST: { actions: assign({ answer: 'first ' }) } },
          invoke: {
            src: 'call',
            onDone: { actions: assign({ answer: ({ context, event }) => context.answer + event.output }) },
          },
        },
      },
    })
    const world = new World({ counter, caller }, { passivation: { idleMs: 1_000 } })
    const system = await world.open()
    touch = () => void system.actor('counter', 'c').stop()
    await system.spawn('counter', { id: 'c' })
    await world.advance(2_000)
    const ref = await system.spawn('caller', { id: 'caller' })
    await ref.deliver({ type: 'GO' })
    await system.settled()
    expect(ref.getSnapshot().context.answer).toBe('first called')
    await world.stop()
  })
})
