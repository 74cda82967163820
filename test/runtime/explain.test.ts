import { type Explanation, type RosciusRef, startChild, supervisor } from 'roscius'
import { describe, expect, it } from 'vitest'
import { and, assign, createMachine, fromCallback, fromPromise, fromTransition, not, raise, setup } from 'xstate'
import { World } from '../support/world.js'

type OrderEvent =
  | { type: 'EDIT' | 'CLOSE'; by?: string }
  | { type: 'PAY' | 'BREAK' | 'FETCH' | 'JOB' | 'NUDGE' | 'UNKNOWN' }
  | { type: 'NUDGE_LATER' }

const order = setup({
  types: { context: {} as { owner: string; isLocked: boolean }, events: {} as OrderEvent },
  guards: {
    isOwner: ({ context, event }) => 'by' in event && event.by === context.owner,
    isLocked: ({ context }) => context.isLocked,
    mayEdit: and(['isOwner', not('isLocked')]),
  },
  actors: {
    fetchPage: fromPromise(() => new Promise<never>(() => {})),
    listen: fromCallback(() => {}),
    dialog: createMachine({
      id: 'dialog',
      initial: 'asking',
      states: { asking: { after: { 9000: 'over' } }, over: {} },
    }),
  },
}).createMachine({
  id: 'order',
  context: { owner: 'ann', isLocked: true },
  initial: 'open',
  on: {
    NUDGE_LATER: { actions: raise({ type: 'NUDGE' }, { delay: 200 }) },
    BREAK: {
      actions: assign(() => {
        throw new Error('broken')
      }),
    },
  },
  states: {
    open: {
      description: 'The customer may still change it.',
      on: { EDIT: { guard: 'mayEdit' }, CLOSE: { guard: 'isOwner', target: 'closed' }, FETCH: 'fetching' },
    },
    fetching: {
      meta: { defer: ['JOB'] },
      after: { 60000: 'open' },
      invoke: [
        { id: 'load', src: 'fetchPage' },
        { id: 'ear', src: 'listen' },
        { id: 'dialog', src: 'dialog' },
      ],
    },
    closed: { type: 'final', on: { PAY: {} } },
  },
})

const why = ({ untaken }: Explanation) => untaken.map(({ event, why: { kind } }) => [event, kind])

async function started(settings: object = {}) {
  const world = new World({ order: { logic: order, ...settings } })
  const system = await world.open()
  const ref = await system.spawn('order', { id: 'o1' })
  return { world, system, ref }
}

