import { describe, expect, test } from 'vitest'
import { createHistory } from '../../../src/inspect/history/history.js'
import { World } from '../../support/world.js'
import { logic } from './orders.js'

async function openShop() {
  const world = new World(logic)
  const system = await world.open()
  const clerk = await system.spawn('clerk', { id: 'clerk' })
  const store = await system.spawn('store', { id: 'store', input: { clerk } })
  const shop = await system.spawn('shop', { id: 'shop', input: { store } })
  return { world, system, shop }
}

const lines = async (world: World<typeof logic>, limit?: number) =>
  (await createHistory(world.system).recentActivity(limit)).map((item) =>
    item.kind === 'unit' ? `${item.path}@${item.seqNr} ${item.event.type} ${item.state ?? ''}` : item.text,
  )

describe('what was done of late', () => {
  test('is told out of the journals, oldest first, as it would have been while it was done', async () => {
    const { world, system, shop } = await openShop()
    await shop.deliver({ type: 'ORDER', item: 'lamp', token: 'abc' })
    await system.settled()
    await world.advance(1_000)
    const found = await createHistory(system).recentActivity()
    expect(found.filter((item) => 'path' in item && item.path === 'shop')).toMatchObject([
      { kind: 'unit', seqNr: 1, event: { type: 'xstate.init' }, state: 'idle', isMove: true, logic: 'shop' },
      { seqNr: 2, event: { type: 'ORDER', fields: '{"item":"lamp","token":"[redacted]"}' }, state: 'pricing' },
      { seqNr: 3, event: { type: 'xstate.done.actor.price' }, state: 'waiting', from: 'shop#price' },
      { seqNr: 4, event: { type: 'SHIPPED' }, from: 'store', cause: { path: 'store' }, outcome: 'handled' },
      {
        seqNr: 5,
        event: { type: 'xstate.after.1000.shop.shipped' },
        state: 'idle',
        ms: 0,
        turn: 0,
        commit: 0,
        sent: [],
      },
    ])
    expect(found.map(({ atMs }) => atMs)).toEqual(found.map(({ atMs }) => atMs).sort((a, b) => a - b))
    await world.stop()
  })

  test('is the newest over all actors, also after the node was opened again', async () => {
    const { world, shop } = await openShop()
    for (let n = 0; n < 5; n++) {
      await world.advance(10)
      await shop.deliver({ type: 'NOTE', text: `${n}` })
    }
    await world.stop()
    await world.open()
    expect(await lines(world, 3)).toEqual(['shop@4 NOTE idle', 'shop@5 NOTE idle', 'shop@6 NOTE idle'])
    await world.stop()
  })

  test('says what failed, and on what', async () => {
    const { world, system, shop } = await openShop()
    await shop.deliver({ type: 'BREAK' }).catch(() => undefined)
    await system.settled()
    expect((await lines(world)).at(-1)).toBe('shop failed on BREAK: Error: the shop burns')
    await world.stop()
  })

  test('takes no more than so many records, whatever the journals hold', async () => {
    const { world, shop } = await openShop()
    for (let n = 0; n < 300; n++) shop.send({ type: 'NOTE', text: `${n}` })
    await world.system.settled()
    expect(await lines(world)).toHaveLength(200)
    await world.stop()
  })
})
