import { describe, expect, it } from 'vitest'
import { createMachine, fromPromise, sendTo, setup } from 'xstate'
import { createInspection, type Topic } from '../../../src/inspect/live/inspection.js'
import { Ring } from '../../../src/inspect/live/ring.js'
import type { TimelineItem } from '../../../src/inspect/live/shapes.js'
import { World } from '../../support/world.js'
import { Screen } from './screen.js'

const lamp = setup({ actors: { quick: fromPromise(async () => 'light') } }).createMachine({
  initial: 'off',
  states: {
    off: { on: { TOGGLE: 'on', TELL: { actions: sendTo(({ event }) => event.to, { type: 'TOGGLE' }) } } },
    on: { on: { TOGGLE: 'off' }, invoke: { src: 'quick', onDone: {} } },
  },
})
const other = createMachine({ on: { NOTE: {} } })

async function home(topic: Omit<Extract<Topic, { topic: 'timeline' }>, 'topic'> = {}) {
  const world = new World({ lamp, other })
  await world.open()
  const hall = await world.system.spawn('lamp', { id: 'hall' })
  const inspection = createInspection(world.system, { clock: world.clock })
  const screen = new Screen()
  inspection.watch({ topic: 'timeline', ...topic }, screen)
  const close = async () => {
    inspection.close()
    await world.stop()
  }
  return { world, system: world.system, hall, inspection, screen, close }
}

const items = (screen: Screen): TimelineItem[] => screen.of('items').flatMap((frame) => frame.items)
const lost = (screen: Screen): number => screen.of('items').reduce((sum, frame) => sum + frame.lost, 0)
type UnitItem = Extract<TimelineItem, { kind: 'unit' }>
const units = (screen: Screen): UnitItem[] => items(screen).filter((item): item is UnitItem => item.kind === 'unit')

describe('the timeline', () => {
  it('has units with what came of them, commits, and effects from start to end', async () => {
    const { world, system, hall, screen, close } = await home()
    await system.spawn('lamp', { id: 'attic' })
    await hall.deliver({ type: 'TELL', to: system.actor('lamp', 'attic') } as never)
    await world.advance(500)
    const found = items(screen)
    const tell = units(screen).find(({ event }) => event.type === 'TELL')
    expect(tell).toMatchObject({
      path: 'hall',
      logic: 'lamp',
      outcome: 'handled',
      state: 'off',
      isMove: false,
      sent: [{ to: 'attic', type: 'TOGGLE' }],
      event: { fields: expect.stringContaining('roscius://world/attic') },
    })
    const toggled = units(screen).find(({ event }) => event.type === 'TOGGLE')
    expect(toggled).toMatchObject({ path: 'attic', from: 'hall', state: 'on', isMove: true })
    expect(toggled?.cause).toEqual({ path: 'hall', seqNr: tell?.seqNr })
    expect(found.some((item) => item.kind === 'commit' && item.commit === tell?.commit)).toBe(true)
    const effects = found.flatMap((item) => (item.kind === 'effect' ? [[item.path, item.status]] : []))
    expect(effects).toEqual([
      ['attic', 'started'],
      ['attic', 'done'],
    ])
    await close()
  })

  it('tells of what befalls the system', async () => {
    const { world, system, screen, close } = await home()
    system.actor('lamp', 'nobody').send({ type: 'TOGGLE' })
    await world.advance(500)
    expect(items(screen)).toContainEqual(
      expect.objectContaining({
        kind: 'notice',
        type: 'deadLetter',
        level: 'warning',
        text: 'TOGGLE for nobody is a dead letter: there is no such actor.',
      }),
    )
    await close()
  })

  it('keeps the last ten thousand items, oldest first', async () => {
    const ring = new Ring<number>(10)
    for (let n = 0; n < 25; n++) ring.push(n)
    expect(ring.last(100)).toEqual([15, 16, 17, 18, 19, 20, 21, 22, 23, 24])
    expect(ring.last(2)).toEqual([23, 24])
    expect(ring.drain()).toHaveLength(10)
    expect(ring.last(100)).toEqual([])
    ring.push(1)
    expect(ring.last(5)).toEqual([1])
  })
})

