import { withDelivery } from 'roscius'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Nodes } from '../../support/nodes.js'
import { all } from '../../support/world.js'
import { logic } from './actors.js'
import { AUTH, RawPeer } from './raw-peer.js'

let nodes: Nodes<typeof logic>
beforeEach(() => {
  nodes = new Nodes(logic)
})
afterEach(() => nodes.close())

const seen = () => nodes.system('b').actor('tally', 't').getSnapshot().context.seen
const apart = async () => {
  nodes.network.strike({ kind: 'partition', groups: [['a'], ['b']] })
  nodes.cut('a')
  await nodes.clock.advance(5)
}
const figures = () => nodes.system('a').peer('b').figures()

async function opened(links: object, side: 'a' | 'b' = 'a', row: object = {}) {
  nodes = new Nodes({ ...logic, tally: { logic: logic.tally, ...row } } as unknown as typeof logic)
  const { a, b } = await nodes.pair({ [side]: { links } })
  await nodes.run(b.spawn('tally', { id: 't' }))
  const t = a.actor('tally', 'roscius://b/t')
  await nodes.run(t.deliver({ type: 'ADD', n: 0 }))
  return { a, b, t }
}

describe('an outbox that is full', () => {
  test('refuses what is sent from outside, and takes it again when there is room', async () => {
    const { t } = await opened({ outbox: { maxCount: 3 } })
    await apart()
    for (const n of [1, 2, 3]) t.send({ type: 'ADD', n })
    expect(() => t.send({ type: 'ADD', n: 4 })).toThrow(expect.objectContaining({ code: 'OUTBOX_FULL' }))
    await expect(nodes.run(t.deliver({ type: 'ADD', n: 4 }))).rejects.toMatchObject({ code: 'OUTBOX_FULL' })
    const asking = t.ask((replyTo) => ({ type: 'GET', replyTo }))
    await expect(nodes.run(asking)).rejects.toMatchObject({ code: 'OUTBOX_FULL' })
    nodes.network.strike({ kind: 'heal' })
    await nodes.until(() => figures()?.outbox.count === 0)
    await nodes.run(t.deliver({ type: 'ADD', n: 5 }))
    expect(seen()).toEqual([0, 1, 2, 3, 5])
  })

  test('makes what an actor sends a dead letter in its commit', async () => {
    const { a, t } = await opened({ outbox: { maxCount: 2 } })
    const relay = await nodes.run(a.spawn('relay', { id: 'r', input: { to: t } }))
    await apart()
    for (const n of [1, 2, 3]) await nodes.run(relay.deliver({ type: 'PASS', n }))
    expect(await all(a.deadLetters.list())).toMatchObject([
      { path: 'roscius://b/t', reason: 'outboxFull', event: { type: 'ADD', n: 3 } },
    ])
    nodes.network.strike({ kind: 'heal' })
    await nodes.until(() => seen().length === 3)
    expect(seen()).toEqual([0, 1, 2])
  })

  test('with `deadLetter` makes what is sent from outside one, too', async () => {
    const { a, t } = await opened({ outbox: { maxCount: 1, overflow: 'deadLetter' } })
    await apart()
    t.send({ type: 'ADD', n: 1 })
    t.send({ type: 'ADD', n: 2 })
    await expect(nodes.run(t.deliver({ type: 'ADD', n: 3 }))).rejects.toMatchObject({ code: 'DEAD_LETTER' })
    await nodes.run(a.settled())
    expect(await all(a.deadLetters.list())).toMatchObject([
      { reason: 'outboxFull', event: { n: 2 } },
      { reason: 'outboxFull', event: { n: 3 } },
    ])
  })

  test('counts bytes, also those of an earlier process', async () => {
    const { a, t } = await opened({ outbox: { maxBytes: 1_048_576 } })
    const relay = await nodes.run(a.spawn('relay', { id: 'r', input: { to: t } }))
    await apart()
    const big = 'x'.repeat(500_000)
    for (let i = 0; i < 2; i++) await nodes.run(relay.deliver({ type: 'PASS', n: big as never }))
    expect(figures()?.outbox.bytes).toBeGreaterThan(1_000_000)
    expect(() => t.send({ type: 'ADD', n: big as never })).toThrow(expect.objectContaining({ code: 'OUTBOX_FULL' }))
    const again = await nodes.crashAndOpen('a')
    expect(again.peer('b').figures()?.outbox).toMatchObject({ count: 2 })
    const other = again.actor('tally', 'roscius://b/t')
    expect(() => other.send({ type: 'ADD', n: big as never })).toThrow(expect.objectContaining({ code: 'OUTBOX_FULL' }))
  })
})

