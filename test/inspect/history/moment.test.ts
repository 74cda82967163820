import { defineRedaction, type System } from 'roscius'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { assign, createMachine, sendParent, sendTo, setup } from 'xstate'
import { moment as momentSchema } from '../../../src/control/protocol/journal.js'
import { conversationRow, conversation as conversationSchema } from '../../../src/control/protocol/lists.js'
import { valueSlice } from '../../../src/control/protocol/value.js'
import { createHistory, type History } from '../../../src/inspect/history/history.js'
import { World } from '../../support/world.js'
import { logic } from './orders.js'

let world: World<typeof logic>
let system: System<typeof logic>
let history: History
const shop = () => system.actor('shop', 'shop')

beforeEach(async () => {
  world = new World(logic)
  system = await world.open()
  const clerk = await system.spawn('clerk', { id: 'clerk' })
  const store = await system.spawn('store', { id: 'store', input: { clerk } })
  await system.spawn('shop', { id: 'shop', input: { store } })
  history = createHistory(system)
})

afterEach(() => world.stop())

const at = async (path: string, seqNr: number) => momentSchema.parse(await history.moment(path, seqNr))

async function order(item = 'lamp') {
  await shop().deliver({ type: 'ORDER', item })
  await system.settled()
}

describe('a moment of an actor', () => {
  test('is its states, what changed, and which transitions led there', async () => {
    await order()
    const second = await at('shop', 2)
    expect(second.active).toEqual(['shop', 'shop.pricing'])
    expect(second.transitions).toEqual(['shop.idle|ORDER|0'])
    expect(second.effects).toEqual([{ id: 'price', src: 'price' }])
    expect(second.changes).toContainEqual({
      pointer: '/value',
      change: 'changed',
      before: '"idle"',
      after: '"pricing"',
    })
    expect(second.changes).toContainEqual({ pointer: '/context/orders', change: 'changed', before: '0', after: '1' })
    const third = await at('shop', 3)
    expect(third.transitions).toEqual(['shop.pricing|done: price|0'])
    expect(third.timers).toEqual([{ event: 'xstate.after.5000.shop.waiting', dueMs: world.clock.now() + 5_000 }])
    expect(third.effects).toEqual([])
    expect(third.changes.map(({ pointer }) => pointer).sort()).toEqual(['/children/price', '/context/cents', '/value'])
    const first = await at('shop', 1)
    expect(first).toMatchObject({ row: { kind: 'start' }, changes: [], transitions: [], active: ['shop', 'shop.idle'] })
    expect(first.chart).toMatch(/^[0-9a-f]{16}$/)
  })

  test('is the same however one comes there', async () => {
    for (let n = 0; n < 20; n++) await shop().deliver({ type: 'NOTE', text: `note ${n}` })
    const forward = []
    for (let n = 1; n <= 21; n++) forward.push(await at('shop', n))
    for (let n = 21; n >= 1; n--) expect(await at('shop', n)).toEqual(forward[n - 1])
    const fresh = createHistory(system)
    for (const n of [13, 2, 21, 7]) expect(await fresh.moment('shop', n)).toEqual(forward[n - 1])
  })

  test('shows no secret, and says what has changed of one', async () => {
    await shop().deliver({ type: 'NOTE', text: 'login with password=hunter22 please' })
    const { changes, row } = await at('shop', 2)
    expect(changes).toEqual([
      { pointer: '/context/notes/0', change: 'added', after: '"login with password=[redacted] please"' },
    ])
    expect(row.event.fields).not.toContain('hunter22')
    const open = createHistory(system, { mask: false })
    expect((await open.moment('shop', 2)).row.event.fields).toContain('hunter22')
    expect((await open.valueSlice('shop', { pointer: '/context/password' })).whole).toBe('hunter2')
    const own = createHistory(system, { mask: defineRedaction({ keys: ['text'] }) })
    expect((await own.moment('shop', 2)).row.event.fields).toBe('{"text":"[redacted]"}')
  })

  test('tells of transitions that follow by themselves, and of those that a child or the actor itself brought about', async () => {
    const kid = createMachine({
      initial: 'a',
      states: { a: { after: { 100: { target: 'b', actions: sendParent({ type: 'TICKED' }) } } }, b: {} },
    })
    const chain = setup({
      types: {} as { events: { type: 'GO' } | { type: 'SELF' } | { type: 'TICKED' } },
      actors: { kid },
    }).createMachine({
      id: 'chain',
      invoke: { src: 'kid', id: 'kid' },
      initial: 'a',
      states: {
        a: { on: { GO: { target: 'b', actions: sendTo(({ self }) => self, { type: 'SELF' }) } } },
        b: { on: { SELF: 'c' } },
        c: { always: 'd' },
        d: { on: { TICKED: 'e' } },
        e: {},
      },
    })
    const other = new World({ chain })
    const open = await other.open()
    await (await open.spawn('chain', { id: 'x' })).deliver({ type: 'GO' })
    await other.advance(100)
    const look = createHistory(open)
    expect((await look.moment('x', 2)).transitions).toEqual(['chain.a|GO|0', 'chain.b|SELF|0', 'chain.c|always|0'])
    expect(await look.moment('x', 3)).toMatchObject({
      transitions: ['chain.d|TICKED|0'],
      row: { kind: 'timer', state: 'e' },
    })
    await other.stop()
  })

  test('is refused where there is no such record', async () => {
    await expect(history.moment('shop', 99)).rejects.toMatchObject({ code: 'ACTOR_NOT_FOUND', details: { seqNr: 99 } })
    await expect(history.moment('shop', 0)).rejects.toMatchObject({ code: 'ACTOR_NOT_FOUND' })
  })

  test('is of the actor that is there now, if another was deleted', async () => {
    await order()
    expect((await at('shop', 3)).row.state).toBe('waiting')
    await shop().delete()
    await system.settled()
    await system.spawn('shop', { id: 'shop', input: { store: system.actor('store', 'store') } })
    for (let n = 0; n < 3; n++) await shop().deliver({ type: 'NOTE', text: 'new' })
    expect((await at('shop', 3)).row).toMatchObject({ state: 'idle', event: { type: 'NOTE' } })
  })

  test('infers no transition where a guard throws, and tells of all else', async () => {
    const brittle = setup({ types: {} as { context: { at: number }; events: { type: 'GO' } } }).createMachine({
      context: { at: 0 },
      initial: 'a',
      states: {
        a: { on: { GO: { target: 'b', guard: () => mayGo(), actions: assign({ at: 1 }) } } },
        b: {},
      },
    })
    let isBroken = false
    const mayGo = (): boolean => {
      if (isBroken) throw new Error('no')
      return true
    }
    const other = new World({ brittle })
    const open = await other.open()
    const ref = await open.spawn('brittle', { id: 'x' })
    await ref.deliver({ type: 'GO' })
    const look = createHistory(open)
    expect((await look.moment('x', 2)).transitions).toEqual(['(machine).a|GO|0'])
    isBroken = true
    expect(await look.moment('x', 2)).toMatchObject({ transitions: [], active: ['(machine)', '(machine).b'] })
    await other.stop()
  })
})

