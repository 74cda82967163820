import { metered, supervisor, withBudget } from 'roscius'
import { describe, expect, it } from 'vitest'
import { assign, createMachine, fromCallback, fromPromise, setup } from 'xstate'
import { createInspection, type Topic } from '../../../src/inspect/live/inspection.js'
import type { ChangedList } from '../../../src/inspect/live/shapes.js'
import { World } from '../../support/world.js'
import { Screen } from './screen.js'

const counter = setup({
  types: { context: {} as { n: number } },
  actors: { ticking: fromCallback(() => {}) },
}).createMachine({
  id: 'counter',
  version: '2',
  initial: 'open',
  context: { n: 0 },
  states: {
    open: {
      on: {
        ADD: { actions: assign({ n: ({ context }) => context.n + 1 }) },
        LOOK: {},
        SHUT: 'shut',
      },
      after: { 60000: 'shut' },
    },
    shut: {
      meta: { defer: ['LATER'] },
      invoke: { id: 'bell', src: 'ticking' },
      on: { OPEN: 'open' },
      description: 'nobody comes in',
    },
  },
})
const spender = createMachine({
  on: { SPEND: { actions: [] } },
  invoke: {
    src: fromPromise(async () => {
      await metered({ inputTokens: 600 }, async () => ({ value: 1, usage: { inputTokens: 600 } }))
    }),
    onDone: {},
    onError: {},
  },
})
const pool = supervisor({ children: [{ id: 'a', logic: 'counter' }] })

async function watching(topic: Topic, options = {}) {
  const world = new World({ counter, pool, spender }, options)
  await world.open()
  const a = await world.system.spawn('counter', { id: 'a' })
  const inspection = createInspection(world.system, { clock: world.clock })
  const screen = new Screen()
  const viewer = inspection.watch(topic, screen)
  await inspection.rows()
  await world.advance(500)
  const close = async () => {
    inspection.close()
    await world.stop()
  }
  return { world, system: world.system, a, inspection, screen, viewer, close }
}

describe('a viewer of the tree', () => {
  it('gets four frames a second at most, each with what has changed, once', async () => {
    const { world, a, screen, close } = await watching({ topic: 'tree' })
    const before = screen.frames.length
    for (let n = 0; n < 100; n++) {
      await a.deliver({ type: 'ADD' })
      await world.advance(10)
    }
    const frames = screen.of('rows').slice(before)
    expect(frames.length).toBeLessThanOrEqual(5)
    expect(frames.length).toBeGreaterThanOrEqual(3)
    for (const { rows } of frames) expect(rows.map(({ path }) => path)).toEqual(['a'])
    await close()
  })

  it('that does not read is sent nothing, and then what is, not what was', async () => {
    const { world, system, a, screen, close } = await watching({ topic: 'tree' })
    const before = screen.frames.length
    screen.isReady = false
    for (let n = 0; n < 200; n++) await a.deliver({ type: 'ADD' })
    const gone = await system.spawn('counter', { id: 'gone' })
    await gone.stop()
    await gone.delete()
    await world.advance(10_000)
    expect(screen.frames).toHaveLength(before)
    screen.isReady = true
    await world.advance(300)
    const [frame] = screen.of('rows').slice(before)
    expect(frame?.rows).toMatchObject([{ path: 'a', seqNr: 201 }])
    expect(frame?.gone).toEqual(['gone'])
    await close()
  })

  it('may look at a part only', async () => {
    const { world, system, screen, close } = await watching({ topic: 'tree', under: 'pool' })
    await system.spawn('pool', { id: 'pool' })
    await system.spawn('pool', { id: 'pooling' })
    await world.advance(500)
    expect([...screen.rows().keys()].sort()).toEqual(['pool', 'pool/a'])
    await close()
  })

  it('of a node without actors is told so', async () => {
    const world = new World({ counter })
    await world.open()
    const inspection = createInspection(world.system, { clock: world.clock })
    const screen = new Screen()
    inspection.watch({ topic: 'tree' }, screen)
    await inspection.rows()
    await world.advance(300)
    expect(screen.frames).toEqual([{ kind: 'rows', rows: [], gone: [], isFirst: true, isWhole: true }])
    inspection.close()
    await world.stop()
  })
})

