import { describe, expect, it, vi } from 'vitest'
import { createMachine } from 'xstate'
import { createInspection } from '../../../src/inspect/live/inspection.js'
import { World } from '../../support/world.js'
import { Screen } from './screen.js'

const lamp = createMachine({
  initial: 'off',
  states: { off: { on: { TOGGLE: 'on' } }, on: { on: { TOGGLE: 'off' } } },
})

async function homeWorld() {
  const world = new World({ lamp })
  await world.open()
  const inspection = createInspection(world.system, { clock: world.clock })
  return { world, inspection, hall: await world.system.spawn('lamp', { id: 'hall' }) }
}

describe('while nobody looks', () => {
  it('nothing is attached to the system', async () => {
    const { world } = await homeWorld()
    const inspect = vi.spyOn(world.system, 'inspect')
    const on = vi.spyOn(world.system, 'on')
    createInspection(world.system, { clock: world.clock })
    expect(inspect).not.toHaveBeenCalled()
    expect(on).not.toHaveBeenCalled()
    await world.stop()
  })

  it('no timer is armed, before the first viewer and after the last', async () => {
    const { world, inspection } = await homeWorld()
    const viewers = (['pulse', 'tree'] as const).map((topic) => inspection.watch({ topic }, new Screen()))
    viewers.push(inspection.watch({ topic: 'timeline' }, new Screen()))
    viewers.push(inspection.watch({ topic: 'actor', path: 'hall' }, new Screen()))
    viewers.push(inspection.watch({ topic: 'changes', of: ['budgets'] }, new Screen()))
    await world.advance(1_000)
    expect(world.clock.nextInMs).toBeLessThanOrEqual(250)
    for (const viewer of viewers) viewer.close()
    await world.advance(15_000)
    expect(inspection.isAttached).toBe(false)
    expect(world.clock.nextInMs ?? Number.POSITIVE_INFINITY).toBeGreaterThan(1_000)
    await world.stop()
  })

  it('it stays attached for a moment: who reloads a page finds the timeline as it was', async () => {
    const { world, inspection, hall } = await homeWorld()
    inspection.watch({ topic: 'timeline' }, new Screen()).close()
    await hall.deliver({ type: 'TOGGLE' })
    await world.advance(5_000)
    expect(inspection.timeline().map(({ kind }) => kind)).toContain('unit')
    await world.advance(20_000)
    expect(inspection.isAttached).toBe(false)
    await hall.deliver({ type: 'TOGGLE' })
    expect(inspection.timeline()).toEqual([])
    inspection.close()
    await world.stop()
  })
})

describe('closing', () => {
  it('ends all viewers at once', async () => {
    const { world, inspection, hall } = await homeWorld()
    const screen = new Screen()
    inspection.watch({ topic: 'timeline' }, screen)
    inspection.close()
    await hall.deliver({ type: 'TOGGLE' })
    await world.advance(1_000)
    expect(screen.frames).toEqual([])
    expect(inspection.isAttached).toBe(false)
    await world.stop()
  })

  it('of a viewer leaves the others', async () => {
    const { world, inspection, hall } = await homeWorld()
    const [one, other] = [new Screen(), new Screen()]
    const first = inspection.watch({ topic: 'timeline' }, one)
    inspection.watch({ topic: 'timeline' }, other)
    first.close()
    first.close()
    await hall.deliver({ type: 'TOGGLE' })
    await world.advance(1_000)
    expect(one.frames).toEqual([])
    expect(other.of('items').flatMap(({ items }) => items).length).toBeGreaterThan(0)
    inspection.close()
    await world.stop()
  })
})

describe('a viewer that throws', () => {
  it('harms neither the node nor the others', async () => {
    const { world, inspection, hall } = await homeWorld()
    const screen = new Screen()
    const broken = {
      ready: () => true,
      send: () => {
        throw new Error('the connection is gone')
      },
    }
    for (const topic of ['tree', 'pulse', 'timeline'] as const) inspection.watch({ topic }, broken)
    inspection.watch({ topic: 'timeline' }, screen)
    await hall.deliver({ type: 'TOGGLE' })
    await world.advance(1_000)
    expect(screen.of('items').flatMap(({ items }) => items)).not.toEqual([])
    inspection.close()
    await world.stop()
  })
})
