import {
  childRef,
  createSystem,
  memoryStore,
  type RosciusRef,
  spawnActor,
  type TerminatedEvent,
  unwatch,
  watch,
} from 'roscius'
import { describe, expect, it } from 'vitest'
import { type AnyEventObject, assign, createMachine, sendTo, setup } from 'xstate'
import { verify } from '../../src/persistence/verify.js'
import { all, refIn, World } from '../support/world.js'

/** Given up at its first failure. */
const mortal = { supervision: { restart: 'temporary' } } as const

const target = setup({ types: { events: {} as AnyEventObject } }).createMachine({
  initial: 'alive',
  states: {
    alive: {
      on: {
        END: 'over',
        BREAK: {
          actions: assign(() => {
            throw new Error('it broke')
          }),
        },
      },
    },
    over: { type: 'final' },
  },
  output: { answer: 42 },
})

type Seen = Omit<TerminatedEvent, 'ref' | 'type'> & { readonly refPath: string }

const seenIn = (event: TerminatedEvent): Seen => {
  const { ref, type, ...rest } = event
  return { ...rest, refPath: ref.path }
}

const watching = setup({
  types: { context: {} as { readonly seen: readonly Seen[] }, events: {} as AnyEventObject },
  actions: {
    note: assign({
      seen: ({ context, event }) => [...context.seen, seenIn(event as unknown as TerminatedEvent)],
    }),
    watchIt: watch(({ event }) => (event as AnyEventObject).ref as RosciusRef),
    unwatchIt: unwatch(({ event }) => (event as AnyEventObject).ref as RosciusRef),
  },
})

const watcher = watching.createMachine({
  context: { seen: [] },
  initial: 'idle',
  states: {
    idle: { on: { BUSY: 'busy' } },
    busy: { meta: { defer: ['terminated'] }, on: { IDLE: 'idle' } },
    over: { type: 'final' },
  },
  on: {
    WATCH: { actions: 'watchIt' },
    WATCH_TWICE: { actions: ['watchIt', 'watchIt'] },
    UNWATCH: { actions: 'unwatchIt' },
    REWATCH: { actions: ['unwatchIt', 'watchIt'] },
    FORGET: { actions: ['watchIt', 'unwatchIt'] },
    NOP: {},
    terminated: { actions: 'note' },
    END: '.over',
  },
})

const logic = { target: { logic: target, ...mortal }, watcher: { logic: watcher, ...mortal } }
type Logic = typeof logic

const done = (path = 't') => ({
  address: `roscius://world/${path}`,
  reason: 'done',
  output: { answer: 42 },
  refPath: path,
})
const ended = (reason: string, path = 't') => ({ address: `roscius://world/${path}`, reason, refPath: path })
const failed = (path = 't') => ({ ...ended('failed', path), error: expect.objectContaining({ message: 'it broke' }) })

const seenBy = (world: World<Logic>, id = 'w') => world.system.actor('watcher', id).getSnapshot().context.seen
const keysOf = async (world: { readonly store: World<Logic>['store'] }, kind: string) =>
  (await all(world.store.range({ gte: `${kind}/`, lt: `${kind}0` }))).map(([key]) => key)

async function watched(world: World<Logic>): Promise<void> {
  const system = await world.open()
  const t = await system.spawn('target', { id: 't' })
  const w = await system.spawn('watcher', { id: 'w' })
  await w.deliver({ type: 'WATCH', ref: t })
}

