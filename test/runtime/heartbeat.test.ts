import { currentEffect, type SystemEvent } from 'roscius'
import { fromActivity, withHeartbeat } from 'roscius/actors'
import { beforeEach, describe, expect, it } from 'vitest'
import { type AnyActorLogic, assign, createMachine, fromCallback, fromObservable, fromPromise, setup } from 'xstate'
import { World } from '../support/world.js'

interface Started {
  readonly effectId: string | undefined
  readonly attempt: number | undefined
  /** XState's, and Roscius's. */
  readonly signals: readonly AbortSignal[]
  beat(): void
  resolve(value: unknown): void
  reject(error: unknown): void
}

/** Every start of an effect, to be settled by the test. */
const started: Started[] = []
/** What effects did by themselves. */
const log: unknown[] = []
beforeEach(() => {
  started.length = 0
  log.length = 0
})

const rounds = async (count = 8): Promise<void> => {
  for (let round = 0; round < count; round++) await new Promise((resolve) => setImmediate(resolve))
}

const call = withHeartbeat(
  fromPromise<unknown, unknown>(
    ({ signal }) =>
      new Promise((resolve, reject) => {
        const effect = currentEffect()!
        const { effectId, attempt } = effect
        started.push({
          effectId,
          attempt,
          signals: [signal, effect.signal],
          beat: () => effect.heartbeat(),
          resolve,
          reject,
        })
      }),
  ),
  { heartbeatMs: 100 },
)

const worker = setup({ actors: { call } }).createMachine({
  context: { result: undefined as unknown, error: undefined as unknown },
  initial: 'working',
  states: {
    working: {
      invoke: {
        id: 'job',
        src: 'call',
        onDone: { target: 'done', actions: assign({ result: ({ event }) => event.output }) },
        onError: { target: 'failed', actions: assign({ error: ({ event }) => event.error }) },
      },
      on: { LEAVE: 'left' },
    },
    done: {},
    failed: {},
    left: {},
  },
})

/** An actor that nobody restarts when it fails. */
const mortal = <TLogic extends AnyActorLogic>(logic: TLogic) =>
  ({ logic, supervision: { restart: 'temporary' } }) as const

const timeouts = (world: { readonly events: readonly SystemEvent[] }): SystemEvent[] =>
  world.events.filter(({ type }) => type === 'effectTimedOut')

