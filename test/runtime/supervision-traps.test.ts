/** What others fell into: each trap of supervision, as a claim that it does not close here. */
import { AsyncResource } from 'node:async_hooks'
import {
  type ChildSpec,
  childRef,
  type Durability,
  type LogicTable,
  restartChild,
  type Store,
  type SupervisorOptions,
  startChild,
  supervisor,
  terminateChild,
  whichChildren,
} from 'roscius'
import { describe, expect, it } from 'vitest'
import { type AnyActorRef, type AnyStateMachine, assign, fromCallback, fromPromise, raise, sendTo, setup } from 'xstate'
import { verify } from '../../src/persistence/verify.js'
import { all, refIn, World } from '../support/world.js'

type Event =
  | { readonly type: 'INC' | 'FINISH' | 'MUTATE' | 'HOLD' | 'FREE' | 'ARM' | 'RING' }
  | { readonly type: 'SEE'; readonly n: number }
  | { readonly type: 'BREAK'; readonly how?: object }

const breaking = assign(({ event }: { event: Event }) => {
  throw Object.assign(new Error('broken'), (event as { readonly how?: object }).how)
})

/** Takes whatever the traps need. While it is held it defers what it is to see. */
const worker = setup({
  types: {
    context: {} as { count: number; rung: number; seen: readonly number[]; list: number[]; input: unknown },
    events: {} as Event,
    input: {} as unknown,
  },
}).createMachine({
  context: ({ input }) => ({ count: 0, rung: 0, seen: [], list: [], input }),
  initial: 'free',
  on: {
    INC: { actions: assign({ count: ({ context }) => context.count + 1 }) },
    BREAK: { actions: breaking as never },
    MUTATE: {
      actions: assign(({ context }) => {
        context.list.push(context.list.length)
        throw new Error('mutated')
      }),
    },
    FINISH: '.finished',
    ARM: { actions: raise({ type: 'RING' }, { delay: 100 }) },
    RING: { actions: assign({ rung: ({ context }) => context.rung + 1 }) },
  },
  states: {
    free: {
      on: {
        HOLD: 'held',
        SEE: { actions: assign({ seen: ({ context, event }) => [...context.seen, event.n] }) },
      },
    },
    held: { meta: { defer: ['SEE'] }, on: { FREE: 'free' } },
    finished: { type: 'final' },
  },
})

/** A running supervisor `top` of these children, whose logic is `worker` if they don't say. */
async function supervised<T extends LogicTable = { readonly worker: typeof worker }>(
  options: Omit<SupervisorOptions, 'children'> & { readonly children: readonly Partial<ChildSpec>[] },
  logic: T = {} as T,
) {
  const children = options.children.map((child) => ({ id: 'c', logic: 'worker', ...child }))
  const top = supervisor({ ...options, children })
  const world = new World({ worker, ...logic, top })
  const system = await world.open()
  const ref = await system.spawn('top', { id: 'top' } as never)
  await pump(world)
  const child = (id: string) => world.system.actor('worker', `top/${id}`)
  return { world, system, top: ref, child }
}

/** What supervision told of, with the path of whom it was about. */
function told({ events }: { readonly events: readonly object[] }, ...types: string[]): string[] {
  return (events as readonly { readonly type: string; readonly path?: string }[])
    .filter(({ type }) => types.includes(type))
    .map(({ type, path }) => `${type} ${path}`)
}

/** Lets everything happen that needs no time; running effects may go on. */
async function pump({ clock }: { readonly clock: { advance(ms: number): Promise<void> } }): Promise<void> {
  for (let round = 0; round < 20; round++) await clock.advance(0)
}

const DURABILITIES: readonly Durability[] = ['durable', 'relaxed', 'volatile']
const SLOWLY = { initialMs: 1_000, jitter: 0 }

describe.each(DURABILITIES)('a restarted child that is %s', (durability) => {
  it('is found by its systemId, its path, a ref of before and a childRef, while it waits and after', async () => {
    const pointer = setup({ types: { context: {} as { ref: AnyActorRef } } }).createMachine({
      context: ({ self }) => ({ ref: childRef(self, worker, 'c') }),
      on: { POINT: { actions: sendTo(({ context }) => refIn(context, 'ref'), { type: 'INC' }) } },
    })
    void pointer
    const { world, system, child } = await supervised({ children: [{ durability, systemId: 'desk', backoff: SLOWLY }] })
    const before = child('c')
    const refs = (): (typeof before)[] => [before, child('c'), system.get('desk') as never]
    before.send({ type: 'BREAK' })
    await system.settled()
    expect(told(world, 'childBackingOff')).toEqual(['childBackingOff top/c'])
    for (const ref of refs()) ref.send({ type: 'INC' })
    await world.advance(10_000)
    for (const ref of refs()) expect(await ref.deliver({ type: 'INC' })).toMatchObject({ outcome: 'handled' })
    expect(before.getSnapshot().context.count).toBe(6)
    await world.stop()
  })

  it('keeps its place and its name while it waits', async () => {
    const world = new World({ worker: { logic: worker, durability, supervision: { backoff: SLOWLY } } })
    const system = await world.open()
    const ref = await system.spawn('worker', { id: 'w', systemId: 'desk' })
    ref.send({ type: 'BREAK' })
    await system.settled()
    const sameId = system.spawn('worker', { id: 'w' })
    await expect(sameId).rejects.toMatchObject({ code: 'ACTOR_EXISTS' })
    const sameName = system.spawn('worker', { id: 'v', systemId: 'desk' })
    await expect(sameName).rejects.toMatchObject({ code: 'SYSTEM_ID_TAKEN' })
    await world.advance(10_000)
    expect(await ref.deliver({ type: 'INC' })).toMatchObject({ outcome: 'handled' })
    await world.stop()
  })
})

