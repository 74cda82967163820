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

/** Settings of a row whose actors stay failed. */
const forGood = { supervision: { restart: 'temporary' } } as const

describe('a failed actor', () => {
  it('that is temporary stops alone; its failure (error, event, last good state) is on record, also after a crash', async () => {
    const world = new World({ fragile: { logic: fragile, ...forGood } })
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
    const world = new World({ fragile: { logic: fragile, durability: 'volatile', ...forGood } })
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
    const world = new World({ planner: { logic: planner, ...forGood }, fragile })
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
    const world = new World({ fragile: { logic: fragile, ...forGood } })
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
    const world = new World({ thrower: { logic: thrower, ...forGood } })
    await using system = await world.open()
    const ref = await system.spawn('thrower', { id: 't' })
    await expect(ref.deliver({ type: 'THROW' })).rejects.toMatchObject({ code: 'ACTOR_FAILED' })
    expect(ref.failure()).toMatchObject({ event: { type: 'THROW' } })
  })
})

describe('a failed actor that is restarted', () => {
  const poisoned = { code: 'DEAD_LETTER', details: { reason: 'poison' } }

  it('has no failure, an end of its own least of all; each failure is in its journal', async () => {
    const world = new World({ fragile })
    const system = await world.open()
    const ref = await system.spawn('fragile', { id: 'f' })
    await ref.deliver({ type: 'INC' })
    await expect(ref.deliver({ type: 'BREAK' })).rejects.toMatchObject({ ...poisoned, cause: { message: 'too far' } })
    const check = async (actor: typeof ref): Promise<void> => {
      expect(actor.failure()).toBeUndefined()
      expect(actor.getSnapshot()).toMatchObject({ status: 'active', context: { count: 1 } })
      const records = await all(actor.journal())
      expect(records.filter(({ kind }) => kind === 'failure')).toMatchObject(
        Array(3).fill({ event: { type: 'BREAK', error: { name: 'RangeError', message: 'too far' } } }),
      )
    }
    await check(ref)
    const again = await world.crashAndOpen()
    await check(again.actor('fragile', 'f'))
    await world.stop()
  })

  it('that is volatile has forgotten its state, and not its mail', async () => {
    const world = new World({ fragile: { logic: fragile, durability: 'volatile' } })
    await using system = await world.open()
    const ref = await system.spawn('fragile', { id: 'f' })
    await ref.deliver({ type: 'INC' })
    const broken = ref.deliver({ type: 'BREAK' })
    const behind = ref.deliver({ type: 'INC' })
    await expect(broken).rejects.toMatchObject(poisoned)
    expect(await behind).toMatchObject({ outcome: 'handled' })
    expect(ref.getSnapshot().context.count).toBe(1)
  })

  it('has sent nothing with any of its attempts (D4)', async () => {
    const world = new World({ fragile })
    await using system = await world.open()
    const other = await system.spawn('fragile', { id: 'o' })
    const ref = await system.spawn('fragile', { id: 'f' })
    await ref.deliver({ type: 'TO', to: other })
    await expect(ref.deliver({ type: 'BREAK' })).rejects.toMatchObject(poisoned)
    await system.settled()
    expect(other.getSnapshot().context.count).toBe(0)
  })

  it('tells its observers no error, and goes on telling them its states', async () => {
    const world = new World({ fragile })
    await using system = await world.open()
    const ref = await system.spawn('fragile', { id: 'f' })
    const told: unknown[] = []
    ref.subscribe({ next: ({ context }) => told.push(context.count), error: (error) => told.push(error) })
    await ref.deliver({ type: 'INC' })
    await ref.deliver({ type: 'BREAK' }).catch(() => {})
    await ref.deliver({ type: 'INC' })
    await system.settled()
    expect(told).toEqual([1, 2])
  })
})