describe('explain() tells where an actor is', () => {
  it('by its state, with the descriptions of its states and the events that it has transitions for', async () => {
    const { world, ref } = await started()
    expect(ref.explain()).toMatchObject({
      path: 'o1',
      address: 'roscius://world/o1',
      logic: 'order',
      status: 'active',
      durability: 'durable',
      isInMemory: true,
      seqNr: 1,
      position: {
        value: 'open',
        states: [{ path: 'open', description: 'The customer may still change it.' }],
        takes: ['EDIT', 'CLOSE', 'FETCH', 'NUDGE_LATER', 'BREAK'],
      },
      untaken: [],
      waitsFor: [],
      supervision: { kind: 'guardian', parent: undefined, restart: 'transient', restartFrom: 'lastGood', used: 0 },
    })
    await world.stop()
  })

  it('also when it is not in memory, and leaves it there', async () => {
    const { world } = await started({})
    const again = await world.restart()
    const ref = again.actor('order', 'o1')
    expect(ref.explain()).toMatchObject({ status: 'active', isInMemory: false, position: { value: 'open' } })
    expect(ref.explain().isInMemory).toBe(false)
    await world.stop()
  })

  it('also when it is done, stopped, quarantined, or no machine', async () => {
    const world = new World({
      order,
      counter: fromTransition((count: number) => count + 1, 0),
      old: createMachine({ id: 'old', initial: 'here', states: { here: {} } }),
    })
    const system = await world.open()
    const done = await system.spawn('order', { id: 'done' })
    await done.deliver({ type: 'CLOSE', by: 'ann' })
    const stopped = await system.spawn('order', { id: 'stopped' })
    await stopped.stop()
    const counter = await system.spawn('counter', { id: 'counter' })
    await system.spawn('old', { id: 'old' })
    expect(done.explain()).toMatchObject({ status: 'done', position: { value: 'closed' }, waitsFor: [] })
    expect(stopped.explain()).toMatchObject({ status: 'stopped', position: { value: 'open' } })
    expect(counter.explain({ event: { type: 'X' } })).toMatchObject({
      status: 'active',
      position: undefined,
      forecast: { would: { kind: 'taken', transitions: [] } },
    })
    const other = createMachine({ id: 'old', initial: 'there', states: { there: {} } })
    const again = await world.restart({ ...world.logic, old: other })
    const quarantined = again.actor('old', 'old').explain()
    expect(quarantined).toMatchObject({
      status: 'quarantined',
      logic: 'old',
      position: undefined,
      quarantine: { code: 'ACTOR_QUARANTINED' },
    })
    expect(String(quarantined)).toContain(quarantined.quarantine?.message)
    await world.stop()
  })

  it('and throws ACTOR_NOT_FOUND where there is none', async () => {
    const { world, system } = await started()
    expect(() => system.actor('order', 'nobody').explain()).toThrow(
      expect.objectContaining({ code: 'ACTOR_NOT_FOUND' }),
    )
    await world.stop()
  })

  it('with data that can be compared, cloned and sent, and words that are no part of them', async () => {
    const { world, ref } = await started()
    await ref.deliver({ type: 'CLOSE', by: 'bob' })
    const explanation = ref.explain()
    expect(structuredClone({ ...explanation })).toEqual({ ...explanation })
    expect(Object.keys(explanation)).not.toContain('toString')
    await world.stop()
  })
})