// --- what the effects of the dead incarnation do ---

/** One attempt of an effect, in the hands of the test. */
interface Attempt {
  readonly open: (value: unknown) => void
  readonly fail: (error: unknown) => void
  /** Runs `fn` in the async context of the attempt, as a timer or a socket of its own does. */
  readonly act: (fn: () => void) => void
}

function effects() {
  const promises: Attempt[] = []
  const callbacks: Attempt[] = []
  const act = (): Attempt['act'] => AsyncResource.bind((fn: () => void) => fn())
  const logic = setup({
    types: {
      context: {} as { results: readonly unknown[]; got: readonly string[] },
      events: {} as { readonly type: 'GOT'; readonly from: string } | Extract<Event, { type: 'BREAK' }>,
    },
    actors: {
      call: fromPromise(() => new Promise((open, fail) => promises.push({ open, fail, act: act() }))),
      listen: fromCallback(({ sendBack }) => {
        const open = (from: unknown): void => sendBack({ type: 'GOT', from })
        callbacks.push({ open, fail: () => undefined, act: act() })
      }),
    },
  }).createMachine({
    context: { results: [], got: [] },
    invoke: [
      {
        src: 'call',
        onDone: { actions: assign({ results: ({ context, event }) => [...context.results, event.output] }) },
      },
      { src: 'listen' },
    ],
    on: {
      BREAK: { actions: breaking as never },
      GOT: { actions: assign({ got: ({ context, event }) => [...context.got, event.from] }) },
    },
  })
  return { logic, promises, callbacks }
}

describe.each(DURABILITIES)('an effect of a dead incarnation that was %s', (durability) => {
  const start = async () => {
    const { logic, promises, callbacks } = effects()
    const children = [{ id: 'c', logic: 'busy', durability, maxDeliveries: 1 }, { id: 'other' }]
    const { world, system, child } = await supervised({ children }, { busy: logic as AnyStateMachine })
    const busy = system.actor('busy' as never, 'top/c') as ReturnType<typeof system.actor>
    const ref = busy as unknown as { send(event: object): void; deliver(event: object): Promise<unknown> }
    const state = () => (busy.getSnapshot() as unknown as { context: { results: unknown[]; got: string[] } }).context
    ref.send({ type: 'BREAK' })
    await pump(world)
    expect([promises.length, callbacks.length]).toEqual([2, 2])
    return { world, ref, state, other: child('other'), promises, callbacks }
  }

  it('changes nothing by answering late; what the living one answers counts once', async () => {
    const { world, state, promises, callbacks } = await start()
    promises[0]?.open('the dead')
    callbacks[0]?.open('the dead')
    await pump(world)
    expect(state()).toEqual({ results: [], got: [] })
    promises[1]?.open('the living')
    callbacks[1]?.open('the living')
    promises[1]?.open('the living again')
    await pump(world)
    expect(state()).toEqual({ results: ['the living'], got: ['the living'] })
    await world.stop()
  })

  it('changes nothing by failing late', async () => {
    const { world, state, promises, callbacks } = await start()
    promises[0]?.fail(new Error('of the dead'))
    callbacks[0]?.act(() => void Promise.reject(new Error('of the dead, heard by nobody')))
    await pump(world)
    expect(told(world, 'childFailed')).toEqual(['childFailed top/c'])
    expect(told(world, 'effectFault')).toEqual(['effectFault top/c'])
    promises[1]?.open('the living')
    await pump(world)
    expect(state().results).toEqual(['the living'])
    await world.stop()
  })

  it('changes nothing by sending late, to itself or to others', async () => {
    const { world, ref, state, other, promises, callbacks } = await start()
    for (const dead of [promises[0], callbacks[0]]) {
      dead?.act(() => {
        ref.send({ type: 'GOT', from: 'the dead' })
        other.send({ type: 'INC' })
      })
    }
    await pump(world)
    expect(state().got).toEqual([])
    expect(other.getSnapshot().context.count).toBe(0)
    await world.stop()
  })

  it('is refused when it delivers or asks late', async () => {
    const { world, ref, state, other, promises, callbacks } = await start()
    const outcomes: unknown[] = []
    const note = (promise: Promise<unknown>): void =>
      void promise.then(
        () => outcomes.push('taken'),
        (error) => outcomes.push(error.name),
      )
    for (const dead of [promises[0], callbacks[0]]) {
      dead?.act(() => {
        note(ref.deliver({ type: 'GOT', from: 'the dead' }))
        note(other.deliver({ type: 'INC' }))
        note(other.ask(() => ({ type: 'INC' }) as never))
      })
    }
    await pump(world)
    expect(outcomes).toEqual(Array.from({ length: 6 }, () => 'AbortError'))
    expect(state().got).toEqual([])
    expect(other.getSnapshot().context.count).toBe(0)
    await world.stop()
  })
})

