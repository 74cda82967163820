/** What the rows of the decision table mean for actors that run: the table itself is tested in test/supervision. */
import { type ChildSpec, type LogicTable, type SupervisorOptions, supervisor } from 'roscius'
import { describe, expect, it } from 'vitest'
import { assign, fromPromise, setup } from 'xstate'
import { all, World } from '../support/world.js'

type Event = { readonly type: 'BREAK' | 'INC' | 'END' | 'ARM' | 'RING'; readonly failureClass?: string }

function failureOf(failureClass = 'bug'): Error {
  return Object.assign(new Error(`broken by ${failureClass}`), { failureClass })
}

/** Counts, and fails as its events say. */
const worker = setup({
  types: { context: {} as { count: number }, events: {} as Event },
}).createMachine({
  context: { count: 0 },
  initial: 'on',
  on: {
    INC: { actions: assign({ count: ({ context }) => context.count + 1 }) },
    BREAK: {
      actions: assign(({ event }) => {
        throw failureOf(event.failureClass)
      }),
    },
    END: '.off',
  },
  states: { on: {}, off: { type: 'final' } },
})

/** Calls a server, without which it can't work; `failureClass` says how the call fails. */
function caller() {
  const server = { failureClass: 'transient' as string | undefined, calls: 0 }
  const logic = setup({
    types: { context: {} as { count: number }, events: {} as Event },
    actors: {
      call: fromPromise(async () => {
        server.calls++
        if (server.failureClass !== undefined) throw failureOf(server.failureClass)
      }),
    },
  }).createMachine({
    context: { count: 0 },
    initial: 'calling',
    states: {
      calling: { meta: { defer: ['INC'] }, invoke: { src: 'call', onDone: 'up' } },
      up: { on: { INC: { actions: assign({ count: ({ context }) => context.count + 1 }) } } },
    },
  })
  return { logic, server }
}

async function open<T extends LogicTable>(
  options: Omit<SupervisorOptions, 'children'> & {
    readonly children: readonly (Partial<ChildSpec> & { id: string })[]
  },
  logic: T = {} as T,
) {
  const children = options.children.map((child) => ({ logic: 'worker', ...child }))
  const world = new World(
    { worker, ...logic, top: supervisor({ ...options, children }) },
    { onRootFailure: () => undefined },
  )
  await world.open()
  await world.system.spawn('top', { id: 'top' } as never).catch(() => undefined)
  await pump(world)
  return { world, child: (id: string) => world.system.actor('worker', `top/${id}`) }
}

/** Lets everything happen that needs no time; running effects may go on. */
async function pump({ clock }: { readonly clock: { advance(ms: number): Promise<void> } }): Promise<void> {
  for (let round = 0; round < 20; round++) await clock.advance(0)
}

/** What was told of the actor, in short. */
function toldOf({ events }: { readonly events: readonly object[] }, path: string): string[] {
  return (events as readonly { type: string; path?: string; rule?: string }[])
    .filter((event) => event.path === path)
    .map(({ type, rule }) => (rule === undefined ? type : `${type} ${rule}`))
}

/** The error of the first `childFailed` of the actor. */
function failureTold({ events }: { readonly events: readonly object[] }, path: string): unknown {
  const failed = events as readonly { type: string; path?: string; error?: unknown }[]
  return failed.find((event) => event.type === 'childFailed' && event.path === path)?.error
}

const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'ok',
    (error) => [error.code, error.details.reason],
  )