describe('a state, by its records', () => {
  test('is opened as it was, with what has changed since', async () => {
    for (let n = 0; n < 5; n++) await shop().deliver({ type: 'NOTE', text: `note ${n}` })
    const slice = async (query: object) => valueSlice.parse(await history.valueSlice('shop', query))
    expect((await slice({ at: 3, pointer: '/context/notes' })).total).toBe(2)
    expect((await slice({ pointer: '/context/notes' })).total).toBe(5)
    const since = await slice({ at: 6, since: 4, pointer: '/context/notes' })
    expect(since.children.map(({ change }) => change)).toEqual([undefined, undefined, undefined, 'added', 'added'])
    const context = await slice({ since: 4 })
    expect(context.seqNr).toBe(6)
    expect(context.children.filter(({ change }) => change !== undefined).map(({ key }) => key)).toEqual(['notes'])
    expect((await slice({ pointer: '/context/store' })).node).toMatchObject({
      kind: 'ref',
      text: 'roscius://world/store',
    })
    expect((await slice({ pointer: '' })).children.map(({ key }) => key)).toContain('value')
  })
})

describe('a failure', () => {
  test('is found, with the state and the event that it failed on', async () => {
    await order()
    expect(await history.failureMoment('shop')).toBeUndefined()
    await shop()
      .deliver({ type: 'SHIPPED' })
      .catch(() => undefined)
    await world.advance(1_000)
    await shop()
      .deliver({ type: 'BREAK' })
      .catch(() => undefined)
    await world.advance(10_000)
    const failure = await history.failureMoment('shop')
    expect(failure).toMatchObject({ event: { type: 'BREAK' } })
    expect(failure?.error).toContain('the shop burns')
    expect((await at('shop', failure?.before ?? 0)).row.state).toBe('idle')
    const { row } = await at('shop', failure?.seqNr ?? 0)
    expect(row).toMatchObject({ kind: 'failure', event: { type: 'BREAK' } })
    expect(row.error).toContain('the shop burns')
  })
})

