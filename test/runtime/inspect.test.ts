import {
  childRef,
  currentEffect,
  type Inspected,
  type InspectedChild,
  type InspectedCommit,
  type InspectedEffect,
  type InspectedUnit,
  spawnActor,
} from 'roscius'
import type { SimulatedClock } from 'roscius/testing'
import { describe, expect, it } from 'vitest'
import {
  type AnyActorRef,
  type AnyStateMachine,
  assign,
  createMachine,
  fromCallback,
  fromPromise,
  raise,
  sendParent,
  sendTo,
  setup,
} from 'xstate'
import { World } from '../support/world.js'

const lamp = createMachine({
  context: { times: 0 },
  initial: 'off',
  states: {
    off: { on: { TOGGLE: 'on' } },
    on: { entry: assign({ times: ({ context }) => context.times + 1 }), on: { TOGGLE: 'off' } },
  },
})

const rounds = async (count = 8): Promise<void> => {
  for (let round = 0; round < count; round++) await new Promise((resolve) => setImmediate(resolve))
}

const units = (seen: readonly Inspected[]): InspectedUnit[] => seen.filter((event) => event.type === 'unit')
const commits = (seen: readonly Inspected[]): InspectedCommit[] => seen.filter((event) => event.type === 'commit')
const effects = (seen: readonly Inspected[]): InspectedEffect[] => seen.filter((event) => event.type === 'effect')
const lines = (seen: readonly Inspected[]): string[] =>
  units(seen).map(({ path, seqNr, event, outcome }) => `${path} ${seqNr} ${event.type} ${outcome}`)