describe('a dependency that is down', () => {
  it('for ten minutes ends neither its callers nor anybody else by the defaults; when it is back, they go on', async () => {
    const { logic, server } = caller()
    const { world, child } = await open(
      { children: [{ id: 'c', logic: 'caller' }, { id: 'other' }] },
      { caller: logic },
    )
    const alone = await world.system.spawn('caller' as never, { id: 'alone' } as never)
    const answer = child('c').deliver({ type: 'INC' })
    await child('other').deliver({ type: 'INC' })
    await world.advance(600_000)
    expect(toldOf(world, 'top/other')).toEqual(['actorStarted'])
    expect(world.events.filter(({ type }) => type === 'rootFailed' || type === 'childGivenUp')).toEqual([])
    expect(server.calls).toBeLessThan(80)
    server.failureClass = undefined
    await world.advance(40_000)
    expect(await answer).toMatchObject({ outcome: 'deferred' })
    expect(child('c').getSnapshot().context.count).toBe(1)
    expect((alone as unknown as ReturnType<typeof child>).getSnapshot()).toMatchObject({
      status: 'active',
      value: 'up',
    })
    await world.stop()
  })

  it('makes its group wait, and is not counted for it', async () => {
    const { logic, server } = caller()
    const children = [{ id: 'c', logic: 'caller' }, { id: 'other' }]
    const { world, child } = await open({ strategy: 'oneForAll', children }, { caller: logic })
    await world.advance(120_000)
    expect(toldOf(world, 'top').filter((told) => told === 'groupRestarting').length).toBeGreaterThan(8)
    expect(toldOf(world, 'top')).not.toContain('intensityExceeded')
    server.failureClass = undefined
    await world.advance(40_000)
    expect(child('c').getSnapshot().value).toBe('up')
    await world.stop()
  })

  it('is given up after maxRestarts of the backoff, with that as the reason', async () => {
    const spec = { id: 'c', logic: 'caller', backoff: { initialMs: 100, jitter: 0, maxRestarts: 3 } }
    const { world } = await open({ children: [spec] }, { caller: caller().logic })
    await world.advance(699)
    expect(toldOf(world, 'top')).toEqual(['actorStarted'])
    await world.advance(1)
    expect(toldOf(world, 'top/c')).toContain('childFailed backoffExhausted')
    expect(toldOf(world, 'top')).toContain('childFailed failed')
    expect(failureTold(world, 'top')).toMatchObject({
      code: 'INTENSITY_EXCEEDED',
      details: { child: 'top/c', why: 'backoff', failureClass: 'transient' },
      cause: { message: 'broken by transient' },
    })
    await world.stop()
  })
})

// --- resume ---

describe('resume of what is not mail', () => {
  const resumed = { directives: { bug: 'resume' } } as const

  it('is a restart that counts: an effect that always fails escalates', async () => {
    const { logic, server } = caller()
    server.failureClass = 'bug'
    const { world } = await open({ children: [{ id: 'c', logic: 'caller', ...resumed }] }, { caller: logic })
    await world.advance(1_000)
    expect(
      toldOf(world, 'top/c')
        .slice(0, 9)
        .filter((told) => told.startsWith('childFailed')),
    ).toEqual([...['childFailed failed', 'childFailed failed', 'childFailed failed'], 'childFailed intensityExceeded'])
    expect(server.calls).toBe(16)
    expect(world.events.filter(({ type }) => type === 'rootFailed')).toHaveLength(1)
    await world.stop()
  })

  it('keeps a delay that fails: it comes again, also over a crash, until it does not', async () => {
    let failing = 2
    const timed = setup({}).createMachine({
      initial: 'a',
      states: {
        a: {
          after: {
            100: {
              target: 'b',
              actions: assign(() => {
                if (failing-- > 0) throw failureOf()
                return {}
              }),
            },
          },
        },
        b: {},
      },
    })
    const spec = { id: 'c', logic: 'timed', ...resumed, backoff: { initialMs: 1_000, jitter: 0 } }
    const { world, child } = await open({ children: [spec] }, { timed })
    await world.advance(100)
    expect(toldOf(world, 'top/c')).toContain('childFailed failed')
    await world.crashAndOpen()
    await world.advance(10_000)
    expect(child('c').getSnapshot().value).toBe('b')
    expect(await all(world.system.deadLetters.list())).toEqual([])
    await world.stop()
  })
})

describe('resume of mail', () => {
  it('costs the event, and nothing of the group', async () => {
    const children = [{ id: 'c', directives: { bug: 'resume' } } as const, { id: 'other' }]
    const { world, child } = await open({ strategy: 'oneForAll', children })
    expect(await codeOf(child('c').deliver({ type: 'BREAK' }))).toEqual(['DEAD_LETTER', 'poison'])
    expect([...toldOf(world, 'top'), ...toldOf(world, 'top/other')]).toEqual(['actorStarted', 'actorStarted'])
    await world.stop()
  })
})

