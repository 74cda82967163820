import { setImmediate as eventLoopRound } from 'node:timers/promises'
import {
  createSystem,
  isRosciusError,
  memoryStore,
  type RosciusRef,
  type Store,
  supervisor,
  whichChildren,
} from 'roscius'
import { describe, expect, it } from 'vitest'
import { type AnyActorLogic, assign, fromCallback, fromPromise, sendTo, setup } from 'xstate'
import { verify } from '../../src/persistence/verify.js'
import { all, refIn, World } from '../support/world.js'

/** Attempts of the effect that are to be answered, newest last. */
let asked: { readonly answer: (n: string) => void; readonly fail: (error: unknown) => void }[] = []
/** Whether the effect answers by itself from now on. */
let answersItself = false

type JobEvent =
  | { type: 'MSG' | 'LATER' | 'BREAK' | 'ACT'; n: string }
  | { type: 'WORK' | 'SLEEP' | 'END' | 'LISTEN' | 'roscius.cancel' }
  | { type: 'ASK'; replyTo: object }

const job = setup({
  types: { context: {} as { got: readonly string[] }, events: {} as JobEvent },
  actors: {
    work: fromPromise(
      () =>
        new Promise<string>((answer, fail) => {
          asked.push({ answer, fail })
          if (answersItself) answer('x')
        }),
    ),
    listen: fromCallback(() => undefined),
  },
  actions: {
    note: assign({ got: ({ context, event }) => [...context.got, 'n' in event ? event.n : event.type] }),
    break: assign(() => {
      throw new Error('broken')
    }),
    act: () => {
      throw new Error('acted badly')
    },
  },
}).createMachine({
  context: { got: [] },
  initial: 'idle',
  on: {
    MSG: { actions: 'note' },
    BREAK: { actions: 'break' },
    ACT: { actions: ['note', 'act'] },
    ASK: { actions: sendTo(({ event }) => refIn(event, 'replyTo'), { type: 'ANSWER' }) },
    END: '.end',
  },
  states: {
    idle: { on: { WORK: 'working', SLEEP: 'asleep', LISTEN: 'listening' }, meta: { defer: ['LATER'] } },
    working: {
      invoke: {
        src: 'work',
        onDone: { target: 'idle', actions: assign({ got: ({ context, event }) => [...context.got, event.output] }) },
        onError: 'refused',
      },
      on: { LATER: { actions: 'note' } },
    },
    listening: { invoke: { src: 'listen' } },
    asleep: { after: { 1000: { target: 'idle', actions: 'note' } } },
    refused: {},
    end: { type: 'final' },
  },
})

type JobRef = RosciusRef<typeof job>
const gotBy = (ref: JobRef): readonly string[] => ref.getSnapshot().context.got
const infoOf = async (world: World<{ job: typeof job }>, path = 'j') =>
  (await all(world.system.actors())).find((info) => info.path === path)

async function open(options: Partial<ConstructorParameters<typeof World>[1]> = {}) {
  asked = []
  answersItself = false
  const world = new World({ job }, options as object)
  const system = await world.open()
  const ref = await system.spawn('job', { id: 'j' })
  return { world, system, ref, again: () => world.system.actor('job', 'j') }
}

