import { describe, expect, it } from 'vitest'
import type { TimelineItem } from '../../src/control/protocol/live.js'
import { routes } from '../../src/control/protocol/routes.js'
import { consoleWorld } from './console-world.js'

const world = consoleWorld()

const lamps = async (query = '') => {
  const { items } = routes.timeline.answer.parse((await world.get(`/api/timeline${query}`)).json())
  return (items as TimelineItem[]).flatMap((item) =>
    item.kind === 'unit' && item.path === 'hall' ? [`${item.seqNr} ${item.event.type} ${item.commit > 0}`] : [],
  )
}

describe('the timeline', () => {
  it('tells who comes late what was done before anybody looked', async () => {
    const hall = world.system.actor('lamp' as never, 'hall')
    await hall.deliver({ type: 'TOGGLE' } as never)
    expect(await lamps()).toEqual(['1 xstate.init false', '2 TOGGLE false'])
  })

  it('tells of each event once: from when somebody looks on as it was seen', async () => {
    const hall = world.system.actor('lamp' as never, 'hall')
    await hall.deliver({ type: 'TOGGLE' } as never)
    await lamps()
    await hall.deliver({ type: 'TOGGLE' } as never)
    expect(await lamps()).toEqual(['1 xstate.init false', '2 TOGGLE false', '3 TOGGLE true'])
  })

  it('has no more items than were asked for, the newest', async () => {
    const hall = world.system.actor('lamp' as never, 'hall')
    for (let n = 0; n < 3; n++) await hall.deliver({ type: 'NAME', name: `${n}` } as never)
    const { items } = (await world.get('/api/timeline?limit=2')).json<{ items: TimelineItem[] }>()
    expect(items.map((item) => item.kind === 'unit' && item.event.fields)).toEqual(['{"name":"1"}', '{"name":"2"}'])
  })
})
