import { currentEffect } from 'roscius'
import { fromActivity } from 'roscius/actors'
import { beforeEach, describe, expect, it } from 'vitest'
import { assign, createMachine, fromCallback, fromObservable, fromPromise, setup } from 'xstate'
import { World } from '../support/world.js'

interface Started {
  readonly effectId: string | undefined
  readonly attempt: number | undefined
  readonly signal: AbortSignal
  resolve(value: unknown): void
  reject(error: unknown): void
}

/** The outside world: every start of an effect, to be settled by the test. */
const started: Started[] = []
beforeEach(() => {
  started.length = 0
})

const rounds = async (count = 8): Promise<void> => {
  for (let round = 0; round < count; round++) await new Promise((resolve) => setImmediate(resolve))
}

const call = fromPromise<unknown, unknown>(
  () =>
    new Promise((resolve, reject) => {
      const effect = currentEffect()
      started.push({ effectId: effect?.effectId, attempt: effect?.attempt, signal: effect!.signal, resolve, reject })
    }),
)

const worker = setup({ actors: { call } }).createMachine({
  context: { result: undefined as unknown, error: undefined as unknown, visits: 0 },
  initial: 'idle',
  states: {
    idle: { on: { WORK: 'working' } },
    working: {
      entry: assign({ visits: ({ context }) => context.visits + 1 }),
      invoke: {
        src: 'call',
        onDone: { target: 'done', actions: assign({ result: ({ event }) => event.output }) },
        onError: { target: 'failed', actions: assign({ error: ({ event }) => event.error }) },
      },
      on: { CANCEL: 'idle', AGAIN: { target: 'working', reenter: true } },
    },
    done: {},
    failed: {},
  },
})

/** Settings of a row whose actors stay failed. */
const forGood = { supervision: { restart: 'temporary' } } as const

