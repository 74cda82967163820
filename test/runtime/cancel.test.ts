import { currentEffect, spawnActor } from 'roscius'
import type { SimulatedClock } from 'roscius/testing'
import { describe, expect, it } from 'vitest'
import { type AnyEventObject, assign, createMachine, fromCallback, fromPromise, setup } from 'xstate'
import { all, World } from '../support/world.js'

/** A promise that a test settles, and what its effect has seen. */
interface Call {
  readonly name: string
  readonly signal: AbortSignal
  readonly resolve: (value: unknown) => void
}

const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))

/** Machines whose effects a test holds in its hands. */
function cast() {
  const calls: Call[] = []
  const disposed: string[] = []
  const call = (name: string) =>
    fromPromise(({ signal }) => new Promise((resolve) => calls.push({ name, signal, resolve })))
  const stubborn = createMachine({
    context: { got: [] as unknown[] },
    initial: 'working',
    states: {
      working: {
        invoke: { src: call('stubborn'), onDone: 'done' },
        after: { 60000: 'done' },
        on: { NOTE: { actions: assign({ got: ({ context, event }) => [...context.got, event.n] }) } },
      },
      done: { type: 'final' },
    },
  })
  const obedient = createMachine({
    initial: 'working',
    states: {
      working: { invoke: { src: fromPromise(({ signal }) => untilAborted(signal)), onError: 'failed' } },
      failed: {},
    },
  })
  const listener = createMachine({
    invoke: { src: fromCallback(() => () => disposed.push('listener')) },
  })
  const tidy = createMachine({
    context: { reason: undefined as unknown },
    initial: 'working',
    on: { NOTE: {} },
    states: {
      working: {
        invoke: { src: call('tidy work'), onDone: 'done' },
        on: { 'roscius.cancel': { target: 'tidying', actions: assign({ reason: ({ event }) => event.reason }) } },
      },
      tidying: { invoke: { src: call('tidying'), onDone: 'done' } },
      done: { type: 'final' },
    },
    output: ({ context }) => context.reason,
  })
  const boss = setup({ types: { events: {} as AnyEventObject } }).createMachine({
    on: {
      HIRE: {
        actions: [
          spawnActor('stubborn', { id: 'stubborn' }),
          spawnActor('obedient', { id: 'obedient' }),
          spawnActor('listener', { id: 'listener' }),
        ],
      },
      TIDY: { actions: spawnActor('tidy', { id: 'tidy' }) },
    },
  })
  return { calls, disposed, logic: { boss, stubborn, obedient, listener, tidy } }
}

