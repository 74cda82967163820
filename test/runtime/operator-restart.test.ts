import { currentEffect, isRosciusError, type RosciusRef, type Store, spawnActor, supervisor } from 'roscius'
import { describe, expect, it } from 'vitest'
import { assign, fromPromise, setup } from 'xstate'
import { verify } from '../../src/persistence/verify.js'
import { all, World } from '../support/world.js'

interface Attempt {
  readonly effectId: string
  readonly attempt: number
  readonly signal: AbortSignal
  readonly answer: (n: string) => void
}

let attempts: Attempt[] = []
/** How often `ONCE` still fails. */
let breaks = 0

const job = setup({
  types: {
    context: {} as { name: string; got: readonly string[] },
    input: {} as { name: string },
    events: {} as
      | { type: 'MSG' | 'LATER' | 'BREAK' | 'FAIL' | 'ONCE'; n: string }
      | { type: 'WORK' | 'SLEEP' | 'END' | 'SPAWN' },
  },
  actors: {
    work: fromPromise(
      () =>
        new Promise<string>((answer) => {
          const { effectId, attempt, signal } = currentEffect() as NonNullable<ReturnType<typeof currentEffect>>
          attempts.push({ effectId, attempt, signal, answer })
        }),
    ),
  },
  actions: {
    note: assign({ got: ({ context, event }) => [...context.got, 'n' in event ? event.n : event.type] }),
    break: assign(({ event }) => {
      throw Object.assign(new Error('broken'), { failureClass: event.type === 'FAIL' ? 'budget' : 'bug' })
    }),
    breakOnce: assign(() => {
      if (breaks-- > 0) throw new Error('broken')
      return {}
    }),
    spawn: spawnActor('leaf', { id: 'below' }),
  },
}).createMachine({
  id: 'job',
  context: ({ input }) => ({ name: input?.name ?? 'nobody', got: [] }),
  initial: 'idle',
  on: {
    MSG: { actions: 'note' },
    BREAK: { actions: 'break' },
    ONCE: { actions: ['breakOnce', 'note'] },
    FAIL: { actions: 'break' },
    END: '.end',
    SPAWN: { actions: 'spawn' },
  },
  states: {
    idle: { on: { WORK: 'working', SLEEP: 'asleep' }, meta: { defer: ['LATER'] } },
    working: {
      on: { LATER: { actions: 'note' } },
      invoke: {
        src: 'work',
        onDone: { target: 'idle', actions: assign({ got: ({ context, event }) => [...context.got, event.output] }) },
      },
    },
    asleep: { after: { 1000: { target: 'idle', actions: 'note' } } },
    end: { type: 'final' },
  },
})
const leaf = setup({}).createMachine({})

type JobRef = RosciusRef<typeof job>
const gotBy = (ref: JobRef): readonly string[] => ref.getSnapshot().context.got

function worldOf(settings: object = {}) {
  attempts = []
  return new World({ job: { logic: job, ...settings }, leaf })
}

async function open(settings: object = {}) {
  const world = worldOf(settings)
  const system = await world.open()
  const ref = await system.spawn('job', { id: 'j', input: { name: 'joe' } })
  return { world, system, ref, again: (): JobRef => world.system.actor('job', 'j') }
}

const restarts = (world: { readonly events: readonly { readonly type: string }[] }) =>
  world.events.filter(({ type }) => type === 'actorRestarted' || type === 'childRestarted')

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'none',
    (error) => (isRosciusError(error) ? error.code : String(error)),
  )