describe('watch', () => {
  it('tells once of every end: done with its output, stopped, failed with its error', async () => {
    for (const [how, seen] of [
      [async (t: RosciusRef<typeof target>) => void (await t.deliver({ type: 'END' })), done()],
      [(t: RosciusRef<typeof target>) => t.stop(), ended('stopped')],
      [async (t: RosciusRef<typeof target>) => void (await t.deliver({ type: 'BREAK' }).catch(() => 0)), failed()],
    ] as const) {
      const world = new World(logic)
      await watched(world)
      expect(await keysOf(world, 'w')).toEqual(['w/t:w'])
      await how(world.system.actor('target', 't'))
      await world.system.settled()
      expect(seenBy(world)).toEqual([seen])
      expect(await keysOf(world, 'w')).toEqual([])
      await world.crashAndOpen()
      expect(seenBy(world)).toEqual([seen])
      expect(await keysOf(world, 'm')).toEqual([])
      await world.stop()
    }
  })

  it('tells at once of an actor that has ended before, in memory, in the store, or volatile', async () => {
    for (const durability of ['durable', 'relaxed', 'volatile'] as const) {
      for (const isReopened of [false, true]) {
        const world = new World(logic)
        const system = await world.open()
        const [d, s, f] = await Promise.all(['d', 's', 'f'].map((id) => system.spawn('target', { id, durability })))
        await d!.deliver({ type: 'END' })
        await s!.stop()
        await f!.deliver({ type: 'BREAK' }).catch(() => 0)
        await system.spawn('watcher', { id: 'w' })
        if (isReopened) await world.crashAndOpen()
        for (const id of ['d', 's', 'f'])
          await world.system.actor('watcher', 'w').deliver({ type: 'WATCH', ref: world.system.actor('target', id) })
        await world.system.settled()
        const isLost = isReopened && durability === 'volatile'
        expect([durability, isReopened, seenBy(world)]).toEqual([
          durability,
          isReopened,
          isLost ? ['d', 's', 'f'].map((id) => ended('lost', id)) : [done('d'), ended('stopped', 's'), failed('f')],
        ])
        expect(await keysOf(world, 'w')).toEqual([])
        await world.stop()
      }
    }
  })

  it('tells of a failed actor that mail has brought back into memory', async () => {
    const world = new World(logic)
    const system = await world.open()
    const t = await system.spawn('target', { id: 't' })
    await t.deliver({ type: 'BREAK' }).catch(() => 0)
    await t.deliver({ type: 'END' }).catch(() => 0)
    const w = await system.spawn('watcher', { id: 'w' })
    await w.deliver({ type: 'WATCH', ref: t })
    await system.settled()
    expect(seenBy(world)).toEqual([failed()])
    await world.stop()
  })

  it('tells "lost" of an actor that never existed', async () => {
    const world = new World(logic)
    const system = await world.open()
    const w = await system.spawn('watcher', { id: 'w' })
    await w.deliver({ type: 'WATCH', ref: system.actor('target', 'nobody') })
    await system.settled()
    expect(seenBy(world)).toEqual([ended('lost', 'nobody')])
    await world.stop()
  })

  it('twice gives one event, of an actor that lives as of one that has ended', async () => {
    const world = new World(logic)
    await watched(world)
    const { system } = world
    const t = system.actor('target', 't')
    const w = system.actor('watcher', 'w')
    await w.deliver({ type: 'WATCH_TWICE', ref: t })
    await t.deliver({ type: 'END' })
    await system.settled()
    expect(seenBy(world)).toEqual([done()])
    await w.deliver({ type: 'WATCH_TWICE', ref: t })
    await system.settled()
    expect(seenBy(world)).toEqual([done(), done()])
    await world.stop()
  })

  it('means the life that was watched: one that begins later is to be watched anew', async () => {
    const world = new World(logic)
    await watched(world)
    await world.system.actor('target', 't').deliver({ type: 'END' })
    const again = await world.system.spawn('target', { id: 't' })
    await again.stop()
    await world.system.settled()
    expect(seenBy(world)).toEqual([done()])
    await world.stop()
  })

  it('comes after what the actor had sent before its end', async () => {
    const teller = createMachine({
      initial: 'alive',
      states: {
        alive: {
          on: { END: { target: 'over', actions: sendTo(({ event }) => refIn(event, 'to'), { type: 'LAST_WORDS' }) } },
        },
        over: { type: 'final' },
      },
    })
    const listener = setup({
      types: { context: {} as { readonly heard: readonly string[] }, events: {} as AnyEventObject },
    }).createMachine({
      context: { heard: [] },
      on: {
        WATCH: { actions: watch(({ event }) => event.ref) },
        '*': { actions: assign({ heard: ({ context, event }) => [...context.heard, event.type] }) },
      },
    })
    const world = new World({ teller, listener })
    const system = await world.open()
    const t = await system.spawn('teller', { id: 't' })
    const w = await system.spawn('listener', { id: 'w' })
    await w.deliver({ type: 'WATCH', ref: t })
    await t.deliver({ type: 'END', to: w })
    await system.settled()
    expect(w.getSnapshot().context.heard).toEqual(['LAST_WORDS', 'terminated'])
    await world.stop()
  })

  it('goes into a full mailbox', async () => {
    const world = new World({ ...logic, watcher: { logic: watcher, mailbox: { capacity: 1 } } })
    await watched(world as unknown as World<Logic>)
    const { system } = world
    const delivered = system.actor('target', 't').deliver({ type: 'END' })
    system.actor('watcher', 'w').send({ type: 'NOP' })
    expect(() => system.actor('watcher', 'w').send({ type: 'NOP' })).toThrow()
    await delivered
    await system.settled()
    expect(seenBy(world as unknown as World<Logic>)).toEqual([done()])
    expect(await all(system.deadLetters.list())).toEqual([])
    await world.stop()
  })

  it('survives a stop of the node, and wakes a watcher that has left memory', async () => {
    const world = new World(logic, { passivation: { idleMs: 100 } })
    await watched(world)
    await world.restart()
    await world.advance(1_000)
    expect((await all(world.system.actors())).map((info) => info.isInMemory)).toEqual([false, false])
    await world.system.actor('target', 't').deliver({ type: 'END' })
    await world.system.settled()
    expect(seenBy(world)).toEqual([done()])
    await world.stop()
  })

  it('fails the transition for what is no actor of this system, or a child inside one', async () => {
    const inner = setup({ actors: { inner: target } }).createMachine({ invoke: { src: 'inner', id: 'inner' } })
    const world = new World({ ...logic, inner })
    const system = await world.open()
    const outer = await system.spawn('inner', { id: 'outer' })
    await using other = await createSystem({ name: 'other', store: memoryStore(), logic })
    const foreign = await other.spawn('target', { id: 't' })
    for (const ref of [undefined, 't', {}, outer.getSnapshot().children.inner, foreign]) {
      const w = await system.spawn('watcher', { id: 'w', durability: 'volatile' })
      await expect(w.deliver({ type: 'WATCH', ref })).rejects.toMatchObject({ cause: { code: 'ADDRESS_INVALID' } })
    }
    await world.stop()
  })

  it('of oneself does nothing', async () => {
    const world = new World(logic)
    const system = await world.open()
    const w = await system.spawn('watcher', { id: 'w' })
    await w.deliver({ type: 'WATCH', ref: w })
    expect(await keysOf(world, 'w')).toEqual([])
    await w.deliver({ type: 'END' })
    await system.settled()
    expect(await all(system.deadLetters.list())).toEqual([])
    await world.stop()
  })

  it('outside a Roscius system throws NOT_IN_SYSTEM', () => {
    const action = watch({ address: 'roscius://world/t', sessionId: 't' })
    expect(() => action({ context: {}, event: { type: 'X' }, self: {} }, undefined)).toThrowError(
      expect.objectContaining({ code: 'NOT_IN_SYSTEM' }),
    )
  })
})

