import { childRef, createSystem, fromAsk, memoryStore, type ReplyRef, type RosciusRef, spawnActor } from 'roscius'
import { describe, expect, it } from 'vitest'
import { assign, createMachine, fromPromise, sendTo, setup } from 'xstate'
import { simulatedClock } from '../../src/testing/simulated-clock.js'

const counter = setup({
  types: {
    context: {} as { count: number },
    events: {} as { type: 'INC'; by?: number } | { type: 'GET'; replyTo: ReplyRef<{ type: 'COUNT'; count: number }> },
  },
}).createMachine({
  context: { count: 0 },
  on: {
    INC: { actions: assign({ count: ({ context, event }) => context.count + (event.by ?? 1) }) },
    GET: {
      actions: sendTo(
        ({ event }) => event.replyTo,
        ({ context }) => ({ type: 'COUNT', count: context.count }),
      ),
    },
  },
})

/** A store that outlives the system that closes it. */
function lasting() {
  const inner = memoryStore()
  return {
    ...inner,
    get: inner.get.bind(inner),
    range: inner.range.bind(inner),
    batch: inner.batch.bind(inner),
    deleteRange: inner.deleteRange.bind(inner),
    close: async () => undefined,
  }
}

describe('a system', () => {
  it('delivers, answers and recovers', async () => {
    const store = lasting()
    {
      await using system = await createSystem({ name: 'n', store, logic: { counter } })
      const ref = await system.spawn('counter', { id: 'c' })
      const { seqNr, outcome } = await ref.deliver({ type: 'INC', by: 3 }, { idempotencyKey: 'k' })
      expect([seqNr, outcome]).toEqual([2, 'handled'])
      expect(await ref.deliver({ type: 'INC', by: 3 }, { idempotencyKey: 'k' })).toEqual({
        seqNr: 2,
        outcome: 'handled',
      })
      expect(ref.getSnapshot().context.count).toBe(3)
      expect(
        await ref.ask((replyTo: ReplyRef<{ type: 'COUNT'; count: number }>) => ({ type: 'GET', replyTo })),
      ).toEqual({ type: 'COUNT', count: 3 })
    }
    await using system = await createSystem({ name: 'n', store, logic: { counter } })
    const ref = system.actor('counter', 'c')
    expect(ref.getSnapshot().context.count).toBe(3)
    await ref.deliver({ type: 'INC' })
    expect(ref.getSnapshot().context.count).toBe(4)
    const records = []
    for await (const record of ref.journal()) records.push([record.seqNr, record.event.type])
    expect(records).toEqual([
      [1, 'xstate.init'],
      [2, 'INC'],
      [3, 'GET'],
      [4, 'INC'],
    ])
    expect(((await ref.snapshotAt(2)) as { context: unknown }).context).toEqual({ count: 3 })
  })

  it('keeps delays over a restart', async () => {
    const store = lasting()
    const clock = simulatedClock()
    const sleeper = createMachine({ initial: 'asleep', states: { asleep: { after: { 1000: 'awake' } }, awake: {} } })
    {
      await using system = await createSystem({ name: 'n', store, clock, logic: { sleeper } })
      await system.spawn('sleeper', { id: 's' })
      await clock.advance(400)
      await system.settled()
      expect(system.actor('sleeper', 's').getSnapshot().value).toBe('asleep')
    }
    await using system = await createSystem({ name: 'n', store, clock, logic: { sleeper } })
    await clock.advance(599)
    await system.settled()
    expect(system.actor('sleeper', 's').getSnapshot().value).toBe('asleep')
    await clock.advance(1)
    await system.settled()
    expect(system.actor('sleeper', 's').getSnapshot().value).toBe('awake')
  })

  it('runs invoked promises, spawned actors and asks between them', async () => {
    const worker = setup({
      types: {
        context: {} as { n: number },
        input: {} as { n: number },
        events: {} as { type: 'ASK'; replyTo: ReplyRef },
      },
      actors: { work: fromPromise(async ({ input }: { input: number }) => input * 2) },
    }).createMachine({
      context: ({ input }) => input,
      initial: 'working',
      states: {
        working: {
          meta: { defer: ['ASK'] },
          invoke: {
            src: 'work',
            input: ({ context }) => context.n,
            onDone: { target: 'ready', actions: assign({ n: ({ event }) => event.output }) },
          },
        },
        ready: {
          on: {
            ASK: {
              target: 'done',
              actions: sendTo(
                ({ event }) => event.replyTo,
                ({ context }) => ({ type: 'ANSWER', n: context.n }),
              ),
            },
          },
        },
        done: { type: 'final' },
      },
      output: ({ context }) => context.n,
    })
    const boss = setup({
      types: { context: {} as { worker: RosciusRef<typeof worker> | undefined; answer: number } },
      actors: {
        ask: fromAsk(
          ({ to }: { to: RosciusRef<typeof worker> }) => to,
          (replyTo) => ({ type: 'ASK', replyTo }),
        ),
      },
    }).createMachine({
      context: { worker: undefined, answer: 0 },
      entry: [
        spawnActor(worker, { id: 'w', input: { n: 21 } }),
        assign({ worker: ({ self }) => childRef(self, worker, 'w') }),
      ],
      initial: 'asking',
      states: {
        asking: {
          invoke: {
            src: 'ask',
            input: ({ context }) => ({ to: context.worker! }),
            onDone: {
              target: 'answered',
              actions: assign({ answer: ({ event }) => (event.output as unknown as { n: number }).n }),
            },
          },
        },
        answered: { on: { 'xstate.done.actor.w': 'done' } },
        done: { type: 'final' },
      },
      output: ({ context }) => context.answer,
    })
    const store = lasting()
    await using system = await createSystem({ name: 'n', store, logic: { boss, worker } })
    const ref = await system.spawn('boss', { id: 'b' })
    expect(await ref.result()).toBe(42)
    await system.settled()
    expect(ref.getSnapshot().status).toBe('done')
    const all = []
    for await (const info of system.actors()) all.push([info.path, info.status])
    expect(all).toEqual([
      ['b', 'done'],
      ['b/w', 'done'],
    ])
  })
})