describe('what caused what', () => {
  test('leads back from record to record, over actors and effects', async () => {
    await order()
    const shipped = await at('shop', 4)
    expect(shipped.row.cause).toEqual({ path: 'store', seqNr: 3 })
    expect(shipped.causes.map(({ path, seqNr, type }) => [path, seqNr, type])).toEqual([
      ['store', 3, 'PACKED'],
      ['clerk', 2, 'PACK'],
      ['store', 2, 'PICK'],
      ['shop', 3, 'xstate.promise.resolve'],
      ['shop', 2, 'ORDER'],
    ])
    expect(await history.causes({ path: 'shop', seqNr: 2 })).toEqual([])
  })

  test('leads on to what a record caused', async () => {
    await order()
    const { caused } = await at('store', 2)
    expect(caused.map(({ path, seqNr, type }) => [path, seqNr, type])).toEqual([['clerk', 2, 'PACK']])
    expect(await history.caused({ path: 'shop', seqNr: 2 })).toMatchObject([{ path: 'shop', seqNr: 3 }])
    expect(await history.caused({ path: 'shop', seqNr: 4 })).toMatchObject([])
  })

  test('is a conversation from its beginning on, each message behind its cause', async () => {
    await order('lamp')
    await world.advance(1_000)
    await order('chair')
    const told = conversationSchema.parse(await history.conversation('shop@2'))
    expect(told.isWhole).toBe(true)
    expect(told.messages.map(({ from, to, event }) => [from, to, event.type])).toEqual([
      [undefined, 'shop', 'ORDER'],
      ['shop', 'shop', 'xstate.promise.resolve'],
      ['shop', 'store', 'PICK'],
      ['store', 'clerk', 'PACK'],
      ['clerk', 'store', 'PACKED'],
      ['store', 'shop', 'SHIPPED'],
    ])
    expect(told.messages[0]).toMatchObject({ record: { path: 'shop', seqNr: 2 }, outcome: 'handled' })
    const rows = (await history.recentConversations()).map((row) => conversationRow.parse(row))
    const orders = rows.filter(({ event }) => event === 'ORDER')
    expect(orders).toHaveLength(2)
    expect(orders.map(({ messages, actors }) => [messages, [...actors].sort()])).toEqual([
      [6, ['clerk', 'shop', 'store']],
      [6, ['clerk', 'shop', 'store']],
    ])
    expect(orders[1]?.id).toBe('shop@2')
    expect(await history.recentConversations({ limit: 1 })).toHaveLength(1)
  })

  test('is listed with single messages only where they are asked for', async () => {
    await order()
    await world.advance(1_000)
    const events = async (query?: { min: number }) =>
      (await history.recentConversations(query)).map(({ event }) => event)
    expect(await events()).not.toContain('xstate.after.1000.shop.shipped')
    expect(await events({ min: 1 })).toContain('xstate.after.1000.shop.shipped')
    expect(await events({ min: 7 })).toEqual([])
  })
})
