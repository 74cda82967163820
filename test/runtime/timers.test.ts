import { describe, expect, it } from 'vitest'
import {
  type AnyActorRef,
  type AnyEventObject,
  assign,
  cancel,
  createActor,
  createMachine,
  raise,
  sendTo,
  setup,
} from 'xstate'
import { all, World } from '../support/world.js'

const sleeper = createMachine({
  initial: 'asleep',
  states: { asleep: { after: { 1000: 'awake' }, on: { AGAIN: { target: 'asleep', reenter: true } } }, awake: {} },
})

const alarm = setup({ types: { context: {} as { rung: string[] }, events: {} as AnyEventObject } }).createMachine({
  context: { rung: [] as string[] },
  on: {
    SET: { actions: raise({ type: 'RING', name: 'raised' }, { id: 'r', delay: 500 }) },
    CALL: {
      actions: sendTo(
        ({ event }) => event.to as AnyActorRef,
        { type: 'RING', name: 'called' },
        { id: 's', delay: 700 },
      ),
    },
    CANCEL: { actions: cancel('r') },
    RING: { actions: assign({ rung: ({ context, event }) => [...context.rung, event.name] }) },
    BLOCK: { actions: assign({ rung: ({ context }) => [...context.rung, 'blocked'] }) },
  },
})