describe('unwatch', () => {
  it('before the end: nothing is told', async () => {
    const world = new World(logic)
    await watched(world)
    const t = world.system.actor('target', 't')
    await world.system.actor('watcher', 'w').deliver({ type: 'UNWATCH', ref: t })
    expect(await keysOf(world, 'w')).toEqual([])
    await t.deliver({ type: 'END' })
    await world.system.settled()
    expect(seenBy(world)).toEqual([])
    await world.stop()
  })

  it('withdraws what waits in the mailbox already, also in the store', async () => {
    for (const maxEvents of [1, 100]) {
      const world = new World(logic, { turn: { maxEvents } })
      await watched(world)
      const { system } = world
      const t = system.actor('target', 't')
      t.send({ type: 'END' })
      system.actor('watcher', 'w').send({ type: 'UNWATCH', ref: t })
      await system.settled()
      expect(seenBy(world)).toEqual([])
      expect(await keysOf(world, 'm')).toEqual([])
      await world.crashAndOpen()
      expect(seenBy(world)).toEqual([])
      await world.stop()
    }
  })

  it('withdraws what was deferred', async () => {
    const world = new World(logic)
    await watched(world)
    const { system } = world
    const t = system.actor('target', 't')
    const w = system.actor('watcher', 'w')
    await w.deliver({ type: 'BUSY' })
    await t.deliver({ type: 'END' })
    await system.settled()
    // Told already, though not handled: once is enough.
    await w.deliver({ type: 'WATCH', ref: t })
    await w.deliver({ type: 'UNWATCH', ref: t })
    await w.deliver({ type: 'IDLE' })
    await world.crashAndOpen()
    expect(seenBy(world)).toEqual([])
    await world.stop()
  })

  it('takes part in the order of one transition', async () => {
    const world = new World(logic)
    await watched(world)
    const { system } = world
    const t = system.actor('target', 't')
    const w = system.actor('watcher', 'w')
    await w.deliver({ type: 'FORGET', ref: t })
    expect(await keysOf(world, 'w')).toEqual([])
    await w.deliver({ type: 'REWATCH', ref: t })
    await t.deliver({ type: 'END' })
    await system.settled()
    expect(seenBy(world)).toEqual([done()])
    await world.stop()
  })

  it('leaves an event alone that only looks like it', async () => {
    const world = new World(logic)
    await watched(world)
    const { system } = world
    const t = system.actor('target', 't')
    const w = system.actor('watcher', 'w')
    t.send({ type: 'END' })
    w.send({ type: 'UNWATCH', ref: t })
    w.send({ type: 'terminated', ref: t, address: t.address, reason: 'stopped' })
    await system.settled()
    expect(seenBy(world)).toEqual([ended('stopped')])
    await world.stop()
  })
})