describe('whoever inspects', () => {
  it('is told of each event: who handled it, what it was before and after, and which transitions were taken', async () => {
    await using system = await new World({ lamp }).open()
    const seen: Inspected[] = []
    system.inspect((event) => seen.push(event))
    const ref = await system.spawn('lamp', { id: 'hall' })
    await ref.deliver({ type: 'TOGGLE' })
    await ref.deliver({ type: 'NONSENSE' })
    expect(lines(seen)).toEqual(['hall 1 xstate.init handled', 'hall 2 TOGGLE handled', 'hall 2 NONSENSE ignored'])
    const [start, toggle, nonsense] = units(seen)
    expect(start).toMatchObject({ kind: 'start', logic: 'lamp', before: undefined, from: undefined, status: 'active' })
    expect(start?.snapshot).toBe(toggle?.before)
    expect(toggle).toMatchObject({ kind: 'event', before: { value: 'off' }, snapshot: { value: 'on' } })
    expect(toggle?.transitions).toEqual([[lamp.states.off?.transitions.get('TOGGLE')?.[0]]])
    expect(nonsense).toMatchObject({ transitions: [], before: toggle?.snapshot, snapshot: toggle?.snapshot })
  })

  it('is told of nothing before it is durable, in the order in which it happened, the commit behind its units', async () => {
    const world = new World({ lamp })
    await using system = await world.open()
    const ref = await system.spawn('lamp', { id: 'hall' })
    const seen: Inspected[] = []
    system.inspect((event) => seen.push(event))
    const release = world.store.hold()
    ref.send({ type: 'TOGGLE' })
    await rounds()
    ref.send({ type: 'TOGGLE' })
    ref.send({ type: 'TOGGLE' })
    await rounds()
    expect(seen).toEqual([])
    release()
    await system.settled()
    expect(seen.map((event) => (event.type === 'unit' ? event.seqNr : event.type))).toEqual([
      2,
      'commit',
      3,
      4,
      'commit',
    ])
    const [first, second] = commits(seen)
    expect([first?.units, second?.units]).toEqual([1, 2])
    expect((second?.commit ?? 0) - (first?.commit ?? 0)).toBe(1)
    expect(units(seen).map(({ commit }) => commit)).toEqual([first?.commit, second?.commit, second?.commit])
    expect(units(seen)[1]?.turn).toBe(units(seen)[2]?.turn)
    expect(first).toMatchObject({ isSynced: true, operations: 1 })
    expect(first?.bytes).toBeGreaterThan(50)
  })

  it('is told nothing of a batch that fails', async () => {
    const world = new World({ lamp })
    const system = await world.open()
    const ref = await system.spawn('lamp', { id: 'hall' })
    const seen: Inspected[] = []
    system.inspect((event) => seen.push(event))
    world.store.failBatch(world.store.written.batches + 1, 'before')
    await expect(ref.deliver({ type: 'TOGGLE' })).rejects.toMatchObject({ code: 'COMMIT_FAILED' })
    expect(seen).toEqual([])
    await world.crash()
  })

  it('is told nothing of a unit that fails', async () => {
    const fragile = createMachine({
      on: {
        BREAK: {
          actions: assign(() => {
            throw new Error('broken')
          }),
        },
        GO: {},
      },
    })
    await using system = await new World({ fragile }).open()
    const ref = await system.spawn('fragile', { id: 'f' })
    const seen: Inspected[] = []
    system.inspect((event) => seen.push(event))
    await ref.deliver({ type: 'BREAK' }).catch(() => undefined)
    await system.settled()
    expect(units(seen)).toEqual([])
  })

  it('is told of volatile actors too, in order with the others', async () => {
    await using system = await new World({ lamp: { logic: lamp, durability: 'volatile' } }).open()
    const seen: Inspected[] = []
    system.inspect((event) => seen.push(event))
    const ref = await system.spawn('lamp', { id: 'v' })
    await ref.deliver({ type: 'TOGGLE' })
    await ref.deliver({ type: 'NONSENSE' })
    expect(lines(seen)).toEqual(['v 1 xstate.init handled', 'v 2 TOGGLE handled', 'v 2 NONSENSE ignored'])
  })

  it('is told of a repeat, which changes nothing, nothing', async () => {
    await using system = await new World({ lamp }).open()
    const ref = await system.spawn('lamp', { id: 'hall' })
    const seen: Inspected[] = []
    system.inspect((event) => seen.push(event))
    await ref.deliver({ type: 'TOGGLE' }, { idempotencyKey: 'once' })
    await ref.deliver({ type: 'TOGGLE' }, { idempotencyKey: 'once' })
    expect(lines(seen)).toEqual(['hall 2 TOGGLE handled'])
  })

  it('may throw without harm to the system or to other observers', async () => {
    await using system = await new World({ lamp }).open()
    const thrown: unknown[] = []
    const listeners = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    process.on('uncaughtException', (error) => thrown.push(error))
    try {
      const seen: Inspected[] = []
      system.inspect(() => {
        throw new Error('mine alone')
      })
      system.inspect((event) => seen.push(event))
      const ref = await system.spawn('lamp', { id: 'hall' })
      expect(await ref.deliver({ type: 'TOGGLE' })).toEqual({ seqNr: 2, outcome: 'handled' })
      await new Promise((resolve) => setTimeout(resolve, 5))
      expect(lines(seen)).toHaveLength(2)
      expect(thrown.length).toBeGreaterThanOrEqual(2)
    } finally {
      process.removeAllListeners('uncaughtException')
      for (const listener of listeners) process.on('uncaughtException', listener)
    }
  })

  it('is told nothing any more once it has unsubscribed; who inspects twice is told twice', async () => {
    await using system = await new World({ lamp }).open()
    const ref = await system.spawn('lamp', { id: 'hall' })
    const seen: Inspected[] = []
    const observer = (event: Inspected): void => void seen.push(event)
    const first = system.inspect(observer)
    const second = system.inspect(observer)
    await ref.deliver({ type: 'TOGGLE' })
    first.unsubscribe()
    await ref.deliver({ type: 'TOGGLE' })
    second.unsubscribe()
    await ref.deliver({ type: 'TOGGLE' })
    await system.settled()
    expect(units(seen).map(({ seqNr }) => seqNr)).toEqual([2, 2, 3])
  })

  it('sees what a unit sent, to whom, whom it spawned, and what is left to do', async () => {
    const sink = createMachine({ on: { '*': {} } })
    const boss = createMachine({
      on: {
        HIRE: { actions: spawnActor('sink', { id: 'w' }) },
        ORDER: {
          actions: sendTo(({ self }) => childRef(self, 'sink', 'w') as unknown as AnyActorRef, { type: 'WORK', n: 1 }),
        },
        LATER: { actions: raise({ type: 'SOON' }, { delay: 1_000, id: 'soon' }) },
      },
    })
    const world = new World({ boss, sink })
    await using system = await world.open()
    const ref = await system.spawn('boss', { id: 'b' })
    const seen: Inspected[] = []
    system.inspect((event) => seen.push(event))
    for (const type of ['HIRE', 'ORDER', 'LATER']) await ref.deliver({ type })
    await world.advance(1_000)
    const [hire, , order, work, later, soon] = units(seen)
    expect(lines(seen)).toEqual([
      'b 2 HIRE handled',
      'b/w 1 xstate.init handled',
      'b 3 ORDER handled',
      'b/w 2 WORK handled',
      'b 4 LATER handled',
      'b 5 SOON handled',
    ])
    expect(hire?.spawned).toEqual(['b/w'])
    expect(order?.sent).toEqual([{ to: 'b/w', event: { type: 'WORK', n: 1 } }])
    expect(work?.from).toBe('b')
    expect([later?.timers, soon?.timers, soon?.kind]).toEqual([1, 0, 'timer'])
  })

  it('sees an ended child tell its parent', async () => {
    const worker = createMachine({ initial: 'a', states: { a: { on: { END: 'b' } }, b: { type: 'final' } } })
    const boss = createMachine({ entry: spawnActor('worker', { id: 'w' }), on: { 'xstate.done.actor.w': {} } })
    await using system = await new World({ boss, worker }).open()
    await system.spawn('boss', { id: 'b' })
    const seen: Inspected[] = []
    system.inspect((event) => seen.push(event))
    await system.actor('worker', 'b/w').deliver({ type: 'END' })
    await system.settled()
    const end = units(seen).find(({ path }) => path === 'b/w')
    expect(end).toMatchObject({ status: 'done', sent: [{ to: 'b', event: { type: 'xstate.done.actor.w' } }] })
  })

  it('sees events that wait: deferred, and in the mailbox', async () => {
    const shop = createMachine({
      initial: 'closed',
      states: { closed: { on: { OPEN: 'open' }, meta: { defer: ['BUY'] } }, open: { on: { BUY: {} } } },
    })
    await using system = await new World({ shop }).open()
    const ref = await system.spawn('shop', { id: 's' })
    const seen: Inspected[] = []
    system.inspect((event) => seen.push(event))
    ref.send({ type: 'BUY' })
    ref.send({ type: 'OPEN' })
    await system.settled()
    expect(lines(seen)).toEqual(['s 2 BUY deferred', 's 3 OPEN handled', 's 5 BUY handled'])
    expect(units(seen).map(({ mailbox, stash }) => [mailbox, stash])).toEqual([
      [1, 1],
      [1, 0],
      [0, 0],
    ])
  })
})