describe('an effect that gives no sign of life for its heartbeatMs', () => {
  it('fails with TIMEOUT at that time and no earlier: its invoke gets the error, its signals are aborted', async () => {
    const world = new World({ worker })
    await using system = await world.open()
    const ref = await system.spawn('worker', { id: 'w' })
    await rounds()
    await world.clock.advance(99)
    await rounds()
    expect([ref.getSnapshot().value, started[0]!.signals.map(({ aborted }) => aborted)]).toEqual([
      'working',
      [false, false],
    ])
    await world.clock.advance(1)
    await system.settled()
    expect(ref.getSnapshot().value).toBe('failed')
    const { effectId } = started[0]!
    expect(ref.getSnapshot().context.error).toMatchObject({
      code: 'TIMEOUT',
      address: 'w',
      message: expect.stringMatching(`^w: effect ${effectId} gave no sign of life for 100 ms`),
      details: { effectId, attempt: 1, heartbeatMs: 100, silentMs: 100 },
    })
    expect(started[0]!.signals.map(({ aborted }) => aborted)).toEqual([true, true])
    expect(started[0]!.signals[1]!.reason).toMatchObject({ code: 'TIMEOUT' })
    expect(timeouts(world)).toEqual([{ type: 'effectTimedOut', path: 'w', effectId, attempt: 1, silentMs: 100 }])
  })

  it('fails its actor if the machine does not handle that', async () => {
    const careless = setup({ actors: { call } }).createMachine({ invoke: { src: 'call' } })
    const world = new World({ careless: mortal(careless) })
    await using system = await world.open()
    const ref = await system.spawn('careless', { id: 'c' })
    await rounds()
    await world.clock.advance(100)
    await system.settled()
    expect(ref.failure()).toMatchObject({ error: { code: 'TIMEOUT' } })
    expect(started[0]!.signals.map(({ aborted }) => aborted)).toEqual([true, true])
  })

  it('is fenced: what it resolves with, rejects with or throws later changes nothing', async () => {
    const world = new World({ worker })
    await using system = await world.open()
    const refs = [await system.spawn('worker', { id: 'a' }), await system.spawn('worker', { id: 'b' })]
    await rounds()
    await world.clock.advance(100)
    await system.settled()
    const before = refs.map((ref) => ref.getSnapshot())
    started[0]!.resolve('late')
    started[1]!.reject(new Error('late'))
    await rounds()
    expect(refs.map((ref) => ref.getSnapshot())).toEqual(before)
    expect(world.events.filter(({ type }) => type === 'staleMail')).toEqual([])
  })

  it('has not failed if its answer is waiting to be handled, however long', async () => {
    const world = new World({ worker }, { turn: { maxEvents: 1 } })
    await using system = await world.open()
    const other = await system.spawn('worker', { id: 'other' })
    await other.deliver({ type: 'LEAVE' })
    const ref = await system.spawn('worker', { id: 'w' })
    await rounds()
    await world.clock.advance(99)
    for (let n = 0; n < 50; n++) other.send({ type: 'LEAVE' })
    started[1]!.resolve('in time')
    await world.clock.advance(10_000)
    await system.settled()
    expect(ref.getSnapshot()).toMatchObject({ value: 'done', context: { result: 'in time' } })
    expect(timeouts(world)).toEqual([])
  })

  it('may be the actor itself, which then fails', async () => {
    const world = new World({ call: mortal(call) })
    await using system = await world.open()
    const ref = await system.spawn('call', { id: 'c' })
    await rounds()
    await world.clock.advance(100)
    await expect(ref.result()).rejects.toMatchObject({ code: 'TIMEOUT', address: 'c' })
    started[0]!.resolve('late')
    await rounds()
    expect(ref.getSnapshot().status).toBe('error')
  })

  it('may belong to a machine inside the actor, at any depth', async () => {
    const outer = setup({ actors: { worker } }).createMachine({
      context: { inner: undefined as unknown },
      invoke: {
        src: 'worker',
        onSnapshot: { actions: assign({ inner: ({ event }) => event.snapshot.value }) },
      },
    })
    const world = new World({ outer })
    await using system = await world.open()
    const ref = await system.spawn('outer', { id: 'o' })
    await rounds()
    await world.clock.advance(100)
    await system.settled()
    expect(ref.getSnapshot().context.inner).toBe('failed')
  })

  it('may be a callback: it is cleaned up, and what it sends back later is dropped', async () => {
    let late = (): void => undefined
    const listen = withHeartbeat(
      fromCallback(({ sendBack }) => {
        late = () => sendBack({ type: 'HEARD' })
        currentEffect()?.signal.addEventListener('abort', () => log.push('aborted'))
        return () => log.push('cleaned up')
      }),
      { heartbeatMs: 100 },
    )
    const radio = setup({ actors: { listen } }).createMachine({
      context: { heard: 0, error: undefined as unknown },
      invoke: { src: 'listen', onError: { actions: assign({ error: ({ event }) => event.error }) } },
      on: { HEARD: { actions: assign({ heard: ({ context }) => context.heard + 1 }) } },
    })
    const world = new World({ radio })
    await using system = await world.open()
    const ref = await system.spawn('radio', { id: 'r' })
    await rounds()
    await world.clock.advance(100)
    await system.settled()
    late()
    await system.settled()
    expect(log).toEqual(['aborted', 'cleaned up'])
    expect(ref.getSnapshot().context).toMatchObject({ heard: 0, error: { code: 'TIMEOUT' } })
  })

  it('may be an observable, which is unsubscribed', async () => {
    const ticks = withHeartbeat(observable(), { heartbeatMs: 100 })
    const world = new World({ watcher: watching(ticks) })
    await using system = await world.open()
    const ref = await system.spawn('watcher', { id: 'w' })
    await rounds()
    await world.clock.advance(100)
    await system.settled()
    expect(log).toEqual(['unsubscribed'])
    expect(ref.getSnapshot().context.error).toMatchObject({ code: 'TIMEOUT' })
  })

  it('starts anew after a crash, with a fresh measure of its silence', async () => {
    const world = new World({ worker })
    const system = await world.open()
    await system.spawn('worker', { id: 'w' })
    await rounds()
    await world.clock.advance(90)
    const again = await world.crashAndOpen()
    await rounds()
    await world.clock.advance(90)
    await rounds()
    const ref = again.actor('worker', 'w')
    expect(ref.getSnapshot().value).toBe('working')
    await world.clock.advance(10)
    await again.settled()
    expect(ref.getSnapshot()).toMatchObject({ value: 'failed', context: { error: { details: { attempt: 2 } } } })
    await world.stop()
  })
})

let next: (value: unknown) => void = () => undefined

function observable() {
  return fromObservable(
    () =>
      ({
        subscribe: (observer: { next(value: unknown): void }) => {
          next = (value) => observer.next(value)
          return { unsubscribe: () => log.push('unsubscribed') }
        },
      }) as never,
  )
}

function watching(ticks: AnyActorLogic) {
  return setup({ actors: { ticks } }).createMachine({
    context: { last: undefined as unknown, error: undefined as unknown },
    invoke: {
      src: 'ticks',
      onSnapshot: { actions: assign({ last: ({ event }) => event.snapshot.context }) },
      onError: { actions: assign({ error: ({ event }) => event.error }) },
    },
  })
}

