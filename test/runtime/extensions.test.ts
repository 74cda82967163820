import { currentEffect, type Extension, type ExtensionHost, type Recorded, spawnActor } from 'roscius'
import { expect, test } from 'vitest'
import { assign, createMachine, fromPromise, setup } from 'xstate'
import { World } from '../support/world.js'

/** Keeps what it is told, and the time at which it rang. */
class Diary implements Extension {
  readonly name = 'diary'
  host!: ExtensionHost
  readonly recordedUnits: Recorded[] = []
  readonly rang: number[] = []
  isClosed = false

  open(host: ExtensionHost): void {
    this.host = host
  }

  recorded(recorded: Recorded): void {
    this.recordedUnits.push(recorded)
    this.host.put(`${recorded.path}/${recorded.seqNr}`, recorded.event.type)
  }

  close(): void {
    this.isClosed = true
  }
}

const counter = createMachine({
  context: { n: 0 },
  on: {
    ADD: { actions: assign({ n: ({ context }) => context.n + 1 }) },
    BREAK: {
      actions: () => {
        throw new Error('broken')
      },
    },
  },
})

test('an extension learns of every journal record in the commit that holds it, and no other', async () => {
  const diary = new Diary()
  const world = new World({ counter }, { extensions: [diary] })
  const system = await world.open()
  const ref = await system.spawn('counter', { id: 'c' })
  await ref.deliver({ type: 'ADD' })
  await ref.deliver({ type: 'UNHEARD' })
  await ref.deliver({ type: 'BREAK' }).catch(() => undefined)
  const journal: number[] = []
  for await (const { seqNr } of ref.journal()) if (seqNr > 1) journal.push(seqNr)
  const told = diary.recordedUnits.filter(({ bytes }) => bytes !== undefined)
  expect(told.map(({ seqNr }) => seqNr)).toEqual(journal)
  expect(told.map(({ event }) => event.type)).toContain('ADD')
  await world.crash()
  const again = new Diary()
  await world.open({ counter }, { extensions: [again] })
  const kept: string[] = []
  for await (const [key] of again.host.records()) kept.push(key)
  expect(kept.map((key) => Number(key.slice(2))).sort((a, b) => a - b)).toEqual(journal)
  await world.stop()
})

test('an extension is told what volatile actors handle, without bytes', async () => {
  const diary = new Diary()
  const world = new World({ counter }, { extensions: [diary] })
  const system = await world.open()
  const ref = await system.spawn('counter', { id: 'c', durability: 'volatile' })
  await ref.deliver({ type: 'ADD' })
  expect(diary.recordedUnits.at(-1)).toMatchObject({ path: 'c', event: { type: 'ADD' }, bytes: undefined })
  await world.stop()
})

test('an extension is told of the deletion of stored and of volatile actors', async () => {
  const deleted: string[] = []
  const keeper: Extension = { name: 'keeper', open: () => undefined, deleted: (path) => void deleted.push(path) }
  const world = new World({ counter }, { extensions: [keeper] })
  const system = await world.open()
  await (await system.spawn('counter', { id: 'stored' })).delete()
  await (await system.spawn('counter', { id: 'volatile', durability: 'volatile' })).delete()
  expect(deleted).toEqual(['stored', 'volatile'])
  await world.stop()
})

test('an extension is told of what is planned before it starts, and of an actor before what its start plans', async () => {
  const told: string[] = []
  const keeper: Extension = {
    name: 'keeper',
    open: () => undefined,
    admit: (starting, by) => void told.push(`admit ${starting.map(({ path }) => path).join()} by ${by?.path}`),
    planned: ({ path }) => void told.push(`planned ${path}`),
    started: ({ path }) => void told.push(`started ${path}`),
  }
  const team = createMachine({ entry: spawnActor('counter', { id: 'a' }) })
  const world = new World({ counter, team }, { extensions: [keeper] })
  const system = await world.open()
  await system.spawn('team', { id: 't' })
  await system.settled()
  expect(told).toEqual([
    'admit t by undefined',
    'planned t',
    'admit t/a by t',
    'started t',
    'planned t/a',
    'started t/a',
  ])
  await world.stop()
})