describe('a filter', () => {
  it('lets through an actor and those below it', async () => {
    const { world, system, hall, screen, close } = await home({ path: 'hall' })
    await system.spawn('lamp', { id: 'hallway' })
    await hall.deliver({ type: 'TOGGLE' })
    await system.actor('lamp', 'hallway').deliver({ type: 'TOGGLE' })
    await world.advance(500)
    expect(new Set(items(screen).map((item) => ('path' in item ? item.path : undefined)))).toEqual(new Set(['hall']))
    await close()
  })

  it('lets through types of events and of notices', async () => {
    const { world, system, hall, screen, close } = await home({ types: ['TOGGLE', 'deadLetter'] })
    await hall.deliver({ type: 'NONE' } as never)
    await hall.deliver({ type: 'TOGGLE' })
    system.actor('lamp', 'nobody').send({ type: 'ELSE' } as never)
    await world.advance(500)
    expect(items(screen).map((item) => (item.kind === 'unit' ? item.event.type : item.kind))).toEqual([
      'TOGGLE',
      'notice',
    ])
    await close()
  })

  it('lets through kinds', async () => {
    const { world, hall, screen, close } = await home({ kinds: ['effect'] })
    await hall.deliver({ type: 'TOGGLE' })
    await world.advance(500)
    expect(new Set(items(screen).map(({ kind }) => kind))).toEqual(new Set(['effect']))
    await close()
  })
})

describe('sampling', () => {
  it('shows of so many units one, and tells how many it left out', async () => {
    const { world, system, screen, close } = await home({ sample: 10, kinds: ['unit'], types: ['NOTE'] })
    const note = await system.spawn('other', { id: 'note' })
    for (let n = 0; n < 100; n++) await note.deliver({ type: 'NOTE', n } as never)
    await world.advance(500)
    expect(units(screen)).toHaveLength(10)
    expect(lost(screen)).toBe(90)
    await close()
  })
})

describe('a slow viewer', () => {
  it('loses the oldest, is told how many, and gets the newest when it reads again', async () => {
    const { world, system, screen, close } = await home({ types: ['NOTE'] })
    const note = await system.spawn('other', { id: 'note' })
    screen.isReady = false
    for (let n = 0; n < 1_500; n++) note.send({ type: 'NOTE', n } as never)
    await world.advance(5_000)
    expect(screen.frames).toEqual([])
    screen.isReady = true
    await world.advance(1_000)
    const seen = units(screen).map(({ event }) => event.fields)
    expect(seen).toHaveLength(1_000)
    expect(seen.at(-1)).toBe('{"n":1499}')
    expect(lost(screen)).toBe(500)
    await close()
  })

  it('does not slow the node, nor other viewers', async () => {
    const { world, system, inspection, screen, close } = await home({ types: ['NOTE'] })
    const quick = new Screen()
    inspection.watch({ topic: 'timeline', types: ['NOTE'] }, quick)
    screen.isReady = false
    const note = await system.spawn('other', { id: 'note' })
    for (let n = 0; n < 50; n++) await note.deliver({ type: 'NOTE', n } as never)
    await world.advance(300)
    expect(units(quick)).toHaveLength(50)
    expect(lost(quick)).toBe(0)
    await close()
  })

  it('gets at most ten frames a second', async () => {
    const { world, system, screen, close } = await home()
    const note = await system.spawn('other', { id: 'note' })
    for (let n = 0; n < 100; n++) {
      await note.deliver({ type: 'NOTE', n } as never)
      await world.advance(20)
    }
    expect(screen.frames.length).toBeLessThanOrEqual(22)
    expect(units(screen).filter(({ event }) => event.type === 'NOTE').length).toBeGreaterThan(90)
    await close()
  })
})

describe('a hostile event', () => {
  it('of a megabyte, and one with a secret, leave a short masked line each', async () => {
    const { world, hall, screen, close } = await home()
    await hall.deliver({ type: 'BIG', text: 'x'.repeat(1_000_000), list: new Array(10_000).fill('y') } as never)
    await hall.deliver({ type: 'SECRET', apiKey: 'very-hidden', nested: { password: 'also hidden' } } as never)
    await hall.deliver({ type: 'PROTO', constructor: { prototype: 1 }, '<script>': '<img>' } as never)
    await world.advance(500)
    for (const frame of screen.frames) expect(JSON.stringify(frame).length).toBeLessThan(20_000)
    const text = JSON.stringify(items(screen))
    expect(text).not.toContain('hidden')
    expect(units(screen).find(({ event }) => event.type === 'BIG')?.event.fields).toHaveLength(200)
    expect(units(screen).map(({ event }) => event.type)).toContain('PROTO')
    await close()
  })
})
