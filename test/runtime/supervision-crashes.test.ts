import { isRosciusError, type Store, startChild, supervisor, whichChildren } from 'roscius'
import { expect, it } from 'vitest'
import { assign, setup } from 'xstate'
import { verify } from '../../src/persistence/verify.js'
import { all, World } from '../support/world.js'

const starts: number[] = []
let left = 0
const worker = setup({
  types: {
    context: {} as { got: readonly string[] },
    events: {} as { type: 'MSG' | 'BREAK' | 'LATER' | 'HOLD' | 'END'; n: string; failureClass?: string },
  },
}).createMachine({
  context: () => {
    starts.push(1)
    return { got: [] }
  },
  on: {
    MSG: { actions: assign({ got: ({ context, event }) => [...context.got, event.n] }) },
    BREAK: {
      actions: assign(({ event, context }) => {
        if (left-- > 0) throw Object.assign(new Error('broken'), { failureClass: event.failureClass })
        return { got: [...context.got, event.n] }
      }),
    },
    END: '.end',
  },
  initial: 'idle',
  states: { idle: { meta: { defer: ['LATER'] } }, end: { type: 'final' } },
})

it('the journal of an actor that comes back after its end leads to its state', async () => {
  const world = new World({ worker: { logic: worker, supervision: { restart: 'permanent' } } })
  const system = await world.open()
  const ref = await system.spawn('worker', { id: 'w' })
  await ref.deliver({ type: 'MSG', n: '1' })
  await ref.stop()
  await world.advance(10)
  await ref.deliver({ type: 'MSG', n: '2' })
  expect((await all(ref.journal({ from: 1 }))).map(({ seqNr }) => seqNr)).toEqual([1, 2, 3, 4, 5, 6, 7])
  await world.stop()
  expect(await all(verify(world.store as Store))).toEqual([])
})

it('the journal of an actor that begins anew with a stash leads to its state', async () => {
  const world = new World({ worker: { logic: worker, supervision: { restartFrom: 'initial' } } })
  const system = await world.open()
  const ref = await system.spawn('worker', { id: 'w' })
  await ref.deliver({ type: 'LATER', n: '1' })
  left = 1
  await ref.deliver({ type: 'BREAK', n: '2' })
  await system.settled()
  await world.stop()
  expect(await all(verify(world.store as Store))).toEqual([])
})

it('a fresh start that a crash interrupts comes before the mail, and knows what was handled', async () => {
  for (let batch = 3; batch < 16; batch++)
    for (const when of ['before', 'after'] as const) {
      const world = new World(
        { worker: { logic: worker, supervision: { restartFrom: 'initial', backoff: { initialMs: 10 } } } },
        { turn: { maxEvents: 1 } },
      )
      const system = await world.open()
      const ref = await system.spawn('worker', { id: 'w' })
      await ref.deliver({ type: 'MSG', n: '1' }, { idempotencyKey: '1' })
      left = 1
      world.store.crashAtBatch(batch, when)
      const asked = [
        ref.deliver({ type: 'BREAK', n: '2' }, { idempotencyKey: '2' }),
        ref.deliver({ type: 'MSG', n: '3' }, { idempotencyKey: '3' }),
      ]
      for (const one of asked) one.catch(() => undefined)
      await Promise.race([world.advance(50), world.store.crashed])
      await world.crash()
      const again = await world.open()
      const refAgain = again.actor('worker', 'w')
      await world.advance(50)
      expect(
        await refAgain.deliver({ type: 'MSG', n: '1' }, { idempotencyKey: '1' }),
        `${when} ${batch}`,
      ).toMatchObject({ seqNr: 2 })
      await refAgain.deliver({ type: 'BREAK', n: '2' }, { idempotencyKey: '2' })
      await refAgain.deliver({ type: 'MSG', n: '3' }, { idempotencyKey: '3' })
      const kinds = (await all(refAgain.journal({ from: 1 }))).map(({ kind, event }) => `${kind} ${event.type}`)
      // Nothing is handled between the decision to begin anew and the start.
      const afterWait = kinds.slice(kinds.indexOf('supervision roscius.supervision') + 1)
      if (kinds.includes('supervision roscius.supervision'))
        expect(afterWait[0], `${when} ${batch}: ${kinds}`).toBe('start xstate.init')
      expect(refAgain.getSnapshot().context.got.filter((n) => n === '2').length, `${when} ${batch}: ${kinds}`).toBe(1)
      await world.stop()
    }
})

it('a child that fails while its supervisor gives up keeps its mail as its siblings do', async () => {
  const pool = supervisor({ children: ['a', 'b'].map((id) => ({ id, logic: 'worker', maxDeliveries: 2 })) })
  const root = supervisor({ children: [{ id: 'pool', logic: 'pool' }] })
  const world = new World({ worker, pool, root })
  const system = await world.open()
  await system.spawn('root', { id: 'r' })
  const [a, b] = ['a', 'b'].map((id) => system.actor('worker', `r/pool/${id}`))
  left = 2
  const release = world.store.hold()
  const asked = [a!.deliver({ type: 'BREAK', n: '1', failureClass: 'permanent' })]
  for (let n = 0; n < 5; n++) await new Promise((r) => setImmediate(r))
  asked.push(b!.deliver({ type: 'BREAK', n: '3' }), b!.deliver({ type: 'MSG', n: '4' }))
  for (let n = 0; n < 5; n++) await new Promise((r) => setImmediate(r))
  release()
  const answers = await Promise.allSettled(asked)
  expect(
    answers.map((one) => (one.status === 'rejected' && isRosciusError(one.reason) ? one.reason.details.reason : 'ok')),
  ).toEqual(['poison', 'ok', 'ok'])
  await world.stop()
})

it('a command that comes while its supervisor gives up waits for its restart', async () => {
  const pool = supervisor({ children: [{ id: 'a', logic: 'worker' }] })
  const root = supervisor({ children: [{ id: 'pool', logic: 'pool' }] })
  const world = new World({ worker, pool, root })
  const system = await world.open()
  await system.spawn('root', { id: 'r' })
  left = 1
  const release = world.store.hold()
  const broken = system.actor('worker', 'r/pool/a').deliver({ type: 'BREAK', n: '1', failureClass: 'permanent' })
  for (let n = 0; n < 5; n++) await new Promise((r) => setImmediate(r))
  const started = startChild(system.actor('pool', 'r/pool'), { id: 'b', logic: 'worker' })
  for (let n = 0; n < 5; n++) await new Promise((r) => setImmediate(r))
  release()
  await expect(broken).rejects.toMatchObject({ code: 'DEAD_LETTER' })
  await system.settled()
  expect((await whichChildren(system.actor('pool', 'r/pool'))).map(({ id }) => id)).toEqual(['a', 'b'])
  await started
  await world.stop()
})

it('poison that is delivered again with its key is not a new letter', async () => {
  const world = new World({ worker: { logic: worker, supervision: { maxDeliveries: 1 } } })
  const system = await world.open()
  const ref = await system.spawn('worker', { id: 'w' })
  left = 100
  for (let n = 0; n < 2; n++)
    await ref.deliver({ type: 'BREAK', n: '1' }, { idempotencyKey: 'k' }).catch(() => undefined)
  expect(await all(system.deadLetters.list())).toHaveLength(1)
  await world.stop()
})
