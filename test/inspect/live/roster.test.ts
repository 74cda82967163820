import { supervisor } from 'roscius'
import { describe, expect, it } from 'vitest'
import { assign, createMachine, fromCallback, setup } from 'xstate'
import { createInspection } from '../../../src/inspect/live/inspection.js'
import { all, World } from '../../support/world.js'
import { rowOf, Screen } from './screen.js'
import { rowsOfTree, treeRow } from './tree-rows.js'

const worker = setup({
  types: { events: {} as { type: 'GO' | 'BREAK' | 'END' | 'LATER' } },
  actors: { endless: fromCallback(() => {}) },
}).createMachine({
  initial: 'idle',
  states: {
    idle: { on: { GO: 'busy', END: 'over' } },
    busy: { meta: { defer: ['GO'] }, invoke: { src: 'endless' } },
    over: { type: 'final' },
  },
  on: {
    BREAK: {
      actions: assign(() => {
        throw new Error('broken by hand')
      }),
    },
  },
})
const pool = supervisor({
  children: [
    { id: 'a', logic: 'worker', backoff: { initialMs: 1_000, jitter: 0 } },
    { id: 'b', logic: 'worker' },
  ],
})
const failing = createMachine({
  on: {
    BREAK: {
      actions: assign(() => {
        throw new Error('token=abcdefgh12345678 is wrong')
      }),
    },
  },
})

async function poolWorld(options = {}) {
  const world = new World({ worker, pool, failing }, options)
  await world.open()
  await world.system.spawn('pool', { id: 'pool' })
  await world.system.settled()
  const inspection = createInspection(world.system, { clock: world.clock })
  return { world, system: world.system, inspection, close: () => closed(world, inspection) }
}

async function closed(world: { stop(): Promise<void> }, inspection: { close(): void }): Promise<void> {
  inspection.close()
  await world.stop()
}

/** A viewer of the tree that has the first picture. */
async function watching({ world, inspection }: Pick<Awaited<ReturnType<typeof poolWorld>>, 'world' | 'inspection'>) {
  const screen = new Screen()
  inspection.watch({ topic: 'tree' }, screen)
  await inspection.rows()
  await world.advance(300)
  return screen
}