// --- what a restart keeps ---

describe('a restart from last good', () => {
  it.each(['durable', 'relaxed'] as const)(
    'throws away a context that was mutated in place (%s)',
    async (durability) => {
      const { world, child } = await supervised({ children: [{ durability, maxDeliveries: 2 }] })
      await child('c').deliver({ type: 'INC' })
      await expect(child('c').deliver({ type: 'MUTATE' })).rejects.toMatchObject({ code: 'DEAD_LETTER' })
      expect(child('c').getSnapshot().context).toMatchObject({ count: 1, list: [] })
      await child('c').deliver({ type: 'INC' })
      await world.crashAndOpen()
      expect(child('c').getSnapshot().context).toMatchObject({ count: 2, list: [] })
      await world.stop()
    },
  )

  it.each([false as const, SLOWLY])('keeps stash, timers and mail, with backoff %o', async (backoff) => {
    const { world, child } = await supervised({ children: [{ backoff, maxDeliveries: 1 }] })
    const ref = child('c')
    for (const event of [{ type: 'HOLD' }, { type: 'SEE', n: 1 }, { type: 'ARM' }] as const) await ref.deliver(event)
    ref.send({ type: 'BREAK' })
    ref.send({ type: 'SEE', n: 2 })
    ref.send({ type: 'FREE' })
    ref.send({ type: 'SEE', n: 3 })
    await world.advance(2_000)
    expect(ref.getSnapshot().context).toMatchObject({ seen: [1, 2, 3], rung: 1 })
    await world.stop()
  })

  it('lets a delay that ends during the wait count right after it, also over a crash', async () => {
    for (const isCrashing of [false, true]) {
      const { world, child } = await supervised({ children: [{ backoff: SLOWLY, maxDeliveries: 2 }] })
      await child('c').deliver({ type: 'ARM' })
      child('c').send({ type: 'BREAK' })
      await world.advance(500)
      expect(child('c').getSnapshot().context.rung).toBe(0)
      if (isCrashing) await world.crashAndOpen()
      await world.advance(5_000)
      expect(child('c').getSnapshot().context.rung).toBe(1)
      await world.stop()
    }
  })
})

describe('a restart from initial', () => {
  it.each(DURABILITIES)('keeps the mail, the stash as mail, and gets the original input (%s)', async (durability) => {
    const spec = { durability, restartFrom: 'initial', input: { of: 'spec' }, maxDeliveries: 1 } as const
    const { world, child } = await supervised({ children: [spec] })
    const ref = child('c')
    for (const event of [{ type: 'INC' }, { type: 'HOLD' }, { type: 'SEE', n: 1 }, { type: 'ARM' }] as const)
      await ref.deliver(event)
    ref.send({ type: 'BREAK' })
    ref.send({ type: 'SEE', n: 2 })
    await world.advance(1_000)
    expect(ref.getSnapshot().context).toMatchObject({ count: 0, rung: 0, seen: [1, 2], input: { of: 'spec' } })
    await world.stop()
  })

  it('is what resume means for a volatile actor, which has no last good state', async () => {
    const { world, child } = await supervised({ children: [{ durability: 'volatile', directives: { bug: 'resume' } }] })
    await child('c').deliver({ type: 'INC' })
    await expect(child('c').deliver({ type: 'MUTATE' })).rejects.toMatchObject({ code: 'DEAD_LETTER' })
    expect(child('c').getSnapshot().context).toMatchObject({ count: 0, list: [] })
    await world.stop()
  })
})

describe('the mail of an actor that waits for its restart', () => {
  it.each(DURABILITIES)('is handled in its order, the failing event first (%s)', async (durability) => {
    const { world, child } = await supervised({ children: [{ durability, backoff: SLOWLY }] })
    const ref = child('c')
    let isBroken = true
    const outside = { toJSON: () => 'outside' }
    void outside
    const outcomes = [1, 2, 3].map((n) => ref.deliver({ type: 'SEE', n }))
    const broken = ref.deliver({ type: 'BREAK' }).catch(() => {
      isBroken = false
    })
    const later = [4, 5].map((n) => ref.deliver({ type: 'SEE', n }))
    await pump(world)
    later.push(ref.deliver({ type: 'SEE', n: 6 }))
    await world.advance(10_000)
    await Promise.all([...outcomes, broken, ...later])
    expect(isBroken).toBe(false)
    const seen = durability === 'volatile' ? [4, 5, 6] : [1, 2, 3, 4, 5, 6]
    expect(ref.getSnapshot().context.seen).toEqual(seen)
    await world.stop()
  })
})

describe('the count of deliveries', () => {
  it('survives a crash', async () => {
    const { world, child } = await supervised({ children: [{ backoff: SLOWLY }] })
    child('c').send({ type: 'BREAK' })
    await world.advance(1_000)
    expect(told(world, 'childFailed')).toHaveLength(2)
    await world.crashAndOpen()
    await world.advance(60_000)
    expect(told(world, 'childFailed')).toHaveLength(1)
    expect(told(world, 'deadLetter')).toEqual(['deadLetter top/c'])
    expect(await child('c').deliver({ type: 'INC' })).toMatchObject({ outcome: 'handled' })
    await world.stop()
  })
})