describe('over crashes', () => {
  const DURABILITIES = ['durable', 'relaxed', 'volatile'] as const

  /** What a caller outside does, and repeats until it knows that it was done. */
  async function drive({ system }: World<Logic>, durability: (typeof DURABILITIES)[number]): Promise<void> {
    const known = new Set((await all(system.actors())).map(({ path }) => path))
    // A volatile target that a crash has taken stays away.
    if (!known.has('t') && !(durability === 'volatile' && known.has('w')))
      await system.spawn('target', { id: 't', durability })
    if (!known.has('w')) await system.spawn('watcher', { id: 'w' })
    const [t, w] = [system.actor('target', 't'), system.actor('watcher', 'w')]
    await w.deliver({ type: 'WATCH', ref: t }, { idempotencyKey: 'watch' })
    await t.deliver({ type: 'END' }, { idempotencyKey: 'end' }).catch(() => undefined)
    await system.settled()
  }

  it.each(DURABILITIES)('the end of a %s actor is told exactly once, wherever the crash is', async (durability) => {
    for (const when of ['before', 'after'] as const) {
      for (const powerLoss of [false, true]) {
        for (let batch = 1; batch < 9; batch++) {
          const world = new World(logic, { turn: { maxEvents: 1 } })
          await world.open()
          world.store.crashAtBatch(1 + batch, when, { powerLoss })
          const driven = drive(world, durability).catch(() => undefined)
          await Promise.race([world.store.crashed, driven])
          await world.crash()
          expect([when, batch, await all(verify(world.store))]).toEqual([when, batch, []])
          await world.open()
          await drive(world, durability)
          const [first, ...more] = seenBy(world)
          expect([when, powerLoss, batch, more]).toEqual([when, powerLoss, batch, []])
          if (durability === 'durable' || first?.reason !== 'lost') expect(first).toEqual(done())
          expect([await keysOf(world, 'w'), await keysOf(world, 'm')]).toEqual([[], []])
          await world.stop()
        }
      }
    }
  })

  it('a stop is told exactly once, wherever the crash is', async () => {
    for (let batch = 1; batch < 5; batch++) {
      const world = new World(logic, { turn: { maxEvents: 1 } })
      await watched(world)
      await world.crashAndOpen()
      world.store.crashAtBatch(1 + batch, 'after')
      const stopped = world.system
        .actor('target', 't')
        .stop()
        .catch(() => undefined)
      await Promise.race([world.store.crashed, stopped.then(() => world.system.settled())])
      await world.crashAndOpen()
      await world.system.actor('target', 't').stop()
      await world.system.settled()
      expect([batch, seenBy(world)]).toEqual([batch, [ended('stopped')]])
      await world.stop()
    }
  })

  it('a volatile actor that a crash takes is "lost", once', async () => {
    const world = new World(logic)
    const system = await world.open()
    const t = await system.spawn('target', { id: 't', durability: 'volatile' })
    const w = await system.spawn('watcher', { id: 'w' })
    await w.deliver({ type: 'WATCH', ref: t })
    await world.crashAndOpen()
    await world.system.settled()
    expect(seenBy(world)).toEqual([ended('lost')])
    await world.crashAndOpen()
    expect(seenBy(world)).toEqual([ended('lost')])
    expect(await keysOf(world, 'w')).toEqual([])
    await world.stop()
  })

  it('a volatile actor is "lost" also where an earlier, stored one of its path had ended', async () => {
    const world = new World(logic)
    const system = await world.open()
    await (await system.spawn('target', { id: 't' })).stop()
    const t = await system.spawn('target', { id: 't', durability: 'volatile' })
    await (await system.spawn('watcher', { id: 'w' })).deliver({ type: 'WATCH', ref: t })
    await world.crashAndOpen()
    await world.system.settled()
    expect(seenBy(world)).toEqual([ended('lost')])
    await world.stop()
  })

  it('a volatile watcher is gone with what it watched', async () => {
    const world = new World(logic)
    const system = await world.open()
    const t = await system.spawn('target', { id: 't' })
    const w = await system.spawn('watcher', { id: 'w', durability: 'volatile' })
    await w.deliver({ type: 'WATCH', ref: t })
    expect(await keysOf(world, 'w')).toEqual([])
    await t.deliver({ type: 'END' })
    await system.settled()
    expect(seenBy(world)).toEqual([done()])
    const u = await system.spawn('target', { id: 'u' })
    await w.deliver({ type: 'WATCH', ref: u })
    await world.crashAndOpen()
    await world.system.actor('target', 'u').deliver({ type: 'END' })
    await world.system.settled()
    expect(await all(world.system.deadLetters.list())).toEqual([])
    await world.stop()
  })

  it('a quarantined watcher is told when it can run again', async () => {
    const world = new World(logic)
    await watched(world)
    await world.system.actor('watcher', 'w').deliver({ type: 'BUSY' })
    const lacking = watching.createMachine({ context: { seen: [] }, initial: 'idle', states: { idle: {} } })
    await world.restart({ ...logic, watcher: lacking })
    await world.system.actor('target', 't').deliver({ type: 'END' })
    await world.system.settled()
    await world.restart()
    await world.system.actor('watcher', 'w').deliver({ type: 'IDLE' })
    await world.system.settled()
    expect(seenBy(world)).toEqual([done()])
    expect(await keysOf(world, 'm')).toEqual([])
    await world.stop()
  })
})