describe('the roster', () => {
  it('has at first what the tree has, in its order, with sequence numbers', async () => {
    const { system, inspection, close } = await poolWorld()
    const { rows, total, counts } = await inspection.rows()
    expect(rows.map(treeRow)).toEqual(rowsOfTree(await system.tree()))
    expect(total).toBe(3)
    expect(counts).toEqual({ active: 3 })
    const infos = await all(system.actors())
    expect(Object.fromEntries(rows.map(({ path, seqNr }) => [path, seqNr]))).toEqual(
      Object.fromEntries(infos.map(({ path, seqNr }) => [path, seqNr])),
    )
    await close()
  })

  it('takes in what units say: state, sequence number, mailbox, stash, effects, last event', async () => {
    const { world, system, inspection, close } = await poolWorld()
    const screen = await watching({ world, inspection })
    const a = system.actor('worker', 'pool/a')
    await a.deliver({ type: 'GO' })
    await a.deliver({ type: 'GO' })
    await world.advance(300)
    expect(screen.rows().get('pool/a')).toMatchObject({
      state: 'busy',
      stash: 1,
      effects: 1,
      seqNr: 3,
      last: { type: 'GO', atMs: expect.any(Number) },
      rate: 0.4,
    })
    await close()
  })

  it('shows a new actor behind its siblings, with its durability', async () => {
    const { world, system, inspection, close } = await poolWorld()
    const screen = await watching({ world, inspection })
    await system.spawn('worker', { id: 'new', durability: 'volatile' })
    await system.spawn('pool', { id: 'a-second' })
    await world.advance(300)
    expect(screen.rows().get('new')).toMatchObject({ durability: 'volatile', isSupervisor: false, state: 'idle' })
    expect(screen.rows().get('a-second')).toMatchObject({ isSupervisor: true, isInMemory: true })
    const { rows } = await inspection.rows()
    expect(rows.map(({ path }) => path)).toEqual([
      'pool',
      'pool/a',
      'pool/b',
      'new',
      'a-second',
      'a-second/a',
      'a-second/b',
    ])
    await close()
  })

  it('shows ends, and that the ended one has left memory', async () => {
    const { world, system, inspection, close } = await poolWorld()
    const done = await system.spawn('worker', { id: 'done' })
    const stopped = await system.spawn('worker', { id: 'stopped' })
    const failed = await system.spawn('failing', { id: 'failed' })
    const screen = await watching({ world, inspection })
    await done.deliver({ type: 'END' })
    await stopped.stop()
    await failed.deliver({ type: 'BREAK' }).catch(() => undefined)
    await world.advance(10_000)
    expect(screen.rows().get('done')).toMatchObject({ status: 'done', isInMemory: false })
    expect(screen.rows().get('stopped')).toMatchObject({ status: 'stopped' })
    expect([...screen.rows().values()].map(treeRow)).toEqual(
      expect.arrayContaining(rowsOfTree(await system.tree()).filter(({ id }) => id !== 'failed')),
    )
    await close()
  })

  it('masks what an actor failed with', async () => {
    const { world, system, inspection, close } = await poolWorld({ onRootFailure: () => {} })
    const failed = await system.spawn('failing', { id: 'failed' })
    for (let n = 0; n < 20; n++) {
      failed.deliver({ type: 'BREAK' }).catch(() => undefined)
      await world.advance(5_000)
    }
    const row = await rowOf(inspection, 'failed')
    expect(row.restarts + Number(row.status === 'failed')).toBeGreaterThan(0)
    expect(JSON.stringify(row)).not.toContain('abcdefgh12345678')
    await close()
  })

  it('shows restarts: that it waits for one, with what it failed on, then how many there were', async () => {
    const { world, system, inspection, close } = await poolWorld()
    const screen = await watching({ world, inspection })
    system
      .actor('worker', 'pool/a')
      .deliver({ type: 'BREAK' })
      .catch(() => undefined)
    await world.advance(500)
    expect(screen.rows().get('pool/a')).toMatchObject({
      status: 'restarting',
      error: expect.stringContaining('broken by hand'),
    })
    // The event comes back three times, then it is a dead letter.
    await world.advance(60_000)
    expect(screen.rows().get('pool/a')).toMatchObject({ status: 'active', restarts: 3 })
    expect(screen.rows().get('pool/a')?.error).toBeUndefined()
    const { rows } = await inspection.rows()
    expect(rows.map(({ path }) => path)).toEqual(['pool', 'pool/a', 'pool/b'])
    await close()
  })

  it('forgets who was deleted, and puts who comes to its path behind the others', async () => {
    const { world, system, inspection, close } = await poolWorld()
    for (const id of ['x', 'y']) await system.spawn('worker', { id })
    const screen = await watching({ world, inspection })
    await system.actor('worker', 'x').delete()
    await world.advance(500)
    expect(screen.rows().has('x')).toBe(false)
    expect(screen.of('rows').flatMap(({ gone }) => gone)).toContain('x')
    await system.spawn('worker', { id: 'x' })
    await world.advance(500)
    const { rows } = await inspection.rows({ sort: 'tree' })
    expect(rows.map(({ path }) => path).slice(-2)).toEqual(['y', 'x'])
    await close()
  })

  it('finds out that one which had ended long ago was deleted', async () => {
    const { world, system, inspection, close } = await poolWorld()
    const old = await system.spawn('worker', { id: 'old' })
    await old.stop()
    const screen = await watching({ world, inspection })
    await world.advance(5_000)
    expect(screen.rows().get('old')).toMatchObject({ status: 'stopped' })
    await old.delete()
    await world.advance(5_000)
    expect(screen.rows().has('old')).toBe(false)
    await close()
  })

  it('finds out who has left memory', async () => {
    const { world, system, inspection, close } = await poolWorld({ passivation: { idleMs: 1_000 } })
    await system.spawn('worker', { id: 'idle' })
    const screen = await watching({ world, inspection })
    expect(screen.rows().get('idle')).toMatchObject({ isInMemory: true })
    await world.advance(5_000)
    expect(screen.rows().get('idle')).toMatchObject({ isInMemory: false, state: 'idle' })
    await system
      .actor('worker', 'idle')
      .deliver({ type: 'BREAK' })
      .catch(() => undefined)
    await close()
  })

  it('sees at once who leaves memory and who is deleted, however many there are', async () => {
    const { world, system, inspection, close } = await poolWorld({ passivation: { idleMs: 10_000 } })
    const ids = Array.from({ length: 300 }, (_, n) => `many${n}`)
    for (const id of ids) await system.spawn('worker', { id })
    await world.advance(9_000)
    const screen = await watching({ world, inspection })
    await world.advance(7_000)
    expect(ids.filter((id) => screen.rows().get(id)?.isInMemory)).toEqual([])
    await Promise.all(ids.map((id) => system.actor('worker', id).delete()))
    await world.advance(1_000)
    expect(ids.filter((id) => screen.rows().has(id))).toEqual([])
    await close()
  })

  it('sees what waits for each of many that are paused', async () => {
    const { world, system, inspection, close } = await poolWorld()
    const ids = Array.from({ length: 200 }, (_, n) => `many${n}`)
    for (const id of ids) await (await system.spawn('worker', { id })).pause()
    const screen = await watching({ world, inspection })
    for (const id of ids) system.actor('worker', id).send({ type: 'GO' })
    await world.advance(60_000)
    expect(ids.filter((id) => screen.rows().get(id)?.mailbox !== 1)).toEqual([])
    await close()
  })

  it('shows that an actor is paused, what waits for it meanwhile, and that it goes on', async () => {
    const { world, system, inspection, close } = await poolWorld()
    const screen = await watching({ world, inspection })
    const a = system.actor('worker', 'pool/a')
    await a.pause({ by: 'ann' })
    await world.advance(500)
    expect(screen.rows().get('pool/a')).toMatchObject({ isPaused: true, mailbox: 0 })
    a.send({ type: 'GO' })
    await world.advance(1_000)
    expect(screen.rows().get('pool/a')).toMatchObject({ isPaused: true, mailbox: 1, state: 'idle' })
    await a.resume()
    await world.advance(500)
    expect(screen.rows().get('pool/a')).toMatchObject({ isPaused: false, mailbox: 0, state: 'busy' })
    await close()
  })

  it('shows who is quarantined, with why', async () => {
    const { world, inspection, system } = await poolWorld()
    await system.spawn('worker', { id: 'broken' })
    await system.actor('worker', 'broken').deliver({ type: 'GO' })
    inspection.close()
    const other = createMachine({ initial: 'elsewhere', states: { elsewhere: {} } })
    await world.restart({ worker: other, pool, failing } as never)
    const after = createInspection(world.system, { clock: world.clock })
    const screen = new Screen()
    after.watch({ topic: 'tree' }, screen)
    await after.rows()
    await world.system
      .actor('worker', 'broken')
      .deliver({ type: 'GO' })
      .catch(() => undefined)
    await world.advance(1_000)
    expect(screen.rows().get('broken')).toMatchObject({ status: 'quarantined', error: expect.any(String) })
    expect((await after.pulse()).trouble).toBeGreaterThan(0)
    after.close()
    await world.stop()
  })

  it('loses nothing that happens while it is built', async () => {
    const { world, system, inspection, close } = await poolWorld()
    for (let n = 0; n < 300; n++) await system.spawn('worker', { id: `w${n}` })
    const building = inspection.rows({ limit: 1_000 })
    const work = Array.from({ length: 300 }, async (_, n) => {
      if (n % 3 === 0) await system.actor('worker', `w${n}`).deliver({ type: 'GO' })
      if (n % 3 === 1) await system.actor('worker', `w${n}`).delete()
      if (n % 3 === 2) await system.spawn('worker', { id: `x${n}` })
    })
    await Promise.all([building, ...work])
    await world.advance(1_000)
    const { rows } = await inspection.rows({ limit: 1_000 })
    expect(rows.map(treeRow)).toEqual(rowsOfTree(await system.tree()))
    await close()
  })

  it('of ten thousand actors is shown in frames of five hundred at most, and told when it is whole', async () => {
    const { world, system, inspection, close } = await poolWorld()
    await Promise.all(Array.from({ length: 10_000 }, (_, n) => system.spawn('worker', { id: `w${n}` })))
    const screen = new Screen()
    inspection.watch({ topic: 'tree' }, screen)
    const { total } = await inspection.rows()
    await world.advance(2_000)
    expect(total).toBe(10_003)
    expect(screen.rows().size).toBe(10_003)
    const first = screen.of('rows').filter(({ isFirst }) => isFirst)
    expect(first.every(({ rows }) => rows.length <= 500)).toBe(true)
    expect(first.filter(({ isWhole }) => isWhole)).toHaveLength(1)
    expect(first.at(-1)?.isWhole).toBe(true)
    await close()
  })
})