test('a start that a crash came before is planned once', async () => {
  const told: string[] = []
  const keeper = (): Extension => {
    let host!: ExtensionHost
    return {
      name: 'keeper',
      open: (opened) => {
        host = opened
      },
      planned: ({ path }) => {
        told.push(`planned ${path}`)
        host.put(path, true)
      },
      started: ({ path }) => void told.push(`started ${path} ${host.get(path)}`),
    }
  }
  const team = createMachine({ on: { HIRE: { actions: spawnActor('counter', { id: 'a' }) } } })
  const slow = { turn: { maxEvents: 1 } }
  const world = new World({ counter, team }, { extensions: [keeper()], ...slow })
  const system = await world.open()
  const ref = await system.spawn('team', { id: 't' })
  told.length = 0
  world.store.crashAtBatch(world.store.written.batches + 1, 'after')
  await ref.deliver({ type: 'HIRE' }).catch(() => undefined)
  await world.crash()
  const before = told.splice(0)
  const again = await world.open({ counter, team }, { extensions: [keeper()], ...slow })
  await again.settled()
  expect(before).toContain('planned t/a')
  expect(told).toEqual(['started t/a true'])
  await world.stop()
})

test('what a hook throws halts the system, and whoever waits for the event is told', async () => {
  const broken: Extension = {
    name: 'broken',
    open: () => undefined,
    recorded: () => {
      throw new Error('broken hook')
    },
  }
  const world = new World({ counter }, { extensions: [broken] })
  const system = await world.open()
  const ref = await system.spawn('counter', { id: 'c' })
  await expect(ref.deliver({ type: 'ADD' })).rejects.toMatchObject({
    code: 'COMMIT_FAILED',
    message: expect.stringContaining('broken hook'),
  })
  await world.stop()
})

test('an extension that can not be opened leaves nothing scheduled by those before it', async () => {
  const closed: string[] = []
  const early: Extension = {
    name: 'early',
    open: (host) => void host.schedule(() => undefined, 1_000),
    close: () => void closed.push('early'),
  }
  const late: Extension = {
    name: 'late',
    open: () => {
      throw new Error('no')
    },
  }
  const world = new World({ counter }, { extensions: [early, late] })
  await expect(world.open()).rejects.toThrow('no')
  expect([closed, world.clock.pending]).toEqual([['early'], 0])
})

test('what an extension puts while its system is being stopped is written, or refused: never in between', async () => {
  const outcomes: string[] = []
  for (let ticks = 0; ticks < 30; ticks++) {
    const diary = new Diary()
    const world = new World({ counter }, { extensions: [diary] })
    const system = await world.open()
    const putting = (async () => {
      for (let tick = 0; tick < ticks; tick++) await undefined
      diary.host.put('late', true)
      await diary.host.committed()
    })().then(
      () => 'written',
      (error: { readonly code: string }) => error.code,
    )
    await system.stop()
    const outcome = await putting
    outcomes.push(outcome)
    expect(world.store.reopen().get('u/diary/late') !== undefined).toBe(outcome === 'written')
  }
  expect(new Set(outcomes)).toEqual(new Set(['written', 'SYSTEM_STOPPED']))
})

test('what an extension throws at the stop keeps nobody else from being told', async () => {
  const thrown: unknown[] = []
  const listeners = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException').once('uncaughtException', (error) => thrown.push(error.message))
  const bad: Extension = {
    name: 'bad',
    open: () => undefined,
    close: () => {
      throw new Error('bad close')
    },
  }
  const diary = new Diary()
  const world = new World({ counter }, { extensions: [bad, diary] })
  try {
    await world.open()
    await world.stop()
    expect(diary.isClosed).toBe(true)
    // What an extension throws at its close is thrown again outside of all promises, in a later round of the event loop.
    await new Promise((resolve) => setTimeout(resolve))
  } finally {
    process.removeAllListeners('uncaughtException')
    for (const listener of listeners) process.on('uncaughtException', listener)
  }
  expect(thrown).toEqual(['bad close'])
})