describe('when the watcher ends', () => {
  it('its watches go in the same commit', async () => {
    for (const how of ['END', 'stop', 'delete'] as const) {
      const world = new World(logic)
      await watched(world)
      const { system } = world
      const w = system.actor('watcher', 'w')
      if (how === 'END') await w.deliver({ type: 'END' })
      else await w[how]()
      expect(await keysOf(world, 'w')).toEqual([])
      await system.actor('target', 't').deliver({ type: 'END' })
      await system.settled()
      expect(await all(system.deadLetters.list())).toEqual([])
      await world.stop()
    }
  })
})

describe('a watcher that ends with those it watches', () => {
  it('leaves no dead letter behind', async () => {
    const family = setup({ types: { events: {} as AnyEventObject } }).createMachine({
      entry: ['a', 'b'].flatMap((id) => [
        spawnActor('target', { id }),
        watch(({ self }) => childRef(self, 'target', id)),
      ]),
    })
    const world = new World({ target, family })
    const ref = await (await world.open()).spawn('family', { id: 'f' })
    await world.system.settled()
    expect(await keysOf(world, 'w')).toEqual(['w/f/a:f', 'w/f/b:f'])
    await ref.stop()
    await world.system.settled()
    expect(await all(world.system.deadLetters.list())).toEqual([])
    expect([await keysOf(world, 'w'), await keysOf(world, 'm')]).toEqual([[], []])
    await world.stop()
  })
})

