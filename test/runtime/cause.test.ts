import { childRef, fromAsk, type JournalEntry, type RecordRef, type RosciusRef, spawnActor } from 'roscius'
import { describe, expect, it } from 'vitest'
import { type AnyActorRef, assign, createMachine, fromCallback, fromPromise, raise, sendTo, setup } from 'xstate'
import { createCodec } from '../../src/persistence/codec.js'
import { kindRange } from '../../src/persistence/keys.js'
import type { Operation, Store } from '../../src/persistence/store.js'
import { all, refIn, World } from '../support/world.js'

const rounds = async (count = 8): Promise<void> => {
  for (let round = 0; round < count; round++) await new Promise((resolve) => setImmediate(resolve))
}

const child = (id: string) => (args: { self: object }) =>
  childRef(args.self as never, 'worker', id) as unknown as AnyActorRef

/** Does what it is told, tells its parent, may defer, may fail. */
const worker = createMachine({
  initial: 'ready',
  states: {
    ready: {
      on: {
        WORK: { actions: sendTo(({ event }) => refIn(event, 'to'), { type: 'DONE' }) },
        REST: 'resting',
        BREAK: {
          actions: assign(() => {
            throw new Error('broken')
          }),
        },
        END: 'over',
      },
    },
    resting: { meta: { defer: ['WORK'] }, on: { WAKE: 'ready' } },
    over: { type: 'final' },
  },
})

const boss = createMachine({
  entry: spawnActor('worker', { id: 'w' }),
  on: {
    GO: { actions: sendTo(child('w'), ({ self }) => ({ type: 'WORK', to: self })) },
    TELL: { actions: sendTo(child('w'), ({ event }) => ({ type: (event as unknown as { what: string }).what })) },
    DONE: {},
    LATER: { actions: raise({ type: 'SOON' }, { delay: 1_000 }) },
    SOON: {},
    'xstate.done.actor.w': {},
  },
})

const logic = { boss, worker: { logic: worker, supervision: { restart: 'temporary' } } } as const

const ref = (cause: RecordRef | undefined): string => (cause === undefined ? '-' : `${cause.path}:${cause.seqNr}`)

async function story(actor: { journal(): AsyncIterable<JournalEntry> }): Promise<string[]> {
  return (await all(actor.journal())).map(
    ({ seqNr, kind, event, cause }) => `${seqNr} ${kind} ${event.type} ${ref(cause)}`,
  )
}