/** A machine that holds another, which holds another, and so on; each passes `DOWN` on. */
function nest(depth: number): AnyStateMachine {
  const states = { a: { on: { DOWN: 'b' } }, b: {} } as const
  if (depth === 0) return createMachine({ id: 'm0', initial: 'a', states })
  return setup({ actors: { inner: nest(depth - 1) } }).createMachine({
    id: `m${depth}`,
    invoke: { src: 'inner', id: 'inner' },
    initial: 'a',
    states: { a: { on: { DOWN: { target: 'b', actions: sendTo('inner', { type: 'DOWN' }) } } }, b: {} },
  })
}

describe('what goes on inside an actor', () => {
  it('is told of machines down to six levels: session, parent, source, transitions, snapshot', async () => {
    await using system = await new World({ nested: nest(6) }).open()
    const seen: Inspected[] = []
    system.inspect((event) => seen.push(event))
    const ref = await system.spawn('nested', { id: 'n' })
    await ref.deliver({ type: 'DOWN' })
    const [start, down] = units(seen)
    for (const inner of [start?.inner ?? [], down?.inner ?? []] as InspectedChild[][]) {
      expect(inner).toHaveLength(6)
      expect(inner.map(({ parent }) => parent)).toEqual([undefined, ...inner.slice(0, 5).map(({ session }) => session)])
      expect(inner.map(({ src, id }) => `${src} ${id}`)).toEqual(Array(6).fill('inner inner'))
    }
    expect(start?.inner.map(({ event }) => event.type)).toEqual(Array(6).fill('xstate.init'))
    expect(down?.inner.map(({ session }) => session)).toEqual(start?.inner.map(({ session }) => session))
    for (const child of down?.inner ?? []) {
      const machine = child.logic as AnyStateMachine
      expect(child).toMatchObject({ event: { type: 'DOWN' }, snapshot: { value: 'b' } })
      expect(child.transitions).toEqual([[machine.states.a?.transitions.get('DOWN')?.[0]]])
    }
  })

  it('is told in the order in which events reached the children, answers to their parents among them', async () => {
    const echo = createMachine({ on: { ASK: { actions: sendParent({ type: 'ANSWER' }) } } })
    const middle = setup({ actors: { echo } }).createMachine({
      invoke: { src: 'echo', id: 'echo' },
      on: { ASK: { actions: sendTo('echo', { type: 'ASK' }) }, ANSWER: { actions: sendParent({ type: 'ANSWER' }) } },
    })
    const top = setup({ actors: { middle } }).createMachine({
      invoke: { src: 'middle', id: 'middle' },
      initial: 'idle',
      states: { idle: { on: { ASK: { actions: sendTo('middle', { type: 'ASK' }) }, ANSWER: 'told' } }, told: {} },
    })
    await using system = await new World({ top }).open()
    const ref = await system.spawn('top', { id: 't' })
    const seen: Inspected[] = []
    system.inspect((event) => seen.push(event))
    await ref.deliver({ type: 'ASK' })
    const [unit] = units(seen)
    expect(unit?.inner.map(({ id, event }) => `${id} ${event.type}`)).toEqual([
      'middle ASK',
      'echo ASK',
      'middle ANSWER',
    ])
    expect(unit?.transitions).toHaveLength(2)
    expect(unit?.snapshot).toMatchObject({ value: 'told' })
  })

  it('is told of promises: their start, their end, their failure, and of children that end or break', async () => {
    const fragile = createMachine({
      on: {
        BREAK: {
          actions: assign(() => {
            throw new Error('broken')
          }),
        },
      },
    })
    const work = fromPromise(async ({ input }: { input: { fails: boolean } }) => {
      if (input.fails) throw new Error('no')
      return 7
    })
    const job = setup({ actors: { fragile, work } }).createMachine({
      initial: 'a',
      invoke: { src: 'fragile', id: 'fragile', onError: {} },
      states: {
        a: { invoke: { src: 'work', id: 'w1', input: { fails: false }, onDone: 'b' } },
        b: { invoke: { src: 'work', id: 'w2', input: { fails: true }, onError: 'c' } },
        c: { on: { BREAK: { actions: sendTo('fragile', { type: 'BREAK' }) } } },
      },
    })
    await using system = await new World({ job }).open()
    const seen: Inspected[] = []
    system.inspect((event) => seen.push(event))
    const ref = await system.spawn('job', { id: 'j' })
    await system.settled()
    await ref.deliver({ type: 'BREAK' })
    const told = units(seen).map(({ inner }) =>
      inner.map(({ id, event, snapshot }) => `${id} ${event.type} ${(snapshot as { status: string }).status}`),
    )
    expect(told).toEqual([
      ['fragile xstate.init active', 'w1 xstate.init active'],
      ['w1 xstate.promise.resolve done', 'w2 xstate.init active'],
      ['w2 xstate.promise.reject error'],
      ['fragile BREAK error'],
    ])
    expect(units(seen)[1]?.child).toBe(units(seen)[1]?.inner[0]?.session)
  })
})