describe('under supervision', () => {
  const lively = { target: { logic: target }, watcher: { logic: watcher } }

  it('a restart of the watched is not an end', async () => {
    const world = new World(lively)
    await watched(world as unknown as World<Logic>)
    const t = world.system.actor('target', 't')
    await t.deliver({ type: 'BREAK' }).catch(() => 0)
    await world.system.settled()
    expect(world.events.some(({ type }) => type === 'childRestarted')).toBe(true)
    expect(seenBy(world as unknown as World<Logic>)).toEqual([])
    await t.deliver({ type: 'END' })
    await world.system.settled()
    expect(seenBy(world as unknown as World<Logic>)).toEqual([done()])
    await world.stop()
  })

  it('a watcher restarted from its last good state goes on watching; one started afresh does not', async () => {
    for (const [restartFrom, seen] of [
      ['lastGood', [done()]],
      ['initial', []],
    ] as const) {
      const fragile = watching.createMachine({
        context: { seen: [] },
        on: {
          WATCH: { actions: 'watchIt' },
          BREAK: {
            actions: assign(() => {
              throw new Error('the watcher broke')
            }),
          },
          terminated: { actions: 'note' },
        },
      })
      const world = new World({ target, watcher: { logic: fragile, supervision: { restartFrom } } })
      await watched(world as unknown as World<Logic>)
      const w = world.system.actor('watcher', 'w')
      await w.deliver({ type: 'BREAK' }).catch(() => 0)
      expect(await keysOf(world, 'w')).toEqual(restartFrom === 'initial' ? [] : ['w/t:w'])
      await world.crashAndOpen()
      await world.system.actor('target', 't').deliver({ type: 'END' })
      await world.system.settled()
      expect([restartFrom, seenBy(world as unknown as World<Logic>)]).toEqual([restartFrom, seen])
      await world.stop()
    }
  })

  it('a watcher that fails on the event gets it again, as any mail, and at last as a dead letter', async () => {
    for (const [fails, seen, buried] of [
      [1, 1, 0],
      [9, 0, 1],
    ] as const) {
      let tries = 0
      const touchy = watching.createMachine({
        context: { seen: [] },
        on: {
          WATCH: { actions: 'watchIt' },
          terminated: {
            actions: [
              assign(() => {
                if (++tries <= fails) throw new Error('not yet')
                return {}
              }),
              'note',
            ],
          },
        },
      })
      const world = new World({ target, watcher: touchy })
      await watched(world as unknown as World<Logic>)
      await world.system.actor('target', 't').deliver({ type: 'END' })
      await world.system.settled()
      expect(seenBy(world as unknown as World<Logic>)).toHaveLength(seen)
      expect((await all(world.system.deadLetters.list())).map(({ reason }) => reason)).toEqual(
        Array(buried).fill('poison'),
      )
      await world.stop()
    }
  })
})