// --- who is counted ---

describe('intensity', () => {
  const ids = ['a', 'b', 'c', 'd', 'e']
  const breakAll = async ({ world, child }: Awaited<ReturnType<typeof supervised>>, times: number) => {
    for (let time = 0; time < times; time++) for (const id of ids) child(id).send({ type: 'BREAK' })
    await pump(world)
  }
  const children = ids.map((id) => ({ id, maxDeliveries: 1 }))

  it('is not counted across unrelated children', async () => {
    const tree = await supervised({ children })
    await breakAll(tree, 3)
    expect(told(tree.world, 'childRestarted')).toHaveLength(15)
    expect(told(tree.world, 'intensityExceeded')).toEqual([])
    await breakAll(tree, 1)
    expect(told(tree.world, 'intensityExceeded').length).toBeGreaterThan(0)
    await tree.world.stop()
  })

  it('is counted across those that restart together', async () => {
    for (const strategy of ['oneForAll', 'restForOne'] as const) {
      const tree = await supervised({ children, strategy })
      const { world, child } = tree
      for (const id of ['a', 'b', 'c']) {
        child(id).send({ type: 'BREAK' })
        await pump(world)
      }
      expect(told(world, 'groupRestarting')).toHaveLength(3)
      expect(told(world, 'intensityExceeded')).toEqual([])
      child('d').send({ type: 'BREAK' })
      await pump(world)
      expect(told(world, 'intensityExceeded')).toEqual(['intensityExceeded top'])
      await world.stop()
    }
  })

  it('counts one event once, however often it is delivered', async () => {
    const { world, child } = await supervised({ children: [{ maxDeliveries: 4 }] })
    for (let event = 0; event < 3; event++) child('c').send({ type: 'BREAK' })
    await pump(world)
    expect(told(world, 'childFailed')).toHaveLength(12)
    expect(told(world, 'intensityExceeded')).toEqual([])
    await world.stop()
  })
})

// --- on the way out ---

describe('a supervisor that ends', () => {
  it('restarts no child that waits for its restart', async () => {
    for (const end of ['stop', 'cancel'] as const) {
      const { world, system, top, child } = await supervised({ children: [{ backoff: SLOWLY }, { id: 'other' }] })
      child('c').send({ type: 'BREAK' })
      await pump(world)
      expect(told(world, 'childBackingOff')).toEqual(['childBackingOff top/c'])
      await Promise.all([top[end](), world.advance(0)])
      await world.advance(60_000)
      expect(told(world, 'childRestarted')).toEqual([])
      expect(told(world, 'actorStarted')).toHaveLength(3)
      expect(await living(system)).toEqual([])
      await world.crashAndOpen()
      await world.advance(60_000)
      expect(await living(world.system)).toEqual([])
      await world.stop()
    }
  })

  it('restarts no child that fails while it is being ended', async () => {
    const stubborn = setup({
      actors: {
        call: fromPromise(
          ({ signal }) =>
            new Promise((_, fail) => signal.addEventListener('abort', () => fail(new Error('it was aborted')))),
        ),
      },
    }).createMachine({ invoke: { src: 'call' } })
    const children = [
      { id: 'a', logic: 'stubborn' },
      { id: 'b', logic: 'stubborn' },
    ]
    const { world, system, top } = await supervised({ children }, { stubborn })
    await Promise.all([top.stop(), world.advance(10_000)])
    expect(told(world, 'childFailed', 'childRestarted')).toEqual([])
    expect(await living(system)).toEqual([])
    await world.stop()
  })

  it('restarts no child that fails while its siblings shut down', async () => {
    const slow = setup({
      actors: { call: fromPromise(() => new Promise((resolve) => setTimeout(resolve, 0))) },
    }).createMachine({ invoke: { src: 'call' } })
    const children = [
      { id: 'a', restart: 'transient', significant: true } as const,
      { id: 'b' },
      { id: 'c', logic: 'slow' },
    ]
    const { world, system, child } = await supervised({ children, autoShutdown: 'anySignificant' }, { slow })
    child('a').send({ type: 'FINISH' })
    child('b').send({ type: 'BREAK' })
    await pump(world)
    child('b').send({ type: 'BREAK' })
    await world.advance(60_000)
    expect(await living(system)).toEqual([])
    expect(system.actor('top' as never, 'top').getSnapshot()).toMatchObject({ status: 'done' })
    await world.stop()
  })

  it('starts none of those that it had not started yet', async () => {
    const inner = supervisor({ children: ['x', 'y', 'z'].map((id) => ({ id, logic: 'worker' })) })
    const children = [{ id: 'a', directives: { bug: 'escalate' } } as const, { id: 'b', logic: 'inner' }, { id: 'c' }]
    const top = supervisor({ children: children.map((child) => ({ logic: 'worker', ...child })) })
    const world = new World({ worker, inner, top: { logic: top, supervision: { restart: 'temporary' } } })
    const system = await world.open()
    const started: string[] = []
    system.on((event) => {
      if (event.type !== 'actorStarted') return
      started.push(event.path)
      if (event.path === 'top/b/x') system.actor('worker', 'top/a').send({ type: 'BREAK' })
    })
    await expect(system.spawn('top', { id: 'top' })).rejects.toMatchObject({ code: 'CHILD_ESCALATED' })
    await world.advance(60_000)
    expect(started).not.toContain('top/c')
    expect(await living(system)).toEqual([])
    await world.stop()
  })
})

