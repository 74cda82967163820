import { fromAsk, type RosciusRef } from 'roscius'
import { describe, expect, it } from 'vitest'
import { assign, createMachine, sendTo, setup } from 'xstate'
import { refIn, World } from '../support/world.js'

const rounds = async (count = 8): Promise<void> => {
  for (let round = 0; round < count; round++) await new Promise((resolve) => setImmediate(resolve))
}

const desk = createMachine({
  context: { asked: 0, waiting: undefined as unknown },
  on: {
    ASK: {
      actions: [
        assign({ asked: ({ context }) => context.asked + 1 }),
        sendTo(
          ({ event }) => refIn(event, 'replyTo'),
          ({ context }) => ({ type: 'ANSWER', n: context.asked }),
        ),
      ],
    },
    ASK_LATER: {
      actions: assign({ asked: ({ context }) => context.asked + 1, waiting: ({ event }) => event.replyTo }),
    },
    NOW: { actions: sendTo(({ context }) => refIn(context, 'waiting'), { type: 'ANSWER', n: -1 }) },
  },
})

describe('ask', () => {
  it('resolves with the first event sent to replyTo, after it was committed', async () => {
    const world = new World({ desk })
    await using system = await world.open()
    const ref = await system.spawn('desk', { id: 'd' })
    const release = world.store.hold()
    let answer: unknown
    const asked = ref
      .ask((replyTo) => ({ type: 'ASK', replyTo }))
      .then((reply) => {
        answer = reply
      })
    await rounds()
    expect(answer).toBeUndefined()
    release()
    await asked
    expect(answer).toEqual({ type: 'ANSWER', n: 1 })
  })

  it('times out, and the reply that comes afterwards changes nothing', async () => {
    const world = new World({ desk })
    await using system = await world.open()
    const ref = await system.spawn('desk', { id: 'd' })
    const asked = ref.ask((replyTo) => ({ type: 'ASK_LATER', replyTo }), { timeoutMs: 100 })
    const refused = expect(asked).rejects.toMatchObject({ code: 'ASK_TIMEOUT', address: 'd' })
    await world.advance(100)
    await refused
    expect((await ref.deliver({ type: 'NOW' })).outcome).toBe('handled')
    await system.settled()
    expect(ref.getSnapshot().status).toBe('active')
  })

  it('times out at its own time, whichever was asked first', async () => {
    const world = new World({ desk })
    await using system = await world.open()
    const ref = await system.spawn('desk', { id: 'd' })
    const late: number[] = []
    const asked = [300, 100, 200, 100].map((timeoutMs) =>
      ref.ask((replyTo) => ({ type: 'ASK_LATER', replyTo }), { timeoutMs }).catch(() => void late.push(timeoutMs)),
    )
    await world.advance(99)
    expect(late).toEqual([])
    await world.advance(1)
    expect(late).toEqual([100, 100])
    await world.advance(100)
    expect(late).toEqual([100, 100, 200])
    await world.advance(100)
    await Promise.all(asked)
    expect(late).toEqual([100, 100, 200, 300])
  })

  it('holds one timer for all questions that wait, and none once the system has stopped', async () => {
    const world = new World({ desk })
    const system = await world.open()
    const ref = await system.spawn('desk', { id: 'd' })
    const before = world.clock.pending
    const ask = () => ref.ask((replyTo) => ({ type: 'ASK_LATER', replyTo })).catch((error) => error.code)
    const asked = Array.from({ length: 100 }, ask)
    expect(world.clock.pending).toBe(before + 1)
    await world.stop()
    expect(new Set(await Promise.all([...asked, ask()]))).toEqual(new Set(['SYSTEM_STOPPED']))
    expect(world.clock.pending).toBe(0)
  })

  it('leaves no timer of a day behind once it is answered', async () => {
    const world = new World({ desk })
    await using system = await world.open()
    const ref = await system.spawn('desk', { id: 'd' })
    const before = world.clock.pending
    const ask = () => ref.ask((replyTo) => ({ type: 'ASK', replyTo }), { timeoutMs: 86_400_000 })
    const asked = [ask(), ask()]
    expect(world.clock.pending).toBe(before + 1)
    expect(await Promise.all(asked)).toMatchObject([{ n: 1 }, { n: 2 }])
    expect(world.clock.pending).toBe(before)
  })

  it('waits as long as it was told, also by a fraction and after one that was answered', async () => {
    const world = new World({ desk })
    await using system = await world.open()
    const ref = await system.spawn('desk', { id: 'd' })
    await ref.ask((replyTo) => ({ type: 'ASK', replyTo }), { timeoutMs: 86_400_000 })
    const before = world.clock.pending
    const asked = ref.ask((replyTo) => ({ type: 'ASK_LATER', replyTo }), { timeoutMs: 99.5 })
    const refused = expect(asked).rejects.toMatchObject({ code: 'ASK_TIMEOUT', details: { timeoutMs: 99.5 } })
    await world.advance(99)
    expect(world.clock.pending).toBe(before + 1)
    await world.advance(1)
    await refused
    expect(world.clock.pending).toBe(before)
  })

  it('answered too late leaves the next question to its own answer', async () => {
    const world = new World({ desk })
    await using system = await world.open()
    const ref = await system.spawn('desk', { id: 'd' })
    const late = ref.ask((replyTo) => ({ type: 'ASK_LATER', replyTo }), { timeoutMs: 100 }).catch(({ code }) => code)
    await world.advance(100)
    expect(await late).toBe('ASK_TIMEOUT')
    const next = ref.ask((replyTo) => ({ type: 'ASK', replyTo }), { timeoutMs: 100 })
    await ref.deliver({ type: 'NOW' })
    expect(await next).toEqual({ type: 'ANSWER', n: 2 })
  })

  it('repeated with the same key is answered again without asking twice, also after a crash', async () => {
    const world = new World({ desk })
    const system = await world.open()
    const ref = await system.spawn('desk', { id: 'd' })
    const ask = (target: typeof ref) =>
      target.ask((replyTo) => ({ type: 'ASK', replyTo }), { idempotencyKey: 'q', timeoutMs: 50 })
    expect(await ask(ref)).toEqual({ type: 'ANSWER', n: 1 })
    const again = ask(ref)
    await world.advance(60)
    expect(await again).toEqual({ type: 'ANSWER', n: 1 })
    const after = ask((await world.crashAndOpen()).actor('desk', 'd'))
    await world.advance(60)
    expect(await after).toEqual({ type: 'ANSWER', n: 1 })
    expect(world.system.actor('desk', 'd').getSnapshot().context.asked).toBe(1)
    await world.stop()
  })

  it('rejects when the receiver is not there', async () => {
    const world = new World({ desk })
    await using system = await world.open()
    await expect(system.actor('desk', 'x').ask((replyTo) => ({ type: 'ASK', replyTo }))).rejects.toMatchObject({
      code: 'DEAD_LETTER',
    })
  })

  it('by an outside caller of an earlier run is answered into the void', async () => {
    const world = new World({ desk })
    const system = await world.open()
    const ref = await system.spawn('desk', { id: 'd' })
    const asked = ref.ask((replyTo) => ({ type: 'ASK_LATER', replyTo }))
    const refused = expect(asked).rejects.toMatchObject({ code: 'SYSTEM_STOPPED' })
    await system.settled()
    await world.stop()
    await refused
    const again = await world.open()
    expect((await again.actor('desk', 'd').deliver({ type: 'NOW' })).outcome).toBe('handled')
    await again.settled()
    expect(again.actor('desk', 'd').getSnapshot().status).toBe('active')
    await world.stop()
  })
})