describe('explain() tells why an event was not taken', () => {
  it('because no active state has a transition for it; and which states do', async () => {
    const { world, ref } = await started()
    expect((await ref.deliver({ type: 'PAY' })).outcome).toBe('ignored')
    await ref.deliver({ type: 'UNKNOWN' })
    await world.advance(3_000)
    expect(ref.explain().untaken).toEqual([
      { event: 'UNKNOWN', count: 1, time: 1_000_000, why: { kind: 'notInState', state: 'open', handledIn: [] } },
      { event: 'PAY', count: 1, time: 1_000_000, why: { kind: 'notInState', state: 'open', handledIn: ['closed'] } },
    ])
    await world.stop()
  })

  it('because a guard was false when it came, also if it would be true today', async () => {
    const lamp = setup({
      types: { context: {} as { isOn: boolean }, events: {} as { type: 'DIM' | 'FLIP' } },
      guards: { isOn: ({ context }) => context.isOn },
    }).createMachine({
      context: { isOn: false },
      on: { DIM: { guard: 'isOn' }, FLIP: { actions: assign({ isOn: ({ context }) => !context.isOn }) } },
    })
    const world = new World({ lamp })
    const ref = await (await world.open()).spawn('lamp', { id: 'l' })
    await ref.deliver({ type: 'DIM' })
    await ref.deliver({ type: 'FLIP' })
    expect(ref.explain({ event: { type: 'DIM' } })).toMatchObject({
      untaken: [{ event: 'DIM', why: { kind: 'guard', candidates: [{ guard: { name: 'isOn', holds: false } }] } }],
      forecast: { event: 'DIM', would: { kind: 'taken', transitions: [{ guard: { name: 'isOn', holds: true } }] } },
    })
    await world.stop()
  })

  it('because the state defers it, which outlives a crash', async () => {
    const { world, ref } = await started()
    await ref.deliver({ type: 'FETCH' })
    await ref.deliver({ type: 'JOB' })
    await ref.deliver({ type: 'JOB' })
    const deferred = [{ event: 'JOB', count: 2, time: undefined, why: { kind: 'deferred', by: 'fetching' } }]
    expect(ref.explain()).toMatchObject({ untaken: deferred, stash: 2 })
    const again = await world.crashAndOpen()
    expect(again.actor('order', 'o1').explain()).toMatchObject({ untaken: deferred, stash: 2 })
    await world.stop()
  })

  it('because it was poison, with what it made the actor throw', async () => {
    const { world, ref } = await started()
    await ref.deliver({ type: 'BREAK' }).catch(() => {})
    expect(ref.explain()).toMatchObject({
      status: 'active',
      untaken: [{ event: 'BREAK', count: 1, why: { kind: 'deadLetter', reason: 'poison', error: 'Error: broken' } }],
    })
    await world.stop()
  })

  it('because the actor has ended, or its stash was full', async () => {
    const { world, system, ref } = await started({ stash: { capacity: 1 } })
    await ref.deliver({ type: 'FETCH' })
    await ref.deliver({ type: 'JOB' })
    await ref.deliver({ type: 'JOB' }).catch(() => {})
    expect(ref.explain().untaken[0]).toMatchObject({ event: 'JOB', why: { kind: 'deadLetter', reason: 'stashFull' } })
    await ref.stop()
    ref.send({ type: 'PAY' })
    await system.settled()
    expect(ref.explain()).toMatchObject({
      status: 'stopped',
      untaken: [{ event: 'PAY', why: { kind: 'deadLetter', reason: 'actorEnded' } }],
    })
    await world.stop()
  })

  it('because its idempotency key had been handled', async () => {
    const { world, ref } = await started()
    await ref.deliver({ type: 'NUDGE_LATER' }, { idempotencyKey: 'k1' })
    await ref.deliver({ type: 'NUDGE_LATER' }, { idempotencyKey: 'k1' })
    expect(ref.explain().untaken).toMatchObject([
      { event: 'NUDGE_LATER', why: { kind: 'duplicate', key: 'k1', seqNr: 2 } },
    ])
    await world.stop()
  })

  it('also of a delayed event', async () => {
    const { world, ref } = await started()
    await ref.deliver({ type: 'NUDGE_LATER' })
    await world.advance(300)
    expect(ref.explain().untaken).toMatchObject([{ event: 'NUDGE', time: 1_000_200, why: { kind: 'notInState' } }])
    await world.stop()
  })

  it('and says so if its guards depend on more than context and event', async () => {
    let isOpen = false
    const door = createMachine({ on: { ENTER: { guard: () => isOpen } } })
    const world = new World({ door })
    const ref = await (await world.open()).spawn('door', { id: 'd' })
    await ref.deliver({ type: 'ENTER' })
    isOpen = true
    expect(ref.explain().untaken).toMatchObject([{ event: 'ENTER', why: { kind: 'unclear' } }])
    await world.stop()
  })

  it('for the last four of them; repeats are counted', async () => {
    const { world, ref } = await started()
    for (const type of ['PAY', 'EDIT', 'JOB', 'PAY', 'UNKNOWN', 'NUDGE', 'NUDGE'] as const) await ref.deliver({ type })
    expect(ref.explain().untaken.map(({ event, count }) => [event, count])).toEqual([
      ['NUDGE', 2],
      ['UNKNOWN', 1],
      ['PAY', 2],
      ['JOB', 1],
    ])
    await world.stop()
  })

  it('of a volatile actor too, and a restart from its initial state does not make it forget', async () => {
    const { world, ref } = await started({ durability: 'volatile' })
    await ref.deliver({ type: 'PAY' })
    await ref.deliver({ type: 'BREAK' }).catch(() => {})
    expect(why(ref.explain())).toEqual([
      ['BREAK', 'deadLetter'],
      ['PAY', 'notInState'],
    ])
    await world.stop()
  })
})

