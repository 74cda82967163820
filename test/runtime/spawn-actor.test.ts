import { childRef, spawnActor } from 'roscius'
import { describe, expect, it } from 'vitest'
import {
  type AnyActorRef,
  type AnyEventObject,
  assign,
  createMachine,
  type EventObject,
  sendParent,
  sendTo,
  setup,
} from 'xstate'
import { all, World } from '../support/world.js'

const worker = setup({
  types: { context: {} as { n: number }, events: {} as AnyEventObject, input: {} as unknown },
}).createMachine({
  context: ({ input }) => ({ n: (input as { n?: number } | undefined)?.n ?? 0 }),
  initial: 'ready',
  states: {
    ready: {
      on: {
        WORK: 'done',
        BREAK: {
          actions: assign(() => {
            throw new Error('worker broke')
          }),
        },
        REPORT: { actions: sendParent(({ context }) => ({ type: 'REPORT', n: context.n })) },
      },
    },
    done: { type: 'final' },
  },
  output: ({ context }) => context.n * 2,
})

interface Order extends EventObject {
  readonly id: string
  readonly n: number
  readonly what: string
}

const boss = createMachine({
  context: { got: [] as unknown[], failed: [] as unknown[] },
  on: {
    HIRE: {
      actions: spawnActor('worker', {
        id: ({ event }) => (event as Order).id,
        input: ({ event }) => ({ n: (event as Order).n }) as never,
      }),
    },
    HIRE_TWO: { actions: [spawnActor('worker', { id: 'twin' }), spawnActor('worker', { id: 'twin' })] },
    HIRE_UNKNOWN: { actions: spawnActor('nobody', { id: 'x' }) },
    TELL: {
      actions: sendTo(
        ({ self, event }) => childRef(self, 'worker', (event as Order).id) as unknown as AnyActorRef,
        ({ event }) => ({ type: (event as Order).what }),
      ),
    },
    REPORT: { actions: assign({ got: ({ context, event }) => [...context.got, event.n] }) },
    'xstate.done.actor.*': { actions: assign({ got: ({ context, event }) => [...context.got, event.output] }) },
  },
})

const careful = createMachine({
  context: { failed: undefined as unknown },
  entry: spawnActor('worker', { id: 'w' }),
  on: {
    'xstate.error.actor.w': { actions: assign({ failed: ({ event }) => (event.error as Error).message }) },
    TELL: { actions: sendTo(({ self }) => childRef(self, worker, 'w') as unknown as AnyActorRef, { type: 'BREAK' }) },
  },
})

/** Settings of a row whose actors stay failed. */
const forGood = { supervision: { restart: 'temporary' } } as const

const list = async (world: { system: { actors(): AsyncIterable<{ path: string; status: string }> } }) =>
  (await all(world.system.actors())).map(({ path, status }) => [path, status])