describe('a delay', () => {
  it('is lost by plain XState when a machine is restored', () => {
    const clock = {
      now: 0,
      calls: [] as { fn: () => void; at: number }[],
      setTimeout: (fn: () => void, ms: number) => clock.calls.push({ fn, at: clock.now + ms }),
      clearTimeout: () => {},
    }
    const actor = createActor(sleeper, { clock: clock as never }).start()
    const persisted = actor.getPersistedSnapshot()
    expect(clock.calls).toHaveLength(1)
    clock.calls.length = 0
    const restored = createActor(sleeper, { clock: clock as never, snapshot: persisted }).start()
    expect([clock.calls.length, restored.getSnapshot().value]).toEqual([0, 'asleep'])
  })

  it('survives a restart here, with its remaining time, and fires at once if it fell due meanwhile (I6)', async () => {
    const world = new World({ sleeper })
    const system = await world.open()
    await system.spawn('sleeper', { id: 's' })
    await world.advance(600)
    await system.spawn('sleeper', { id: 'late' })
    await world.crashAndOpen()
    await world.advance(399)
    expect(world.system.actor('sleeper', 's').getSnapshot().value).toBe('asleep')
    await world.advance(1)
    expect(world.system.actor('sleeper', 's').getSnapshot().value).toBe('awake')
    await world.crash()
    await world.clock.advance(10_000)
    await world.open()
    await world.advance(0)
    expect(world.system.actor('sleeper', 'late').getSnapshot().value).toBe('awake')
    await world.stop()
  })

  it('begins anew when its state is entered again', async () => {
    const world = new World({ sleeper })
    await using system = await world.open()
    const ref = await system.spawn('sleeper', { id: 's' })
    await world.advance(900)
    await ref.deliver({ type: 'AGAIN' })
    await world.advance(999)
    expect(ref.getSnapshot().value).toBe('asleep')
    await world.advance(1)
    expect(ref.getSnapshot().value).toBe('awake')
  })

  it('that has fired does not count when an event before it in the mailbox re-enters its state (D8)', async () => {
    const world = new World({ sleeper }, { turn: { maxEvents: 1 } })
    await using system = await world.open()
    const ref = await system.spawn('sleeper', { id: 's' })
    await world.clock.advance(999)
    // One event a turn: the timer fires while these wait, and has its place behind them.
    for (let i = 0; i < 10; i++) ref.send({ type: 'NOTHING' })
    ref.send({ type: 'AGAIN' })
    await world.clock.advance(1)
    await system.settled()
    expect(ref.getSnapshot().value).toBe('asleep')
    expect(world.events).toContainEqual({ type: 'staleMail', path: 's', kind: 'timer' })
    await world.advance(1_000)
    expect(ref.getSnapshot().value).toBe('awake')
  })

  it('is withdrawn by cancel, also when it has fired and waits in the mailbox', async () => {
    const world = new World({ alarm }, { turn: { maxEvents: 1 } })
    await using system = await world.open()
    const ref = await system.spawn('alarm', { id: 'a' })
    await ref.deliver({ type: 'SET' })
    await ref.deliver({ type: 'CANCEL' })
    await world.advance(1_000)
    expect(ref.getSnapshot().context.rung).toEqual([])
    await ref.deliver({ type: 'SET' })
    await world.clock.advance(499)
    // One event a turn: the timer fires while these wait, and has its place behind them.
    for (let i = 0; i < 10; i++) ref.send({ type: 'BLOCK' })
    ref.send({ type: 'CANCEL' })
    await world.advance(1_000)
    expect(ref.getSnapshot().context.rung).toEqual(new Array(10).fill('blocked'))
    expect(await all(world.store.range({ gte: 't/', lt: 't0' }))).toEqual([])
  })

  it('may be a sendTo another actor, over a crash', async () => {
    const world = new World({ alarm })
    const system = await world.open()
    const to = await system.spawn('alarm', { id: 'to' })
    await (await system.spawn('alarm', { id: 'from' })).deliver({ type: 'CALL', to })
    await world.advance(600)
    await world.crashAndOpen()
    await world.advance(99)
    expect(world.system.actor('alarm', 'to').getSnapshot().context.rung).toEqual([])
    await world.advance(1)
    expect(world.system.actor('alarm', 'to').getSnapshot().context.rung).toEqual(['called'])
    await world.stop()
  })

  it('longer than what is held in memory fires too, before and after a restart', async () => {
    const long = createMachine({
      initial: 'a',
      states: { a: { after: { 600000: 'b' } }, b: { after: { 7200000: 'c' } }, c: {} },
    })
    const world = new World({ long })
    const system = await world.open()
    const ref = await system.spawn('long', { id: 'l' })
    await world.advance(599_999)
    expect(ref.getSnapshot().value).toBe('a')
    await world.advance(1)
    expect(ref.getSnapshot().value).toBe('b')
    await world.crashAndOpen()
    await world.advance(7_199_999)
    expect(world.system.actor('long', 'l').getSnapshot().value).toBe('b')
    await world.advance(1)
    expect(world.system.actor('long', 'l').getSnapshot().value).toBe('c')
    await world.stop()
  })

  it('that falls due while its actor waits to be restarted fires when that goes on, also over a crash (I6)', async () => {
    const fragile = createMachine({
      initial: 'asleep',
      states: { asleep: { after: { 1000: 'awake' } }, awake: {} },
      on: {
        BREAK: {
          actions: assign(() => {
            throw new Error('broken')
          }),
        },
      },
    })
    const supervision = { backoff: { initialMs: 1_500, factor: 1, jitter: 0 } }
    for (const mode of ['runs on', 'crashes'] as const) {
      const world = new World({ fragile: { logic: fragile, supervision } })
      const system = await world.open()
      const poison = (await system.spawn('fragile', { id: 'f' })).deliver({ type: 'BREAK' }).catch(() => mode)
      await world.advance(1_400)
      if (mode === 'crashes') await world.crashAndOpen()
      const value = (): unknown => world.system.actor('fragile', 'f').getSnapshot().value
      // Mail that failed comes first (D14): two waits, then it is poison.
      await world.advance(1_599)
      expect([mode, value()]).toEqual([mode, 'asleep'])
      await world.advance(1)
      expect([mode, value()]).toEqual([mode, 'awake'])
      await world.stop()
      await poison
    }
  })

  it('longer than what is held in memory fires also when the node is never idle', async () => {
    const busy = createMachine({
      context: { n: 0 },
      on: {
        SPIN: {
          actions: [
            assign({ n: ({ context }) => context.n + 1 }),
            sendTo(({ self }) => self, { type: 'SPIN' }, { delay: 40 }),
          ],
        },
      },
    })
    const long = createMachine({ initial: 'a', states: { a: { after: { 100000: 'b' } }, b: {} } })
    const world = new World({ busy, long })
    const system = await world.open()
    await system.spawn('long', { id: 'l' })
    const release = world.store.hold()
    for (let i = 0; i < 3; i++) system.spawn('busy', { id: `b${i}` }).then((ref) => ref.send({ type: 'SPIN' }))
    release()
    for (let step = 0; step < 101; step++) {
      // Each step leaves work in flight when the next begins.
      system.actor('busy', 'b0').send({ type: 'NOTHING' })
      await world.clock.advance(1_000)
    }
    expect(system.actor('long', 'l').getSnapshot().value).toBe('b')
    await world.stop()
  }, 20_000)

  it('neither fires early nor runs longer when the wall clock steps (D8)', async () => {
    const world = new World({ sleeper })
    await using system = await world.open()
    const ref = await system.spawn('sleeper', { id: 's' })
    world.clock.stepWallClock(3_600_000)
    await world.advance(999)
    expect(ref.getSnapshot().value).toBe('asleep')
    world.clock.stepWallClock(-7_200_000)
    await world.advance(1)
    expect(ref.getSnapshot().value).toBe('awake')
  })

  it('of many actors fires for each, in due order', async () => {
    const rung: number[] = []
    const bell = setup({
      types: { context: {} as { n: number }, input: {} as number },
      delays: { wait: ({ context }) => context.n * 10 },
    }).createMachine({
      context: ({ input }) => ({ n: input }),
      initial: 'a',
      states: { a: { after: { wait: { target: 'b', actions: ({ context }) => rung.push(context.n) } } }, b: {} },
    })
    const world = new World({ bell })
    await using system = await world.open()
    await Promise.all([5, 3, 9, 1, 7].map((n) => system.spawn('bell', { id: `b${n}`, input: n })))
    await world.advance(100)
    expect(rung).toEqual([1, 3, 5, 7, 9])
  })
})