// --- order ---

describe('the order', () => {
  const ids = ['a', 'b', 'c', 'd']
  const children = ids.map((id) => ({ id, maxDeliveries: 1 }))
  const restartsAfter = async (strategy: 'oneForOne' | 'oneForAll' | 'restForOne', durability: Durability) => {
    const { world, child } = await supervised({ strategy, children: children.map((spec) => ({ ...spec, durability })) })
    child('b').send({ type: 'BREAK' })
    await pump(world)
    const paths = told(world, 'childRestarted').map((line) => line.split('/')[1])
    await world.stop()
    return paths
  }

  it.each(DURABILITIES)(
    'of a restart is that of the spec, of those that the strategy concerns (%s)',
    async (durability) => {
      expect(await restartsAfter('oneForOne', durability)).toEqual(['b'])
      expect(await restartsAfter('oneForAll', durability)).toEqual(['a', 'b', 'c', 'd'])
      expect(await restartsAfter('restForOne', durability)).toEqual(['b', 'c', 'd'])
    },
  )

  it('of starts is that of the spec, and of stops the reverse', async () => {
    const { world, top } = await supervised({ children })
    expect(told(world, 'actorStarted')).toEqual(
      ['top', ...ids.map((id) => `top/${id}`)].map((path) => `actorStarted ${path}`),
    )
    await Promise.all([top.stop(), world.advance(0)])
    const stopped = [...ids.toReversed().map((id) => `top/${id}`), 'top']
    expect(told(world, 'actorStopped')).toEqual(stopped.map((path) => `actorStopped ${path}`))
    await world.stop()
  })

  it('of a start that a child stops by failing: what was started is stopped, in reverse, and the supervisor fails', async () => {
    const stillborn = setup({}).createMachine({
      context: () => {
        throw new Error('stillborn')
      },
    })
    const specs = [{ id: 'a' }, { id: 'b' }, { id: 'bad', logic: 'stillborn' }, { id: 'd' }]
    const top = supervisor({ children: specs.map((child) => ({ logic: 'worker', ...child })) })
    const world = new World({ worker, stillborn, top })
    const system = await world.open()
    await expect(system.spawn('top', { id: 'top' })).rejects.toMatchObject({
      code: 'CHILD_START_FAILED',
      cause: { cause: { cause: { message: 'stillborn' } } },
    })
    await world.advance(60_000)
    expect(told(world, 'actorStarted')).toEqual(['top', 'top/a', 'top/b'].map((path) => `actorStarted ${path}`))
    expect(told(world, 'actorStopped')).toEqual(['top/b', 'top/a'].map((path) => `actorStopped ${path}`))
    expect(await living(system)).toEqual([])
    expect(system.actor('top', 'top').failure()).toMatchObject({ error: { code: 'CHILD_START_FAILED' } })
    await world.stop()
  })
})

// --- classes and directives ---

describe('the class of a failure decides', () => {
  const afterFailure = async (
    failureClass: string,
    options: Partial<SupervisorOptions> & { child?: Partial<ChildSpec> } = {},
  ) => {
    const { child: spec = {}, ...rest } = options
    const children = [{ maxDeliveries: 1, ...spec }]
    const { world, child } = await supervised({ ...rest, children })
    child('c').send({ type: 'BREAK', how: { failureClass } })
    await pump(world)
    const [failure] = world.events.filter(({ type }) => type === 'childFailed') as { decision?: string }[]
    const { status } = child('c').getSnapshot()
    await world.stop()
    return [failure?.decision, status]
  }

  it('what is done: restart, stop, or escalate', async () => {
    expect(await afterFailure('bug')).toEqual(['restart', 'active'])
    expect(await afterFailure('transient')).toEqual(['restart', 'active'])
    expect(await afterFailure('timeout')).toEqual(['restart', 'active'])
    expect(await afterFailure('budget')).toEqual(['stop', 'error'])
    expect(await afterFailure('cancelled')).toEqual(['stop', 'error'])
    expect(await afterFailure('permanent')).toEqual(['escalate', 'active'])
  })

  it('as the spec says first, then the supervisor', async () => {
    expect(await afterFailure('budget', { directives: { budget: 'restart' } })).toEqual(['restart', 'active'])
    const both = { directives: { budget: 'restart' }, child: { directives: { budget: 'resume' } } } as const
    expect(await afterFailure('budget', both)).toEqual(['resume', 'active'])
  })

  it('as the classifier says, which is asked first; one that throws says nothing', async () => {
    expect(await afterFailure('bug', { classify: () => 'budget' })).toEqual(['stop', 'error'])
    const broken = () => {
      throw new Error('in the classifier')
    }
    expect(await afterFailure('budget', { classify: broken })).toEqual(['stop', 'error'])
  })
})

// --- autoShutdown ---