describe('a query', () => {
  async function queried() {
    const given = await poolWorld()
    await given.system.spawn('worker', { id: 'Anna Müller' })
    await given.system.actor('worker', 'pool/b').deliver({ type: 'GO' })
    await given.system.actor('worker', 'pool/a').pause()
    return given
  }

  it('searches paths, names, logic and states, whatever the case', async () => {
    const { inspection, close } = await queried()
    const found = async (search: string) => (await inspection.rows({ search })).rows.map(({ id }) => id)
    expect(await found('müller')).toEqual(['Anna Müller'])
    expect(await found('POOL/')).toEqual(['a', 'b'])
    expect(await found('busy')).toEqual(['b'])
    expect(await found('worker')).toEqual(['a', 'b', 'Anna Müller'])
    await close()
  })

  it('filters by status, logic, place and trouble', async () => {
    const { inspection, close } = await queried()
    const found = async (query: object) => (await inspection.rows(query)).rows.map(({ id }) => id)
    expect(await found({ logic: 'pool' })).toEqual(['pool'])
    expect(await found({ under: 'pool' })).toEqual(['pool', 'a', 'b'])
    expect(await found({ trouble: true })).toEqual(['a'])
    expect(await found({ trouble: false, under: 'pool' })).toEqual(['pool', 'b'])
    expect(await found({ status: 'done' })).toEqual([])
    await close()
  })

  it('is paged, and tells how many there are in all and by status', async () => {
    const { inspection, close } = await queried()
    const page = await inspection.rows({ sort: 'path', offset: 1, limit: 2, status: 'active' })
    expect(page.rows.map(({ path }) => path)).toEqual(['pool', 'pool/a'])
    expect(page).toMatchObject({ total: 4, counts: { active: 4 } })
    await close()
  })

  it('sorts by what was done last, and how fast', async () => {
    const { system, inspection, world, close } = await queried()
    await inspection.rows()
    await system.actor('worker', 'pool/b').deliver({ type: 'GO' })
    await world.clock.advance(10)
    await system.actor('worker', 'pool/b').deliver({ type: 'GO' })
    const first = async (sort: 'last' | 'rate') => (await inspection.rows({ sort, limit: 1 })).rows[0]?.id
    expect(await first('last')).toBe('b')
    expect(await first('rate')).toBe('b')
    expect(inspection.rate('pool/b')).toBe(0.4)
    await close()
  })
})

describe('a rate', () => {
  it('falls to nothing by itself, and viewers are told', async () => {
    const { world, system, inspection, close } = await poolWorld()
    const screen = await watching({ world, inspection })
    const a = system.actor('worker', 'pool/a')
    for (let n = 0; n < 10; n++) await a.deliver({ type: 'GO' })
    await world.advance(300)
    expect(screen.rows().get('pool/a')?.rate).toBe(2)
    await world.advance(8_000)
    expect(screen.rows().get('pool/a')?.rate).toBe(0)
    await close()
  })
})