/** Lets time pass while promises run. */
async function pass(world: { readonly clock: SimulatedClock }, ...steps: number[]): Promise<void> {
  for (const ms of steps) {
    await rounds()
    await world.clock.advance(ms)
    await rounds()
  }
}

const story = (seen: readonly Inspected[]): string[] =>
  effects(seen).map(({ id, src, attempt, status, ms }) => `${id} ${src} ${attempt} ${status} ${ms ?? '-'}`)

/** One piece of work is done after 10 ms, the next fails after as long; the ticker goes on. */
const phases = setup({
  actors: {
    ticks: fromCallback(() => () => undefined),
    work: fromPromise(async ({ input }: { input: { fails: boolean } }) => {
      await new Promise<void>((resolve) => void currentEffect()?.clock.schedule(resolve, 10))
      if (input.fails) throw new Error('no')
    }),
  },
}).createMachine({
  invoke: { src: 'ticks', id: 'ticker' },
  initial: 'a',
  states: {
    a: { invoke: { src: 'work', id: 'one', input: { fails: false }, onDone: 'b' } },
    b: { invoke: { src: 'work', id: 'two', input: { fails: true }, onError: 'c' } },
    c: { on: { END: 'd' } },
    d: { type: 'final' },
  },
})

describe('effects', () => {
  it('are told of when they start and when they are done, fail or are aborted: id, name, attempt, how long they ran', async () => {
    const world = new World({ job: phases })
    await using system = await world.open()
    const seen: Inspected[] = []
    system.inspect((event) => seen.push(event))
    const ref = await system.spawn('job', { id: 'j' })
    await pass(world, 10, 10)
    await ref.deliver({ type: 'END' })
    await system.settled()
    expect(story(seen)).toEqual([
      'ticker ticks 1 started -',
      'one work 1 started -',
      'one work 1 done 10',
      'two work 1 started -',
      'two work 1 failed 10',
      'ticker ticks 1 aborted 20',
    ])
    const [start] = effects(seen)
    expect(start?.effectId).toBe(units(seen)[0]?.inner.find(({ id }) => id === 'ticker')?.session)
  })

  it('start behind the unit that starts them, and end behind the one that took their end', async () => {
    const world = new World({ job: phases })
    await using system = await world.open()
    const seen: Inspected[] = []
    system.inspect((event) => seen.push(event))
    await system.spawn('job', { id: 'j' })
    await pass(world, 10, 10)
    const order = seen.flatMap((event) =>
      event.type === 'unit' ? [event.event.type] : event.type === 'effect' ? [`${event.id} ${event.status}`] : [],
    )
    expect(order).toEqual([
      'xstate.init',
      'ticker started',
      'one started',
      'xstate.promise.resolve',
      'one done',
      'two started',
      'xstate.promise.reject',
      'two failed',
    ])
  })

  it('of an actor that fails are told as aborted; after a crash they start as the next attempt', async () => {
    const fragile = createMachine({
      invoke: { src: fromPromise(() => new Promise(() => undefined)), id: 'wait' },
      on: {
        BREAK: {
          actions: assign(() => {
            throw new Error('broken')
          }),
        },
      },
    })
    const world = new World({ fragile: { logic: fragile, supervision: { restart: 'temporary' } } })
    const system = await world.open()
    const one = await system.spawn('fragile', { id: 'one' })
    await system.spawn('fragile', { id: 'two' })
    const seen: Inspected[] = []
    system.inspect((event) => seen.push(event))
    await one.deliver({ type: 'BREAK' }).catch(() => undefined)
    expect(story(seen)).toEqual(['wait inline 1 aborted 0'])
    const again = await world.crashAndOpen()
    const later: Inspected[] = []
    again.inspect((event) => later.push(event))
    await rounds()
    expect(story(later)).toEqual(['wait inline 2 started -'])
    await world.stop()
  })

  it('that are left before their commit are not told of at all', async () => {
    const hasty = createMachine({
      initial: 'a',
      states: { a: { invoke: { src: fromPromise(async () => 1), id: 'w' }, always: 'b' }, b: {} },
    })
    await using system = await new World({ hasty }).open()
    const seen: Inspected[] = []
    system.inspect((event) => seen.push(event))
    await system.spawn('hasty', { id: 'h' })
    await system.settled()
    expect(effects(seen)).toEqual([])
  })

  it('that are the actor itself have its id and the name of its logic', async () => {
    await using system = await new World({ task: fromPromise(async () => 5) }).open()
    const seen: Inspected[] = []
    system.inspect((event) => seen.push(event))
    const ref = await system.spawn('task', { id: 't' })
    expect(await ref.result()).toBe(5)
    expect(story(seen)).toEqual(['t task 1 started -', 't task 1 done 0'])
    expect(units(seen)[1]?.snapshot).toMatchObject({ status: 'done', output: 5 })
  })
})

describe('who comes and goes', () => {
  const left = (seen: readonly Inspected[]) =>
    seen.flatMap((event) => (event.type === 'presence' ? [`${event.path} ${event.is}`] : []))

  it('is told: out of memory, back by the next event, deleted', async () => {
    const world = new World({ lamp }, { passivation: { idleMs: 1_000 } })
    await using system = await world.open()
    const seen: Inspected[] = []
    const ref = await system.spawn('lamp', { id: 'hall' })
    system.inspect((event) => seen.push(event))
    await world.advance(5_000)
    expect(left(seen)).toEqual(['hall stored'])
    await ref.deliver({ type: 'TOGGLE' })
    await ref.delete()
    expect(left(seen)).toEqual(['hall stored', 'hall loaded', 'hall deleted'])
    await ref.delete()
    expect(left(seen)).toHaveLength(3)
  })

  it('also of those that had ended long ago', async () => {
    await using system = await new World({ lamp }).open()
    const ref = await system.spawn('lamp', { id: 'hall' })
    await ref.stop()
    const seen: Inspected[] = []
    system.inspect((event) => seen.push(event))
    await ref.delete()
    expect(left(seen).at(-1)).toBe('hall deleted')
  })
})