test('what does not fit into a frame is refused at the door, and a dead letter of an actor', async () => {
  const { a, t } = await opened({})
  const huge = 'x'.repeat(1_100_000) as never
  expect(() => t.send({ type: 'ADD', n: huge })).toThrow(expect.objectContaining({ code: 'VALUE_NOT_STORABLE' }))
  await expect(nodes.run(t.deliver({ type: 'ADD', n: huge }))).rejects.toMatchObject({ code: 'VALUE_NOT_STORABLE' })
  const relay = await nodes.run(a.spawn('relay', { id: 'r', input: { to: t } }))
  await nodes.run(relay.deliver({ type: 'PASS', n: huge }))
  expect(await all(a.deadLetters.list())).toMatchObject([{ path: 'roscius://b/t', reason: 'notSendable' }])
})

test('a value that can not be sent is refused at the door', async () => {
  const { t } = await opened({})
  const event = { type: 'ADD', n: () => 1 } as never
  expect(() => t.send(event)).toThrow(expect.objectContaining({ code: 'VALUE_NOT_STORABLE' }))
  await expect(nodes.run(t.deliver(event))).rejects.toMatchObject({ code: 'VALUE_NOT_STORABLE' })
})

test('a peer that gives no credit back is sent no more than it gave, and what waits is bounded', async () => {
  nodes = new Nodes(logic, { auth: AUTH })
  const a = await nodes.open('a', { peers: { m: { allow: 'everything' } }, links: { outbox: { maxCount: 100 } } })
  const peer = await RawPeer.dial(nodes, 'a', { welcome: { credit: { envelopes: 7, bytes: 1_000_000 } } })
  const ref = a.actor('tally', 'roscius://m/t')
  for (let n = 0; n < 100; n++) ref.send({ type: 'ADD', n })
  await nodes.clock.advance(100)
  expect(peer.envelopes).toHaveLength(7)
  expect(() => ref.send({ type: 'ADD', n: 100 })).toThrow(expect.objectContaining({ code: 'OUTBOX_FULL' }))
  peer.sendFrame({ kind: 'ack', lane: 1, position: 7, isStored: true })
  peer.sendFrame({ kind: 'credit', envelopes: 3, bytes: 0 })
  await nodes.clock.advance(100)
  expect(peer.envelopes).toHaveLength(10)
  expect(a.peer('m').figures()?.outbox.count).toBe(93)
})

test('a peer that does not read holds up nobody else, and no more than its outbox', async () => {
  const { a, t } = await opened({ outbox: { maxCount: 50, maxBytes: 2_000_000 } })
  const local = await nodes.run(a.spawn('tally', { id: 'local' }))
  nodes.network.strike({ kind: 'partition', groups: [['a'], ['b']] })
  let refused = 0
  for (let n = 1; n <= 200; n++)
    try {
      t.send({ type: 'ADD', n })
    } catch {
      refused++
    }
  expect(refused).toBe(150)
  expect(await local.deliver({ type: 'ADD', n: 1 })).toMatchObject({ outcome: 'handled' })
  nodes.network.strike({ kind: 'heal' })
  await nodes.until(() => seen().length === 51)
})

test('an actor that is slower than its sender gets all, in order, and nothing is refused', async () => {
  const { a, t } = await opened({ credit: { envelopes: 20, bytes: 1_048_576 } }, 'b', { mailbox: { capacity: 40 } })
  expect(a).toBeDefined()
  for (let n = 1; n <= 500; n++) t.send({ type: 'ADD', n })
  await nodes.until(() => seen().length === 501)
  expect(seen()).toEqual(Array.from({ length: 501 }, (_, n) => n))
  expect(await all(nodes.system('b').deadLetters.list())).toEqual([])
})

test('credit that a crowded mailbox holds comes back when it is empty', async () => {
  nodes = new Nodes({ ...logic, tally: { logic: logic.tally, mailbox: { capacity: 10 } } } as unknown as typeof logic, {
    auth: AUTH,
  })
  const b = await nodes.open('b', {
    peers: { m: { allow: 'everything' } },
    links: { credit: { envelopes: 8, bytes: 1_048_576 } },
  })
  await nodes.run(b.spawn('tally', { id: 't' }))
  const peer = await RawPeer.dial(nodes, 'b')
  const credit = () => peer.frames.reduce((sum, frame) => sum + (frame.kind === 'credit' ? frame.envelopes : 0), 8)
  let sent = 0
  for (let round = 0; round < 40; round++) {
    for (; sent < credit(); sent++) peer.send({ kind: 'event', to: 't', payload: { type: 'ADD', n: sent } })
    await nodes.clock.advance(10)
  }
  expect(sent).toBeGreaterThan(100)
  expect(seen()).toEqual(Array.from({ length: seen().length }, (_, n) => n))
})

test('what is sent at most once finds no room and is dropped, without harm to the rest', async () => {
  const { t } = await opened({})
  await apart()
  withDelivery(t, { delivery: 'atMostOnce' }).send({ type: 'ADD', n: 1 })
  t.send({ type: 'ADD', n: 2 })
  nodes.network.strike({ kind: 'heal' })
  await nodes.until(() => seen().includes(2))
  expect(seen()).toEqual([0, 2])
})