describe('autoShutdown', () => {
  const significant = { restart: 'transient', significant: true } as const
  const children = [{ id: 'a', ...significant }, { id: 'b', ...significant }, { id: 'c' }]
  const statusAfter = async (autoShutdown: 'anySignificant' | 'allSignificant', finish: readonly string[]) => {
    const { world, system, child, top } = await supervised({ autoShutdown, children })
    for (const id of finish) await child(id).deliver({ type: 'FINISH' })
    await world.advance(1_000)
    const alive = await living(system)
    const { status } = top.getSnapshot()
    await world.stop()
    return { status, alive: alive.length }
  }

  it('ends the supervisor with the first significant child that ends, or with the last', async () => {
    expect(await statusAfter('anySignificant', ['b'])).toEqual({ status: 'done', alive: 0 })
    expect(await statusAfter('allSignificant', ['b'])).toEqual({ status: 'active', alive: 3 })
    expect(await statusAfter('allSignificant', ['b', 'a'])).toEqual({ status: 'done', alive: 0 })
  })
})

/** Paths of the actors that live. */
async function living(system: {
  actors(): AsyncIterable<{ readonly path: string; readonly status: string }>
}): Promise<string[]> {
  const found = await all(system.actors())
  return found.filter(({ status }) => status === 'active' || status === 'restarting').map(({ path }) => path)
}

// --- children that were added ---

describe('a child that was added', () => {
  const permanentRow = { logic: worker, supervision: { restart: 'permanent', restartFrom: 'initial' } } as const

  it('keeps its spec, whatever its row says, also over a crash', async () => {
    const { world, top } = await supervised({ children: [] }, { worker: permanentRow })
    await startChild(top, { id: 'added', logic: 'worker', restart: 'temporary', input: 7 })
    await startChild(top, { id: 'second', logic: 'worker', restart: 'transient', backoff: SLOWLY })
    const children = await whichChildren(top)
    expect(children.map(({ id, restart }) => [id, restart])).toEqual([
      ['added', 'temporary'],
      ['second', 'transient'],
    ])
    await world.crashAndOpen()
    await pump(world)
    expect(await whichChildren(world.system.actor('top' as never, 'top'))).toEqual(children)
    await world.stop()
  })

  it('and has failed at once leaves nothing behind, whenever the process ends', async () => {
    const stillborn = setup({}).createMachine({
      context: () => {
        throw new Error('stillborn')
      },
    })
    for (let batch = 1; batch < 8; batch++) {
      for (const when of ['before', 'after'] as const) {
        const { world, top } = await supervised({ children: [{}] }, { stillborn: stillborn as AnyStateMachine })
        world.store.crashAtBatch(world.store.written.batches + batch, when)
        const added = startChild(top, { id: 'added', logic: 'stillborn' }).catch((error) => error.code)
        await pump(world)
        await world.crashAndOpen()
        await added
        await world.advance(60_000)
        const supervisorNow = world.system.actor('top' as never, 'top') as typeof top
        expect(supervisorNow.getSnapshot()).toMatchObject({ status: 'active', value: 'running' })
        expect((await whichChildren(supervisorNow)).map(({ id }) => id)).toEqual(['c'])
        await world.stop()
      }
    }
  })

  it('is there once, or not at all, whenever the process ends; then it can be added again', async () => {
    for (let batch = 1; batch < 8; batch++) {
      for (const when of ['before', 'after'] as const) {
        const { world, top } = await supervised({ children: [{}] })
        world.store.crashAtBatch(world.store.written.batches + batch, when)
        const added = startChild(top, { id: 'added', logic: 'worker' }).then(
          () => 'added',
          (error) => error.code,
        )
        await pump(world)
        await world.crashAndOpen()
        await world.advance(1_000)
        const supervisorNow = world.system.actor('top' as never, 'top') as typeof top
        const found = (await whichChildren(supervisorNow)).map(({ id, status }) => [id, status])
        if ((await added) === 'added') expect(found).toContainEqual(['added', 'active'])
        if (found.length === 1) await startChild(supervisorNow, { id: 'added', logic: 'worker' })
        expect((await whichChildren(supervisorNow)).map(({ id, status }) => [id, status])).toEqual([
          ['c', 'active'],
          ['added', 'active'],
        ])
        await world.stop()
      }
    }
  })

  it('comes back when its supervisor is restarted, but for a temporary one', async () => {
    const added = [
      { id: 'p', restart: 'permanent' },
      { id: 't', restart: 'temporary' },
      { id: 'v', restart: 'permanent', durability: 'volatile' },
    ] as const
    const { world, system, top, child } = await supervised({
      children: [{ directives: { bug: 'escalate' }, maxDeliveries: 1 }],
    })
    for (const spec of added) await startChild(top, { ...spec, logic: 'worker' })
    await child('p').deliver({ type: 'INC' })
    child('c').send({ type: 'BREAK' })
    await pump(world)
    expect(told(world, 'childRestarted')).toContain('childRestarted top')
    expect(await living(system)).toEqual(['top/v', 'top', 'top/c', 'top/p'])
    expect(child('p').getSnapshot().context.count).toBe(1)
    await world.stop()
  })
})

