import { currentEffect, type Extension, type ExtensionHost, type Recorded } from 'roscius'
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