describe('fromAsk', () => {
  const asker = (event: string, timeoutMs = 1_000) =>
    setup({
      types: {
        context: {} as { to: RosciusRef<typeof desk>; got: unknown; error: unknown },
        input: {} as { to: RosciusRef<typeof desk> },
      },
      actors: {
        question: fromAsk(
          ({ to }: { to: RosciusRef<typeof desk> }) => to,
          (replyTo) => ({ type: event, replyTo }),
          { timeoutMs },
        ),
      },
    }).createMachine({
      context: ({ input }) => ({ to: input.to, got: undefined, error: undefined }),
      initial: 'asking',
      states: {
        asking: {
          invoke: {
            src: 'question',
            input: ({ context }) => ({ to: context.to }),
            onDone: { target: 'answered', actions: assign({ got: ({ event: done }) => done.output }) },
            onError: { target: 'failed', actions: assign({ error: ({ event: failed }) => failed.error }) },
          },
        },
        answered: {},
        failed: {},
      },
    })

  it('is done with the reply, wherever a crash falls, and the question is handled once (D11)', async () => {
    for (let batch = 3; batch < 10; batch++) {
      const world = new World({ desk, asker: asker('ASK') }, { turn: { maxEvents: 1 } })
      world.store.crashAtBatch(batch, 'after')
      const system = await world.open()
      const to = await system.spawn('desk', { id: 'd' })
      await system.spawn('asker', { id: 'a', input: { to } }).catch(() => undefined)
      await Promise.race([world.store.crashed, system.settled()])
      const again = await world.crashAndOpen()
      await again.settled()
      const { value, context } = again.actor('asker', 'a').getSnapshot()
      expect([batch, value, context.got]).toEqual([batch, 'answered', { type: 'ANSWER', n: 1 }])
      expect(again.actor('desk', 'd').getSnapshot().context.asked).toBe(1)
      await world.stop()
    }
  })

  it('waits over a restart for a reply that comes later', async () => {
    const world = new World({ desk, asker: asker('ASK_LATER') })
    const system = await world.open()
    const to = await system.spawn('desk', { id: 'd' })
    await system.spawn('asker', { id: 'a', input: { to } })
    await rounds()
    const again = await world.crashAndOpen()
    await rounds()
    await again.actor('desk', 'd').deliver({ type: 'NOW' })
    await again.settled()
    expect(again.actor('asker', 'a').getSnapshot()).toMatchObject({ value: 'answered', context: { got: { n: -1 } } })
    expect(again.actor('desk', 'd').getSnapshot().context.asked).toBe(1)
    await world.stop()
  })

  it('fails with ASK_TIMEOUT', async () => {
    const world = new World({ desk, asker: asker('ASK_LATER', 200) })
    await using system = await world.open()
    const to = await system.spawn('desk', { id: 'd' })
    const ref = await system.spawn('asker', { id: 'a', input: { to } })
    await rounds()
    await world.clock.advance(200)
    await system.settled()
    expect(ref.getSnapshot()).toMatchObject({ value: 'failed', context: { error: { code: 'ASK_TIMEOUT' } } })
  })
})