describe('a viewer of one actor', () => {
  it('gets all that it is: state, chart, timers, effects, what it defers, what can be done with it', async () => {
    const { world, a, screen, close } = await watching({ topic: 'actor', path: 'a' })
    expect(screen.of('actor').at(-1)).toMatchObject({
      contextChanged: true,
      actor: {
        address: 'roscius://world/a',
        version: '2',
        chart: expect.stringMatching(/^[0-9a-f]{16}$/),
        active: ['counter', 'counter.open'],
        timers: [{ delay: '60000', state: 'open', dueMs: expect.any(Number) }],
        journal: { first: 1, last: 1 },
        can: { send: true, pause: true, resume: false, restart: true, cancel: true },
      },
    })
    await a.deliver({ type: 'SHUT' })
    await a.deliver({ type: 'LATER', n: 1 } as never)
    await world.advance(200)
    expect(screen.of('actor').at(-1)?.actor).toMatchObject({
      row: { state: 'shut', stash: 1 },
      active: ['counter', 'counter.shut'],
      effects: [{ id: 'bell', src: 'ticking', attempt: 1, settles: false }],
      stash: [{ type: 'LATER', fields: '{"n":1}' }],
    })
    await close()
  })

  it('is told which transitions its last unit took, and whether its context has changed', async () => {
    const { world, a, screen, inspection, close } = await watching({ topic: 'actor', path: 'a' })
    const seen = () => {
      const { contextChanged, actor } = screen.of('actor').at(-1) ?? {}
      return { contextChanged, lastTransitions: actor?.lastTransitions }
    }
    await a.deliver({ type: 'ADD' })
    await world.advance(200)
    expect(seen()).toEqual({ contextChanged: true, lastTransitions: ['counter.open|ADD|0'] })
    await a.deliver({ type: 'LOOK' })
    await world.advance(200)
    expect(seen()).toEqual({ contextChanged: false, lastTransitions: ['counter.open|LOOK|0'] })
    await a.deliver({ type: 'NONE' } as never)
    await world.advance(200)
    expect(seen().lastTransitions).toEqual([])
    expect(inspection.lastTransitions('a')).toEqual([])
    await close()
  })

  it('gets ten frames a second at most', async () => {
    const { world, a, screen, close } = await watching({ topic: 'actor', path: 'a' })
    const before = screen.frames.length
    for (let n = 0; n < 200; n++) {
      await a.deliver({ type: 'ADD' })
      await world.advance(5)
    }
    const frames = screen.frames.length - before
    expect(frames).toBeGreaterThan(5)
    expect(frames).toBeLessThanOrEqual(11)
    await close()
  })

  it('sees a pause, with who and why, and what waits meanwhile', async () => {
    const { world, a, screen, close } = await watching({ topic: 'actor', path: 'a' })
    await a.pause({ by: 'ann', reason: 'password=hunter2hunter2 leaked' })
    a.send({ type: 'ADD' })
    await world.advance(1_000)
    const actor = screen.of('actor').at(-1)?.actor
    expect(actor).toMatchObject({
      row: { isPaused: true, mailbox: 1 },
      mailbox: [{ type: 'ADD' }],
      can: { pause: false, resume: true },
      trouble: expect.stringContaining('It was paused by ann'),
    })
    expect(actor?.trouble).not.toContain('hunter2')
    await close()
  })

  it('sees its children, and when it is gone', async () => {
    const { world, system, screen, close } = await watching({ topic: 'actor', path: 'pool' })
    expect(screen.of('actor').at(-1)).toEqual({ kind: 'actor', contextChanged: true })
    await system.spawn('pool', { id: 'pool' })
    await world.advance(500)
    expect(screen.of('actor').at(-1)?.actor).toMatchObject({ children: [{ path: 'pool/a' }], childCount: 1 })
    await system.actor('counter', 'pool/a').deliver({ type: 'SHUT' })
    await world.advance(500)
    expect(screen.of('actor').at(-1)?.actor?.children).toMatchObject([{ path: 'pool/a', state: 'shut' }])
    await system.actor('pool', 'pool').delete()
    await world.advance(500)
    expect(screen.of('actor').at(-1)?.actor).toBeUndefined()
    await close()
  })

  it('finds an actor whose name must be encoded', async () => {
    const { system, inspection, close } = await watching({ topic: 'tree' })
    const { path } = await system.spawn('counter', { id: 'a b/c%' })
    expect(await inspection.detail(path)).toMatchObject({ row: { id: 'a b/c%', state: 'open' } })
    await close()
  })
})

