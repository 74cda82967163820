/** What the inspection says fits the control API's protocol, field by field: nothing is refused, nothing is lost. */
import { describe, expect, expectTypeOf, it } from 'vitest'
import { createMachine, fromPromise, setup } from 'xstate'
import { type ActorPage, actorDetail, actorPage } from '../../../src/control/protocol/actors.js'
import { coverage } from '../../../src/control/protocol/lists.js'
import { type LiveFrame, liveFrame, type Topic as ToldTopic, timelineItem } from '../../../src/control/protocol/live.js'
import type { Coverage } from '../../../src/inspect/coverage/coverage-counts.js'
import { createInspection, type Topic } from '../../../src/inspect/live/inspection.js'
import type { ActorDetail, ActorRow, Frame, Pulse, RowPage, TimelineItem } from '../../../src/inspect/live/shapes.js'
import { World } from '../../support/world.js'
import { Screen } from './screen.js'

type Untold<T> = T extends unknown ? Omit<T, 'id'> : never

describe('the shapes of the inspection', () => {
  it('are those of the protocol', () => {
    expectTypeOf<Frame>().toExtend<Untold<Exclude<LiveFrame, { kind: 'refused' }>>>()
    expectTypeOf<RowPage>().toExtend<ActorPage>()
    expectTypeOf<ToldTopic>().toExtend<Topic>()
    type ToldActor = NonNullable<Extract<LiveFrame, { kind: 'actor' }>['actor']>
    expectTypeOf<keyof ActorDetail>().toEqualTypeOf<keyof ToldActor>()
    expectTypeOf<keyof ActorRow>().toEqualTypeOf<keyof ActorPage['rows'][number]>()
    expectTypeOf<keyof Pulse>().toEqualTypeOf<keyof Extract<LiveFrame, { kind: 'pulse' }>['pulse']>()
  })

  const machine = setup({ actors: { quick: fromPromise(async () => 1) } }).createMachine({
    initial: 'a',
    states: {
      a: { on: { GO: { guard: () => true, target: 'b' } }, after: { 1000: 'b' } },
      b: { invoke: { src: 'quick', onDone: 'c' }, meta: { defer: ['NOTE'] } },
      c: { on: { BACK: 'a' } },
    },
  })

  it('are taken by its schemas whole, over a life with all of it', async () => {
    const world = new World({ machine, other: createMachine({}) })
    await world.open()
    const inspection = createInspection(world.system, { clock: world.clock })
    const screen = new Screen()
    const topics: Topic[] = [
      { topic: 'pulse' },
      { topic: 'tree' },
      { topic: 'actor', path: 'm' },
      { topic: 'timeline' },
      { topic: 'changes', of: ['approvals', 'deadLetters', 'budgets', 'links', 'machines'] },
    ]
    for (const topic of topics) inspection.watch(topic, screen)
    await inspection.rows()
    const m = await world.system.spawn('machine', { id: 'm' })
    await world.system.spawn('other', { id: 'plain', durability: 'volatile' })
    await m.deliver({ type: 'GO' })
    await m.deliver({ type: 'NOTE', n: 1 } as never)
    await m.pause({ by: 'ann' })
    m.send({ type: 'BACK' })
    world.system.actor('other', 'nobody').send({ type: 'X' } as never)
    await world.advance(2_000)
    await m.resume()
    await world.advance(2_000)
    await m.stop()
    await m.delete()
    await world.advance(2_000)
    expect(new Set(screen.frames.map(({ kind }) => kind))).toEqual(
      new Set(['pulse', 'rows', 'actor', 'items', 'changed']),
    )
    for (const frame of screen.frames) expect(liveFrame.parse({ id: '1', ...frame })).toEqual({ id: '1', ...frame })
    for (const item of inspection.timeline()) expect(timelineItem.parse(item)).toEqual(item)
    const page = await inspection.rows()
    expect(actorPage.parse(page)).toEqual(page)
    const detail = await inspection.detail('plain')
    expect(actorDetail.parse(detail)).toEqual(detail)
    for (const one of inspection.coverage('machine')) expect(coverage.parse(one)).toEqual(one)
    expectTypeOf<Coverage>().toExtend<ReturnType<typeof coverage.parse>>()
    expectTypeOf<TimelineItem['kind']>().toEqualTypeOf<ReturnType<typeof timelineItem.parse>['kind']>()
    inspection.close()
    await world.stop()
  })
})