// --- escalation ---

describe('mail that is to be escalated', () => {
  it('is a dead letter at the first delivery, and takes its supervisor down once', async () => {
    const { world, child } = await open({ children: [{ id: 'c' }, { id: 'other' }] })
    const answers = [1, 2, 3].map(() => codeOf(child('c').deliver({ type: 'BREAK', failureClass: 'permanent' })))
    await world.advance(1_000)
    expect(await Promise.all(answers)).toEqual([1, 2, 3].map(() => ['DEAD_LETTER', 'poison']))
    expect(toldOf(world, 'top').filter((told) => told === 'childRestarted')).toHaveLength(3)
    expect(await child('c').deliver({ type: 'INC' })).toMatchObject({ outcome: 'handled' })
    await world.stop()
  })

  it('because of intensity is delivered again', async () => {
    const { world, child } = await open({ intensity: { maxRestarts: 0 }, children: [{ id: 'c', maxDeliveries: 2 }] })
    const answer = codeOf(child('c').deliver({ type: 'BREAK' }))
    await world.advance(1_000)
    expect(await answer).toEqual(['DEAD_LETTER', 'poison'])
    expect(toldOf(world, 'top/c').filter((told) => told.startsWith('childFailed'))).toEqual([
      'childFailed intensityExceeded',
      'childFailed poison',
    ])
    await world.stop()
  })
})

describe('the error of whoever gives up', () => {
  const rootOf = async (children: Parameters<typeof open>[0]['children'], event: Event, times: number) => {
    const { world, child } = await open({ children, intensity: { maxRestarts: 1 } })
    for (let time = 0; time < times; time++) {
      child('c').send(event)
      await pump(world)
    }
    const [root] = world.events.filter(({ type }) => type === 'rootFailed') as { error: Error & { cause: Error } }[]
    const below = failureTold(world, 'top')
    await world.stop()
    return { root: root?.error as Error & { cause: Error }, below: below as Error }
  }

  it('says in one sentence what a directive did; the cause is beside it', async () => {
    const { below } = await rootOf([{ id: 'c' }], { type: 'BREAK', failureClass: 'permanent' }, 1)
    expect(below).toMatchObject({
      code: 'CHILD_ESCALATED',
      address: 'top',
      details: { child: 'top/c', why: 'directive', failureClass: 'permanent', error: 'broken by permanent' },
      cause: { message: 'broken by permanent' },
    })
    expect(below.message).toBe(
      'top: its child "c" failed in a way that is to be escalated (class permanent); all of its children were stopped.',
    )
  })

  it('says in one sentence what was too often, at each level', async () => {
    const { root, below } = await rootOf([{ id: 'c', maxDeliveries: 1 }], { type: 'BREAK' }, 20)
    expect(below).toMatchObject({ code: 'INTENSITY_EXCEEDED', details: { why: 'intensity', failureClass: 'bug' } })
    expect(below.message).toBe(
      'top: its child "c" failed too often (more than 1 restart in 5000 ms); all of its children were stopped.',
    )
    expect(root).toMatchObject({ code: 'ROOT_FAILED', details: { why: 'intensity', failureClass: 'bug' } })
    expect(root.message).toBe(
      'top failed too often (more than 3 restarts in 5000 ms), and there is no supervisor above it: see onRootFailure of createSystem. A system that has ended with it can be opened again, or looked at with roscius tree.',
    )
    expect(root.cause).toMatchObject({ code: 'INTENSITY_EXCEEDED', cause: { message: 'broken by bug' } })
  })

  it('names the class of an actor at the top that fails for good at once', async () => {
    const errors: unknown[] = []
    const world = new World({ worker }, { onRootFailure: (error) => void errors.push(error) })
    const ref = await (await world.open()).spawn('worker', { id: 'w' })
    ref.send({ type: 'BREAK', failureClass: 'permanent' })
    await pump(world)
    expect(errors).toMatchObject([
      { code: 'ROOT_FAILED', details: { why: 'directive', failureClass: 'permanent' }, cause: { message: /broken/ } },
    ])
    await world.stop()
  })
})