const keysBelow = async (world: { store: World<never>['store'] }, path: string): Promise<string[]> => {
  const keys: string[] = []
  for await (const [key] of world.store.range({ gte: 'a', lt: 'zz' })) keys.push(key)
  return keys.filter((key) => /^[temz]\//.test(key) && key.includes(path))
}
const statuses = async (world: { system: World<never>['system'] }) =>
  Object.fromEntries((await all(world.system.actors())).map(({ path, status }) => [path, status]))

/** Until it is so: a deadline begins only when all effects have been aborted, which takes turns. */
const passTime = async (world: { clock: SimulatedClock }, isSo: () => boolean): Promise<void> => {
  for (let step = 0; step < 200 && !isSo(); step++) await world.clock.advance(10)
}

describe('cancel', () => {
  it('resolves when nothing below runs, no timer is armed, and no late result can change a state', async () => {
    const { calls, disposed, logic } = cast()
    const world = new World(logic)
    await using system = await world.open()
    const boss = await system.spawn('boss', { id: 'b' })
    const pendingAtRest = world.clock.pending
    await boss.deliver({ type: 'HIRE' })
    await expect.poll(() => calls.length).toBe(1)
    const stubborn = system.actor('stubborn', 'b/stubborn')
    stubborn.send({ type: 'NOTE', n: 1 })
    const cancelled = boss.cancel({ reason: 'enough', deadlineMs: 1_000 })
    stubborn.send({ type: 'NOTE', n: 2 })
    await world.clock.advance(999)
    expect(calls[0]?.signal.aborted).toBe(true)
    expect((await statuses(world))['b/stubborn']).toBe('active')
    await world.clock.advance(1)
    await cancelled
    expect(await statuses(world)).toEqual({
      b: 'stopped',
      'b/listener': 'stopped',
      'b/obedient': 'stopped',
      'b/stubborn': 'stopped',
    })
    expect(disposed).toEqual(['listener'])
    expect(await keysBelow(world, 'b')).toEqual([])
    expect(world.clock.pending).toBe(pendingAtRest)
    const before = stubborn.getSnapshot()
    const { seqNr } = (await all(system.actors())).find(({ path }) => path === 'b/stubborn') ?? {}
    calls[0]?.resolve('late')
    await system.settled()
    expect(stubborn.getSnapshot()).toEqual(before)
    expect((await all(system.actors())).find(({ path }) => path === 'b/stubborn')?.seqNr).toBe(seqNr)
    expect(world.events.filter(({ type }) => type === 'actorCancelled')).toEqual([
      { type: 'actorCancelled', path: 'b', reason: 'enough' },
    ])
  })

  it('waits no longer than its effects need to come back', async () => {
    const { calls, logic } = cast()
    const world = new World(logic)
    await using system = await world.open()
    const ref = await system.spawn('stubborn', { id: 's' })
    await expect.poll(() => calls.length).toBe(1)
    let isOver = false
    const cancelled = ref.cancel({ deadlineMs: 60_000 }).then(() => {
      isOver = true
    })
    await world.clock.advance(30)
    expect(isOver).toBe(false)
    calls[0]?.resolve('too late to count')
    await cancelled
    expect(ref.getSnapshot()).toMatchObject({ status: 'stopped', value: 'working' })
    expect(world.clock.monotonic()).toBe(30)
  })

  it('of actors whose effects heed their signal is over at once', async () => {
    const { logic } = cast()
    const world = new World(logic)
    await using system = await world.open()
    const ref = await system.spawn('obedient', { id: 'o' })
    await ref.cancel()
    expect(ref.getSnapshot()).toMatchObject({ status: 'stopped', value: 'working' })
    expect(world.clock.monotonic()).toBe(0)
  })

  it('is heard first of all mail by machines that name the event, and lets them end by themselves', async () => {
    const { calls, logic } = cast()
    const world = new World(logic)
    await using system = await world.open()
    const boss = await system.spawn('boss', { id: 'b' })
    await boss.deliver({ type: 'TIDY' })
    await expect.poll(() => calls.length).toBe(1)
    const tidy = system.actor('tidy', 'b/tidy')
    const cancelled = boss.cancel({ reason: 'enough' })
    await expect.poll(() => calls.length).toBe(2)
    expect(calls.map(({ name, signal }) => [name, signal.aborted])).toEqual([
      ['tidy work', true],
      ['tidying', false],
    ])
    calls[0]?.resolve('too late')
    await world.clock.advance(0)
    expect(tidy.getSnapshot().value).toBe('tidying')
    calls[1]?.resolve('tidy')
    await cancelled
    expect(await tidy.result()).toBe('enough')
    expect(await statuses(world)).toEqual({ b: 'stopped', 'b/tidy': 'done' })
  })

  it('stops those below a machine that has ended by itself when it would have been its turn', async () => {
    const idle = createMachine({})
    const leaving = createMachine({
      entry: spawnActor('idle', { id: 'last' }),
      on: { 'roscius.cancel': '.over' },
      initial: 'here',
      states: { here: {}, over: { type: 'final' } },
    })
    const top = createMachine({
      entry: [
        spawnActor('idle', { id: 'first' }),
        spawnActor('leaving', { id: 'leaving' }),
        spawnActor('idle', { id: 'second' }),
      ],
    })
    const world = new World({ top, leaving, idle })
    await using system = await world.open()
    const ref = await system.spawn('top', { id: 't' })
    await system.settled()
    await ref.cancel()
    const ends = world.events.filter(({ type }) => type === 'actorDone' || type === 'actorStopped')
    expect(ends.map((event) => [event.type, 'path' in event && event.path])).toEqual([
      ['actorDone', 't/leaving'],
      ['actorStopped', 't/second'],
      ['actorStopped', 't/leaving/last'],
      ['actorStopped', 't/first'],
      ['actorStopped', 't'],
    ])
  })

  it('stops a machine at the deadline that has not ended by itself', async () => {
    const { calls, logic } = cast()
    const world = new World(logic)
    await using system = await world.open()
    const ref = await system.spawn('tidy', { id: 't' })
    const cancelled = ref.cancel({ deadlineMs: 500 })
    await expect.poll(() => calls.length).toBe(2)
    await world.clock.advance(500)
    await cancelled
    expect(ref.getSnapshot()).toMatchObject({ status: 'stopped', value: 'tidying' })
    expect(calls[1]?.signal.aborted).toBe(true)
    calls[1]?.resolve('late')
    await system.settled()
    expect(ref.getSnapshot().status).toBe('stopped')
  })

  it('makes ordinary mail dead letters, and is not meant by a wildcard', async () => {
    const wild = createMachine({
      context: { got: [] as string[] },
      on: { '*': { actions: assign({ got: ({ context, event }) => [...context.got, event.type] }) } },
    })
    const world = new World({ wild }, { turn: { maxEvents: 1 } })
    await using system = await world.open()
    const ref = await system.spawn('wild', { id: 'w' })
    const cancelled = ref.cancel()
    const delivered = ref.deliver({ type: 'LATE' }).catch((error) => error.code)
    await cancelled
    expect(await delivered).toBe('DEAD_LETTER')
    expect(ref.getSnapshot().context.got).toEqual([])
    expect((await all(system.deadLetters.list())).map(({ event, reason }) => [event.type, reason])).toEqual([
      ['LATE', 'actorEnded'],
    ])
  })

  it('of an actor that is not there rejects with ACTOR_NOT_FOUND; of one that has ended, or twice at once, it resolves', async () => {
    const { calls, logic } = cast()
    const world = new World(logic)
    await using system = await world.open()
    await expect(system.actor('boss', 'x').cancel()).rejects.toMatchObject({ code: 'ACTOR_NOT_FOUND' })
    const ref = await system.spawn('stubborn', { id: 's' })
    await expect.poll(() => calls.length).toBe(1)
    const both = Promise.all([ref.cancel({ deadlineMs: 100 }), ref.cancel({ deadlineMs: 200 })])
    await world.clock.advance(200)
    await both
    await ref.cancel()
    expect(ref.getSnapshot().status).toBe('stopped')
    expect(await keysBelow(world, 's')).toEqual([])
  })

  it('gives way to a stop, which waits for nobody', async () => {
    const { calls, logic } = cast()
    const world = new World(logic)
    await using system = await world.open()
    const ref = await system.spawn('stubborn', { id: 's' })
    await expect.poll(() => calls.length).toBe(1)
    const cancelled = ref.cancel({ deadlineMs: 60_000 })
    await world.clock.advance(10)
    await Promise.all([ref.stop(), cancelled])
    expect(ref.getSnapshot().status).toBe('stopped')
    expect(await keysBelow(world, 's')).toEqual([])
    expect(world.clock.monotonic()).toBe(10)
  })

  it('does not wait for the effect that asked for it', async () => {
    let cancelItself = (): Promise<void> => Promise.resolve()
    const own = createMachine({
      on: { GO: '.going' },
      initial: 'idle',
      states: { idle: {}, going: { invoke: { src: fromPromise(() => cancelItself()) } } },
    })
    const world = new World({ own })
    await using system = await world.open()
    const ref = await system.spawn('own', { id: 'o' })
    cancelItself = () => ref.cancel({ deadlineMs: 60_000 })
    ref.send({ type: 'GO' })
    await expect.poll(() => ref.getSnapshot().status).toBe('stopped')
    expect(world.clock.monotonic()).toBe(0)
    await system.settled()
  })

  it('lets nobody be started below', async () => {
    const errors: unknown[] = []
    const hiring = createMachine({
      invoke: { src: fromPromise(() => new Promise(() => {})) },
      on: { 'roscius.cancel': { actions: spawnActor('hiring', { id: 'heir' }) } },
    })
    const world = new World({ hiring })
    await using system = await world.open()
    system.on((event) => event.type === 'actorFailed' && errors.push(event.error))
    const ref = await system.spawn('hiring', { id: 'h' })
    await ref.cancel({ deadlineMs: 0 })
    expect(errors).toMatchObject([{ code: 'ACTOR_STOPPED', address: 'h/heir' }])
    expect(await statuses(world)).toEqual({ h: 'failed' })
  })

  it('reaches actors that have not begun, and those that are not in memory', async () => {
    const { calls, logic } = cast()
    const world = new World(logic)
    await world.open()
    await (await world.system.spawn('boss', { id: 'b' })).deliver({ type: 'TIDY' })
    await expect.poll(() => calls.length).toBe(1)
    calls[0]?.resolve('done')
    await (await world.system.spawn('boss', { id: 'c' })).deliver({ type: 'HIRE' })
    const system = await world.crashAndOpen()
    const spawned = system.spawn('boss', { id: 'new' }).catch((error) => error.code)
    const cancelled = system.actor('boss', 'new').cancel()
    await Promise.all([cancelled, system.actor('boss', 'c').cancel({ deadlineMs: 0 })])
    expect(await spawned).toBe('ACTOR_STOPPED')
    expect(await statuses(world)).toEqual({
      b: 'active',
      'b/tidy': 'done',
      c: 'stopped',
      'c/listener': 'stopped',
      'c/obedient': 'stopped',
      'c/stubborn': 'stopped',
    })
    await world.stop()
  })

  it('that a crash interrupts is finished at the next start, before anything below goes on', async () => {
    for (const when of ['before', 'after'] as const) {
      for (let batch = 1; batch < 10; batch++) {
        const { calls, logic } = cast()
        // An event a turn: as many batches as there can be.
        const world = new World(logic, { turn: { maxEvents: 1 } })
        await world.open()
        const boss = await world.system.spawn('boss', { id: 'b' })
        await boss.deliver({ type: 'HIRE' })
        await boss.deliver({ type: 'TIDY' })
        await expect.poll(() => calls.length).toBe(2)
        world.store.crashAtBatch(world.store.written.batches + batch, when)
        let isOver = false
        const over = (): void => {
          isOver = true
        }
        boss.cancel({ deadlineMs: 100 }).then(over, over)
        await passTime(world, () => isOver)
        await world.crash()
        const started = calls.length
        const isBegun = batch > 1 || when === 'after'
        const system = await world.open()
        await passTime(world, () => world.store.get('z/b') === undefined)
        if (isBegun) await system.settled()
        const alive = Object.values(await statuses(world)).filter((status) => status === 'active')
        expect([when, batch, alive.length]).toEqual([when, batch, isBegun ? 0 : 5])
        const again = () => calls.slice(started).filter(({ name }) => name !== 'tidying')
        if (!isBegun) await expect.poll(() => again().length).toBe(2)
        else expect([when, batch, again(), await keysBelow(world, 'b')]).toEqual([when, batch, [], []])
        await world.stop()
      }
    }
  })

  it('leaves a later actor of the same path alone', async () => {
    const { calls, logic } = cast()
    const world = new World(logic)
    const system = await world.open()
    const ref = await system.spawn('stubborn', { id: 's' })
    await expect.poll(() => calls.length).toBe(1)
    void ref.cancel({ deadlineMs: 1_000 }).catch(() => undefined)
    await ref.stop()
    const again = await system.spawn('stubborn', { id: 's' })
    await again.deliver({ type: 'NOTE', n: 1 })
    const after = await world.crashAndOpen()
    await world.clock.advance(1_000)
    await after.actor('stubborn', 's').deliver({ type: 'NOTE', n: 2 })
    expect(after.actor('stubborn', 's').getSnapshot()).toMatchObject({ status: 'active', context: { got: [1, 2] } })
    await world.stop()
  })
})

describe('of an actor that waits for a restart', () => {
  const fragile = setup({ types: { events: {} as AnyEventObject } }).createMachine({
    on: {
      HIRE: { actions: spawnActor('fragile', { id: 'child' }) },
      BREAK: {
        actions: assign(() => {
          throw new Error('broken')
        }),
      },
    },
  })

  it.each(['durable', 'volatile'] as const)('cancel ends it and its wait: %s', async (durability) => {
    const supervision = { backoff: { initialMs: 1_000, jitter: 0 } }
    const world = new World({ fragile: { logic: fragile, durability, supervision } })
    await using system = await world.open()
    const ref = await system.spawn('fragile', { id: 'f' })
    await ref.deliver({ type: 'HIRE' })
    ref.send({ type: 'BREAK' })
    await world.clock.advance(10)
    expect(await statuses(world)).toEqual({ f: 'restarting', 'f/child': 'active' })
    await ref.cancel()
    await world.advance(5_000)
    expect(await statuses(world)).toEqual({ f: 'stopped', 'f/child': 'stopped' })
    expect(await keysBelow(world, 'f')).toEqual([])
  })

  it.each(['durable', 'volatile'] as const)('a fresh start ends those below it first: %s', async (durability) => {
    const supervision = { restartFrom: 'initial', maxDeliveries: 1 } as const
    const world = new World({ fragile: { logic: fragile, durability, supervision } })
    await using system = await world.open()
    const ref = await system.spawn('fragile', { id: 'f' })
    await ref.deliver({ type: 'HIRE' })
    world.events.length = 0
    ref.send({ type: 'BREAK' })
    await world.advance(0)
    const ends = world.events.flatMap((event) =>
      event.type === 'actorStopped' || event.type === 'actorStarted' ? [[event.type, event.path]] : [],
    )
    expect(ends).toEqual([
      ['actorStopped', 'f/child'],
      ['actorStarted', 'f'],
    ])
    await ref.deliver({ type: 'HIRE' })
    expect(await statuses(world)).toEqual({ f: 'active', 'f/child': 'active' })
    expect(await keysBelow(world, 'f')).toEqual([])
  })

  it('a fresh start goes on after a crash in between', async () => {
    for (let batch = 1; batch < 6; batch++) {
      const supervision = { restartFrom: 'initial', maxDeliveries: 1 } as const
      const world = new World({ fragile: { logic: fragile, supervision } }, { turn: { maxEvents: 1 } })
      await world.open()
      const ref = await world.system.spawn('fragile', { id: 'f' })
      await ref.deliver({ type: 'HIRE' })
      await world.system.settled()
      world.store.crashAtBatch(world.store.written.batches + batch, 'after')
      ref.send({ type: 'BREAK' })
      await Promise.race([world.store.crashed, world.system.settled()])
      await world.crashAndOpen()
      await world.system.settled()
      expect([batch, await statuses(world)]).toEqual([batch, { f: 'active', 'f/child': 'stopped' }])
      expect([batch, await keysBelow(world, 'f')]).toEqual([batch, []])
      await world.stop()
    }
  })
})

describe('cancel of many', () => {
  const COUNT = 10_000
  const leaf = createMachine({ on: { PING: {} } })
  const top = createMachine({
    entry: Array.from({ length: COUNT }, (_, n) => spawnActor('leaf', { id: `c${n}` })),
  })

  const open = async (durability: 'durable' | 'volatile') => {
    // The audit trail notes who was cancelled: here only what the actors themselves write is counted.
    const world = new World({ leaf: { logic: leaf, durability }, top: { logic: top, durability } }, { audit: false })
    const system = await world.open()
    const ref = await system.spawn('top', { id: 't' })
    await system.settled()
    return { world, ref }
  }

  it('writes volatile actors nowhere, and leaves room for the event loop', async () => {
    const { world, ref } = await open('volatile')
    const before = world.store.written.batches
    let rounds = 0
    let isOver = false
    const cancelled = ref.cancel().then(() => {
      isOver = true
    })
    while (!isOver) {
      await new Promise((resolve) => setImmediate(resolve))
      rounds++
    }
    await cancelled
    expect(world.store.written.batches).toBe(before)
    expect(rounds).toBeGreaterThanOrEqual(Math.floor(COUNT / 1_024))
    expect((await all(world.system.actors())).filter(({ status }) => status === 'active')).toEqual([])
    await world.stop()
  })

  it('writes many durable actors in one batch', async () => {
    const { world, ref } = await open('durable')
    const before = world.store.written.batches
    await ref.cancel()
    expect(world.store.written.batches - before).toBeLessThanOrEqual(2 + Math.ceil(COUNT / 1_024))
    expect((await all(world.system.actors())).filter(({ status }) => status !== 'stopped')).toEqual([])
    await world.stop()
  })
})

it('tells the effect that it was aborted, as XState and as Roscius do', async () => {
  const seen: unknown[] = []
  const both = createMachine({
    invoke: {
      src: fromPromise(async ({ signal }) => {
        const own = currentEffect()?.signal
        await untilAborted(signal).catch(() => undefined)
        seen.push(signal.aborted, own?.aborted)
      }),
    },
  })
  const world = new World({ both })
  await using system = await world.open()
  await (await system.spawn('both', { id: 'x' })).cancel()
  expect(seen).toEqual([true, true])
})

describe('a deadline', () => {
  const wrong: unknown[] = [-1, Number.NaN, Number.POSITIVE_INFINITY, 'x', 'kill', null, '5000']

  for (const order of ['cancel', 'stop'] as const) {
    it.each(wrong)(`of ${order} can't be %s: it is refused, and nothing happens`, async (deadlineMs) => {
      const { logic, calls } = cast()
      const world = new World(logic)
      const system = await world.open()
      const ref = await system.spawn('stubborn', { id: 's' })
      await expect(ref[order]({ deadlineMs } as never)).rejects.toMatchObject({
        code: 'OPTIONS_INVALID',
        details: { field: `${order}.deadlineMs` },
      })
      expect(ref.getSnapshot().status).toBe('active')
      expect(calls.map(({ signal }) => signal.aborted)).toEqual([false])
      await world.stop()
    })
  }

  it("of cancel can be 'infinity': it waits until the effects have come back", async () => {
    const { logic, calls } = cast()
    const world = new World(logic)
    const ref = await (await world.open()).spawn('stubborn', { id: 's' })
    let isCancelled = false
    const cancelled = ref.cancel({ deadlineMs: 'infinity' }).then(() => {
      isCancelled = true
    })
    await world.clock.advance(86_400_000)
    expect(isCancelled).toBe(false)
    calls[0]?.resolve('back')
    await cancelled
    expect(ref.getSnapshot().status).toBe('stopped')
    await world.stop()
  })

  it("of stop can be 'infinity', too, and neither takes settings that it doesn't know", async () => {
    const { logic } = cast()
    const world = new World(logic)
    const ref = await (await world.open()).spawn('stubborn', { id: 's' })
    await expect(ref.cancel({ deadline: 5 } as never)).rejects.toMatchObject({ details: { field: 'cancel.deadline' } })
    await ref.stop({ deadlineMs: 'infinity' })
    expect(ref.getSnapshot().status).toBe('stopped')
    await world.stop()
  })
})
