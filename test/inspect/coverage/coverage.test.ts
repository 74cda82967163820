import { describe, expect, it } from 'vitest'
import { createMachine, forwardTo, setup } from 'xstate'
import type { Coverage } from '../../../src/inspect/coverage/coverage-counts.js'
import { coverageOfJournals } from '../../../src/inspect/coverage/journal-coverage.js'
import { refusedBy } from '../../../src/inspect/coverage/machine-paths.js'
import { createInspection } from '../../../src/inspect/live/inspection.js'
import { World } from '../../support/world.js'
import { Screen } from '../live/screen.js'
import { order } from './machines.js'

interface Counts {
  readonly states: Readonly<Record<string, number>>
  readonly taken: Readonly<Record<string, number>>
  readonly refused: Readonly<Record<string, number>>
}

/** What was counted, without what was not. */
function counted(coverage: Coverage | undefined): Counts {
  const above = (entries: readonly (readonly [string, number])[]) =>
    Object.fromEntries(entries.filter(([, count]) => count > 0))
  return {
    states: above((coverage?.states ?? []).map(({ id, count }) => [id, count] as const)),
    taken: above((coverage?.transitions ?? []).map(({ id, count }) => [id, count] as const)),
    refused: above((coverage?.transitions ?? []).map(({ id, refused }) => [id, refused] as const)),
  }
}

async function shop(options: { readonly coverage?: 'always' } = {}) {
  const world = new World({ order })
  await world.open()
  const inspection = createInspection(world.system, { clock: world.clock, ...options })
  const close = async () => {
    inspection.close()
    await world.stop()
  }
  return { world, system: world.system, inspection, close }
}

/** Buys three things, asks in vain, and pays little. */
async function buy(system: Awaited<ReturnType<typeof shop>>['system'], id: string): Promise<void> {
  const ref = await system.spawn('order', { id })
  for (const type of ['ADD', 'ASK', 'ADD']) await ref.deliver({ type })
  await ref.deliver({ type: 'PAY', n: 1 })
}

const BOUGHT: Counts = {
  states: { order: 1, 'order.open': 1, 'order.open.empty': 1, 'order.open.some': 1, 'order.paid': 1 },
  taken: { 'order.open.empty|ADD|0': 1, 'order.open.some|ADD|0': 1, 'order.open.some|PAY|1': 1 },
  refused: {
    // In vain at each rest in `some`: after both ADDs.
    'order.open.some|always|0': 2,
    'order.open.some|PAY|0': 1,
    'order.open.some|ASK|0': 1,
    'order.open|ASK|0': 1,
  },
}

describe('coverage of a running system', () => {
  it('counts states that were entered, transitions that were taken, and guards that said no', async () => {
    const { system, inspection, close } = await shop()
    inspection.watch({ topic: 'timeline' }, new Screen())
    await buy(system, 'one')
    const [coverage, other] = inspection.coverage('order')
    expect(other).toBeUndefined()
    expect(counted(coverage)).toEqual(BOUGHT)
    expect(coverage).toMatchObject({ logic: 'order', sinceMs: expect.any(Number), chart: expect.any(String) })
    await close()
  })

  it('lists also what nothing has come to', async () => {
    const { system, inspection, close } = await shop()
    inspection.watch({ topic: 'timeline' }, new Screen())
    await buy(system, 'one')
    const [coverage] = inspection.coverage('order')
    expect(coverage?.states.filter(({ count }) => count === 0).map(({ id }) => id)).toEqual([
      'order.full',
      'order.large',
      'order.closed',
    ])
    expect(coverage?.transitions).toContainEqual({ id: 'order.open|CLOSE|0', count: 0, refused: 0 })
    await close()
  })

  it('counts states that were only passed, and transitions without an event', async () => {
    const { system, inspection, close } = await shop()
    inspection.watch({ topic: 'timeline' }, new Screen())
    const ref = await system.spawn('order', { id: 'one' })
    for (let n = 0; n < 3; n++) await ref.deliver({ type: 'ADD' })
    const { states, taken } = counted(inspection.coverage('order')[0])
    expect(states['order.full']).toBe(1)
    expect(taken['order.open.some|always|0']).toBe(1)
    await close()
  })

  it('counts only while somebody watches, unless it is to be counted always', async () => {
    const once = await shop()
    await buy(once.system, 'one')
    expect(once.inspection.coverage('order')).toEqual([])
    expect(counted(once.inspection.coverage('order', order)[0])).toEqual({ states: {}, taken: {}, refused: {} })
    await once.close()
    const always = await shop({ coverage: 'always' })
    await buy(always.system, 'one')
    expect(counted(always.inspection.coverage('order')[0])).toEqual(BOUGHT)
    expect(always.inspection.timeline()).toEqual([])
    await always.close()
  })

  it('keeps what it has counted when the last viewer goes', async () => {
    const { world, system, inspection, close } = await shop()
    const viewer = inspection.watch({ topic: 'timeline' }, new Screen())
    await buy(system, 'one')
    viewer.close()
    await world.advance(60_000)
    await buy(system, 'two')
    expect(counted(inspection.coverage('order')[0])).toEqual(BOUGHT)
    await close()
  })

  it('counts versions of a machine apart, and equal machines together', async () => {
    const again = createMachine({ initial: 'a', states: { a: { on: { GO: 'b' } }, b: {} } })
    const twin = createMachine({ initial: 'a', states: { a: { on: { GO: 'b' } }, b: {} } })
    const changed = createMachine({ initial: 'a', states: { a: { on: { GO: 'b', BACK: 'a' } }, b: {} } })
    const world = new World({ again, twin, changed })
    await world.open()
    const inspection = createInspection(world.system, { clock: world.clock, coverage: 'always' })
    const charts = []
    for (const logic of ['again', 'twin', 'changed'] as const) {
      await (await world.system.spawn(logic, { id: logic })).deliver({ type: 'GO' } as never)
      charts.push(inspection.coverage(logic)[0]?.chart)
    }
    expect(charts[0]).toBe(charts[1])
    expect(charts[2]).not.toBe(charts[0])
    inspection.close()
    await world.stop()
  })

  it('counts machines inside of actors under the name that they were invoked by', async () => {
    const inner = createMachine({
      id: 'inner',
      initial: 'a',
      states: { a: { on: { GO: 'b', NO: { guard: () => false, target: 'b' } } }, b: {} },
    })
    const forward = setup({ actors: { inner } }).createMachine({
      invoke: { src: 'inner', id: 'i' },
      on: { '*': { actions: forwardTo('i') } },
    })
    const world = new World({ forward })
    await world.open()
    const inspection = createInspection(world.system, { clock: world.clock, coverage: 'always' })
    const ref = await world.system.spawn('forward', { id: 'f' })
    for (const type of ['NO', 'GO']) await ref.deliver({ type } as never)
    expect(counted(inspection.coverage('inner')[0])).toEqual({
      states: { inner: 1, 'inner.a': 1, 'inner.b': 1 },
      taken: { 'inner.a|GO|0': 1 },
      refused: { 'inner.a|NO|0': 1 },
    })
    inspection.close()
    await world.stop()
  })
})