describe('a deleted actor', () => {
  it('was stopped, for those who watch it', async () => {
    const world = new World(logic)
    await watched(world)
    await world.system.actor('target', 't').delete()
    await world.system.settled()
    expect(seenBy(world)).toEqual([ended('stopped')])
    expect(await keysOf(world, 'w')).toEqual([])
    await world.system.actor('watcher', 'w').deliver({ type: 'WATCH', ref: world.system.actor('target', 't') })
    await world.system.settled()
    expect(seenBy(world)).toEqual([ended('stopped'), ended('lost')])
    await world.stop()
  })

  it('is told of also if it was quarantined, and could not be stopped', async () => {
    const world = new World(logic)
    await watched(world)
    const lacking = setup({}).createMachine({ initial: 'elsewhere', states: { elsewhere: {} } })
    await world.restart({ ...logic, target: lacking })
    await world.system.actor('target', 't').delete()
    await world.system.settled()
    expect(seenBy(world)).toEqual([ended('stopped')])
    expect(await keysOf(world, 'w')).toEqual([])
    await world.stop()
  })
})

describe('an actor spawned in the same transition', () => {
  const hiring = setup({
    types: { context: {} as { readonly seen: readonly Seen[] }, events: {} as AnyEventObject },
    actions: {
      hire: spawnActor('target', { id: ({ event }) => (event as AnyEventObject).id }),
      watchIt: watch(({ self, event }) => childRef(self, 'target', (event as AnyEventObject).id)),
      note: assign({ seen: ({ context, event }) => [...context.seen, seenIn(event as unknown as TerminatedEvent)] }),
    },
  }).createMachine({
    context: { seen: [] },
    on: {
      HIRE: { actions: ['hire', 'watchIt'] },
      WATCH_AND_HIRE: { actions: ['watchIt', 'hire'] },
      terminated: { actions: 'note' },
    },
  })

  it('counts as alive, whichever action comes first, also over a crash before it has started', async () => {
    for (const type of ['HIRE', 'WATCH_AND_HIRE']) {
      for (let batch = 1; batch < 4; batch++) {
        const world = new World({ ...logic, hiring }, { turn: { maxEvents: 1 } })
        const boss = await (await world.open()).spawn('hiring', { id: 'b' })
        world.store.crashAtBatch(2 + batch, 'after')
        boss.send({ type, id: 't' })
        await Promise.race([world.store.crashed, world.system.settled()])
        await world.crashAndOpen()
        await world.system.settled()
        await world.system.actor('target', 'b/t').deliver({ type: 'END' })
        await world.system.settled()
        expect(world.system.actor('hiring', 'b').getSnapshot().context.seen).toEqual([done('b/t')])
        await world.stop()
      }
    }
  })

  it('that fails to start has failed', async () => {
    const stillborn = createMachine({
      context: () => {
        throw new Error('it broke')
      },
    })
    const world = new World({ target: { logic: stillborn, ...mortal }, hiring })
    const boss = await (await world.open()).spawn('hiring', { id: 'b' })
    await boss.deliver({ type: 'HIRE', id: 't' })
    await world.system.settled()
    expect(boss.getSnapshot().context.seen).toEqual([failed('b/t')])
    await world.stop()
  })
})

