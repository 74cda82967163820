import { withDelivery } from 'roscius'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Nodes } from '../../support/nodes.js'
import { all } from '../../support/world.js'
import { logic } from './actors.js'

let nodes: Nodes<typeof logic>
beforeEach(() => {
  nodes = new Nodes(logic)
})
afterEach(() => nodes.close())

async function opened() {
  const { a, b } = await nodes.pair()
  await nodes.run(b.spawn('tally', { id: 't' }))
  const t = a.actor('tally', 'roscius://b/t')
  await nodes.run(t.deliver({ type: 'ADD', n: 0 }))
  return { a, b, t }
}

const seen = () => nodes.system('b').actor('tally', 't').getSnapshot().context.seen
const apart = () => {
  nodes.network.strike({ kind: 'partition', groups: [['a'], ['b']] })
  nodes.cut('a')
}
const heal = () => nodes.network.strike({ kind: 'heal' })

test('what is sent at most once arrives while the link is up', async () => {
  const { t } = await opened()
  withDelivery(t, { delivery: 'atMostOnce' }).send({ type: 'ADD', n: 1 })
  await nodes.until(() => seen().includes(1))
  expect(nodes.system('a').peer('b').figures()?.outbox.count).toBe(0)
})

test('what is sent at most once is gone with the connection that carried it', async () => {
  const { t } = await opened()
  withDelivery(t, { delivery: 'atMostOnce' }).send({ type: 'ADD', n: 1 })
  await nodes.clock.advance(0)
  nodes.network.strike({ kind: 'cut', between: ['a', 'b'] })
  await nodes.run(t.deliver({ type: 'ADD', n: 2 }))
  expect(seen()).toEqual([0, 2])
})

test('a delivery that is sent at most once is told when nothing will come of it', async () => {
  const { t } = await opened()
  const once = withDelivery(t, { delivery: 'atMostOnce' })
  expect(await nodes.run(once.deliver({ type: 'ADD', n: 1 }))).toMatchObject({ outcome: 'handled' })
  const delivery = once.deliver({ type: 'ADD', n: 2 })
  await nodes.clock.advance(0)
  nodes.network.strike({ kind: 'cut', between: ['a', 'b'] })
  await expect(nodes.run(delivery, 2_000)).rejects.toMatchObject({ code: 'PEER_DOWN' })
  await expect(nodes.run(once.deliver({ type: 'ADD', n: 3 }), 100)).rejects.toMatchObject({ code: 'PEER_DOWN' })
})

test('what is sent at least once comes again after a crash of the receiver, and is lost with none', async () => {
  const { t } = await opened()
  const store = nodes.store('b')
  store.crashAtBatch(store.written.batches + 1, 'after')
  withDelivery(t, { delivery: 'atLeastOnce' }).send({ type: 'ADD', n: 1 })
  await nodes.run(store.crashed)
  await nodes.crashAndOpen('b')
  await nodes.until(() => nodes.system('a').peer('b').figures()?.outbox.count === 0)
  expect(seen().filter((n) => n === 1).length).toBeGreaterThanOrEqual(1)
})

test('what has waited past its deadline is a dead letter of its sender', async () => {
  const { a, t } = await opened()
  apart()
  await nodes.clock.advance(5)
  withDelivery(t, { deadlineMs: 3_000 }).send({ type: 'ADD', n: 1 })
  const delivery = withDelivery(t, { deadlineMs: 3_000 }).deliver({ type: 'ADD', n: 2 })
  await expect(nodes.run(delivery)).rejects.toMatchObject({ code: 'ASK_TIMEOUT' })
  heal()
  await nodes.run(t.deliver({ type: 'ADD', n: 3 }))
  expect(seen()).toEqual([0, 3])
  const letters = await all(a.deadLetters.list())
  expect(letters.map(({ path, reason }) => ({ path, reason }))).toEqual([
    { path: 'roscius://b/t', reason: 'expired' },
    { path: 'roscius://b/t', reason: 'expired' },
  ])
})

test('what was on its way when its deadline passed is a dead letter of its receiver', async () => {
  const { b, t } = await opened()
  withDelivery(t, { deadlineMs: 50 }).send({ type: 'ADD', n: 1 })
  await nodes.clock.advance(0)
  nodes.network.strike({ kind: 'cut', between: ['a', 'b'] })
  await nodes.clock.advance(100)
  await nodes.run(t.deliver({ type: 'ADD', n: 2 }))
  expect(seen()).toEqual([0, 2])
  expect(await all(b.deadLetters.list())).toMatchObject([{ path: 't', reason: 'expired' }])
})

test('what has time left arrives', async () => {
  const { t } = await opened()
  const delivery = withDelivery(t, { deadlineMs: 500 }).deliver({ type: 'ADD', n: 1 })
  expect(await nodes.run(delivery)).toMatchObject({ outcome: 'handled' })
})

test('what waits is overtaken by what has a higher priority, and order holds within each', async () => {
  const { t } = await opened()
  apart()
  const [low, high] = [withDelivery(t, { priority: 'low' }), withDelivery(t, { priority: 'high' })]
  for (const n of [1, 2]) {
    low.send({ type: 'ADD', n: 30 + n })
    t.send({ type: 'ADD', n: 20 + n })
    high.send({ type: 'ADD', n: 10 + n })
  }
  await nodes.clock.advance(10)
  heal()
  await nodes.until(() => seen().length === 7)
  expect(seen()).toEqual([0, 11, 12, 21, 22, 31, 32])
})

test('settings stay with a ref that is kept in a context', async () => {
  const { a, t } = await opened()
  const to = withDelivery(t, { priority: 'high', deadlineMs: 1_000 })
  await nodes.run(a.spawn('relay', { id: 'r', input: { to } }))
  await nodes.run(a.spawn('relay', { id: 's', input: { to: t } }))
  const again = await nodes.crashAndOpen('a')
  apart()
  await nodes.run(again.actor('relay', 's').deliver({ type: 'PASS', n: 2 }))
  await nodes.run(again.actor('relay', 'r').deliver({ type: 'PASS', n: 1 }))
  heal()
  await nodes.until(() => seen().length === 3)
  expect(seen()).toEqual([0, 1, 2])
  apart()
  await nodes.run(again.actor('relay', 'r').deliver({ type: 'PASS', n: 3 }))
  await nodes.clock.advance(1_500)
  heal()
  await nodes.until(() => again.peer('b').figures()?.outbox.count === 0)
  expect(seen()).toEqual([0, 1, 2])
})

test('a ref with settings is of the same actor', async () => {
  const { t } = await opened()
  expect(withDelivery(t, { priority: 'high' }).address).toBe('roscius://b/t')
})

test.each([
  [{ deadlineMs: 0 }, 'deadlineMs'],
  [{ priority: 'urgent' }, 'priority'],
  [{ delivery: 'twice' }, 'delivery'],
  [{ traceparent: 'x' }, 'traceparent'],
  [{ conversation: '' }, 'conversation'],
  [{ delay: 1 }, 'delay'],
])('settings such as %j are refused', async (settings, field) => {
  const { t } = await opened()
  expect(() => withDelivery(t, settings as never)).toThrow(new RegExp(field))
})