describe('what guards refused', () => {
  const both = createMachine({
    id: 'both',
    type: 'parallel',
    states: {
      left: { initial: 'a', states: { a: { on: { GO: { guard: () => true, target: 'b' } } }, b: {} } },
      right: { initial: 'a', states: { a: { on: { GO: { guard: () => false, target: 'b' } } }, b: {} } },
    },
    on: { GO: { guard: () => true, actions: [] } },
  })
  const value = { left: 'a', right: 'a' }

  it('is each for itself in parallel states, whose outer state is not asked where one of them took the event', () => {
    expect(refusedBy(both, value, 'GO', new Set(['both.left.a|GO|0']))).toEqual(['both.right.a|GO|0'])
    expect(refusedBy(both, value, 'GO', new Set(['both|GO|0']))).toEqual(['both.left.a|GO|0', 'both.right.a|GO|0'])
  })

  it('is nothing where a transition without a guard should have been taken, and was not', () => {
    expect(refusedBy(order, { open: 'some' }, 'PAY', new Set())).toEqual(['order.open.some|PAY|0'])
    expect(refusedBy(order, { open: 'empty' }, 'ADD', new Set())).toEqual([])
  })
})

describe('coverage of journals', () => {
  it('counts what the stored records tell', async () => {
    const { world, close } = await shop()
    await buy(world.system, 'one')
    await buy(world.system, 'two')
    await world.restart()
    const { states, taken, refused } = counted(await coverageOfJournals(world.system, 'order'))
    const twice = (counts: Counts['states']) => Object.fromEntries(Object.entries(counts).map(([id, n]) => [id, 2 * n]))
    expect(states).toEqual(twice(BOUGHT.states))
    expect(taken).toEqual(twice(BOUGHT.taken))
    // An event that was ignored has left no record.
    const { 'order.open.some|ASK|0': _, 'order.open|ASK|0': __, ...kept } = BOUGHT.refused
    expect(refused).toEqual(twice(kept))
    await close()
  })

  it('is that of the running system, but for events that left no record', async () => {
    const { system, inspection, close } = await shop({ coverage: 'always' })
    for (let n = 0; n < 20; n++) {
      const ref = await system.spawn('order', { id: `o${n}` })
      for (let step = 0; step < 6; step++) {
        const type = ['ADD', 'PAY', 'ADD', 'CLOSE'][(n * 7 + step * 3) % 4] as string
        await ref.deliver({ type, n: (n * 5 + step) % 20 }).catch(() => undefined)
      }
    }
    const live = counted(inspection.coverage('order')[0])
    const stored = counted(await coverageOfJournals(system, 'order'))
    expect(stored.states).toEqual(live.states)
    expect(stored.taken).toEqual(live.taken)
    await close()
  })

  it('leaves out records of another version of the machine', async () => {
    const old = createMachine({ version: '1', id: 'm', initial: 'a', states: { a: { on: { GO: 'b' } }, b: {} } })
    const today = createMachine({
      version: '2',
      id: 'm',
      initial: 'a',
      states: { a: { on: { GO: 'b' } }, b: { on: { GO: 'a' } } },
    })
    const world = new World({ m: old })
    await world.open()
    for (const id of ['stays', 'moves']) await (await world.system.spawn('m', { id })).deliver({ type: 'GO' })
    await world.restart({ m: { logic: today, migrations: { 1: (persisted: unknown) => persisted } } } as never)
    // The first record of the new version is the one that the migration is part of: from where it came can't be told.
    for (let n = 0; n < 3; n++) await world.system.actor('m', 'moves').deliver({ type: 'GO' })
    const { taken } = counted(await coverageOfJournals(world.system, 'm'))
    expect(taken).toEqual({ 'm.a|GO|0': 1, 'm.b|GO|0': 1 })
    await world.stop()
  })

  it('may be of a part of the tree, and ends when it is told to', async () => {
    const { system, close } = await shop()
    await buy(system, 'one')
    await buy(system, 'two')
    expect(counted(await coverageOfJournals(system, 'order', { under: 'two' }))).toMatchObject({ taken: BOUGHT.taken })
    expect(await coverageOfJournals(system, 'order', { signal: AbortSignal.abort() })).toBeUndefined()
    expect(await coverageOfJournals(system, 'nobody')).toBeUndefined()
    await close()
  })
})