test('after the stop of its system an extension is told so, and waits for nothing', async () => {
  const diary = new Diary()
  const world = new World({ counter }, { extensions: [diary] })
  await world.open()
  await world.stop()
  await expect(diary.host.committed()).rejects.toMatchObject({ code: 'SYSTEM_STOPPED' })
  expect(() => diary.host.get('c/1')).toThrow(expect.objectContaining({ code: 'SYSTEM_STOPPED' }))
})

test('an extension is told when nothing is known any more of a volatile actor that ended, not of its successor', async () => {
  const forgotten: string[] = []
  const keeper: Extension = { name: 'keeper', open: () => undefined, forgotten: (path) => void forgotten.push(path) }
  const brief = createMachine({ initial: 'over', states: { over: { type: 'final' } } })
  const volatile = { durability: 'volatile' } as const
  const world = new World({ counter, brief: { logic: brief, ...volatile } }, { extensions: [keeper] })
  const system = await world.open()
  for (const id of ['first', 'again']) await system.spawn('brief', { id })
  await system.spawn('counter', { id: 'again', ...volatile })
  for (let n = 0; n < 1_000; n++) await system.spawn('brief', { id: `b${n}` })
  expect(forgotten).toEqual(['first'])
  await world.stop()
})

test('what an extension schedules happens by the clock of the system, and not after its stop', async () => {
  const diary = new Diary()
  const world = new World({ counter }, { extensions: [diary] })
  await world.open()
  const { host, rang } = diary
  host.schedule(() => rang.push(host.now()), 1_000)
  const cancel = host.schedule(() => rang.push(-1), 1_000)
  host.schedule(() => rang.push(-2), 5_000)
  cancel()
  await world.clock.advance(1_000)
  expect(rang).toEqual([1_001_000])
  await world.stop()
  expect([diary.isClosed, world.clock.pending]).toEqual([true, 0])
  await world.clock.advance(10_000)
  expect(rang).toEqual([1_001_000])
})

test('what an effect within an actor emits is heard at the ref of the actor, and only while it runs', async () => {
  const said = ['one', 'two']
  let emitLate: () => void = () => undefined
  const speaker = fromPromise<string, undefined, { type: 'token'; text: string }>(async ({ emit }) => {
    for (const text of said) emit({ type: 'token', text })
    emitLate = () => emit({ type: 'token', text: 'too late' })
    await new Promise((resolve) => currentEffect()?.clock.schedule(() => resolve(undefined), 1_000))
    return 'said'
  })
  const machine = setup({
    actors: { speaker },
    types: {} as { emitted: { type: 'token'; text: string } },
  }).createMachine({
    initial: 'quiet',
    states: {
      quiet: { on: { SPEAK: 'speaking' } },
      speaking: { invoke: { src: 'speaker', onDone: 'said' } },
      said: {},
    },
  })
  const world = new World({ machine })
  const system = await world.open()
  const ref = await system.spawn('machine', { id: 'm' })
  const heard: string[] = []
  ref.on('token', ({ text }) => heard.push(text))
  await ref.deliver({ type: 'SPEAK' })
  expect(heard).toEqual(said)
  await world.clock.advance(1_000)
  expect(ref.getSnapshot().value).toBe('said')
  emitLate()
  expect(heard).toEqual(said)
  await world.stop()
})

test('an effect knows its actor and goes by the clock of its system', async () => {
  const where: unknown[] = []
  const looking = fromPromise(async () => {
    const effect = currentEffect()
    where.push(effect?.path, effect?.clock.now())
  })
  const world = new World({ looking })
  const system = await world.open()
  await (await system.spawn('looking', { id: 'l' })).result()
  expect(where).toEqual(['l', 1_000_000])
  await world.stop()
})