describe('the cause of a record', () => {
  it('is the record in which its event was sent, from actor to actor and back; what came from outside has none', async () => {
    const world = new World(logic)
    const system = await world.open()
    const b = await system.spawn('boss', { id: 'b' })
    await b.deliver({ type: 'GO' })
    await system.settled()
    const causes = [
      ['1 start xstate.init -', '2 event GO -', '3 event DONE b/w:2'],
      ['1 start xstate.init b:1', '2 event WORK b:2'],
    ]
    expect([await story(b), await story(system.actor('worker', 'b/w'))]).toEqual(causes)
    const again = await world.crashAndOpen()
    expect([await story(again.actor('boss', 'b')), await story(again.actor('worker', 'b/w'))]).toEqual(causes)
    await world.stop()
  })

  it('is told to those who inspect, of volatile actors too', async () => {
    const volatile = {
      boss: { logic: boss, durability: 'volatile' },
      worker: { logic: worker, durability: 'volatile' },
    }
    await using system = await new World(volatile as never).open()
    const seen: string[] = []
    system.inspect((event) => {
      if (event.type === 'unit') seen.push(`${event.path}:${event.seqNr} ${event.event.type} ${ref(event.cause)}`)
    })
    const b = (await system.spawn('boss' as never, { id: 'b' } as never)) as RosciusRef
    await b.deliver({ type: 'GO' })
    await system.settled()
    expect(seen).toEqual(['b:1 xstate.init -', 'b/w:1 xstate.init b:1', 'b:2 GO -', 'b/w:2 WORK b:2', 'b:3 DONE b/w:2'])
  })

  it('survives a crash with mail that waits', async () => {
    const world = new World(logic, { turn: { maxEvents: 1 } })
    const system = await world.open()
    const b = await system.spawn('boss', { id: 'b' })
    await system.settled()
    const batch = world.store.written.batches
    world.store.crashAtBatch(batch + 1, 'after')
    b.send({ type: 'GO' })
    await world.store.crashed
    const again = await world.crashAndOpen()
    await again.settled()
    expect(await story(again.actor('worker', 'b/w'))).toEqual(['1 start xstate.init b:1', '2 event WORK b:2'])
    await world.stop()
  })

  it('is kept with an event that is deferred, over a crash', async () => {
    const world = new World(logic)
    const system = await world.open()
    const b = await system.spawn('boss', { id: 'b' })
    await b.deliver({ type: 'TELL', what: 'REST' })
    await b.deliver({ type: 'GO' })
    await system.settled()
    const again = await world.crashAndOpen()
    await again.actor('worker', 'b/w').deliver({ type: 'WAKE' })
    await again.settled()
    expect((await story(again.actor('worker', 'b/w'))).slice(2)).toEqual([
      '3 event WORK b:3',
      '4 event WAKE -',
      '5 resume roscius.unstash -',
      '6 event WORK b:3',
    ])
    await world.stop()
  })

  it('of a delay is the record that armed it', async () => {
    const world = new World(logic)
    const system = await world.open()
    const b = await system.spawn('boss', { id: 'b' })
    await b.deliver({ type: 'LATER' })
    const again = await world.crashAndOpen()
    await world.advance(1_000)
    expect((await story(again.actor('boss', 'b'))).slice(1)).toEqual(['2 event LATER -', '3 timer roscius.timer b:2'])
    await world.stop()
  })

  it('of a failure is that of the event that made the actor fail, with its sender', async () => {
    const world = new World(logic)
    await using system = await world.open()
    const b = await system.spawn('boss', { id: 'b' })
    await b.deliver({ type: 'TELL', what: 'BREAK' })
    await system.settled()
    const [, failure] = await all(system.actor('worker', 'b/w').journal())
    expect(failure).toMatchObject({ kind: 'failure', from: 'b', cause: { path: 'b', seqNr: 2 } })
  })

  it('of a restart, anew or with its effects from the last good state, is the failure that led to it', async () => {
    const fragile = setup({ actors: { wait: fromCallback(() => () => undefined) } }).createMachine({
      invoke: { src: 'wait' },
      on: {
        BREAK: {
          actions: assign(() => {
            throw new Error('broken')
          }),
        },
      },
    })
    const row = (restartFrom: 'initial' | 'lastGood') => ({
      logic: fragile,
      supervision: { restartFrom, maxDeliveries: 1 },
    })
    await using system = await new World({ anew: row('initial'), on: row('lastGood') }).open()
    for (const [name, kind, type] of [
      ['anew', 'start', 'xstate.init'],
      ['on', 'resume', 'roscius.resume'],
    ] as const) {
      const actor = await system.spawn(name, { id: name })
      await actor.deliver({ type: 'BREAK' }).catch(() => undefined)
      await system.settled()
      expect((await story(actor)).slice(1)).toEqual(['2 failure BREAK -', `3 ${kind} ${type} ${name}:2`])
    }
  })

  it('of what is told of an end is the end: to the parent, to a watcher', async () => {
    await using system = await new World(logic).open()
    const b = await system.spawn('boss', { id: 'b' })
    await b.deliver({ type: 'TELL', what: 'END' })
    await system.settled()
    expect((await story(b)).at(-1)).toBe('3 event xstate.done.actor.w b/w:2')
  })

  it('of what comes from an effect, or from a custom action, is the record that began it', async () => {
    const job = setup({
      actors: {
        work: fromPromise(async () => 7),
        ticks: fromCallback(({ sendBack, receive }) => receive(() => sendBack({ type: 'TICK' }))),
      },
      actions: { shout: ({ self }) => void Promise.resolve().then(() => self.send({ type: 'ECHO' })) },
    }).createMachine({
      initial: 'a',
      invoke: { src: 'ticks', id: 'ticks' },
      on: { POKE: { actions: sendTo('ticks', { type: 'NOW' }) }, TICK: {}, SHOUT: { actions: 'shout' }, ECHO: {} },
      states: { a: { on: { START: 'b' } }, b: { invoke: { src: 'work', onDone: 'a' } } },
    })
    await using system = await new World({ job }).open()
    const j = await system.spawn('job', { id: 'j' })
    for (const type of ['START', 'POKE', 'SHOUT'] as const) {
      await j.deliver({ type })
      await rounds()
    }
    expect(await story(j)).toEqual([
      '1 start xstate.init -',
      '2 event START -',
      '3 effect xstate.promise.resolve j:2',
      '4 event POKE -',
      '5 effect TICK j:1',
      '6 event SHOUT -',
      '7 event ECHO j:6',
    ])
  })

  it('leads through a question and its answer', async () => {
    const shop = createMachine({
      on: { PRICE: { actions: sendTo(({ event }) => refIn(event, 'replyTo'), { type: 'COSTS', euros: 3 }) } },
    })
    const buyer = setup({
      actors: {
        ask: fromAsk(
          ({ shop: to }: { shop: RosciusRef }) => to,
          (replyTo) => ({ type: 'PRICE', replyTo }) as never,
        ),
      },
    }).createMachine({
      initial: 'idle',
      states: {
        idle: { on: { BUY: 'asking' } },
        asking: { invoke: { src: 'ask', input: ({ event }) => ({ shop: event.shop as RosciusRef }), onDone: 'idle' } },
      },
    })
    await using system = await new World({ shop, buyer }).open()
    const s = await system.spawn('shop', { id: 's' })
    const b = await system.spawn('buyer', { id: 'b' })
    await b.deliver({ type: 'BUY', shop: s })
    await system.settled()
    expect((await story(s)).at(-1)).toBe('2 event PRICE b:2')
    expect((await story(b)).at(-1)).toBe('3 effect xstate.promise.resolve s:2')
  })

  it('is absent in a store of an older Roscius, and comes with what happens from then on', async () => {
    const world = new World(logic, { turn: { maxEvents: 1 } })
    const system = await world.open()
    const b = await system.spawn('boss', { id: 'b' })
    await b.deliver({ type: 'LATER' })
    await b.deliver({ type: 'TELL', what: 'REST' })
    await b.deliver({ type: 'GO' })
    await system.settled()
    world.store.crashAtBatch(world.store.written.batches + 1, 'after')
    b.send({ type: 'TELL', what: 'WAKE' })
    await world.store.crashed
    await world.crash()
    await makeOlder(world.store)
    const again = await world.open()
    await again.settled()
    await world.advance(1_000)
    expect(await story(again.actor('boss', 'b'))).toEqual([
      '1 start xstate.init -',
      '2 event LATER -',
      '3 event TELL -',
      '4 event GO -',
      '5 event TELL -',
      '6 event DONE b/w:6',
      '7 timer roscius.timer -',
    ])
    expect((await story(again.actor('worker', 'b/w'))).slice(2)).toEqual([
      '3 event WORK -',
      '4 event WAKE -',
      '5 resume roscius.unstash -',
      '6 event WORK -',
    ])
    await world.stop()
  })
})

/** Takes out of a closed store all that says what caused what. */
async function makeOlder(store: Store): Promise<void> {
  const codec = createCodec(store.get('structures'))
  const operations: Operation[] = []
  for (const kind of ['j', 'm', 'a', 's']) {
    for await (const [key, bytes] of store.range(kindRange(kind))) {
      const fields = codec.decode(bytes, key) as unknown[]
      const length = { j: 7, m: 7, a: 14, s: 14 }[kind]
      const value = codec.encode(withoutCauses(fields.slice(0, length)))
      operations.push({ type: 'put', key, value: Uint8Array.from(value) })
    }
  }
  const structures = codec.structuresChanged()
  if (structures !== undefined) operations.push({ type: 'put', key: 'structures', value: structures })
  await store.batch(operations, { sync: true })
}

/** A value without the fields `cause` and `armedBy`, however deep. */
function withoutCauses(value: unknown): unknown {
  if (Array.isArray(value)) {
    const at = value.findIndex((item) => item === 'cause' || item === 'armedBy')
    return (at < 0 ? value : value.toSpliced(at, 2)).map(withoutCauses)
  }
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value
  const kept = Object.entries(value).filter(([key]) => key !== 'cause' && key !== 'armedBy')
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutCauses(item)]))
}