describe('a paused actor', () => {
  it('handles no mail until it is resumed, then all of it in its order', async () => {
    const { world, system, ref } = await open()
    await ref.pause({ by: 'anna', reason: 'to look' })
    ref.send({ type: 'MSG', n: '1' })
    ref.send({ type: 'MSG', n: '2' })
    const third = ref.deliver({ type: 'MSG', n: '3' })
    await system.settled()
    expect(gotBy(ref)).toEqual([])
    await ref.resume({ by: 'anna' })
    await third
    expect(gotBy(ref)).toEqual(['1', '2', '3'])
    expect(world.events.filter(({ type }) => type.startsWith('actor'))).toEqual([
      expect.objectContaining({ type: 'actorStarted' }),
      { type: 'actorPaused', path: 'j', by: 'anna', reason: 'to look' },
      { type: 'actorResumed', path: 'j', by: 'anna', reason: undefined },
    ])
    await world.stop()
  })

  it('is paused before the mail that waited already, and orders are carried out in their order', async () => {
    const { world, system, ref } = await open()
    ref.send({ type: 'MSG', n: '1' })
    await ref.pause()
    expect(gotBy(ref)).toEqual([])
    const orders = [ref.resume(), ref.pause(), ref.resume(), ref.pause()]
    await Promise.all(orders)
    await system.settled()
    expect(gotBy(ref)).toEqual([])
    await ref.resume()
    await system.settled()
    expect(gotBy(ref)).toEqual(['1'])
    await world.stop()
  })

  it('may be paused while it is only starting: its start comes first', async () => {
    const { world, system } = await open()
    const spawned = system.spawn('job', { id: 'k' })
    const ref = system.actor('job', 'k')
    const paused = ref.pause()
    await Promise.all([spawned, paused])
    ref.send({ type: 'MSG', n: '1' })
    await system.settled()
    expect(ref.getSnapshot()).toMatchObject({ value: 'idle', context: { got: [] } })
    await world.crashAndOpen()
    expect(await infoOf(world, 'k')).toMatchObject({ isPaused: true, status: 'active' })
    await world.stop()
  })

  it('takes no delay that falls due; it fires when the actor is resumed, and never early', async () => {
    const { world, ref, again } = await open()
    await ref.deliver({ type: 'SLEEP' })
    await ref.pause()
    await world.advance(900)
    await ref.resume()
    await world.advance(50)
    expect(ref.getSnapshot().value).toBe('asleep')
    await ref.pause()
    await world.advance(5_000)
    expect(ref.getSnapshot().value).toBe('asleep')
    await world.crashAndOpen()
    await world.advance(5_000)
    expect(again().getSnapshot().value).toBe('asleep')
    await again().resume()
    await world.system.settled()
    expect(again().getSnapshot().value).toBe('idle')
    await world.stop()
  })

  it('lets its effects run on, and takes their results when it is resumed', async () => {
    for (const isGood of [true, false]) {
      const { world, system, ref } = await open()
      await ref.deliver({ type: 'WORK' })
      await ref.pause()
      if (isGood) asked[0]?.answer('done')
      else asked[0]?.fail(new Error('no'))
      await system.settled()
      expect(ref.getSnapshot().value).toBe('working')
      await ref.resume()
      await system.settled()
      expect(ref.getSnapshot()).toMatchObject({
        value: isGood ? 'idle' : 'refused',
        context: { got: isGood ? ['done'] : [] },
      })
      await world.stop()
    }
  })

  it('starts an effect again only when it is resumed, under its id, also if it had answered before the crash', async () => {
    for (const hasAnswered of [true, false]) {
      const { world, system, ref, again } = await open()
      await ref.deliver({ type: 'WORK' })
      await ref.pause()
      if (hasAnswered) {
        asked[0]?.answer('lost')
        await system.settled()
      }
      await world.crashAndOpen()
      await world.system.settled()
      expect(asked).toHaveLength(1)
      expect(
        again()
          .explain()
          .waitsFor.map(({ kind }) => kind),
      ).toEqual(['pause'])
      await again().resume()
      await world.clock.advance(0)
      await again().deliver({ type: 'MSG', n: '1' })
      expect(asked).toHaveLength(2)
      expect(again().explain().waitsFor).toMatchObject([{ kind: 'effect', attempt: 2 }])
      asked[1]?.answer('done')
      await world.system.settled()
      expect(gotBy(again())).toEqual(['1', 'done'])
      await world.stop()
    }
  })

  it('keeps its mail over a crash with loss of power, also what came from outside, and takes each event once', async () => {
    const { world, system, ref, again } = await open()
    ref.send({ type: 'MSG', n: 'before' })
    await ref.pause()
    ref.send({ type: 'MSG', n: 'sent' })
    const delivered = ref.deliver({ type: 'MSG', n: 'delivered' }, { idempotencyKey: 'd' })
    delivered.catch(() => undefined)
    await system.settled()
    for (let crash = 0; crash < 3; crash++) {
      await world.crash({ powerLoss: true })
      await world.open()
      await world.system.settled()
      expect(gotBy(again())).toEqual([])
    }
    await expect(delivered).rejects.toMatchObject({ code: 'SYSTEM_STOPPED' })
    const repeated = again().deliver({ type: 'MSG', n: 'delivered' }, { idempotencyKey: 'd' })
    await again().resume()
    await repeated
    expect(gotBy(again())).toEqual(['before', 'sent', 'delivered'])
    await world.crashAndOpen()
    expect(gotBy(again())).toEqual(['before', 'sent', 'delivered'])
    await world.stop()
    expect(await all(verify(world.store as Store))).toEqual([])
  })

  it('takes an event of a volatile sender that can not be stored without harm to the node', async () => {
    const sender = setup({ types: { events: {} as { type: 'GO'; to: object } } }).createMachine({
      on: { GO: { actions: sendTo(({ event }) => refIn(event, 'to'), { type: 'MSG', n: () => 'a function' }) } },
    })
    const world = new World({ job, sender: { logic: sender, durability: 'volatile' } })
    const system = await world.open()
    const ref = await system.spawn('job', { id: 'j' })
    const from = await system.spawn('sender', { id: 's' })
    await ref.pause()
    await from.deliver({ type: 'GO', to: ref })
    await system.settled()
    expect(ref.explain().mailbox).toBe(1)
    await ref.resume()
    await system.settled()
    expect(world.events.some(({ type }) => type === 'halted')).toBe(false)
    await world.stop()
  })

  it('is one over a stop and a passivation, and says so in the list, the tree and the explanation', async () => {
    const { world, ref, again } = await open({ passivation: { idleMs: 1_000, maxActive: 10 } })
    await ref.pause({ by: 'anna', reason: 'the disk is full' })
    await world.advance(5_000)
    expect(await infoOf(world)).toMatchObject({ isInMemory: false, isPaused: true, status: 'active' })
    await world.restart()
    again().send({ type: 'MSG', n: '1' })
    await world.advance(5_000)
    expect(gotBy(again())).toEqual([])
    expect(await infoOf(world)).toMatchObject({ isInMemory: true, isPaused: true })
    const tree = await world.system.tree()
    const pause = { by: 'anna', reason: 'the disk is full', sinceMs: 1_000_000 }
    expect(tree.children[0]).toMatchObject({ isPaused: true, pause, mailbox: 1 })
    expect(String(tree)).toContain('anna paused it (the disk is full), 1 in its mailbox')
    const why = again().explain({ event: { type: 'MSG', n: '2' } })
    expect(why.waitsFor).toEqual([{ kind: 'pause', ...pause }])
    expect(why.forecast).toEqual({ event: 'MSG', would: { kind: 'waits' } })
    expect(String(why)).toContain('j (job) is paused in idle\n')
    expect(String(why)).toContain('to be resumed: anna paused it (the disk is full) 10 s ago')
    await again().resume()
    await world.system.settled()
    expect((await world.system.tree()).children[0]).toMatchObject({ isPaused: false, pause: undefined })
    expect(String(again().explain())).toContain('j (job) is active in idle')
    await world.stop()
  })

  it('leaves memory though it has an effect to start again', async () => {
    const { world, ref, again } = await open({ passivation: { idleMs: 1_000, maxActive: 10 } })
    await ref.deliver({ type: 'LISTEN' })
    await ref.pause()
    await world.crashAndOpen()
    await world.advance(3_000)
    expect(await infoOf(world)).toMatchObject({ isInMemory: false })
    await again().resume()
    await world.system.settled()
    expect(again().explain().waitsFor).toMatchObject([{ kind: 'effect', status: 'running', attempt: 2 }])
    await world.stop()
  })

  it('stays paused as it was when it is paused again, and one that is not paused is not resumed', async () => {
    const { world, ref } = await open()
    await ref.resume({ by: 'bob' })
    await ref.pause({ by: 'anna' })
    await ref.pause({ by: 'bob' })
    expect(ref.explain().waitsFor).toMatchObject([{ kind: 'pause', by: 'anna' }])
    expect(world.events.filter(({ type }) => /Paused|Resumed/.test(type))).toHaveLength(1)
    await world.stop()
  })

  it('has a bounded mailbox as usual', async () => {
    for (const overflow of ['reject', 'dropOldest'] as const) {
      const world = new World({ job: { logic: job, mailbox: { capacity: 2, overflow } } })
      const system = await world.open()
      const ref = await system.spawn('job', { id: 'j' })
      await ref.pause()
      ref.send({ type: 'MSG', n: '1' })
      ref.send({ type: 'MSG', n: '2' })
      if (overflow === 'reject') expect(() => ref.send({ type: 'MSG', n: '3' })).toThrow('as many as it may')
      else ref.send({ type: 'MSG', n: '3' })
      await system.settled()
      await ref.resume()
      await system.settled()
      expect(gotBy(ref as JobRef)).toEqual(overflow === 'reject' ? ['1', '2'] : ['2', '3'])
      await world.stop()
    }
  })

  it('lets a question time out as usual', async () => {
    const { world, ref } = await open()
    await ref.pause()
    const answer = ref.ask((replyTo) => ({ type: 'ASK', replyTo }), { timeoutMs: 1_000 })
    answer.catch(() => undefined)
    await world.advance(2_000)
    await expect(answer).rejects.toMatchObject({ code: 'ASK_TIMEOUT' })
    await world.stop()
  })

  it('keeps what it defers, and the deferred come back when it moves on', async () => {
    const { world, ref, again } = await open()
    await ref.deliver({ type: 'LATER', n: '1' })
    await ref.pause()
    ref.send({ type: 'WORK' })
    await world.system.settled()
    await world.crashAndOpen()
    expect(again().explain()).toMatchObject({ stash: 1, mailbox: 1 })
    await again().resume()
    await again().deliver({ type: 'MSG', n: '2' })
    expect(gotBy(again())).toEqual(['1', '2'])
    await world.stop()
  })

  it('fails on what its action has thrown only when it is resumed', async () => {
    const { world, system, ref } = await open()
    const letGo = world.store.hold()
    ref.send({ type: 'ACT', n: '1' })
    await eventLoopRound()
    const paused = ref.pause()
    await eventLoopRound()
    letGo()
    await paused
    await system.settled()
    const told = () => world.events.filter(({ type }) => type === 'childFailed').length
    expect(told()).toBe(0)
    await ref.resume()
    await system.settled()
    expect(told()).toBe(1)
    expect(gotBy(ref)).toEqual(['1'])
    await world.stop()
  })

  it('can be stopped, and its mail becomes dead letters', async () => {
    const { world, system, ref } = await open()
    await ref.pause()
    ref.send({ type: 'MSG', n: '1' })
    await ref.stop()
    expect(await infoOf(world)).toMatchObject({ status: 'stopped', isPaused: false })
    expect(await all(system.deadLetters.list())).toMatchObject([{ path: 'j', reason: 'actorEnded' }])
    const next = await system.spawn('job', { id: 'j' })
    await next.deliver({ type: 'MSG', n: '2' })
    expect(gotBy(next)).toEqual(['2'])
    await world.stop()
  })

  it('can be cancelled, and its machine ends by itself as far as it gets', async () => {
    const tidy = setup({
      types: {
        context: {} as { got: readonly string[] },
        events: {} as { type: 'MSG'; n: string } | { type: 'roscius.cancel' },
      },
      actors: { sweep: fromPromise(async () => 'swept') },
    }).createMachine({
      context: { got: [] },
      initial: 'on',
      states: {
        on: {
          on: {
            'roscius.cancel': 'tidying',
            MSG: { actions: assign({ got: ({ context, event }) => [...context.got, event.n] }) },
          },
        },
        tidying: { invoke: { src: 'sweep', onDone: 'off' } },
        off: { type: 'final' },
      },
      output: ({ context }) => context.got,
    })
    const world = new World({ tidy })
    const system = await world.open()
    const ref = await system.spawn('tidy', { id: 't' })
    await ref.pause()
    ref.send({ type: 'MSG', n: '1' })
    await ref.cancel({ deadlineMs: 'infinity' })
    expect(await ref.result()).toEqual([])
    await world.stop()
  })

  for (const durability of ['relaxed', 'volatile'] as const)
    it(`is one also if it is ${durability}`, async () => {
      const world = new World({ job: { logic: job, durability } })
      const system = await world.open()
      const ref = await system.spawn('job', { id: 'j' })
      await ref.pause({ by: 'anna' })
      ref.send({ type: 'MSG', n: '1' })
      await system.settled()
      expect(gotBy(ref as JobRef)).toEqual([])
      expect((await all(system.actors()))[0]).toMatchObject({ isPaused: true })
      await ref.resume()
      await system.settled()
      expect(gotBy(ref as JobRef)).toEqual(['1'])
      expect((await all(system.actors()))[0]).toMatchObject({ isPaused: false })
      await world.stop()
    })
})