describe('the pulse', () => {
  it('has the figures of the node, four times a second at most', async () => {
    const { world, a, screen, close } = await watching({ topic: 'pulse' })
    const before = screen.frames.length
    for (let n = 0; n < 100; n++) {
      await a.deliver({ type: 'ADD' })
      await world.advance(50)
    }
    expect(screen.frames.length - before).toBeLessThanOrEqual(20)
    const pulse = screen.of('pulse').at(-1)?.pulse
    expect(pulse).toMatchObject({ counts: { active: 1 }, approvals: 0, deadLetters: 0, trouble: 0, links: [] })
    expect(pulse?.unitsPerSecond).toBeCloseTo(20, 0)
    expect(pulse?.commitsPerSecond).toBeGreaterThan(0)
    expect(pulse?.eventLoopMs).toBeGreaterThanOrEqual(0)
    await close()
  })

  it('counts trouble and dead letters, also those that were there before', async () => {
    const { world, system, a, inspection, close } = await watching({ topic: 'pulse' })
    for (let n = 0; n < 3; n++) system.actor('counter', 'nobody').send({ type: 'ADD' })
    await a.pause()
    await world.advance(500)
    expect(await inspection.pulse()).toMatchObject({ deadLetters: 3, trouble: 1 })
    inspection.close()
    const later = createInspection(system, { clock: world.clock })
    expect(await later.pulse()).toMatchObject({ deadLetters: 3 })
    for await (const { id } of system.deadLetters.list()) await system.deadLetters.discard(id)
    later.changed('deadLetters')
    await world.advance(1_000)
    expect(await later.pulse()).toMatchObject({ deadLetters: 0 })
    later.close()
    await close()
  })
})

describe('the topic of changes', () => {
  const all: ChangedList[] = ['approvals', 'deadLetters', 'budgets', 'links', 'machines']
  const changed = (screen: Screen) => screen.of('changed').map(({ of }) => of)

  it('names a list once, however often it has changed', async () => {
    const { world, system, screen, close } = await watching({ topic: 'changes', of: all })
    for (let n = 0; n < 20; n++) system.actor('counter', 'nobody').send({ type: 'ADD' })
    await world.advance(100)
    expect(changed(screen)).toEqual(['deadLetters'])
    await system.spawn('counter', { id: 'b' })
    await world.advance(500)
    expect(changed(screen)).toEqual(['deadLetters', 'machines'])
    await close()
  })

  it('names only what was asked for', async () => {
    const { world, system, screen, close } = await watching({ topic: 'changes', of: ['links'] })
    system.actor('counter', 'nobody').send({ type: 'ADD' })
    await world.advance(500)
    expect(screen.frames).toEqual([])
    await close()
  })

  it('is not needed to know at the first look which budgets are used up', async () => {
    const { world, system, inspection, close } = await watching({ topic: 'changes', of: ['links'] })
    inspection.close()
    await system.spawn('spender', { id: 'little', ...withBudget({ tokens: 100_000 }) } as never)
    await system.spawn('spender', { id: 'much', ...withBudget({ tokens: 1_000 }) } as never)
    await system.settled()
    const later = createInspection(system, { clock: world.clock })
    const { rows } = await later.rows({ sort: 'budget' })
    expect(rows.map(({ id, budget }) => [id, budget?.used])).toEqual([
      ['much', 0.6],
      ['little', 0.006],
      ['a', undefined],
    ])
    later.close()
    await close()
  })

  it('names budgets when something of them is used', async () => {
    const { world, system, screen, inspection, close } = await watching({ topic: 'changes', of: ['budgets'] })
    await system.spawn('spender', { id: 's', ...withBudget({ tokens: 1_000 }) } as never)
    await world.advance(5_000)
    expect(changed(screen)).toContain('budgets')
    expect((await inspection.row('s'))?.budget).toEqual({ dimension: 'tokens', used: 0.6 })
    await close()
  })

  it('is told by whoever has changed a list of which the system does not tell', async () => {
    const { world, inspection, screen, close } = await watching({ topic: 'changes', of: ['budgets'] })
    inspection.changed('budgets')
    await world.advance(500)
    expect(changed(screen)).toEqual(['budgets'])
    await close()
  })
})
