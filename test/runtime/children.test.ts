import { describe, expect, it } from 'vitest'
import {
  assign,
  createMachine,
  fromPromise,
  fromTransition,
  sendParent,
  sendTo,
  setup,
  spawnChild,
  stopChild,
} from 'xstate'
import { refIn, World } from '../support/world.js'

const done: string[] = []

const leaf = setup({
  types: { context: {} as { count: number; to: never } },
}).createMachine({
  context: ({ input }: { input: unknown }) => ({ count: 0, to: (input as { to: never } | undefined)?.to as never }),
  initial: 'waiting',
  states: {
    waiting: {
      after: {
        1000: {
          target: 'rung',
          actions: [
            () => done.push('leaf timer'),
            sendTo(({ context }) => refIn(context, 'to'), { type: 'FROM_LEAF' }),
          ],
        },
      },
    },
    rung: {},
  },
  on: {
    POKE: {
      actions: [
        assign({ count: ({ context }) => context.count + 1 }),
        ({ context }) => done.push(`leaf ${context.count}`),
        sendParent(({ context }) => ({ type: 'POKED', n: context.count })),
      ],
    },
  },
})

const middle = setup({ actors: { leaf } }).createMachine({
  context: ({ input }: { input: unknown }) => ({ poked: 0, to: (input as { to: never }).to }),
  invoke: { src: 'leaf', id: 'leaf', input: ({ context }) => ({ to: context.to }) },
  on: {
    POKE: { actions: [sendTo('leaf', { type: 'POKE' })] },
    POKED: {
      actions: [assign({ poked: ({ event }) => event.n }), () => done.push('middle'), sendParent({ type: 'POKED' })],
    },
  },
})

const top = setup({ actors: { middle } }).createMachine({
  context: ({ input }: { input: unknown }) => ({ poked: 0, to: (input as { to: never }).to }),
  invoke: { src: 'middle', id: 'middle', input: ({ context }) => ({ to: context.to }) },
  on: {
    POKE: { actions: sendTo('middle', { type: 'POKE' }) },
    POKED: { actions: [assign({ poked: ({ context }) => context.poked + 1 }), () => done.push('top')] },
  },
})

const other = createMachine({
  context: { heard: 0 },
  on: { FROM_LEAF: { actions: assign({ heard: ({ context }) => context.heard + 1 }) } },
})

/** Snapshot of `path` of children, from the top. */
const inside = (
  snapshot: { children: Record<string, unknown> },
  ...ids: string[]
): { value: unknown; context: Record<string, unknown> } => {
  let found = snapshot as { children: Record<string, { getSnapshot(): never } | undefined> }
  for (const id of ids) found = found.children[id]!.getSnapshot()
  return found as never
}

