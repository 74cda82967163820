import { describe, expect, it } from 'vitest'
import { assign, createMachine, type EventObject, sendTo } from 'xstate'
import { all, refIn, World } from '../support/world.js'

/** What a machine has seen, with one more event. */
const seen = ({ context, event }: { context: { seen: string[] }; event: EventObject & { n?: number } }): string[] => [
  ...context.seen,
  `${event.type}${event.n ?? ''}`,
]

const gate = createMachine({
  context: { seen: [] as string[] },
  initial: 'shut',
  states: {
    shut: { meta: { defer: ['JOB', 'LATE'] }, on: { OPEN: 'open', LATE_ONLY: 'half' } },
    half: { meta: { defer: ['LATE'] }, on: { JOB: { actions: assign({ seen }) }, OPEN: 'open' } },
    open: { on: { JOB: { actions: assign({ seen }) }, LATE: { actions: assign({ seen }) }, SHUT: 'shut' } },
  },
})

const job = (n: number) => ({ type: 'JOB', n })
const late = (n: number) => ({ type: 'LATE', n })

describe('the stash', () => {
  it('gives deferred events back in their order, before mail that waits', async () => {
    const world = new World({ gate })
    await using system = await world.open()
    const ref = await system.spawn('gate', { id: 'g' })
    for (const event of [job(1), late(2), job(3), { type: 'OPEN' }, job(4)]) ref.send(event)
    await system.settled()
    expect(ref.getSnapshot().context.seen).toEqual(['JOB1', 'LATE2', 'JOB3', 'JOB4'])
  })

  it('gives back only what the new state does not defer, and keeps the rest', async () => {
    const world = new World({ gate })
    await using system = await world.open()
    const ref = await system.spawn('gate', { id: 'g' })
    for (const event of [late(1), job(2), late(3), { type: 'LATE_ONLY' }]) ref.send(event)
    await system.settled()
    expect(ref.getSnapshot().context.seen).toEqual(['JOB2'])
    ref.send({ type: 'OPEN' })
    await system.settled()
    expect(ref.getSnapshot().context.seen).toEqual(['JOB2', 'LATE1', 'LATE3'])
  })

  it('is durable, and keeps its order over a crash and passivation', async () => {
    const world = new World({ gate }, { passivation: { idleMs: 100 } })
    const system = await world.open()
    const ref = await system.spawn('gate', { id: 'g' })
    for (const event of [job(1), late(2)]) await ref.deliver(event)
    const again = await world.crashAndOpen()
    const same = again.actor('gate', 'g')
    await same.deliver(job(3))
    await world.advance(1_000)
    expect((await all(again.actors()))[0]).toMatchObject({ isInMemory: false })
    await same.deliver({ type: 'OPEN' })
    await again.settled()
    expect(same.getSnapshot().context.seen).toEqual(['JOB1', 'LATE2', 'JOB3'])
    await world.stop()
  })

  it('is bounded: past it an event is a dead letter, and the actor goes on', async () => {
    const world = new World({ gate: { logic: gate, stash: { capacity: 2 } } })
    await using system = await world.open()
    const ref = await system.spawn('gate', { id: 'g' })
    await ref.deliver(job(1))
    await ref.deliver(job(2))
    await expect(ref.deliver(job(3))).rejects.toMatchObject({ code: 'DEAD_LETTER', details: { reason: 'stashFull' } })
    await ref.deliver({ type: 'OPEN' })
    await system.settled()
    expect(ref.getSnapshot().context.seen).toEqual(['JOB1', 'JOB2'])
    expect((await all(system.deadLetters.list())).map(({ event, reason }) => [event, reason])).toEqual([
      [job(3), 'stashFull'],
    ])
  })

  it('takes a function of context and event', async () => {
    const picky = createMachine({
      context: { seen: [] as string[], limit: 5 },
      initial: 'shut',
      states: {
        shut: {
          meta: {
            defer: ({ context, event }: { context: { limit: number }; event: { n: number } }) =>
              event.n > context.limit,
          },
          on: { JOB: { actions: assign({ seen }) }, OPEN: 'open' },
        },
        open: { on: { JOB: { actions: assign({ seen }) } } },
      },
    })
    const world = new World({ picky })
    await using system = await world.open()
    const ref = await system.spawn('picky', { id: 'p' })
    await ref.deliver({ type: 'OTHER', n: 0 })
    // The state has a transition for JOB at the depth at which it defers: the transition wins (D14).
    expect((await ref.deliver(job(9))).outcome).toBe('handled')
    expect((await ref.deliver({ type: 'LATE', n: 9 })).outcome).toBe('deferred')
    expect((await ref.deliver({ type: 'LATE', n: 1 })).outcome).toBe('ignored')
  })

  it("yields to a transition at the deferring state's depth or deeper, not to one above it (D14)", async () => {
    const nested = createMachine({
      context: { seen: [] as string[] },
      on: { JOB: { actions: assign({ seen: ({ context, event }) => [...context.seen, `root${event.n}`] }) } },
      initial: 'busy',
      states: {
        busy: {
          meta: { defer: ['JOB'] },
          initial: 'deaf',
          states: {
            deaf: { on: { NEXT: 'keen' } },
            keen: {
              on: { JOB: { actions: assign({ seen: ({ context, event }) => [...context.seen, `keen${event.n}`] }) } },
            },
          },
          on: { FREE: 'free' },
        },
        free: {},
      },
    })
    const world = new World({ nested })
    await using system = await world.open()
    const ref = await system.spawn('nested', { id: 'x' })
    expect((await ref.deliver(job(1))).outcome).toBe('deferred')
    await ref.deliver({ type: 'NEXT' })
    await system.settled()
    expect(ref.getSnapshot().context.seen).toEqual(['keen1'])
    expect((await ref.deliver(job(2))).outcome).toBe('handled')
    await ref.deliver({ type: 'FREE' })
    expect((await ref.deliver(job(3))).outcome).toBe('handled')
    expect(ref.getSnapshot().context.seen).toEqual(['keen1', 'keen2', 'root3'])
  })

  it('keeps the order of one sender, wherever a crash falls (I5)', async () => {
    const sender = createMachine({
      on: {
        GO: {
          actions: [job(1), job(2), { type: 'OPEN' }, job(3)].map((event) =>
            sendTo(({ event }) => refIn(event, 'to'), event),
          ),
        },
      },
    })
    for (let batch = 4; batch < 14; batch++) {
      // Each batch holds one event: meta, two spawns, GO, and what follows from it.
      const world = new World({ gate, sender }, { turn: { maxEvents: 1 } })
      world.store.crashAtBatch(batch, 'after')
      const system = await world.open()
      const target = await system.spawn('gate', { id: 'g' })
      const ref = await system.spawn('sender', { id: 's' })
      ref.send({ type: 'GO', to: target })
      await Promise.race([world.store.crashed, system.settled()])
      const again = await world.crashAndOpen()
      await again.settled()
      expect([batch, again.actor('gate', 'g').getSnapshot().context.seen]).toEqual([batch, ['JOB1', 'JOB2', 'JOB3']])
      await world.stop()
    }
  })
})