describe('explain() tells what would become of an event', () => {
  it('without sending it', async () => {
    const { world, ref } = await started()
    const forecastOf = (event: OrderEvent) => ref.explain({ event }).forecast
    expect(forecastOf({ type: 'CLOSE', by: 'ann' })).toMatchObject({
      event: 'CLOSE',
      would: { kind: 'taken', transitions: [{ state: 'open', targets: ['closed'] }] },
    })
    expect(forecastOf({ type: 'CLOSE' })).toMatchObject({ would: { kind: 'guard' } })
    expect(forecastOf({ type: 'PAY' })).toMatchObject({ would: { kind: 'notInState', handledIn: ['closed'] } })
    expect(ref.explain()).toMatchObject({ seqNr: 1, untaken: [], forecast: undefined })
    await ref.deliver({ type: 'FETCH' })
    expect(forecastOf({ type: 'JOB' })).toMatchObject({ would: { kind: 'deferred', by: 'fetching' } })
    await ref.stop()
    expect(forecastOf({ type: 'PAY' })).toMatchObject({ would: { kind: 'deadLetter', reason: 'actorEnded' } })
    await world.stop()
  })
})

const pool = supervisor({
  intensity: { maxRestarts: 1, withinMs: 5_000 },
  template: { logic: 'order', backoff: { initialMs: 1_000, jitter: 0 }, maxDeliveries: 9 },
})

async function supervised(logic = pool) {
  const world = new World({ order, pool: logic })
  const system = await world.open()
  const boss = await system.spawn('pool', { id: 'pool' })
  const child = (await startChild(boss, { id: 'a' })) as RosciusRef<typeof order>
  return { world, system, boss, child }
}

describe('explain() tells what supervision did', () => {
  it('which failure, by which rule, how often, and until when it waits', async () => {
    const { world, system, child } = await supervised()
    child.deliver({ type: 'BREAK' }).catch(() => {})
    await system.settled()
    await world.clock.advance(400)
    const failed = {
      status: 'restarting',
      failures: {
        restarts: 1,
        last: {
          error: 'Error: broken',
          failureClass: 'bug',
          event: 'BREAK',
          decision: 'restart',
          rule: 'failed',
          time: 1_000_000,
        },
      },
      waitsFor: [{ kind: 'restart', from: 'lastGood', dueInMs: 600 }],
      mailbox: 1,
      supervision: { kind: 'supervisor', parent: 'pool', strategy: 'oneForOne', restart: 'permanent', used: 0 },
      forecast: { would: { kind: 'waits' } },
    }
    expect(child.explain({ event: { type: 'PAY' } })).toMatchObject(failed)
    await world.crash()
    const again = await world.open()
    expect(again.actor('order', 'pool/a').explain({ event: { type: 'PAY' } })).toMatchObject(failed)
    await world.stop()
  })

  it('of a group, whose restarts are counted together', async () => {
    const group = supervisor({ strategy: 'oneForAll', template: { logic: 'order' } })
    const { world, system, boss, child } = await supervised(group)
    await startChild(boss, { id: 'b' })
    await child.deliver({ type: 'BREAK' }).catch(() => {})
    await system.settled()
    const { supervision } = system.actor('order', 'pool/b').explain()
    expect(supervision).toMatchObject({ strategy: 'oneForAll', maxRestarts: 3 })
    expect(supervision?.used).toBeGreaterThan(0)
    expect(boss.explain()).toMatchObject({ supervises: { strategy: 'oneForAll', maxRestarts: 3, withinMs: 5_000 } })
    await world.stop()
  })

  it('and why it failed for good', async () => {
    const world = new World(
      { order: { logic: order, supervision: { restart: 'temporary' } } },
      { onRootFailure: () => undefined },
    )
    const system = await world.open()
    const ref = await system.spawn('order', { id: 'o1' })
    await ref.deliver({ type: 'BREAK' }).catch(() => {})
    await world.clock.advance(2_000)
    const failed = {
      status: 'failed',
      position: { value: 'open' },
      failure: { error: { message: 'broken' }, event: 'BREAK', time: 1_000_000 },
      waitsFor: [],
    }
    expect(ref.explain()).toMatchObject(failed)
    expect(String(ref.explain())).toContain('BREAK made it fail 2 s ago: Error: broken')
    const again = await world.restart()
    expect(again.actor('order', 'o1').explain()).toMatchObject(failed)
    await world.stop()
  })
})