describe('an operator restarts', () => {
  it('an active actor from its state as it is, with its mail; its effects are aborted, fenced, and started again', async () => {
    const { world, system, ref } = await open()
    await ref.deliver({ type: 'MSG', n: '1' })
    await ref.deliver({ type: 'WORK' })
    ref.send({ type: 'MSG', n: '2' })
    await ref.restart({ by: 'anna', reason: 'it hangs' })
    await ref.deliver({ type: 'MSG', n: '3' })
    expect(gotBy(ref)).toEqual(['1', '2', '3'])
    const [first, second] = attempts
    expect(attempts.map(({ attempt }) => attempt)).toEqual([1, 2])
    expect(second?.effectId).toBe(first?.effectId)
    expect(first?.signal.aborted).toBe(true)
    first?.answer('late')
    second?.answer('done')
    await system.settled()
    expect(gotBy(ref)).toEqual(['1', '2', '3', 'done'])
    expect(restarts(world)).toEqual([
      { type: 'actorRestarted', path: 'j', from: 'lastGood', by: 'anna', reason: 'it hangs' },
      { type: 'childRestarted', path: 'j', supervisor: undefined, from: 'lastGood', restarts: 1, by: 'operator' },
    ])
    await world.stop()
    expect(await all(verify(world.store as Store))).toEqual([])
  })

  it('one anew with what it was started with, after all below it have ended', async () => {
    const { world, system, ref, again } = await open()
    await ref.deliver({ type: 'MSG', n: '1' })
    await ref.deliver({ type: 'LATER', n: '2' })
    await ref.deliver({ type: 'SPAWN' })
    const below = system.actor('leaf', 'j/below')
    const ended: string[] = []
    below.subscribe({ complete: () => ended.push('below') })
    await ref.restart({ from: 'initial', by: 'anna' })
    await system.settled()
    expect(ended).toEqual(['below'])
    expect(ref.getSnapshot()).toMatchObject({ value: 'idle', context: { name: 'joe', got: [] } })
    expect(ref.explain()).toMatchObject({ stash: 1, failures: { restarts: 1, last: undefined } })
    expect(restarts(world).at(-1)).toMatchObject({ type: 'childRestarted', from: 'initial', by: 'operator' })
    await ref.deliver({ type: 'SPAWN' })
    await world.crashAndOpen()
    await again().restart({ from: 'initial' })
    await world.system.settled()
    expect(again().getSnapshot().context).toEqual({ name: 'joe', got: [] })
    await world.stop()
    expect(await all(verify(world.store as Store))).toEqual([])
  })

  it('one of a later life with what that life was started with', async () => {
    const { world, ref, again } = await open()
    await ref.restart({ from: 'initial' })
    await ref.stop()
    await world.system.spawn('job', { id: 'j', input: { name: 'jim' } })
    for (let record = 0; record < 30; record++) await again().deliver({ type: 'MSG', n: 'x'.repeat(2_000) })
    await world.restart()
    await again().restart({ from: 'initial' })
    await world.system.settled()
    expect(again().getSnapshot().context).toEqual({ name: 'jim', got: [] })
    await world.stop()
  })

  it('none anew whose start is not kept any more, and says what else there is', async () => {
    const { world, ref } = await open({ keep: { records: 1 } })
    for (let record = 0; record < 40; record++) await ref.deliver({ type: 'MSG', n: 'x'.repeat(2_000) })
    await world.system.settled()
    await expect(ref.restart({ from: 'initial' })).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
      details: { field: 'restart.from' },
      message: expect.stringContaining('lastGood'),
    })
    await ref.restart()
    expect(gotBy(ref)).toHaveLength(40)
    await world.stop()
  })

  it('as often as they like: it costs nothing of what supervision bears', async () => {
    const { world, system, ref } = await open()
    for (let time = 0; time < 20; time++) await ref.restart(time % 2 === 0 ? {} : { from: 'initial' })
    await system.settled()
    expect(ref.explain()).toMatchObject({ failures: { restarts: 20 }, supervision: { used: 0 } })
    await ref.deliver({ type: 'BREAK', n: '' }).catch(() => undefined)
    expect(ref.explain().status).toBe('active')
    await world.stop()
  })

  it('one that waits for its restart at once, with the event that failed it, and its timer is gone', async () => {
    for (const from of ['lastGood', 'initial'] as const) {
      const { world, system, ref } = await open({ supervision: { backoff: { initialMs: 60_000 }, restartFrom: from } })
      await ref.deliver({ type: 'MSG', n: '1' })
      breaks = 1
      const once = ref.deliver({ type: 'ONCE', n: '2' })
      await system.settled()
      expect(ref.explain().status).toBe('restarting')
      await ref.restart({ by: 'anna' })
      await once
      expect(gotBy(ref)).toEqual(from === 'lastGood' ? ['1', '2'] : ['2'])
      expect(ref.explain()).toMatchObject({ status: 'active', failures: { restarts: 1 } })
      expect(await all(world.store.range({ gte: 't/', lt: 't0' }))).toEqual([])
      expect(restarts(world)).toMatchObject([
        { type: 'actorRestarted', from },
        { type: 'childRestarted', by: 'operator' },
      ])
      await world.stop()
    }
  })

  it('one that has failed from its last good state: with its name and its delays', async () => {
    const world = worldOf()
    const system = await world.open()
    const ref = await system.spawn('job', { id: 'j', systemId: 'the job', input: { name: 'joe' } })
    await ref.deliver({ type: 'MSG', n: '1' })
    await ref.deliver({ type: 'LATER', n: 'dead' })
    await ref.deliver({ type: 'SLEEP' })
    await ref.deliver({ type: 'FAIL', n: '' }).catch(() => undefined)
    await system.settled()
    expect(ref.explain().status).toBe('failed')
    expect(system.get('the job')).toBeUndefined()
    for (const isStored of [false, true]) {
      if (isStored) await world.crashAndOpen()
      const back: JobRef = world.system.actor('job', 'j')
      if (isStored) await back.deliver({ type: 'FAIL', n: '' }).catch(() => undefined)
      await back.restart({ by: 'anna' })
      expect(back.failure()).toBeUndefined()
      expect(back.explain()).toMatchObject({ status: 'active', stash: 0 })
      expect((world.system.get('the job') as JobRef).path).toBe('j')
      expect(back.getSnapshot()).toMatchObject({ status: 'active', value: 'asleep' })
    }
    await world.crashAndOpen()
    expect((world.system.get('the job') as JobRef).path).toBe('j')
    await world.advance(1_000)
    const back: JobRef = world.system.actor('job', 'j')
    expect(back.getSnapshot()).toMatchObject({ value: 'idle', context: { got: ['1', 'xstate.after.1000.job.asleep'] } })
    await world.stop()
    expect(await all(verify(world.store as Store))).toEqual([])
  })

  it('one that has failed anew, below as well', async () => {
    const { world, system, ref, again } = await open()
    await ref.deliver({ type: 'SPAWN' })
    await ref.deliver({ type: 'FAIL', n: '' }).catch(() => undefined)
    await ref.restart({ from: 'initial' })
    await system.settled()
    await ref.deliver({ type: 'SPAWN' })
    expect(ref.getSnapshot()).toMatchObject({ status: 'active', context: { name: 'joe', got: [] } })
    await world.crashAndOpen()
    expect(again().getSnapshot()).toMatchObject({ status: 'active', context: { name: 'joe', got: [] } })
    expect(world.system.actor('leaf', 'j/below').getSnapshot().status).toBe('active')
    await world.stop()
    expect(await all(verify(world.store as Store))).toEqual([])
  })

  it('no actor that has ended, nor one that has failed whose parent has, or whose name belongs to another', async () => {
    const pool = supervisor({ children: [{ id: 'a', logic: 'job', restart: 'temporary' }] })
    const world = new World({ job, leaf, pool })
    const system = await world.open()
    const done = await system.spawn('job', { id: 'done', input: { name: 'joe' } })
    await done.deliver({ type: 'END' })
    expect(await codeOf(done.restart())).toBe('ACTOR_STOPPED')
    const boss = await system.spawn('pool', { id: 'p' })
    const child: JobRef = system.actor('job', 'p/a')
    await child.deliver({ type: 'BREAK', n: '' }).catch(() => undefined)
    await child.restart()
    expect(child.explain().status).toBe('active')
    await child.deliver({ type: 'BREAK', n: '' }).catch(() => undefined)
    await boss.stop()
    expect(await codeOf(child.restart())).toBe('ACTOR_STOPPED')
    const named = await system.spawn('job', { id: 'n', systemId: 'name', input: { name: 'joe' } })
    await named.deliver({ type: 'FAIL', n: '' }).catch(() => undefined)
    await system.spawn('leaf', { id: 'other', systemId: 'name' })
    expect(await codeOf(named.restart())).toBe('SYSTEM_ID_TAKEN')
    expect(await codeOf(system.actor('job', 'nobody').restart())).toBe('ACTOR_NOT_FOUND')
    expect(await codeOf(named.restart({ from: 'scratch' } as object))).toBe('OPTIONS_INVALID')
    await world.stop()
  })

  it('a paused actor, and it stays paused: its effects, or its new beginning, wait until it is resumed', async () => {
    for (const from of ['lastGood', 'initial'] as const) {
      const { world, system, ref, again } = await open()
      await ref.deliver({ type: 'MSG', n: '1' })
      await ref.deliver({ type: 'WORK' })
      await ref.pause({ by: 'anna' })
      ref.send({ type: 'MSG', n: '2' })
      await ref.restart({ from, by: 'bob' })
      await system.settled()
      expect(attempts).toHaveLength(1)
      expect(ref.getSnapshot()).toMatchObject({ value: 'working', context: { got: ['1'] } })
      await world.crashAndOpen()
      await world.system.settled()
      expect(attempts).toHaveLength(1)
      await again().resume()
      await again().deliver({ type: 'MSG', n: '3' })
      expect(attempts).toHaveLength(from === 'lastGood' ? 2 : 1)
      expect(gotBy(again())).toEqual(from === 'lastGood' ? ['1', '2', '3'] : ['2', '3'])
      expect(restarts(world).filter(({ type }) => type === 'childRestarted')).toHaveLength(from === 'lastGood' ? 0 : 1)
      if (from === 'initial') expect(restarts(world)).toMatchObject([{ from, by: 'operator' }])
      await world.stop()
    }
  })

  it('a volatile actor anew only, also one that has failed', async () => {
    const { world, system, ref } = await open({ durability: 'volatile' })
    await ref.deliver({ type: 'MSG', n: '1' })
    expect(await codeOf(ref.restart({ from: 'lastGood' }))).toBe('OPTIONS_INVALID')
    await ref.restart()
    await system.settled()
    expect(ref.getSnapshot().context).toEqual({ name: 'joe', got: [] })
    await ref.deliver({ type: 'FAIL', n: '' }).catch(() => undefined)
    expect(ref.explain().status).toBe('failed')
    await ref.restart()
    await ref.deliver({ type: 'MSG', n: '2' })
    expect(ref.getSnapshot()).toMatchObject({ status: 'active', context: { name: 'joe', got: ['2'] } })
    await world.stop()
  })

  it('a supervisor, and its children go on', async () => {
    const pool = supervisor({
      strategy: 'oneForAll',
      children: [
        { id: 'a', logic: 'job', input: { name: 'a' } },
        { id: 'b', logic: 'job', input: { name: 'b' } },
      ],
    })
    const world = new World({ job, leaf, pool })
    const system = await world.open()
    const boss = await system.spawn('pool', { id: 'p' })
    const child = (id: string): JobRef => world.system.actor('job', `p/${id}`)
    await child('a').deliver({ type: 'MSG', n: '1' })
    expect(await codeOf(boss.restart({ from: 'lastGood' }))).toBe('OPTIONS_INVALID')
    await boss.restart()
    await system.settled()
    expect(gotBy(child('a'))).toEqual(['1'])
    expect(boss.getSnapshot()).toMatchObject({ value: 'running' })
    child('b').send({ type: 'BREAK', n: '' })
    await system.settled()
    await child('a').deliver({ type: 'MSG', n: '2' })
    expect(gotBy(child('a'))).toEqual(['1', '2'])
    await world.stop()
  })

  it('a child that waits for its supervisor, which then has nothing to do about it', async () => {
    const pool = supervisor({ strategy: 'oneForAll', children: ['a', 'b'].map((id) => ({ id, logic: 'job' })) })
    const world = new World({ job, leaf, pool })
    const system = await world.open()
    const boss = await system.spawn('pool', { id: 'p' })
    const child: JobRef = system.actor('job', 'p/a')
    await boss.pause()
    breaks = 1
    const once = child.deliver({ type: 'ONCE', n: '1' })
    await system.settled()
    expect(child.explain().status).toBe('restarting')
    await child.restart()
    await once
    await boss.resume()
    await system.settled()
    expect(gotBy(child)).toEqual(['1'])
    expect(boss.getSnapshot()).toMatchObject({ value: 'running' })
    expect(world.events.filter(({ type }) => type === 'groupRestarting')).toEqual([])
    await world.stop()
  })

  it('their own actor out of an effect', async () => {
    let count = 0
    const restarter = setup({
      actors: {
        once: fromPromise(async () => {
          const effect = currentEffect()
          if (++count === 1) await effect?.actor(effect.path).restart()
          return effect?.attempt
        }),
      },
      types: { context: {} as { attempt: unknown } },
    }).createMachine({
      context: { attempt: 0 },
      invoke: { src: 'once', onDone: { actions: assign({ attempt: ({ event }) => event.output }) } },
    })
    const world = new World({ restarter })
    const system = await world.open()
    const ref = await system.spawn('restarter', { id: 'r' })
    await system.settled()
    expect(ref.getSnapshot().context).toEqual({ attempt: 2 })
    await world.stop()
  })
})