describe('children inside a cell', () => {
  it('at two levels keep state, actions, timers and sends over a crash', async () => {
    done.length = 0
    const world = new World({ top, other })
    const system = await world.open()
    const to = await system.spawn('other', { id: 'o' })
    const ref = await system.spawn('top', { id: 't', input: { to } })
    await ref.deliver({ type: 'POKE' })
    expect(done).toEqual(['leaf 1', 'middle', 'top'])
    const again = await world.crashAndOpen()
    const same = again.actor('top', 't')
    await same.deliver({ type: 'POKE' })
    expect(done).toEqual(['leaf 1', 'middle', 'top', 'leaf 2', 'middle', 'top'])
    const snapshot = same.getSnapshot()
    expect([
      snapshot.context.poked,
      inside(snapshot, 'middle').context.poked,
      inside(snapshot, 'middle', 'leaf').context.count,
    ]).toEqual([2, 2, 2])
    await world.advance(1_000)
    expect(inside(same.getSnapshot(), 'middle', 'leaf').value).toBe('rung')
    expect(done.at(-1)).toBe('leaf timer')
    expect(again.actor('other', 'o').getSnapshot().context.heard).toBe(1)
    await world.stop()
  })

  it('have one record with their cell: a change of a grandchild writes only that change', async () => {
    const world = new World({ top, other })
    await using system = await world.open()
    const to = await system.spawn('other', { id: 'o' })
    const ref = await system.spawn('top', { id: 't', input: { to } })
    const before = world.store.written.bytes
    await ref.deliver({ type: 'POKE' })
    await system.settled()
    expect(world.store.written.bytes - before).toBeLessThan(600)
    const records = []
    for await (const { seqNr, event } of ref.journal({ from: 2 })) records.push([seqNr, event.type])
    expect(records).toEqual([[2, 'POKE']])
  })

  it('are told apart over a restart: a new child never gets the session of an old one', async () => {
    const spawner = setup({ actors: { leaf } }).createMachine({
      context: { sessions: [] as string[] },
      on: {
        SPAWN: { actions: spawnChild('leaf', { id: ({ event }) => event.id }) },
        STOP: { actions: stopChild(({ event }) => event.id) },
      },
    })
    const world = new World({ spawner })
    const system = await world.open()
    const session = (name: string): string =>
      (world.system.actor('spawner', 's').getSnapshot().children as Record<string, { sessionId: string }>)[name]!
        .sessionId
    await (await system.spawn('spawner', { id: 's' })).deliver({ type: 'SPAWN', id: 'a' })
    const first = session('a')
    await system.actor('spawner', 's').deliver({ type: 'STOP', id: 'a' })
    const again = await world.crashAndOpen()
    await again.actor('spawner', 's').deliver({ type: 'SPAWN', id: 'a' })
    expect(session('a')).not.toBe(first)
    await world.stop()
  })

  it('spawned from inline logic fail their actor with LOGIC_NOT_NAMED and its path', async () => {
    const careless = createMachine({ on: { GO: { actions: spawnChild(createMachine({}), { id: 'x' }) } } })
    const world = new World({ careless: { logic: careless, supervision: { restart: 'temporary' } } })
    await using system = await world.open()
    const ref = await system.spawn('careless', { id: 'c' })
    await expect(ref.deliver({ type: 'GO' })).rejects.toMatchObject({
      code: 'ACTOR_FAILED',
      cause: { code: 'LOGIC_NOT_NAMED', address: 'c', details: { child: 'x' } },
    })
  })

  it('invoked from inline logic work, and survive a restart', async () => {
    const inline = createMachine({
      context: { n: 0 },
      invoke: { src: createMachine({ on: { PING: { actions: sendParent({ type: 'PONG' }) } } }), id: 'inner' },
      on: {
        GO: { actions: sendTo('inner', { type: 'PING' }) },
        PONG: { actions: assign({ n: ({ context }) => context.n + 1 }) },
      },
    })
    const world = new World({ inline })
    const system = await world.open()
    await (await system.spawn('inline', { id: 'i' })).deliver({ type: 'GO' })
    const again = await world.crashAndOpen()
    await again.actor('inline', 'i').deliver({ type: 'GO' })
    expect(again.actor('inline', 'i').getSnapshot().context.n).toBe(2)
    await world.stop()
  })

  it('of transition logic keep their state', async () => {
    const sum = fromTransition(
      (state: { total: number }, event: { type: string; n: number }) => ({ total: state.total + event.n }),
      { total: 0 },
    )
    const holder = setup({ actors: { sum } }).createMachine({
      invoke: { src: 'sum', id: 'sum' },
      on: { ADD: { actions: sendTo('sum', ({ event }) => event as never) } },
    })
    const world = new World({ holder })
    const system = await world.open()
    await (await system.spawn('holder', { id: 'h' })).deliver({ type: 'ADD', n: 2 } as never)
    const again = await world.crashAndOpen()
    await again.actor('holder', 'h').deliver({ type: 'ADD', n: 3 } as never)
    expect(inside(again.actor('holder', 'h').getSnapshot(), 'sum').context).toEqual({ total: 5 })
    await world.stop()
  })

  it('inside a child settle their promise to the child that invoked them', async () => {
    const call = fromPromise(async () => 21)
    const inner = setup({ actors: { call } }).createMachine({
      context: { got: 0 },
      initial: 'calling',
      states: {
        calling: {
          invoke: { src: 'call', onDone: { target: 'ready', actions: assign({ got: ({ event }) => event.output }) } },
        },
        ready: { type: 'final' },
      },
      output: ({ context }) => context.got * 2,
    })
    const outer = setup({ actors: { inner } }).createMachine({
      context: { got: 0 },
      initial: 'waiting',
      states: {
        waiting: {
          invoke: { src: 'inner', onDone: { target: 'ready', actions: assign({ got: ({ event }) => event.output }) } },
        },
        ready: {},
      },
    })
    for (let batch = 2; batch < 6; batch++) {
      const world = new World({ outer }, { turn: { maxEvents: 1 } })
      world.store.crashAtBatch(batch, 'after')
      const system = await world.open()
      await system.spawn('outer', { id: 'o' }).catch(() => undefined)
      await Promise.race([world.store.crashed, system.settled()])
      const again = await world.crashAndOpen()
      await again.settled()
      expect(again.actor('outer', 'o').getSnapshot()).toMatchObject({ value: 'ready', context: { got: 42 } })
      await world.stop()
    }
  })
})