describe('a machine inside an actor', () => {
  const outer = setup({
    types: { events: {} as AnyEventObject },
    actors: { watcher },
  }).createMachine({
    initial: 'on',
    states: {
      on: {
        invoke: { src: 'watcher', id: 'inner' },
        on: {
          OFF: 'off',
          FORWARD: {
            actions: ({ event, self }) => {
              const { children } = self.getSnapshot() as { children: Record<string, { send(event: object): void }> }
              children.inner?.send(event.event)
            },
          },
        },
      },
      off: {},
    },
  })

  it('is told itself, also over a crash', async () => {
    const world = new World({ ...logic, outer })
    const system = await world.open()
    const t = await system.spawn('target', { id: 't' })
    const o = await system.spawn('outer', { id: 'o' })
    await o.deliver({ type: 'FORWARD', event: { type: 'WATCH', ref: t } })
    await system.settled()
    expect(await keysOf(world, 'w')).toEqual([expect.stringMatching(/^w\/t:o#.+\.\d+$/)])
    await world.crashAndOpen()
    await world.system.actor('target', 't').deliver({ type: 'END' })
    await world.system.settled()
    const inner = world.system.actor('outer', 'o').getSnapshot().children.inner
    expect(inner?.getSnapshot().context.seen).toEqual([done()])
    expect(await keysOf(world, 'w')).toEqual([])
    await world.stop()
  })

  it('watches no more when it has ended, though the actor goes on', async () => {
    const world = new World({ ...logic, outer })
    const system = await world.open()
    const t = await system.spawn('target', { id: 't' })
    const o = await system.spawn('outer', { id: 'o' })
    await o.deliver({ type: 'FORWARD', event: { type: 'WATCH', ref: t } })
    await system.settled()
    await o.deliver({ type: 'OFF' })
    expect(await keysOf(world, 'w')).toEqual([])
    await t.deliver({ type: 'END' })
    await system.settled()
    expect(world.events.filter(({ type }) => type === 'staleMail')).toEqual([])
    await world.stop()
  })
})

it('an output that cannot be stored leaves the watcher unharmed, and a volatile one sees it as it is', async () => {
  const odd = setup({ types: { events: {} as AnyEventObject } }).createMachine({
    initial: 'alive',
    states: { alive: { on: { END: 'over' } }, over: { type: 'final' } },
    output: { answer: Symbol('42') },
  })
  const world = new World({ watcher, target: { logic: odd, durability: 'volatile' } })
  const system = await world.open()
  const t = await system.spawn('target', { id: 't' })
  for (const [id, durability] of [
    ['d', 'durable'],
    ['v', 'volatile'],
  ] as const)
    await (await system.spawn('watcher', { id, durability })).deliver({ type: 'WATCH', ref: t })
  await t.deliver({ type: 'END' })
  await system.settled()
  const seen = (id: string) => system.actor('watcher', id).getSnapshot().context.seen
  expect(seen('d')).toEqual([{ ...ended('done'), output: undefined }])
  expect(seen('v')).toEqual([{ ...ended('done'), output: { answer: expect.any(Symbol) } }])
  await world.stop()
})

it('a watcher of many and the watched of many are told of each once', async () => {
  const world = new World(logic)
  const system = await world.open()
  const ids = Array.from({ length: 50 }, (_, index) => `n${index}`)
  const hub = await system.spawn('watcher', { id: 'hub' })
  const star = await system.spawn('target', { id: 'star' })
  for (const id of ids) {
    await hub.deliver({ type: 'WATCH', ref: await system.spawn('target', { id }) })
    await (await system.spawn('watcher', { id: `w${id}` })).deliver({ type: 'WATCH', ref: star })
  }
  await world.crashAndOpen()
  for (const id of [...ids, 'star']) world.system.actor('target', id).send({ type: 'END' })
  await world.system.settled()
  expect(seenBy(world, 'hub')).toEqual(ids.map((id) => done(id)))
  for (const id of ids) expect(seenBy(world, `w${id}`)).toEqual([done('star')])
  expect(await keysOf(world, 'w')).toEqual([])
  await world.stop()
})