describe('supervision', () => {
  const pool = (strategy: 'oneForOne' | 'oneForAll', restartFrom: 'lastGood' | 'initial', initialMs?: number) =>
    supervisor({
      strategy,
      children: ['a', 'b', 'c'].map((id) => ({
        id,
        logic: 'job',
        restartFrom,
        ...(initialMs !== undefined && { backoff: { initialMs } }),
      })),
    })
  async function openPool(...given: Parameters<typeof pool>) {
    asked = []
    const world = new World({ job, pool: pool(...given) })
    const system = await world.open()
    const boss = await system.spawn('pool', { id: 'p' })
    const child = (id: string): JobRef => world.system.actor('job', `p/${id}`)
    for (const id of ['a', 'b', 'c']) await child(id).deliver({ type: 'MSG', n: id })
    return { world, system, boss, child }
  }

  it('restarts a paused actor with its group from its last good state, and it stays paused', async () => {
    const { world, system, child } = await openPool('oneForAll', 'lastGood')
    await child('b').pause()
    child('b').send({ type: 'MSG', n: '2' })
    await child('a')
      .deliver({ type: 'BREAK', n: '' })
      .catch(() => undefined)
    await system.settled()
    await child('c').deliver({ type: 'MSG', n: '3' })
    expect(child('b').explain()).toMatchObject({
      status: 'active',
      mailbox: 1,
      failures: { restarts: expect.any(Number) },
    })
    expect(gotBy(child('b'))).toEqual(['b'])
    await world.crashAndOpen()
    await child('b').resume()
    await world.system.settled()
    expect(gotBy(child('b'))).toEqual(['b', '2'])
    await world.stop()
  })

  it('lets the siblings of a paused actor begin anew without it; it does when it is resumed', async () => {
    const { world, system, child } = await openPool('oneForAll', 'initial')
    await child('b').pause({ by: 'anna' })
    child('b').send({ type: 'MSG', n: '2' })
    await child('a')
      .deliver({ type: 'BREAK', n: '' })
      .catch(() => undefined)
    await system.settled()
    await child('c').deliver({ type: 'MSG', n: '3' })
    expect(gotBy(child('c'))).toEqual(['3'])
    expect(child('b').explain().waitsFor).toMatchObject([
      { kind: 'pause', by: 'anna' },
      { kind: 'restart', from: 'initial' },
    ])
    expect(String(child('b').explain())).toContain('its restart from its initial state, when it is resumed')
    await child('a')
      .deliver({ type: 'BREAK', n: '' })
      .catch(() => undefined)
    await system.settled()
    for (let crash = 0; crash < 2; crash++) {
      await world.crashAndOpen()
      await world.system.settled()
      expect((await world.system.tree()).children[0]?.children[1]).toMatchObject({
        status: 'restarting',
        isPaused: true,
      })
    }
    await child('b').resume()
    await world.system.settled()
    expect(gotBy(child('b'))).toEqual(['2'])
    await world.stop()
    expect(await all(verify(world.store as Store))).toEqual([])
  })

  it('ends the wait of an actor that was paused in its backoff, and it is paused still', async () => {
    for (const from of ['lastGood', 'initial'] as const) {
      const { world, system, child } = await openPool('oneForOne', from, 1_000)
      child('a').send({ type: 'BREAK', n: '' })
      await system.settled()
      await child('a').pause()
      await world.advance(10_000)
      child('a').send({ type: 'MSG', n: '2' })
      await world.crashAndOpen()
      await world.advance(10_000)
      expect(child('a').explain().status).toBe(from === 'initial' ? 'restarting' : 'active')
      await child('a').resume()
      await world.advance(60_000)
      expect(child('a').explain().status).toBe('active')
      await world.stop()
    }
  })

  it('waits for a paused supervisor, whose children that restart alone do so without it', async () => {
    for (const strategy of ['oneForOne', 'oneForAll'] as const) {
      const { world, system, boss, child } = await openPool(strategy, 'lastGood')
      await boss.pause()
      const broken = child('a').deliver({ type: 'BREAK', n: '' })
      broken.catch(() => undefined)
      await system.settled()
      const status = (await whichChildren(boss))[0]?.status
      expect(status).toBe(strategy === 'oneForOne' ? 'active' : 'restarting')
      await world.crashAndOpen()
      await world.system.settled()
      await world.system.actor('pool', 'p').resume()
      await world.system.settled()
      for (const id of ['a', 'b', 'c']) await child(id).deliver({ type: 'MSG', n: '2' })
      expect(gotBy(child('c'))).toEqual(['c', '2'])
      await world.stop()
    }
  })
})