describe('a crash', () => {
  it('at every step around a restart loses no event, takes none twice, and leaves one life', async () => {
    for (const from of ['lastGood', 'initial'] as const)
      for (const powerLoss of [false, true])
        for (let batch = 1; batch <= 14; batch++)
          for (const when of ['before', 'after'] as const) {
            const { world, system, ref, again } = await open()
            world.store.crashAtBatch(world.store.written.batches + batch, when, { powerLoss })
            const run = async (): Promise<void> => {
              await ref.deliver({ type: 'MSG', n: 'old' }, { idempotencyKey: 'old' })
              await ref.deliver({ type: 'SPAWN' }, { idempotencyKey: 'spawn' })
              const restarted = ref.restart({ from, by: 'anna' })
              const sent = ref.deliver({ type: 'MSG', n: 'new' }, { idempotencyKey: 'new' })
              await Promise.all([restarted, sent])
              await system.settled()
            }
            await run().catch(() => undefined)
            await world.crash()
            await world.open()
            await world.system.settled()
            await again().deliver({ type: 'MSG', n: 'old' }, { idempotencyKey: 'old' })
            await again().deliver({ type: 'MSG', n: 'new' }, { idempotencyKey: 'new' })
            await again().deliver({ type: 'MSG', n: 'last' }, { idempotencyKey: 'last' })
            const got = gotBy(again())
            for (const n of ['old', 'new', 'last']) expect(got.filter((one) => one === n).length).toBeLessThanOrEqual(1)
            expect(got).toContain('last')
            if (from === 'lastGood') expect(got).toEqual(['old', 'new', 'last'])
            const orders = (await all(again().journal())).filter(({ event }) => event.type === 'roscius.restart')
            const trail = await all(world.system.audit.records())
            expect(trail.filter(({ subject }) => subject === 'restart')).toHaveLength(orders.length)
            await world.stop()
            expect(await all(verify(world.store as Store))).toEqual([])
          }
  })
})