describe('explain() tells what an actor waits for', () => {
  it('its delays, the effects that run for it with their attempts, and the machines inside it', async () => {
    const { world, ref } = await started()
    await ref.deliver({ type: 'FETCH' })
    await world.clock.advance(1_000)
    expect(ref.explain().waitsFor).toMatchObject([
      { kind: 'timer', dueInMs: 8_000, delay: '9000', state: 'asking', child: 'dialog' },
      { kind: 'timer', dueInMs: 59_000, delay: '60000', state: 'fetching', child: undefined },
      { kind: 'effect', id: 'load', src: 'fetchPage', attempt: 1, status: 'running', settles: true },
      { kind: 'effect', id: 'ear', src: 'listen', attempt: 1, status: 'running', settles: false },
      { kind: 'child', id: 'dialog', src: 'dialog', value: 'asking' },
    ])
    const again = await world.crashAndOpen()
    await world.clock.advance(0)
    expect(again.actor('order', 'o1').explain().waitsFor).toMatchObject([
      { kind: 'timer', dueInMs: 8_000 },
      { kind: 'timer', dueInMs: 59_000 },
      { kind: 'effect', id: 'load', attempt: 2 },
      { kind: 'effect', id: 'ear', attempt: 2 },
      { kind: 'child', id: 'dialog' },
    ])
    await world.stop()
  })

  it('a delayed event of its own', async () => {
    const { world, ref } = await started()
    await ref.deliver({ type: 'NUDGE_LATER' })
    expect(ref.explain().waitsFor).toEqual([
      {
        kind: 'timer',
        event: 'NUDGE',
        dueInMs: 200,
        delay: undefined,
        state: undefined,
        child: undefined,
        to: undefined,
      },
    ])
    await world.stop()
  })

  it('its end, while it is being cancelled', async () => {
    const { world, ref } = await started()
    await ref.deliver({ type: 'FETCH' })
    const cancelled = ref.cancel({ deadlineMs: 1_000 })
    await world.clock.advance(10)
    expect(ref.explain().waitsFor[0]).toEqual({ kind: 'ending', reason: 'cancelled', of: 'o1' })
    await world.clock.advance(2_000)
    await cancelled
    expect(ref.explain()).toMatchObject({ status: 'stopped', waitsFor: [] })
    await world.stop()
  })
})

describe('in words', () => {
  it('an explanation says the same', async () => {
    const { world, ref } = await started()
    await ref.deliver({ type: 'EDIT', by: 'ann' })
    await ref.deliver({ type: 'PAY' })
    await ref.deliver({ type: 'PAY' })
    await ref.deliver({ type: 'BREAK' }).catch(() => {})
    await world.advance(3_000)
    expect(String(ref.explain({ event: { type: 'CLOSE', by: 'ann' } }))).toBe(
      `o1 (order) is active in open
  open: The customer may still change it.
  It takes EDIT, CLOSE, FETCH, NUDGE_LATER and BREAK.
  durable, 4 records

What it did not take
  BREAK, 3 s ago: it became a dead letter: it failed the actor as often as an event is tried, with Error: broken.
  PAY, 2 times, the last 3 s ago: open had no transition for it. Another state has: closed.
  EDIT, 3 s ago: the guard mayEdit was false: isLocked was true, so open did not take it.

Failures it survived
  Restarted 3 times in all.
  The last failure, 3 s ago: BREAK made it throw Error: broken (class bug).
  The decision was to restart it, by the rule "poison": the event had its last try: it became a dead letter, and the actor went on without it.

What it waits for
  an event: it is at rest

Who supervises it
  The guardian of the system; it is transient, and restarts from its last good state.
  1 of 3 restarts in 5 s are used up.

What would happen
  open would take CLOSE and go to closed, because the guard isOwner is true.`,
    )
    await world.stop()
  })
})