describe('a sign of life', () => {
  it('is a heartbeat: silence counts from the last one', async () => {
    const world = new World({ worker })
    await using system = await world.open()
    const ref = await system.spawn('worker', { id: 'w' })
    await rounds()
    for (let n = 0; n < 5; n++) {
      await world.clock.advance(70)
      started[0]!.beat()
    }
    await world.clock.advance(99)
    await rounds()
    expect(ref.getSnapshot().value).toBe('working')
    await world.clock.advance(1)
    await system.settled()
    expect(ref.getSnapshot().value).toBe('failed')
  })

  it('may come from anything that the effect has started', async () => {
    const busy = withHeartbeat(
      fromPromise(async () => {
        for (let n = 0; n < 5; n++) {
          await new Promise<void>((resolve) => void world.clock.schedule(resolve, 80))
          currentEffect()?.heartbeat()
        }
        return 'done'
      }),
      { heartbeatMs: 100 },
    )
    const world = new World({ busy })
    await using system = await world.open()
    const result = (await system.spawn('busy', { id: 'b' })).result()
    await rounds()
    await world.clock.advance(400)
    expect(await result).toBe('done')
  })

  it('is what a callback sends back', async () => {
    let sendBack: (event: { type: string }) => void = () => undefined
    const listen = withHeartbeat(
      fromCallback((args) => {
        sendBack = args.sendBack
      }),
      { heartbeatMs: 100 },
    )
    const world = new World({ radio: mortal(createMachine({ invoke: { src: listen } })) })
    await using system = await world.open()
    const ref = await system.spawn('radio', { id: 'r' })
    await rounds()
    await world.clock.advance(90)
    sendBack({ type: 'HEARD' })
    await world.clock.advance(90)
    await rounds()
    expect(ref.getSnapshot().status).toBe('active')
    await world.clock.advance(10)
    await rounds()
    expect(ref.getSnapshot().status).toBe('error')
  })

  it('is what an observable emits', async () => {
    const ticks = withHeartbeat(observable(), { heartbeatMs: 100 })
    const world = new World({ watcher: watching(ticks) })
    await using system = await world.open()
    const ref = await system.spawn('watcher', { id: 'w' })
    await rounds()
    await world.clock.advance(90)
    next(1)
    await world.clock.advance(90)
    await rounds()
    expect(ref.getSnapshot()).toMatchObject({ status: 'active', context: { last: 1, error: undefined } })
  })

  it('is harmless in an effect without a limit, and in an action', async () => {
    const free = createMachine({
      invoke: { src: fromCallback(() => currentEffect()?.heartbeat()) },
      entry: () => currentEffect()?.heartbeat(),
    })
    const world = new World({ free })
    await using system = await world.open()
    const ref = await system.spawn('free', { id: 'f' })
    await rounds()
    await world.clock.advance(1_000)
    expect(ref.getSnapshot().status).toBe('active')
  })
})

describe('the watch over an effect', () => {
  /** Runs `end` on a working actor; how many timers it left, beside those that were there before. */
  const timersAfter = async (end: (world: World<{ worker: typeof worker }>) => Promise<unknown>): Promise<number> => {
    started.length = 0
    const world = new World({ worker }, { passivation: { idleMs: 10 ** 9 } })
    const system = await world.open()
    const ref = await system.spawn('worker', { id: 'idle' })
    await ref.deliver({ type: 'LEAVE' })
    const before = world.clock.pending
    await system.spawn('worker', { id: 'w' })
    await rounds()
    expect(world.clock.pending).toBe(before + 1)
    await end(world)
    await rounds()
    const left = world.clock.pending - before
    await world.stop()
    expect(world.clock.pending).toBe(0)
    return left
  }

  it('is one timer, however often the effect beats', async () => {
    await timersAfter(async ({ clock }) => {
      const { pending } = clock
      for (let n = 0; n < 1_000; n++) started[1]!.beat()
      expect(clock.pending).toBe(pending)
    })
  })

  it('ends with the effect, whatever ends it', async () => {
    expect(await timersAfter(async () => started[1]!.resolve(1))).toBe(0)
    expect(await timersAfter(async () => started[1]!.reject(new Error('no')))).toBe(0)
    expect(await timersAfter(({ system }) => system.actor('worker', 'w').deliver({ type: 'LEAVE' }))).toBe(0)
    expect(await timersAfter(({ system }) => system.actor('worker', 'w').stop())).toBe(0)
    expect(await timersAfter(({ clock }) => clock.advance(100))).toBe(0)
  })

  it('begins when the effect is started, not while its start waits for the commit', async () => {
    const world = new World({ worker })
    await using system = await world.open()
    const release = world.store.hold()
    const spawned = system.spawn('worker', { id: 'w' })
    await rounds()
    await world.clock.advance(500)
    release()
    const ref = await spawned
    await world.clock.advance(99)
    await rounds()
    expect(ref.getSnapshot().value).toBe('working')
  })
})

