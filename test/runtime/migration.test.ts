import { describe, expect, it } from 'vitest'
import { assign, createMachine, setup } from 'xstate'
import { all, World } from '../support/world.js'

const other = createMachine({
  context: { n: 0 },
  on: { INC: { actions: assign({ n: ({ context }) => context.n + 1 }) } },
})

const first = setup({ actors: { other } }).createMachine({
  version: '1',
  context: { name: 'Ann' },
  initial: 'draft',
  states: {
    draft: { on: { SEND: 'sent', PARK: 'parked' } },
    sent: { initial: 'fresh', states: { fresh: {} } },
    parked: { invoke: { src: 'other', id: 'inner' } },
  },
} as never)

const second = createMachine({
  version: '2',
  context: { first: '', last: '' },
  initial: 'draft',
  states: { draft: { on: { SEND: 'posted' } }, posted: {} },
} as never)

const third = createMachine({
  version: '3',
  context: { full: '' },
  initial: 'draft',
  states: {
    draft: { on: { SEND: 'delivered' } },
    delivered: {
      on: { SHOUT: { actions: assign({ full: ({ context }) => (context.full as string).toUpperCase() }) } },
    },
  },
} as never)

type Persisted = { value: unknown; context: Record<string, string> }
const toSecond = (persisted: unknown) => {
  const { value, context } = persisted as Persisted
  return {
    ...(persisted as object),
    value: typeof value === 'object' ? 'posted' : value,
    context: { first: context.name, last: 'Doe' },
  }
}
const toThird = (persisted: unknown) => {
  const { value, context } = persisted as Persisted
  return {
    ...(persisted as object),
    value: value === 'posted' ? 'delivered' : value,
    context: { full: `${context.first} ${context.last}` },
  }
}

async function stored(event: string): Promise<World<{ letter: typeof first; other: typeof other }>> {
  const world = new World({ letter: first, other })
  const system = await world.open()
  await (await system.spawn('letter', { id: 'l' })).deliver({ type: event } as never)
  await system.spawn('other', { id: 'o' })
  await world.stop()
  return world
}