describe('a child that was terminated', () => {
  it('stays so over a crash, until it is restarted', async () => {
    for (const durability of ['durable', 'relaxed'] as const) {
      const { world, system, top, child } = await supervised({ children: [{ durability }, { id: 'other' }] })
      await child('c').deliver({ type: 'INC' })
      await terminateChild(top, 'c')
      expect(await living(system)).toEqual(['top', 'top/other'])
      await world.crashAndOpen()
      await world.advance(1_000)
      expect(await living(world.system)).toEqual(['top', 'top/other'])
      await restartChild(world.system.actor('top' as never, 'top') as typeof top, 'c')
      expect(await living(world.system)).toEqual(['top', 'top/c', 'top/other'])
      await world.stop()
    }
  })
})

describe('a temporary child', () => {
  it.each(DURABILITIES)('that has failed stays away, also over a crash of the process (%s)', async (durability) => {
    const { world, system, child } = await supervised({
      children: [{ restart: 'temporary', durability }, { id: 'other' }],
    })
    child('c').send({ type: 'BREAK' })
    await pump(world)
    expect(await living(system)).toEqual(['top', 'top/other'])
    await world.crashAndOpen()
    await world.advance(60_000)
    expect(await living(world.system)).toEqual(['top', 'top/other'])
    await world.stop()
  })
})

describe('a child that is done', () => {
  it.each(DURABILITIES)(
    'and transient stays so, also over a crash; a permanent one begins anew (%s)',
    async (durability) => {
      const children = [
        { id: 't', restart: 'transient', durability },
        { id: 'p', durability, input: 1 },
      ] as const
      const { world, child } = await supervised({ children })
      for (const id of ['t', 'p']) child(id).send({ type: 'INC' })
      for (const id of ['t', 'p']) child(id).send({ type: 'FINISH' })
      await world.advance(1_000)
      expect(child('t').getSnapshot().status).toBe('done')
      expect(child('p').getSnapshot()).toMatchObject({ status: 'active', context: { count: 0, input: 1 } })
      await world.crashAndOpen()
      await world.advance(1_000)
      if (durability !== 'volatile') expect(child('t').getSnapshot().status).toBe('done')
      expect(child('p').getSnapshot()).toMatchObject({ status: 'active', context: { count: 0, input: 1 } })
      await world.stop()
    },
  )
})

describe('children that were lost with the memory of a process', () => {
  it('are started again, and nobody else', async () => {
    const children = [
      { id: 'done', restart: 'transient' },
      { id: 'failed', directives: { bug: 'stop' } },
      { id: 'terminated' },
      { id: 'temporary', restart: 'temporary', durability: 'volatile' },
      { id: 'lost', durability: 'volatile' },
    ] as const
    const { world, top, child } = await supervised({ children })
    child('done').send({ type: 'FINISH' })
    child('failed').send({ type: 'BREAK' })
    await terminateChild(top, 'terminated')
    await world.crashAndOpen()
    await world.advance(1_000)
    expect(await living(world.system)).toEqual(['top/lost', 'top'])
    expect(told(world, 'actorStarted')).toEqual(['actorStarted top/lost'])
    await world.stop()
  })
})

describe('a group that waits for its restart', () => {
  it.each(['oneForAll', 'restForOne'] as const)('goes on after a crash at any batch (%s)', async (strategy) => {
    for (let batch = 1; batch < 12; batch++) {
      for (const when of ['before', 'after'] as const) {
        const children = ['a', 'b', 'c', 'd'].map((id) => ({ id, maxDeliveries: 1 }))
        const { world, child, system } = await supervised({ strategy, children })
        const before = await living(system)
        world.store.crashAtBatch(world.store.written.batches + batch, when)
        child('b').send({ type: 'BREAK' })
        await pump(world)
        await world.crashAndOpen()
        await world.advance(60_000)
        expect(await living(world.system)).toEqual(before)
        for (const id of ['a', 'b', 'c', 'd']) {
          expect(await child(id).deliver({ type: 'INC' })).toMatchObject({ outcome: 'handled' })
        }
        expect(world.system.actor('top' as never, 'top').getSnapshot()).toMatchObject({ value: 'running' })
        await world.stop()
      }
    }
  })
})

// --- what random trees have found ---

describe('a supervisor that is stopped while it starts its children', () => {
  it('starts none of them any more: its group begins anew with nobody left running', async () => {
    let failing = 0
    const running = new Set<string>()
    const left: string[] = []
    const run = (id: string) => {
      if (id === 'first') left.push(...running)
      else running.add(id)
      return () => void running.delete(id)
    }
    const part = setup({
      types: { input: {} as string, context: {} as { id: string }, events: {} as Event },
      actors: { run: fromCallback<Event, string>(({ input }) => run(input)) },
    }).createMachine({
      context: ({ input }) => {
        if (input === 'first' && failing-- > 0) throw new Error('not yet')
        return { id: input }
      },
      invoke: { src: 'run', input: ({ context }) => context.id },
      on: { BREAK: { actions: breaking as never } },
    })
    const ids = Array.from({ length: 12 }, (_, index) => `x${index}`)
    const below = ids.map((id) => ({ id, logic: 'part', input: id }))
    const sub = supervisor({ children: below })
    const first = { id: 'first', logic: 'part', input: 'first', restartFrom: 'initial', maxDeliveries: 1 } as const
    const options = {
      strategy: 'oneForAll',
      intensity: { maxRestarts: 9 },
      children: [first, { id: 'sub', logic: 'sub' }],
    } as const
    const { world, child } = await supervised(options, { part, sub })
    failing = 2
    child('first').send({ type: 'BREAK' })
    await pump(world)
    expect([left, [...running]]).toEqual([[], ids])
    await world.stop()
  })
})