describe('an order', () => {
  const code = (promise: Promise<unknown>): Promise<string> =>
    promise.then(
      () => 'none',
      (error) => (isRosciusError(error) ? error.code : String(error)),
    )

  it('is refused for an actor that is not there, has ended, has failed, or is ending', async () => {
    const world = new World({ job: { logic: job, supervision: { restart: 'temporary' } } })
    const system = await world.open()
    const codes = async (ref: RosciusRef<AnyActorLogic>) => [await code(ref.pause()), await code(ref.resume())]
    expect(await codes(system.actor('job', 'nobody'))).toEqual(['ACTOR_NOT_FOUND', 'ACTOR_NOT_FOUND'])
    const done = await system.spawn('job', { id: 'done' })
    await done.deliver({ type: 'END' })
    const failed = await system.spawn('job', { id: 'failed' })
    await failed.deliver({ type: 'BREAK', n: '' }).catch(() => undefined)
    for (const round of [1, 2]) {
      expect(await codes(world.system.actor('job', 'done'))).toEqual(['ACTOR_STOPPED', 'ACTOR_STOPPED'])
      expect(await codes(world.system.actor('job', 'failed'))).toEqual(['ACTOR_FAILED', 'ACTOR_FAILED'])
      if (round === 1) await world.crashAndOpen()
    }
    const ending = await world.system.spawn('job', { id: 'ending' })
    const cancelled = ending.cancel()
    expect(await code(ending.pause())).toBe('ACTOR_STOPPED')
    await cancelled
    await world.stop()
    expect(await code(ending.pause())).toBe('SYSTEM_STOPPED')
  })

  it('is refused for an actor in quarantine, and with options that it does not have', async () => {
    const { world, ref, again } = await open()
    await ref.deliver({ type: 'WORK' })
    const bad = [{ by: 1 }, { why: 'x' }, { reason: 'x'.repeat(10_001) }] as unknown as { by: string }[]
    for (const [index, options] of bad.entries())
      await expect(ref.pause(options)).rejects.toMatchObject({
        code: 'OPTIONS_INVALID',
        details: { field: ['pause.by', 'pause.why', 'pause.reason'][index] },
      })
    await world.stop()
    await world.open({ job: setup({}).createMachine({ initial: 'other', states: { other: {} } }) })
    expect(await code(again().pause())).toBe('ACTOR_QUARANTINED')
    expect(await code(again().restart())).toBe('ACTOR_QUARANTINED')
    await world.stop()
  })

  it('is refused for an actor of another node', async () => {
    const { world, system } = await open()
    const far = system.actor('job', 'roscius://elsewhere/j')
    for (const order of [far.pause(), far.resume(), far.restart()])
      await expect(order).rejects.toMatchObject({ code: 'REMOTE_UNSUPPORTED' })
    await world.stop()
  })

  it('is in the journal and, in the same commit, in the audit trail', async () => {
    const { world, ref } = await open()
    await ref.pause({ by: 'anna', reason: 'to look' })
    await ref.pause({ by: 'bob' })
    await ref.resume({ by: 'bob' })
    await ref.restart({ by: 'eve' })
    const events = (await all(ref.journal())).filter(({ kind }) => kind === 'supervision').map(({ event }) => event)
    expect(events).toEqual([
      { type: 'roscius.pause', by: 'anna', reason: 'to look' },
      { type: 'roscius.resume', by: 'bob' },
      { type: 'roscius.restart', from: 'lastGood', by: 'eve' },
    ])
    await world.crashAndOpen()
    const trail = await all(world.system.audit.records())
    expect(trail.map(({ kind, subject, path }) => [kind, subject, path])).toEqual([
      ['intervention', 'pause', 'j'],
      ['intervention', 'resume', 'j'],
      ['intervention', 'restart', 'j'],
    ])
    expect(JSON.stringify(trail[0])).toContain('anna')
    expect(await world.system.audit.verify()).toMatchObject({ ok: true, records: 3 })
    await world.stop()
    expect(await all(verify(world.store as Store))).toEqual([])
  })

  it('is durable when it has resolved, and a failed commit rejects it', async () => {
    const { world, ref } = await open()
    world.store.failBatch(world.store.written.batches + 1, 'before')
    await expect(ref.pause()).rejects.toMatchObject({ code: 'COMMIT_FAILED' })
    await world.crashAndOpen()
    expect(await infoOf(world)).toMatchObject({ isPaused: false })
    await world.stop()
  })

  it('that was given in the last moment before the system stops is carried out or rejected', async () => {
    const system = await createSystem({ name: 'n', store: memoryStore(), logic: { job } })
    const ref = await system.spawn('job', { id: 'j' })
    const order = code(ref.pause())
    await system.stop()
    expect(['none', 'SYSTEM_STOPPED']).toContain(await order)
  })
})

