import { describe, expect, it } from 'vitest'
import { type AnyActorRef, assign, createMachine, sendTo, setup } from 'xstate'
import { all, World } from '../support/world.js'

const fragile = createMachine({
  context: { count: 0, to: undefined as AnyActorRef | undefined },
  on: {
    INC: { actions: assign({ count: ({ context }) => context.count + 1 }) },
    TO: { actions: assign({ to: ({ event }) => event.to }) },
    BREAK: {
      actions: [
        assign({ count: 99 }),
        sendTo(({ context, self }) => context.to ?? self, { type: 'INC' }),
        assign(() => {
          throw new RangeError('too far')
        }),
      ],
    },
  },
})

describe('a failed actor', () => {
  it('stops alone; its failure (error, event, last good state) is on record, also after a crash', async () => {
    const world = new World({ fragile })
    const system = await world.open()
    const ref = await system.spawn('fragile', { id: 'f' })
    const other = await system.spawn('fragile', { id: 'other' })
    await ref.deliver({ type: 'TO', to: other })
    await ref.deliver({ type: 'INC' })
    await expect(ref.deliver({ type: 'BREAK' })).rejects.toMatchObject({
      code: 'ACTOR_FAILED',
      address: 'f',
      cause: { message: 'too far' },
    })
    const check = (actor: typeof ref): void => {
      expect(actor.failure()).toMatchObject({
        error: { name: 'RangeError', message: 'too far' },
        event: { type: 'BREAK' },
        seqNr: 4,
        snapshot: { context: { count: 1 } },
      })
      expect(actor.getSnapshot().status).toBe('error')
    }
    check(ref)
    expect((await all(system.actors())).map(({ path, status }) => [path, status])).toEqual([
      ['f', 'failed'],
      ['other', 'active'],
    ])
    expect(other.getSnapshot().context.count).toBe(0)
    const again = await world.crashAndOpen()
    check(again.actor('fragile', 'f'))
    await expect(again.actor('fragile', 'f').deliver({ type: 'INC' })).rejects.toMatchObject({ code: 'DEAD_LETTER' })
    expect((await again.actor('fragile', 'other').deliver({ type: 'INC' })).outcome).toBe('handled')
    await expect(again.actor('fragile', 'f').result()).rejects.toMatchObject({ message: 'too far' })
    await world.stop()
  })

  it('that is volatile tells its failure too', async () => {
    const world = new World({ fragile: { logic: fragile, durability: 'volatile' } })
    await using system = await world.open()
    const ref = await system.spawn('fragile', { id: 'f' })
    await ref.deliver({ type: 'INC' })
    await expect(ref.deliver({ type: 'BREAK' })).rejects.toMatchObject({ code: 'ACTOR_FAILED' })
    expect(ref.failure()).toMatchObject({ error: { message: 'too far' }, event: { type: 'BREAK' } })
  })

  it('drops everything that its failing event did: sends, timers, spawns (D4)', async () => {
    const planner = setup({ actors: { inner: fragile } }).createMachine({
      context: { to: undefined as never },
      initial: 'a',
      states: {
        a: { on: { TO: { actions: assign({ to: ({ event }) => event.to }) }, GO: 'b' } },
        b: {
          entry: sendTo(({ context, self }) => context.to ?? self, { type: 'INC' }),
          invoke: { src: 'inner' },
          after: { 1000: 'a' },
          always: {
            guard: () => {
              throw new Error('bad guard')
            },
            target: 'a',
          },
        },
      },
    })
    const world = new World({ planner, fragile })
    await using system = await world.open()
    const other = await system.spawn('fragile', { id: 'o' })
    const ref = await system.spawn('planner', { id: 'p' })
    await ref.deliver({ type: 'TO', to: other })
    await expect(ref.deliver({ type: 'GO' })).rejects.toMatchObject({ code: 'ACTOR_FAILED' })
    await system.settled()
    expect(other.getSnapshot().context.count).toBe(0)
    expect(ref.failure()?.snapshot).toMatchObject({ value: 'a' })
    const keys = await all(world.store.range({ gte: 't/', lt: 't0' }))
    expect(keys).toEqual([])
  })

  it('never starts when its logic throws at once: spawn rejects and nothing is stored', async () => {
    const stillborn = createMachine({
      context: () => {
        throw new Error('no context')
      },
    })
    const world = new World({ stillborn })
    await using system = await world.open()
    await expect(system.spawn('stillborn', { id: 's' })).rejects.toMatchObject({
      code: 'ACTOR_FAILED',
      cause: { message: 'no context' },
    })
    expect(await all(system.actors())).toEqual([])
    await expect(system.actor('stillborn', 's').deliver({ type: 'X' })).rejects.toMatchObject({ code: 'DEAD_LETTER' })
  })

  it('tells its observers the error', async () => {
    const world = new World({ fragile })
    await using system = await world.open()
    const ref = await system.spawn('fragile', { id: 'f' })
    const told: unknown[] = []
    ref.subscribe({ next: ({ context }) => told.push(context.count), error: (error) => told.push(error) })
    await ref.deliver({ type: 'INC' })
    await ref.deliver({ type: 'BREAK' }).catch(() => {})
    await system.settled()
    expect(told).toEqual([1, expect.objectContaining({ message: 'too far' })])
    const late: unknown[] = []
    ref.subscribe({ error: (error) => late.push(error) })
    expect(late).toEqual([expect.objectContaining({ message: 'too far' })])
  })

  it('whatever it throws, the failure is recorded', async () => {
    const thrower = createMachine({
      on: {
        THROW: {
          actions: assign(() => {
            throw { code: 7, fn: () => {} }
          }),
        },
      },
    })
    const world = new World({ thrower })
    await using system = await world.open()
    const ref = await system.spawn('thrower', { id: 't' })
    await expect(ref.deliver({ type: 'THROW' })).rejects.toMatchObject({ code: 'ACTOR_FAILED' })
    expect(ref.failure()).toMatchObject({ event: { type: 'THROW' } })
  })
})
