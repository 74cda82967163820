import { describe, expect, it } from 'vitest'
import { assign, createMachine, sendTo } from 'xstate'
import { all, refIn, World } from '../support/world.js'

const DURABILITIES = ['durable', 'relaxed', 'volatile'] as const

const peer = createMachine({
  context: { to: undefined as unknown, got: 0, sent: 0 },
  on: {
    TO: { actions: assign({ to: ({ event }) => event.to }) },
    GO: {
      actions: [
        assign({ sent: ({ context }) => context.sent + 1 }),
        sendTo(({ context }) => refIn(context, 'to'), { type: 'GOT' }),
      ],
    },
    GOT: { actions: assign({ got: ({ context }) => context.got + 1 }) },
  },
})

const effects: string[] = []
const speaker = createMachine({
  context: { n: 0 },
  on: {
    SAY: {
      actions: [assign({ n: ({ context }) => context.n + 1 }), ({ context }) => effects.push(`said ${context.n}`)],
    },
  },
})

describe('durability', () => {
  it('syncs the batches of durable actors, and of no others', async () => {
    for (const [durability, synced] of [
      ['durable', 1],
      ['relaxed', 0],
    ] as const) {
      const world = new World({ peer })
      await using system = await world.open()
      const ref = await system.spawn('peer', { id: 'p', durability })
      const before = world.store.written
      await ref.deliver({ type: 'GOT' })
      expect([durability, world.store.written.synced - before.synced]).toEqual([durability, synced])
      expect(world.store.written.batches - before.batches).toBe(1)
    }
  })

  it('writes nothing for volatile actors', async () => {
    const world = new World({ peer: { logic: peer, durability: 'volatile' } })
    const system = await world.open()
    const before = world.store.written.batches
    const ref = await system.spawn('peer', { id: 'p' })
    expect(await ref.deliver({ type: 'GOT' })).toEqual({ seqNr: 2, outcome: 'handled' })
    expect(ref.getSnapshot().context.got).toBe(1)
    expect((await all(system.actors())).map(({ path, durability }) => [path, durability])).toEqual([['p', 'volatile']])
    expect(world.store.written.batches).toBe(before)
    const again = await world.crashAndOpen()
    expect(await all(again.actors())).toEqual([])
    await world.stop()
  })

  it('keeps a relaxed actor over the end of the process', async () => {
    const world = new World({ peer: { logic: peer, durability: 'relaxed' } })
    const system = await world.open()
    await (await system.spawn('peer', { id: 'p' })).deliver({ type: 'GOT' })
    const again = await world.crashAndOpen()
    expect(again.actor('peer', 'p').getSnapshot().context.got).toBe(1)
    await world.stop()
  })

  for (const from of DURABILITIES) {
    for (const to of DURABILITIES) {
      it(`hands an event from a ${from} actor to a ${to} one exactly once, and what a power loss leaves agrees`, async () => {
        const world = new World({ peer }, { turn: { maxEvents: 1 } })
        const system = await world.open()
        const target = await system.spawn('peer', { id: 'to', durability: to })
        const source = await system.spawn('peer', { id: 'from', durability: from })
        await source.deliver({ type: 'TO', to: target })
        await source.deliver({ type: 'GO' })
        await system.settled()
        expect([source.getSnapshot().context.sent, target.getSnapshot().context.got]).toEqual([1, 1])
        await world.crash({ powerLoss: true })
        const again = await world.open()
        await again.settled()
        const states = new Map<string, { sent: number; got: number }>()
        for (const { path } of await all(again.actors()))
          states.set(path, again.actor('peer', path).getSnapshot().context as never)
        // A durable side never loses what it was told is durable.
        if (from === 'durable') expect(states.get('from')?.sent).toBe(1)
        if (to === 'durable') expect(states.get('to')?.got).toBe(1)
        // A side that is still there never disagrees with one that was stored with it.
        if (from !== 'volatile' && to !== 'volatile' && states.has('to'))
          expect(states.get('to')?.got).toBe(states.get('from')?.sent)
        await world.stop()
      })

      it(`after a crash between the two, an event from a ${from} to a ${to} actor is ${from === 'volatile' || to === 'volatile' ? 'handled at most once' : 'still handled'}`, async () => {
        for (let batch = 4; batch < 8; batch++) {
          const world = new World({ peer }, { turn: { maxEvents: 1 } })
          const system = await world.open()
          const target = await system.spawn('peer', { id: 'to', durability: to })
          const source = await system.spawn('peer', { id: 'from', durability: from })
          await source.deliver({ type: 'TO', to: target })
          world.store.crashAtBatch(batch, 'after')
          source.send({ type: 'GO' })
          await Promise.race([world.store.crashed, system.settled()])
          const again = await world.crashAndOpen()
          await again.settled()
          const infos = await all(again.actors())
          const has = (path: string): boolean => infos.some((info) => info.path === path)
          const got = has('to') ? again.actor('peer', 'to').getSnapshot().context.got : 0
          const sent = has('from') ? again.actor('peer', 'from').getSnapshot().context.sent : 0
          expect(got).toBeLessThanOrEqual(1)
          if (from !== 'volatile' && to !== 'volatile') expect([batch, got]).toEqual([batch, sent])
          await world.stop()
        }
      })
    }
  }

  it('lets the effects of a volatile actor wait for every earlier turn that is not committed (D6)', async () => {
    effects.length = 0
    const world = new World({ peer, speaker: { logic: speaker, durability: 'volatile' } })
    await using system = await world.open()
    const durable = await system.spawn('peer', { id: 'd' })
    const volatile = await system.spawn('speaker', { id: 'v' })
    volatile.send({ type: 'SAY' })
    await system.settled()
    expect(effects).toEqual(['said 1'])
    const release = world.store.hold()
    const delivered = durable.deliver({ type: 'GOT' })
    for (let round = 0; round < 5; round++) await new Promise((resolve) => setImmediate(resolve))
    volatile.send({ type: 'SAY' })
    for (let round = 0; round < 5; round++) await new Promise((resolve) => setImmediate(resolve))
    expect(effects).toEqual(['said 1'])
    expect(volatile.getSnapshot().context.n).toBe(1)
    release()
    await delivered
    await system.settled()
    expect(effects).toEqual(['said 1', 'said 2'])
    expect(volatile.getSnapshot().context.n).toBe(2)
  })

  it('syncs what a relaxed actor sends to a durable one', async () => {
    const world = new World({ peer }, { turn: { maxEvents: 1 } })
    await using system = await world.open()
    const target = await system.spawn('peer', { id: 'to' })
    const source = await system.spawn('peer', { id: 'from', durability: 'relaxed' })
    await source.deliver({ type: 'TO', to: target })
    const before = world.store.written.synced
    const release = world.store.hold()
    source.send({ type: 'GO' })
    for (let round = 0; round < 5; round++) await new Promise((resolve) => setImmediate(resolve))
    release()
    await system.settled()
    // One batch with the envelope, one with its handling: both concern the durable receiver.
    expect(world.store.written.synced - before).toBe(2)
  })
})