describe('a crash', () => {
  it('at every step around a pause loses no event, takes none twice, and never resumes by itself', async () => {
    const batches = 16
    for (const powerLoss of [false, true])
      for (let batch = 1; batch <= batches; batch++)
        for (const when of ['before', 'after'] as const) {
          const { world, ref, again } = await open()
          const told = { paused: false, resumed: false }
          world.store.crashAtBatch(world.store.written.batches + batch, when, { powerLoss })
          const send = (n: string) => again().deliver({ type: 'MSG', n }, { idempotencyKey: n })
          const run = async (): Promise<void> => {
            await ref.deliver({ type: 'WORK' }, { idempotencyKey: 'work' })
            await send('1')
            await ref.pause({ by: 'anna' }).then(() => (told.paused = true))
            void send('2').catch(() => undefined)
            void send('3').catch(() => undefined)
            for (let round = 0; round < 5; round++) await eventLoopRound()
            asked[0]?.answer('x')
            await world.system.settled()
            await ref.resume().then(() => (told.resumed = true))
            await send('4')
            await world.system.settled()
          }
          await run().catch(() => undefined)
          answersItself = true
          await world.crash()
          await world.open()
          await world.system.settled()
          const isPaused = (await infoOf(world))?.isPaused === true
          if (told.paused && !told.resumed && !isPaused) {
            // Only a resume that was committed though nobody heard of it.
            const orders = (await all(again().journal())).map(({ event }) => event.type)
            expect(orders).toContain('roscius.resume')
          }
          if (told.resumed) expect(isPaused).toBe(false)
          if (isPaused) {
            const before = gotBy(again())
            again().send({ type: 'MSG', n: 'waits' })
            await world.system.settled()
            expect(gotBy(again())).toEqual(before)
          }
          await again().resume()
          await again().deliver({ type: 'WORK' }, { idempotencyKey: 'work' })
          for (const n of ['1', '2', '3', '4']) await send(n)
          await world.system.settled()
          const got = gotBy(again()).filter((n) => n !== 'x' && n !== 'waits')
          expect([...got].sort()).toEqual(['1', '2', '3', '4'])
          await world.stop()
          expect(await all(verify(world.store as Store))).toEqual([])
        }
  })
})