describe('an effect of an actor that is restarted', () => {
  const sendBacks: ((event: { type: string }) => void)[] = []
  const listen = fromCallback(({ sendBack }) => void sendBacks.push(sendBack))
  const busy = setup({ actors: { call, listen } }).createMachine({
    context: { heard: 0, result: undefined as unknown },
    invoke: [{ src: 'listen' }, { src: 'call', onDone: { actions: assign({ result: ({ event }) => event.output }) } }],
    on: {
      HEARD: { actions: assign({ heard: ({ context }) => context.heard + 1 }) },
      BREAK: {
        actions: assign(() => {
          throw new Error('broken')
        }),
      },
    },
  })

  it.each([
    ['durable', 'silence'],
    ['volatile', 'silence'],
    ['durable', 'an event'],
    ['volatile', 'an event'],
  ] as const)('is fenced (%s, because of %s): only its next attempt counts', async (durability, why) => {
    sendBacks.length = 0
    const supervision = { backoff: false, maxDeliveries: 1 } as const
    const world = new World({ busy: { logic: busy, durability, supervision } })
    await using system = await world.open()
    const ref = await system.spawn('busy', { id: 'b' })
    await rounds()
    await Promise.allSettled([why === 'silence' ? world.clock.advance(100) : ref.deliver({ type: 'BREAK' })])
    await rounds()
    expect(started).toHaveLength(2)
    started[0]!.resolve('of the dead one')
    sendBacks[0]!({ type: 'HEARD' })
    await rounds()
    expect(ref.getSnapshot().context).toEqual({ heard: 0, result: undefined })
    started[1]!.resolve('of the living one')
    sendBacks[1]!({ type: 'HEARD' })
    await system.settled()
    expect(ref.getSnapshot().context).toEqual({ heard: 1, result: 'of the living one' })
  })

  it('is fenced also where the actor is the effect itself', async () => {
    const world = new World({ call: { logic: call, supervision: { backoff: false } } })
    await using system = await world.open()
    const result = (await system.spawn('call', { id: 'c' })).result()
    await rounds()
    await world.clock.advance(100)
    await rounds()
    expect(started.map(({ effectId, attempt }) => [effectId, attempt])).toEqual([
      ['c#1-1.0', 1],
      ['c#1-1.0', 2],
    ])
    started[0]!.resolve('of the dead one')
    await rounds()
    started[1]!.resolve('of the living one')
    expect(await result).toBe('of the living one')
  })
})

describe('an effect of an actor that fails', () => {
  it('in the same step that left the state of the effect is aborted and cleaned up as the others are', async () => {
    const listen = fromCallback<{ type: string }, string>(({ input }) => {
      currentEffect()?.signal.addEventListener('abort', () => log.push(`${input} aborted`))
      return () => log.push(`${input} cleaned up`)
    })
    const fragile = setup({ actors: { listen } }).createMachine({
      context: { value: undefined as unknown },
      invoke: { src: 'listen', input: 'kept' },
      initial: 'on',
      states: {
        on: { invoke: { src: 'listen', input: 'left' }, on: { BREAK: 'broken' } },
        // Can't be stored: it fails when the state has been left.
        broken: { entry: assign({ value: () => () => undefined }) },
      },
    })
    const world = new World({ fragile: mortal(fragile) })
    await using system = await world.open()
    const ref = await system.spawn('fragile', { id: 'f' })
    await expect(ref.deliver({ type: 'BREAK' })).rejects.toMatchObject({ code: 'ACTOR_FAILED' })
    expect([...log].sort()).toEqual(['kept aborted', 'kept cleaned up', 'left aborted', 'left cleaned up'])
  })

  it('has the signal of its activity aborted', async () => {
    let signal: AbortSignal | undefined
    const activity = fromActivity((args) => {
      signal = args.signal
      return new Promise<never>(() => {})
    })
    const fragile = setup({ actors: { activity } }).createMachine({
      invoke: { src: 'activity' },
      on: {
        BREAK: {
          actions: assign(() => {
            throw new Error('broken')
          }),
        },
      },
    })
    const world = new World({ fragile: mortal(fragile) })
    await using system = await world.open()
    const ref = await system.spawn('fragile', { id: 'f' })
    await expect(ref.deliver({ type: 'BREAK' })).rejects.toMatchObject({ code: 'ACTOR_FAILED' })
    expect(signal?.aborted).toBe(true)
  })
})