describe('what an actor has deferred', () => {
  it('is mail once, however often its fresh start fails', async () => {
    let failing = 0
    const seen: number[] = []
    const fickle = setup({ types: { events: {} as Event } }).createMachine({
      context: () => {
        if (failing-- > 0) throw new Error('not yet')
        return {}
      },
      initial: 'free',
      on: { BREAK: { actions: breaking as never } },
      states: {
        free: { on: { HOLD: 'held', SEE: { actions: ({ event }) => void seen.push(event.n) } } },
        held: { meta: { defer: ['SEE'] } },
      },
    })
    const spec = { logic: 'fickle', restartFrom: 'initial', maxDeliveries: 1 } as const
    const { world, child } = await supervised({ intensity: { maxRestarts: 9 }, children: [spec] }, { fickle })
    for (const event of [{ type: 'HOLD' }, { type: 'SEE', n: 1 }] as const) await child('c').deliver(event)
    failing = 2
    child('c').send({ type: 'BREAK' })
    await pump(world)
    expect(seen).toEqual([1])
    await world.stop()
  })

  it('and became dead letters when it was given up is not handled when it comes back', async () => {
    const { world, child } = await supervised({ children: [{ maxDeliveries: 1 }, { id: 'd' }] })
    for (const event of [{ type: 'HOLD' }, { type: 'SEE', n: 1 }] as const) await child('c').deliver(event)
    child('c').send({ type: 'BREAK', how: { failureClass: 'budget' } })
    await pump(world)
    child('d').send({ type: 'BREAK', how: { failureClass: 'permanent' } })
    await pump(world)
    await child('c').deliver({ type: 'FREE' })
    expect(child('c').getSnapshot().context.seen).toEqual([])
    await world.stop()
  })
})

describe('a node that halts while a supervisor starts', () => {
  it('tells whoever has asked for the start', async () => {
    for (let more = 1; more <= 4; more++) {
      const world = new World({
        worker,
        top: supervisor({
          children: [
            { id: 'c', logic: worker },
            { id: 'd', logic: worker },
          ],
        }),
      })
      const system = await world.open()
      world.store.crashAtBatch(world.store.written.batches + more, 'before')
      const started = system.spawn('top', { id: 'top' } as never).then(
        () => 'started',
        (error) => error.code,
      )
      const answer = await Promise.race([started, pump(world).then(() => 'none')])
      expect(['started', 'COMMIT_FAILED']).toContain(answer)
      await world.crash()
    }
  })
})

describe('a supervisor that has been up', () => {
  it('is restarted when a child that a crash took fails its start', async () => {
    let failing = 0
    const fickle = setup({}).createMachine({
      context: () => {
        if (failing-- > 0) throw new Error('not yet')
        return {}
      },
    })
    const { world, child } = await supervised({ children: [{ logic: 'fickle', durability: 'volatile' }] }, { fickle })
    failing = 1
    await world.crashAndOpen()
    await pump(world)
    expect(told(world, 'childRestarted', 'rootFailed')).toEqual(['childRestarted top'])
    expect(child('c').getSnapshot().status).toBe('active')
    await world.stop()
  })
})

describe('a fresh start that fails for a reason that nobody restarts for', () => {
  it('ends the child in its last good state, and the node goes on', async () => {
    let starts = 0
    const fickle = setup({ types: { context: {} as { n: number }, events: {} as Event } }).createMachine({
      context: () => {
        if (starts++ === 1) throw Object.assign(new Error('no money'), { failureClass: 'budget' })
        return { n: 0 }
      },
      on: { INC: { actions: assign({ n: ({ context }) => context.n + 1 }) }, BREAK: { actions: breaking as never } },
    })
    const world = new World({
      fickle,
      top: supervisor({ children: [{ id: 'c', logic: fickle, restartFrom: 'initial' }] }),
    })
    const system = await world.open()
    await system.spawn('top', { id: 'top' })
    const child = (): ReturnType<typeof system.actor<'fickle'>> => world.system.actor('fickle', 'top/c')
    await child().deliver({ type: 'INC' })
    await expect(child().deliver({ type: 'BREAK' })).rejects.toMatchObject({ code: 'DEAD_LETTER' })
    for (let life = 0; life < 2; life++) {
      expect(child().explain().status).toBe('failed')
      expect(child().failure()).toMatchObject({ event: { type: 'xstate.init' }, snapshot: { context: { n: 1 } } })
      await world.crashAndOpen()
    }
    await restartChild(world.system.actor('top', 'top'), 'c')
    expect(child().getSnapshot()).toMatchObject({ status: 'active', context: { n: 0 } })
    await world.stop()
    expect(await all(verify(world.store as Store))).toEqual([])
  })
})