describe('an effect', () => {
  it('starts after the commit of the state that invokes it', async () => {
    const world = new World({ worker })
    await using system = await world.open()
    const ref = await system.spawn('worker', { id: 'w' })
    const release = world.store.hold()
    const delivered = ref.deliver({ type: 'WORK' })
    await rounds()
    expect(started).toEqual([])
    release()
    await delivered
    expect(started).toHaveLength(1)
    started[0]!.resolve(42)
    await system.settled()
    expect(ref.getSnapshot()).toMatchObject({ value: 'done', context: { result: 42 } })
  })

  it('that a crash interrupts starts again with the same effect id and the next attempt, and its result is used once (I4)', async () => {
    const world = new World({ worker })
    const system = await world.open()
    await (await system.spawn('worker', { id: 'w' })).deliver({ type: 'WORK' })
    await world.crashAndOpen()
    await rounds()
    await world.crashAndOpen()
    await rounds()
    expect(started.map(({ effectId, attempt }) => [effectId, attempt])).toEqual([
      [started[0]!.effectId, 1],
      [started[0]!.effectId, 2],
      [started[0]!.effectId, 3],
    ])
    started[0]!.resolve('of an earlier life')
    await rounds()
    const ref = world.system.actor('worker', 'w')
    expect(ref.getSnapshot().value).toBe('working')
    started[2]!.resolve('mine')
    await world.system.settled()
    expect(ref.getSnapshot()).toMatchObject({ value: 'done', context: { result: 'mine', visits: 1 } })
    await world.crashAndOpen()
    await rounds()
    expect(started).toHaveLength(3)
    await world.stop()
  })

  it('whose state was left has its result discarded and its signal aborted', async () => {
    const world = new World({ worker })
    await using system = await world.open()
    const ref = await system.spawn('worker', { id: 'w' })
    await ref.deliver({ type: 'WORK' })
    await ref.deliver({ type: 'CANCEL' })
    expect(started[0]!.signal.aborted).toBe(true)
    started[0]!.resolve('late')
    await system.settled()
    expect(ref.getSnapshot()).toMatchObject({ value: 'idle', context: { result: undefined } })
  })

  it('of a re-entered state is another effect; the result of the first does not count', async () => {
    const world = new World({ worker })
    await using system = await world.open()
    const ref = await system.spawn('worker', { id: 'w' })
    await ref.deliver({ type: 'WORK' })
    await ref.deliver({ type: 'AGAIN' })
    expect(started).toHaveLength(2)
    expect(started[1]!.effectId).not.toBe(started[0]!.effectId)
    started[0]!.resolve('first')
    await rounds()
    expect(ref.getSnapshot().value).toBe('working')
    started[1]!.resolve('second')
    await system.settled()
    expect(ref.getSnapshot().context.result).toBe('second')
  })

  it('that is entered and left before its release never starts', async () => {
    const world = new World({ worker })
    await using system = await world.open()
    const ref = await system.spawn('worker', { id: 'w' })
    ref.send({ type: 'WORK' })
    ref.send({ type: 'CANCEL' })
    await system.settled()
    expect(started).toEqual([])
    expect(ref.getSnapshot()).toMatchObject({ value: 'idle', context: { visits: 1 } })
  })

  it('that rejects goes to onError, also over a crash of the system', async () => {
    const world = new World({ worker })
    const system = await world.open()
    await (await system.spawn('worker', { id: 'w' })).deliver({ type: 'WORK' })
    const again = await world.crashAndOpen()
    await rounds()
    started[1]!.reject(new TypeError('no luck'))
    await again.settled()
    const after = await world.crashAndOpen()
    const { value, context } = after.actor('worker', 'w').getSnapshot()
    expect(value).toBe('failed')
    expect(context.error).toBeInstanceOf(TypeError)
    await world.stop()
  })

  it('that rejects with nobody to handle it fails its actor alone', async () => {
    const careless = setup({ actors: { call } }).createMachine({ invoke: { src: 'call' } })
    const world = new World({ careless: { logic: careless, ...forGood }, worker })
    await using system = await world.open()
    const ref = await system.spawn('careless', { id: 'c' })
    const other = await system.spawn('worker', { id: 'w' })
    started[0]!.reject(new Error('unhandled'))
    await system.settled()
    expect(ref.failure()).toMatchObject({ error: { message: 'unhandled' } })
    expect((await other.deliver({ type: 'WORK' })).outcome).toBe('handled')
  })

  it('whose actor is restarted starts again as a crash would: same effect id, next attempt, the old one aborted and fenced (D10)', async () => {
    const careless = setup({ actors: { call } }).createMachine({
      context: { results: [] as unknown[] },
      invoke: { src: 'call', onDone: { actions: assign({ results: ({ event }) => [event.output] }) } },
    })
    const world = new World({ careless })
    await using system = await world.open()
    const ref = await system.spawn('careless', { id: 'c' })
    started[0]!.reject(new Error('unhandled'))
    await rounds(20)
    expect(started.map(({ effectId, attempt, signal }) => [effectId, attempt, signal.aborted])).toEqual([
      [started[0]!.effectId, 1, true],
      [started[0]!.effectId, 2, false],
    ])
    expect(ref.getSnapshot().status).toBe('active')
    started[1]!.resolve('fine')
    await system.settled()
    expect(ref.getSnapshot().context.results).toEqual(['fine'])
  })

  it('declared not idempotent is not started again after a crash: onError gets OUTCOME_UNKNOWN', async () => {
    const charge = fromActivity(
      ({ effectId, attempt, signal }) =>
        new Promise((resolve, reject) => void started.push({ effectId, attempt, signal, resolve, reject })),
      { idempotent: false },
    )
    const payer = setup({ actors: { charge } }).createMachine({
      context: { error: undefined as unknown },
      initial: 'paying',
      states: {
        paying: {
          invoke: {
            src: 'charge',
            onDone: 'paid',
            onError: { target: 'unsure', actions: assign({ error: ({ event }) => event.error }) },
          },
        },
        paid: {},
        unsure: {},
      },
    })
    const world = new World({ payer })
    const system = await world.open()
    await system.spawn('payer', { id: 'p' })
    await rounds()
    expect(started).toHaveLength(1)
    const again = await world.crashAndOpen()
    await again.settled()
    const { value, context } = again.actor('payer', 'p').getSnapshot()
    expect([started.length, value]).toEqual([1, 'unsure'])
    expect(context.error).toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      details: { effectId: started[0]!.effectId, attempt: 2 },
    })
    await world.stop()
  })

  it('may be a callback: it gets events, sends back, knows its effect, and is cleaned up when its state is left', async () => {
    const log: unknown[] = []
    const listen = fromCallback<{ type: string }>(({ sendBack, receive }) => {
      log.push(['start', currentEffect()?.attempt])
      receive((event) => {
        log.push(event.type)
        sendBack({ type: 'HEARD' })
      })
      return () => log.push('cleanup')
    })
    const radio = setup({ actors: { listen } }).createMachine({
      context: { heard: 0 },
      initial: 'on',
      states: {
        on: {
          invoke: { src: 'listen', id: 'ear' },
          on: {
            HEARD: { actions: assign({ heard: ({ context }) => context.heard + 1 }) },
            SAY: {
              actions: ({ self }) =>
                (self.getSnapshot().children.ear as { send(event: { type: string }): void }).send({ type: 'WORD' }),
            },
            OFF: 'off',
          },
        },
        off: {},
      },
    })
    const world = new World({ radio })
    const system = await world.open()
    await (await system.spawn('radio', { id: 'r' })).deliver({ type: 'SAY' })
    await system.settled()
    expect(system.actor('radio', 'r').getSnapshot().context.heard).toBe(1)
    expect(log).toEqual([['start', 1], 'WORD'])
    const again = await world.crashAndOpen()
    await rounds()
    log.length = 0
    await again.actor('radio', 'r').deliver({ type: 'SAY' })
    await again.settled()
    await again.actor('radio', 'r').deliver({ type: 'OFF' })
    expect(log).toEqual(['WORD', 'cleanup'])
    expect(again.actor('radio', 'r').getSnapshot().context.heard).toBe(2)
    await world.stop()
  })

  it('may be an observable, subscribed again after a crash', async () => {
    const subscriptions: { next(value: number): void }[] = []
    const ticks = fromObservable(
      () =>
        ({
          subscribe: (observer: { next(value: number): void }) => {
            subscriptions.push(observer)
            return { unsubscribe: () => {} }
          },
        }) as never,
    )
    const watcher = setup({ actors: { ticks } }).createMachine({
      context: { last: 0 },
      invoke: {
        src: 'ticks',
        onSnapshot: { actions: assign({ last: ({ event }) => event.snapshot.context as number }) },
      },
    })
    const world = new World({ watcher })
    const system = await world.open()
    const ref = await system.spawn('watcher', { id: 'w' })
    await rounds()
    subscriptions[0]!.next(1)
    await system.settled()
    expect(ref.getSnapshot().context.last).toBe(1)
    const again = await world.crashAndOpen()
    await rounds()
    expect(subscriptions).toHaveLength(2)
    subscriptions[1]!.next(2)
    await again.settled()
    expect(again.actor('watcher', 'w').getSnapshot().context.last).toBe(2)
    await world.stop()
  })

  it('may be the actor itself: promise logic in the table is done with its output', async () => {
    const world = new World({ call })
    const system = await world.open()
    await system.spawn('call', { id: 'c' })
    const again = await world.crashAndOpen()
    await rounds()
    expect(started.map(({ effectId, attempt }) => [effectId, attempt])).toEqual([
      ['c#1-1.0', 1],
      ['c#1-1.0', 2],
    ])
    const result = again.actor('call', 'c').result()
    started[1]!.resolve('fine')
    expect(await result).toBe('fine')
    const after = await world.crashAndOpen()
    expect(await after.actor('call', 'c').result()).toBe('fine')
    expect(started).toHaveLength(2)
    await world.stop()
  })

  it('whose error comes later, from a timer that it started, fails its actor and not the process', async () => {
    const sloppy = createMachine({
      invoke: {
        src: fromCallback(() => {
          setImmediate(() => {
            throw new Error('thrown later')
          })
        }),
      },
    })
    const rejecting = createMachine({
      on: { GO: { actions: () => void Promise.reject(new Error('forgotten promise')) } },
    })
    const world = new World({ sloppy: { logic: sloppy, ...forGood }, rejecting: { logic: rejecting, ...forGood } })
    await using system = await world.open()
    const a = await system.spawn('sloppy', { id: 'a' })
    const b = await system.spawn('rejecting', { id: 'b' })
    await b.deliver({ type: 'GO' })
    await rounds(20)
    await system.settled()
    expect(a.failure()).toMatchObject({ error: { message: 'thrown later' } })
    expect(b.failure()).toMatchObject({ error: { message: 'forgotten promise' } })
  })

  it.each([
    ['goes on', 'answered'],
    ['has ended', 'ended'],
  ])('whose error comes after it has settled is told of; its actor, which %s, is unharmed', async (_, target) => {
    const hasty = createMachine({
      initial: 'asking',
      states: {
        asking: {
          invoke: {
            src: fromPromise(async () => {
              // A real wait: the answer of the effect must have been handled by then.
              setTimeout(() => {
                throw new Error('thrown too late')
              }, 20)
            }),
            onDone: target,
          },
        },
        answered: {},
        ended: { type: 'final' },
      },
    })
    const world = new World({ hasty: { logic: hasty, ...forGood } })
    const system = await world.open()
    const ref = await system.spawn('hasty', { id: 'h' })
    const faults = () => world.events.filter(({ type }) => type === 'effectFault')
    await expect.poll(() => faults().length).toBe(1)
    await system.settled()
    expect(faults()).toMatchObject([{ path: 'h', effectId: 'h#1-1.1', error: { message: 'thrown too late' } }])
    expect(world.events.filter(({ type }) => type === 'staleMail')).toEqual([])
    expect(ref.failure()).toBeUndefined()
    expect(ref.getSnapshot()).toMatchObject({ value: target })
    await world.stop()
  })

  it("that settles with a value that can't be stored has failed: its machine takes that as any failure, with the path", async () => {
    const world = new World({ worker: { logic: worker, ...forGood } })
    const system = await world.open()
    const ref = await system.spawn('worker', { id: 'w' })
    await ref.deliver({ type: 'WORK' })
    started[0]!.resolve({ deep: [() => 'a function'] })
    await system.settled()
    const failed = (): unknown => world.system.actor('worker', 'w').getSnapshot()
    const state = { value: 'failed', context: { error: expect.objectContaining({ code: 'VALUE_NOT_STORABLE' }) } }
    expect(failed()).toMatchObject(state)
    expect(ref.getSnapshot().context.error).toMatchObject({ details: { path: 'output.deep[0]' } })
    await world.crashAndOpen()
    expect(failed()).toMatchObject(state)
    await world.stop()
  })

  it("that sends back an event that can't be stored fails its actor; its last good state stays", async () => {
    const say = fromCallback(({ sendBack }) => sendBack({ type: 'SAID', by: () => {} }))
    const hearer = setup({ actors: { say } }).createMachine({
      context: { count: 0 },
      invoke: { src: 'say' },
      on: { SAID: { actions: assign({ count: ({ context }) => context.count + 1 }) } },
    })
    const world = new World({ hearer: { logic: hearer, ...forGood } })
    await using system = await world.open()
    const ref = await system.spawn('hearer', { id: 'h' })
    await system.settled()
    expect(ref.failure()).toMatchObject({
      error: { code: 'VALUE_NOT_STORABLE', details: { path: 'event.by' } },
      snapshot: { context: { count: 0 } },
    })
  })
})