describe('spawnActor', () => {
  it('starts an actor of its own, child of this one, in the same commit', async () => {
    const world = new World({ boss, worker })
    const system = await world.open()
    const ref = await system.spawn('boss', { id: 'b' })
    await ref.deliver({ type: 'HIRE', id: 'w1', n: 21 })
    const again = await world.crashAndOpen()
    await again.settled()
    expect(await list(world)).toEqual([
      ['b', 'active'],
      ['b/w1', 'active'],
    ])
    expect(again.actor('worker', 'b/w1').getSnapshot().context).toEqual({ n: 21 })
    expect(again.actor('boss', 'b').getSnapshot().children).toEqual({})
    await world.stop()
  })

  it('wherever a crash falls leaves the child started once, and its end told once', async () => {
    for (let batch = 3; batch < 10; batch++) {
      const world = new World({ boss, worker }, { turn: { maxEvents: 1 } })
      world.store.crashAtBatch(batch, 'after')
      const system = await world.open()
      const ref = await system.spawn('boss', { id: 'b' })
      ref.send({ type: 'HIRE', id: 'w1', n: 21 })
      ref.send({ type: 'TELL', id: 'w1', what: 'WORK' })
      await Promise.race([world.store.crashed, system.settled()])
      const again = await world.crashAndOpen()
      await again.settled()
      // What was sent from outside and not accepted may be lost: then it is sent again.
      if ((await list(world)).length === 1) await again.actor('boss', 'b').deliver({ type: 'HIRE', id: 'w1', n: 21 })
      await again.settled()
      if (again.actor('worker', 'b/w1').getSnapshot().status === 'active')
        await again.actor('worker', 'b/w1').deliver({ type: 'WORK' })
      await again.settled()
      expect([batch, again.actor('boss', 'b').getSnapshot().context.got]).toEqual([batch, [42]])
      await world.stop()
    }
  })

  it('lets the child speak to its parent', async () => {
    const world = new World({ boss, worker })
    const system = await world.open()
    await (await system.spawn('boss', { id: 'b' })).deliver({ type: 'HIRE', id: 'w1', n: 5 })
    const again = await world.crashAndOpen()
    await again.actor('worker', 'b/w1').deliver({ type: 'REPORT' })
    await again.settled()
    expect(again.actor('boss', 'b').getSnapshot().context.got).toEqual([5])
    await world.stop()
  })

  it('tells the parent of a failure; unhandled, it does not fail the parent (D12)', async () => {
    const world = new World({ boss, careful, worker: { logic: worker, ...forGood } })
    await using system = await world.open()
    const one = await system.spawn('careful', { id: 'c' })
    const two = await system.spawn('boss', { id: 'b' })
    await two.deliver({ type: 'HIRE', id: 'w', n: 1 })
    await one.deliver({ type: 'TELL' })
    await two.deliver({ type: 'TELL', id: 'w', what: 'BREAK' })
    await system.settled()
    expect(await list(world)).toEqual([
      ['b', 'active'],
      ['b/w', 'failed'],
      ['c', 'active'],
      ['c/w', 'failed'],
    ])
    expect(one.getSnapshot().context.failed).toBe('worker broke')
    expect((await two.deliver({ type: 'HIRE', id: 'w2', n: 1 })).outcome).toBe('handled')
  })

  it('tells the parent of no failure that supervision has mended, and of the one with which it gives the child up', async () => {
    const world = new World({ careful, worker })
    const system = await world.open()
    const ref = await system.spawn('careful', { id: 'c' })
    for (let failure = 0; failure < 3; failure++) await ref.deliver({ type: 'TELL' })
    await system.settled()
    expect(await list(world)).toEqual([
      ['c', 'active'],
      ['c/w', 'active'],
    ])
    expect(ref.getSnapshot().context.failed).toBeUndefined()
    await ref.deliver({ type: 'TELL' })
    await system.settled()
    expect(world.events).toContainEqual(
      expect.objectContaining({ type: 'intensityExceeded', child: 'c/w', maxRestarts: 3, withinMs: 5_000 }),
    )
    const again = await world.crashAndOpen()
    expect(await list(world)).toEqual([
      ['c', 'active'],
      ['c/w', 'failed'],
    ])
    expect(again.actor('careful', 'c').getSnapshot().context.failed).toBe('worker broke')
    await world.stop()
  })

  it('of an id that exists fails the transition with ACTOR_EXISTS, also twice in one transition', async () => {
    const world = new World({ boss: { logic: boss, ...forGood }, worker })
    await using system = await world.open()
    const a = await system.spawn('boss', { id: 'a' })
    await a.deliver({ type: 'HIRE', id: 'w', n: 1 })
    await expect(a.deliver({ type: 'HIRE', id: 'w', n: 2 })).rejects.toMatchObject({
      cause: { code: 'ACTOR_EXISTS', address: 'a/w' },
    })
    const b = await system.spawn('boss', { id: 'b' })
    await expect(b.deliver({ type: 'HIRE_TWO' })).rejects.toMatchObject({
      cause: { code: 'ACTOR_EXISTS', address: 'b/twin' },
    })
    expect(await list(world)).toEqual([
      ['a', 'failed'],
      ['a/w', 'stopped'],
      ['b', 'failed'],
    ])
  })

  it('of logic that the table does not name fails the transition with LOGIC_NOT_FOUND', async () => {
    const world = new World({ boss, worker })
    await using system = await world.open()
    const ref = await system.spawn('boss', { id: 'b' })
    await expect(ref.deliver({ type: 'HIRE_UNKNOWN' })).rejects.toMatchObject({ cause: { code: 'LOGIC_NOT_FOUND' } })
  })

  it("lets an ended child's id be used again, its history going on", async () => {
    const world = new World({ boss, worker })
    await using system = await world.open()
    const ref = await system.spawn('boss', { id: 'b' })
    await ref.deliver({ type: 'HIRE', id: 'w', n: 1 })
    await ref.deliver({ type: 'TELL', id: 'w', what: 'WORK' })
    await system.settled()
    await ref.deliver({ type: 'HIRE', id: 'w', n: 4 })
    await system.settled()
    const child = system.actor('worker', 'b/w')
    expect(child.getSnapshot()).toMatchObject({ status: 'active', context: { n: 4 } })
    expect((await all(child.journal())).map(({ seqNr, event }) => [seqNr, event.type])).toEqual([
      [1, 'xstate.init'],
      [2, 'WORK'],
      [3, 'xstate.init'],
    ])
  })
})