// --- out of the definition ---

describe('a child that was taken out of its supervisor’s list', () => {
  /** `b` is taken out; `a` stays, and is slow to stop. */
  async function orphaned(spec: Partial<ChildSpec> = {}, options: Partial<SupervisorOptions> = {}) {
    const listed = [
      { id: 'a', logic: 'worker' },
      { id: 'b', logic: 'worker', ...spec },
    ]
    const topOf = (children: readonly ChildSpec[]) => supervisor({ ...options, children })
    const row = { logic: worker, supervision: { restart: spec.restart ?? 'permanent', maxDeliveries: 1 } } as const
    const world = new World({ worker: row, top: topOf(listed) })
    await (await world.open()).spawn('top', { id: 'top' })
    await world.restart({ worker: row, top: topOf(listed.slice(0, 1)) })
    await pump(world)
    return { world, b: world.system.actor('worker', 'top/b') }
  }

  it.each(['oneForOne', 'oneForAll'] as const)(
    'is given up when its failure is to be escalated (%s)',
    async (strategy) => {
      const { world, b } = await orphaned({}, { strategy })
      const answers = [1, 2].map(() => codeOf(b.deliver({ type: 'BREAK', failureClass: 'permanent' })))
      await world.advance(1_000)
      expect(await Promise.all(answers)).toEqual([
        ['ACTOR_FAILED', undefined],
        ['DEAD_LETTER', 'actorFailed'],
      ])
      expect(toldOf(world, 'top/b')).toEqual(expect.arrayContaining(['childFailed directiveEscalate', 'childGivenUp']))
      expect([...toldOf(world, 'top'), ...toldOf(world, 'top/a')]).toEqual([])
      expect(b.getSnapshot().status).toBe('error')
      await world.stop()
    },
  )

  it('is given up when it has failed too often', async () => {
    const { world, b } = await orphaned()
    const answers = [1, 2, 3, 4].map(() => codeOf(b.deliver({ type: 'BREAK' })))
    await world.advance(1_000)
    expect((await Promise.all(answers)).at(-1)).toEqual(['ACTOR_FAILED', undefined])
    expect(toldOf(world, 'top').filter((told) => told !== 'intensityExceeded')).toEqual([])
    await world.stop()
  })

  it('stays ended when it has ended too often', async () => {
    const { world, b } = await orphaned()
    for (let time = 0; time < 6; time++) {
      b.send({ type: 'END' })
      await pump(world)
    }
    expect(b.getSnapshot().status).toBe('done')
    expect(toldOf(world, 'top').filter((told) => told !== 'intensityExceeded')).toEqual([])
    await world.stop()
  })

  it('goes on by itself when it fails while its supervisor gives up for another', async () => {
    const { world, b } = await orphaned()
    world.system.actor('worker', 'top/a').send({ type: 'BREAK', failureClass: 'permanent' })
    b.send({ type: 'BREAK' })
    await pump(world)
    expect(toldOf(world, 'top')).toContain('childRestarted')
    expect(await b.deliver({ type: 'INC' })).toMatchObject({ outcome: 'handled' })
    await world.stop()
  })
})

// --- first starts ---

describe('a first start that fails', () => {
  const stillborn = setup({}).createMachine({
    context: () => {
      throw failureOf()
    },
  })

  it('below a supervisor is told of like any failure, as that of its supervisor is', async () => {
    const sub = supervisor({ children: [{ id: 'bad', logic: 'stillborn' }] })
    const { world } = await open({ children: [{ id: 'sub', logic: 'sub' }] }, { stillborn, sub })
    for (const path of ['top/sub/bad', 'top/sub'])
      expect(toldOf(world, path)).toEqual(expect.arrayContaining(['childFailed neverStarted', 'childGivenUp']))
    await world.stop()
  })

  it('under the guardian is told to whoever asked for it, and to nobody else', async () => {
    const world = new World({ stillborn })
    await expect((await world.open()).spawn('stillborn', { id: 's' })).rejects.toMatchObject({ code: 'ACTOR_FAILED' })
    expect(toldOf(world, 's').filter((told) => told.startsWith('child'))).toEqual([])
    await world.stop()
  })
})
