import { describe, expect, test } from 'vitest'
import { assign, fromPromise, setup } from 'xstate'
import { journalPage } from '../../../src/control/protocol/journal.js'
import { createHistory } from '../../../src/inspect/history/history.js'
import { World } from '../../support/world.js'
import { logic } from './orders.js'

async function openShop() {
  const world = new World(logic)
  const system = await world.open()
  const clerk = await system.spawn('clerk', { id: 'clerk' })
  const store = await system.spawn('store', { id: 'store', input: { clerk } })
  const shop = await system.spawn('shop', { id: 'shop', input: { store } })
  return { world, system, shop, store, history: createHistory(system) }
}

const counter = setup({
  types: {} as { context: { n: number }; events: { type: 'ADD' } | { type: 'FLIP' } },
}).createMachine({
  context: { n: 0 },
  initial: 'a',
  on: { ADD: { actions: assign({ n: ({ context }) => context.n + 1 }) } },
  states: { a: { on: { FLIP: 'b' } }, b: { on: { FLIP: 'a' } } },
})

describe('a page of the journal', () => {
  test('is the newest records, the newest first, with what the machine saw and where it got', async () => {
    const { world, shop, system, history } = await openShop()
    await shop.deliver({ type: 'ORDER', item: 'lamp', token: 'abc' })
    await system.settled()
    await world.advance(1_000)
    const page = journalPage.parse(await history.journalPage('shop'))
    expect(page.rows.map(({ seqNr, kind, event, state, isMove }) => [seqNr, kind, event.type, state, isMove])).toEqual([
      [5, 'timer', 'xstate.after.1000.shop.shipped', 'idle', true],
      [4, 'event', 'SHIPPED', 'shipped', true],
      [3, 'effect', 'xstate.done.actor.price', 'waiting', true],
      [2, 'event', 'ORDER', 'pricing', true],
      [1, 'start', 'xstate.init', 'idle', true],
    ])
    expect(page).toMatchObject({ first: 1, last: 5 })
    expect(page.rows[3]?.event.fields).toBe('{"item":"lamp","token":"[redacted]"}')
    expect(page.rows[2]?.event.fields).toContain('"cents":400')
    expect(page.rows[1]).toMatchObject({ from: 'store' })
    expect(page.rows[2]).toMatchObject({ from: 'shop#price' })
    expect(page.rows[3]?.from).toBeUndefined()
    await world.stop()
  })

  test('goes back from a record, and forward from one', async () => {
    const { world, shop, history } = await openShop()
    for (let n = 0; n < 9; n++) await shop.deliver({ type: 'NOTE', text: `${n}` })
    const numbers = async (query: object) =>
      journalPage.parse(await history.journalPage('shop', query)).rows.map(({ seqNr }) => seqNr)
    expect(await numbers({ limit: 3 })).toEqual([10, 9, 8])
    expect(await numbers({ before: 7, limit: 3 })).toEqual([7, 6, 5])
    expect(await numbers({ before: 2, limit: 3 })).toEqual([2, 1])
    expect(await numbers({ from: 3, limit: 3 })).toEqual([3, 4, 5])
    expect(await numbers({ from: 9 })).toEqual([9, 10])
    expect(await numbers({ from: 11 })).toEqual([])
    expect(await numbers({ before: 1_000_000 })).toHaveLength(10)
    expect(await numbers({ before: 0 })).toEqual([])
    const page = await history.journalPage('shop', { before: 5, limit: 2 })
    expect(page.rows.map(({ isMove }) => isMove)).toEqual([false, false])
    await world.stop()
  })

  test('reads little of a long journal, wherever the page is', async () => {
    const world = new World({ counter: { logic: counter, keep: 'all', mailbox: { capacity: 100_000 } } })
    const system = await world.open()
    const ref = await system.spawn('counter', { id: 'c' })
    for (let n = 0; n < 20_000; n++) ref.send(n % 10 === 9 ? { type: 'FLIP' } : { type: 'ADD' })
    await system.settled()
    await system.settled()
    const history = createHistory(system)
    expect((await history.journalPage('c', { limit: 1 })).last).toBe(20_001)
    let reads = 0
    const { get, range } = world.store
    world.store.get = (key) => {
      reads++
      return get.call(world.store, key)
    }
    world.store.range = (asked) => {
      const entries = range.call(world.store, asked)
      return (async function* () {
        for await (const entry of entries) {
          reads++
          yield entry
        }
      })()
    }
    for (const before of [20_001, 19_801, 10_000, 250, 12_345]) {
      reads = 0
      const { rows } = await history.journalPage('c', { before, limit: 200 })
      expect(rows).toHaveLength(200)
      expect(rows[0]?.seqNr).toBe(before)
      expect(reads).toBeLessThan(2_000)
    }
    await world.stop()
  })

  test('is there for actors that have ended, are passivated, or quarantined', async () => {
    const { world, system, shop, store } = await openShop()
    await shop.deliver({ type: 'ORDER', item: 'lamp' })
    await system.settled()
    await store.stop()
    await world.stop()
    const without = setup({}).createMachine({ id: 'shop', context: {}, initial: 'closed', states: { closed: {} } })
    const changed = await world.open({ ...logic, shop: without })
    const history = createHistory(changed)
    expect((await history.journalPage('shop')).rows.map(({ state }) => state)).toEqual([
      'shipped',
      'waiting',
      'pricing',
      'idle',
    ])
    expect((await history.journalPage('store')).rows[0]).toMatchObject({ kind: 'stop' })
    const moment = await history.moment('shop', 3)
    expect(moment).toMatchObject({
      row: { state: 'waiting' },
      transitions: [],
      timers: [{ event: 'xstate.after.5000.shop.waiting' }],
    })
    expect((await history.valueSlice('shop', { pointer: '/context/cents' })).node.text).toBe('400')
    expect((await history.valueSlice('store', { pointer: '/status' })).whole).toBe('stopped')
    await world.stop()
  })

  test('is empty for an actor without records, and refused for none at all', async () => {
    const world = new World({ counter: { logic: counter, durability: 'volatile' }, one: fromPromise(async () => 1) })
    const system = await world.open()
    await system.spawn('counter', { id: 'v' })
    const history = createHistory(system)
    expect(await history.journalPage('v')).toEqual({ rows: [], first: 0, last: 0 })
    expect((await history.valueSlice('v', { pointer: '/context/n' })).node.text).toBe('0')
    await expect(history.moment('v', 1)).rejects.toMatchObject({ code: 'ACTOR_NOT_FOUND' })
    for (const ask of [
      () => history.journalPage('nobody'),
      () => history.moment('nobody', 1),
      () => history.valueSlice('nobody'),
      () => history.replayTest('nobody'),
      () => history.conversation('nobody@1'),
    ])
      await expect(ask()).rejects.toMatchObject({ code: 'ACTOR_NOT_FOUND' })
    await expect(history.journalPage('v', { limit: 0 })).rejects.toMatchObject({ details: { field: 'journal.limit' } })
    await expect(history.valueSlice('v', { pointer: 'x' })).rejects.toMatchObject({ code: 'OPTIONS_INVALID' })
    await world.stop()
  })

  test('is of logic that is no machine, too', async () => {
    const world = new World({ one: fromPromise(async () => ({ got: 1 })) })
    const system = await world.open()
    await system.spawn('one', { id: 'p' })
    await system.settled()
    const history = createHistory(system)
    const { rows } = journalPage.parse(await history.journalPage('p'))
    expect(rows[0]?.state).toBeUndefined()
    expect((await history.valueSlice('p', { pointer: '/output/got' })).node.text).toBe('1')
    await world.stop()
  })

  test('begins with the oldest record that retention has kept', async () => {
    const world = new World({ counter: { logic: counter, keep: { records: 50 } } })
    const system = await world.open()
    const ref = await system.spawn('counter', { id: 'c' })
    for (let n = 0; n < 2_000; n++) await ref.deliver(n % 100 === 0 ? { type: 'FLIP' } : { type: 'ADD' })
    const history = createHistory(system)
    const { first, last } = await history.journalPage('c')
    expect(first).toBeGreaterThan(1)
    expect(last).toBe(2_001)
    const oldest = await history.journalPage('c', { before: first, limit: 10 })
    expect(oldest.rows.map(({ seqNr }) => seqNr)).toEqual([first])
    expect((await history.moment('c', first)).changes).toHaveLength(1)
    await expect(history.moment('c', first - 2)).rejects.toMatchObject({ code: 'ACTOR_NOT_FOUND' })
    const text = await history.replayTest('c', { to: first + 2 })
    expect(text).toContain(`records ${first} to ${first + 2}`)
    expect(text).toContain('resume({')
    await world.stop()
  })

  test('of a damaged actor is refused, and hides no other', async () => {
    const { world, shop, system } = await openShop()
    await shop.deliver({ type: 'ORDER', item: 'lamp' })
    await system.settled()
    const key = `j/clerk:${'2'.padStart(10, '0')}`
    const bytes = Uint8Array.from(world.store.get(key) ?? [])
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 0xff
    await world.store.batch([{ type: 'put', key, value: bytes }], { sync: true })
    const history = createHistory(system)
    await expect(history.journalPage('clerk')).rejects.toMatchObject({ code: 'RECORD_CORRUPT' })
    expect((await history.journalPage('shop')).rows).toHaveLength(4)
    const told = await history.conversation('shop@2')
    expect(told.isWhole).toBe(false)
    expect(told.messages.map(({ to }) => to)).toEqual(['shop', 'shop', 'store'])
    expect((await history.recentConversations()).length).toBeGreaterThan(0)
    await world.stop()
  })
})