describe('a changed machine', () => {
  it('goes on without a migration when its stored state still exists', async () => {
    const world = await stored('NOTHING')
    const wider = createMachine({
      version: '1.1',
      context: {},
      initial: 'draft',
      states: { draft: { on: { SEND: 'gone' } }, gone: {} },
    } as never)
    const system = await world.open({ letter: wider, other })
    const ref = system.actor('letter', 'l')
    expect((await all(system.actors()))[0]).toMatchObject({ status: 'active', isOutdated: true, version: '1' })
    expect((await ref.deliver({ type: 'SEND' } as never)).outcome).toBe('handled')
    expect(ref.getSnapshot()).toMatchObject({ value: 'gone', context: { name: 'Ann' } })
    await world.restart({ letter: wider, other })
    expect(world.system.actor('letter', 'l').getSnapshot().value).toBe('gone')
    await world.stop()
  })

  it('runs the migrations that its logic declares, in a chain', async () => {
    const world = await stored('SEND')
    const system = await world.open({ letter: { logic: third, migrations: { '1': toSecond, '2': toThird } }, other })
    const ref = system.actor('letter', 'l')
    expect(ref.getSnapshot()).toMatchObject({ value: 'delivered', context: { full: 'Ann Doe' } })
    await ref.deliver({ type: 'SHOUT' } as never)
    await new Promise((resolve) => setImmediate(resolve))
    expect(world.events.filter(({ type }) => type === 'actorMigrated')).toContainEqual({
      type: 'actorMigrated',
      path: 'l',
      from: '1',
      to: '3',
    })
    // The migrated state is what is stored from now on: no migration is needed any more, and none runs twice.
    const again = await world.restart({ letter: { logic: third, migrations: { '1': toSecond, '2': toThird } }, other })
    expect(again.actor('letter', 'l').getSnapshot()).toMatchObject({ value: 'delivered', context: { full: 'ANN DOE' } })
    await again.actor('letter', 'l').deliver({ type: 'SHOUT' } as never)
    await world.stop()
  })

  it('that lacks the stored state is quarantined with exactly what is missing; everything else starts', async () => {
    const world = await stored('SEND')
    const system = await world.open({ letter: second, other })
    const ref = system.actor('letter', 'l')
    await expect(ref.deliver({ type: 'SEND' } as never)).rejects.toMatchObject({
      code: 'ACTOR_QUARANTINED',
      address: 'l',
      details: { stored: '1', current: '2' },
    })
    const [info, rest] = await all(system.actors())
    expect(info).toMatchObject({
      path: 'l',
      status: 'quarantined',
      error: { code: 'ACTOR_QUARANTINED', details: { missing: [expect.stringContaining('sent')] } },
    })
    expect(rest).toMatchObject({ path: 'o', status: 'active' })
    expect((await system.actor('other', 'o').deliver({ type: 'INC' })).outcome).toBe('handled')
    expect(() => ref.getSnapshot()).toThrowError(expect.objectContaining({ code: 'ACTOR_QUARANTINED' }))
    await expect(system.spawn('letter', { id: 'l' })).rejects.toMatchObject({ code: 'ACTOR_EXISTS' })
    // Its records are kept: with a migration it comes back.
    const again = await world.restart({ letter: { logic: second, migrations: { '1': toSecond } }, other })
    expect(again.actor('letter', 'l').getSnapshot()).toMatchObject({ value: 'posted', context: { first: 'Ann' } })
    await world.stop()
  })

  it('that lacks a stored child is quarantined', async () => {
    const world = await stored('PARK')
    const childless = createMachine({
      version: '2',
      context: {},
      initial: 'draft',
      states: { draft: {}, parked: {} },
    } as never)
    const system = await world.open({ letter: childless, other })
    await expect(system.actor('letter', 'l').deliver({ type: 'SEND' } as never)).rejects.toMatchObject({
      code: 'ACTOR_QUARANTINED',
      details: { missing: [expect.stringContaining('other')] },
    })
    await world.stop()
  })

  it('whose logic is not in the table any more is quarantined', async () => {
    const world = await stored('SEND')
    const system = await world.open({ other })
    await expect(system.actor('letter', 'l').deliver({ type: 'SEND' } as never)).rejects.toMatchObject({
      code: 'LOGIC_NOT_FOUND',
      address: 'l',
    })
    expect((await all(system.actors())).map(({ path, status }) => [path, status])).toEqual([
      ['l', 'quarantined'],
      ['o', 'active'],
    ])
    await world.stop()
  })

  it('whose migration throws is quarantined, its records kept', async () => {
    const world = await stored('SEND')
    const migrations = {
      '1': () => {
        throw new Error('no idea')
      },
    }
    const system = await world.open({ letter: { logic: second, migrations }, other })
    await expect(system.actor('letter', 'l').deliver({ type: 'SEND' } as never)).rejects.toMatchObject({
      code: 'MIGRATION_FAILED',
      cause: { message: 'no idea' },
    })
    await world.restart()
    expect(world.system.actor('letter', 'l').getSnapshot().context).toEqual({ name: 'Ann' })
    await world.stop()
  })

  it('keeps the mail and timers of a quarantined actor until it can run again', async () => {
    const patient = (to: string) =>
      createMachine({ initial: 'waiting', states: { waiting: { after: { 1000: to } }, [to]: {} } } as never)
    const strange = createMachine({ initial: 'elsewhere', states: { elsewhere: {} } } as never)
    const world = new World({ patient: patient('over') })
    await (await world.open()).spawn('patient', { id: 'p' })
    await world.stop()
    await world.open({ patient: strange })
    await world.advance(2_000)
    expect((await all(world.system.actors()))[0]?.status).toBe('quarantined')
    await world.restart()
    await world.advance(0)
    expect(world.system.actor('patient', 'p').getSnapshot().value).toBe('over')
    await world.stop()
  })

  it('with damaged records is quarantined alone, and the record is named', async () => {
    const world = new World({ other })
    const system = await world.open()
    await (await system.spawn('other', { id: 'a' })).deliver({ type: 'INC' })
    await system.spawn('other', { id: 'b' })
    await world.stop()
    await world.store.batch([{ type: 'put', key: 'a/a', value: Uint8Array.of(1, 2, 3) }], { sync: true })
    const again = await world.open()
    await expect(again.actor('other', 'a').deliver({ type: 'INC' })).rejects.toMatchObject({
      code: 'RECORD_CORRUPT',
      details: { key: 'a/a' },
    })
    expect((await again.actor('other', 'b').deliver({ type: 'INC' })).outcome).toBe('handled')
    await world.stop()
  })
})

describe('an actor whose head is damaged', () => {
  it('is listed as quarantined, and everything else goes on', async () => {
    const thing = createMachine({})
    const world = new World({ thing })
    const system = await world.open()
    await system.spawn('thing', { id: 'bad' })
    await system.spawn('thing', { id: 'good' })
    await system.stop()
    world.store = world.store.reopen()
    await world.store.batch([{ type: 'put', key: 'a/bad', value: Uint8Array.of(1, 2, 3) }], { sync: true })
    const again = await world.open()
    const listed: unknown[] = []
    for await (const { path, status, error } of again.actors()) listed.push([path, status, error?.code])
    expect(listed).toEqual([
      ['bad', 'quarantined', 'RECORD_CORRUPT'],
      ['good', 'active', undefined],
    ])
    await expect(again.actor('thing', 'bad').deliver({ type: 'X' })).rejects.toMatchObject({ code: 'RECORD_CORRUPT' })
    await world.stop()
  })
})
