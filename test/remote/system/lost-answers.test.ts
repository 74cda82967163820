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

const outbox = () => nodes.system('a').peer('b').figures()?.outbox.count

test('a delivery that was confirmed and not answered is rejected when the peer has another process', async () => {
  const { a, b } = await nodes.pair()
  await nodes.run(b.spawn('tally', { id: 't', durability: 'volatile' }))
  const t = a.actor('tally', 'roscius://b/t')
  t.send({ type: 'ADD', n: 0 })
  await nodes.until(() => outbox() === 0)
  await nodes.clock.advance(500)
  // The first answer needs numbers, which the store is asked for.
  nodes.store('b').hold()
  const code = t.deliver({ type: 'ADD', n: 1 }).then(
    () => 'done',
    (error) => error.code,
  )
  await nodes.until(() => outbox() === 1)
  await nodes.until(() => outbox() === 0)
  await nodes.crashAndOpen('b')
  expect(await nodes.run(code, 60_000)).toBe('PEER_DOWN')
})

test('who asks a node that is given up already is told so at once', async () => {
  const { a, b } = await nodes.pair()
  await nodes.run(b.spawn('tally', { id: 't' }))
  const t = a.actor('tally', 'roscius://b/t')
  await nodes.run(t.deliver({ type: 'ADD', n: 0 }))
  nodes.network.strike({ kind: 'partition', groups: [['a'], ['b']] })
  await nodes.clock.advance(20_000)
  await expect(nodes.run(t.deliver({ type: 'ADD', n: 1 }), 5_000)).rejects.toMatchObject({ code: 'PEER_DOWN' })
  await expect(nodes.run(t.stop(), 5_000)).rejects.toMatchObject({ code: 'PEER_DOWN' })
  await expect(nodes.run(t.result(), 5_000)).rejects.toMatchObject({ code: 'PEER_DOWN' })
  await expect(nodes.run(a.peer('b').spawn('tally', { id: 'u' }), 5_000)).rejects.toMatchObject({ code: 'PEER_DOWN' })
})

test('a guest that never called is given up as any node is', async () => {
  const a = await nodes.open('a')
  const ghost = a.actor('tally', 'roscius://ghost/t')
  await nodes.run(a.spawn('guard', { id: 'g', input: { target: ghost } }))
  await expect(nodes.run(ghost.deliver({ type: 'ADD', n: 1 }), 60_000)).rejects.toMatchObject({ code: 'PEER_DOWN' })
  await nodes.clock.advance(1_000)
  expect(a.actor('guard', 'g').getSnapshot().context.told).toEqual(['nodeDown'])
})

test('guests that are only talked about are bounded', async () => {
  const a = await nodes.open('a', { links: { maxGuests: 3 } })
  for (let i = 0; i < 3; i++) a.actor('tally', `roscius://g${i}/t`).send({ type: 'ADD', n: 1 })
  expect(() => a.actor('tally', 'roscius://g3/t').send({ type: 'ADD', n: 1 })).toThrow(
    expect.objectContaining({ code: 'PEER_UNKNOWN' }),
  )
  expect(a.peers()).toHaveLength(3)
})

test('what waited for a former store is not sent to the new one, wherever the sender crashes', async () => {
  for (let step = 1; step <= 4; step++)
    for (const when of ['before', 'after'] as const) {
      const { a, b } = await nodes.pair()
      await nodes.run(b.spawn('tally', { id: 't' }))
      const to = a.actor('tally', 'roscius://b/t')
      const relay = await nodes.run(a.spawn('relay', { id: 'r', input: { to } }))
      await nodes.run(relay.deliver({ type: 'PASS', n: 1 }))
      await nodes.until(() => outbox() === 0)
      await nodes.clock.advance(500)
      await nodes.crash('b')
      await nodes.run(relay.deliver({ type: 'PASS', n: 2 }))
      nodes.wipe('b')
      const store = nodes.store('a')
      store.crashAtBatch(store.written.batches + step, when)
      const next = await nodes.open('b')
      await nodes.run(next.spawn('tally', { id: 't' }))
      await nodes.run(store.crashed, 20_000).catch(() => undefined)
      await nodes.crashAndOpen('a')
      await nodes.clock.advance(10_000)
      await nodes.run(nodes.system('a').actor('relay', 'r').deliver({ type: 'PASS', n: 3 }))
      await nodes.clock.advance(1_000)
      expect(next.actor('tally', 't').getSnapshot().context.seen, `${step} ${when}`).toEqual([3])
      expect(await all(nodes.system('a').deadLetters.list())).toMatchObject([{ reason: 'storeGone', event: { n: 2 } }])
      await nodes.close()
      nodes = new Nodes(logic)
    }
})

test('what expired at its sender is one dead letter, wherever the sender crashes', async () => {
  const { a, b } = await nodes.pair()
  await nodes.run(b.spawn('tally', { id: 't' }))
  const to = a.actor('tally', 'roscius://b/t?deadlineMs=1000')
  const relay = await nodes.run(a.spawn('relay', { id: 'r', input: { to } }))
  await nodes.run(relay.deliver({ type: 'PASS', n: 1 }))
  await nodes.until(() => outbox() === 0)
  await nodes.clock.advance(500)
  nodes.network.strike({ kind: 'partition', groups: [['a'], ['b']] })
  nodes.cut('a')
  await nodes.clock.advance(5)
  await nodes.run(relay.deliver({ type: 'PASS', n: 2 }))
  await nodes.clock.advance(2_000)
  nodes.network.strike({ kind: 'heal' })
  await nodes.until(() => outbox() === 0)
  await nodes.clock.advance(10)
  await nodes.crashAndOpen('a')
  await nodes.clock.advance(10_000)
  const letters = [...(await all(nodes.system('a').deadLetters.list())), ...(await all(b.deadLetters.list()))]
  expect(letters).toMatchObject([{ reason: 'expired', event: { n: 2 } }])
})

test('an answer finds room in an outbox that is full of other things', async () => {
  nodes = new Nodes(logic, { auth: AUTH })
  const b = await nodes.open('b', { peers: { m: { allow: 'everything' } }, links: { outbox: { maxCount: 2 } } })
  await nodes.run(b.spawn('tally', { id: 't' }))
  const peer = await RawPeer.dial(nodes, 'b', { welcome: { credit: { envelopes: 2, bytes: 1_000_000 } } })
  for (const n of [1, 2]) b.actor('tally', 'roscius://m/t').send({ type: 'ADD', n })
  await nodes.clock.advance(50)
  peer.send({ kind: 'deliver', to: 't', from: '$ask/1/1', payload: { type: 'ADD', n: 3 } })
  await nodes.clock.advance(50)
  peer.sendFrame({ kind: 'credit', envelopes: 10, bytes: 1_000_000 })
  await nodes.clock.advance(50)
  expect(peer.envelopes.at(-1)).toMatchObject({ kind: 'done', to: '$ask/1/1' })
})

test('a spawn is not told that its own actor exists, wherever the peer crashes', async () => {
  for (let step = 1; step <= 3; step++)
    for (const when of ['before', 'after'] as const) {
      const { a } = await nodes.pair()
      await nodes.clock.advance(100)
      const store = nodes.store('b')
      store.crashAtBatch(store.written.batches + step, when)
      const spawning = a
        .peer('b')
        .spawn('tally', { id: 't' })
        .then(
          ({ address }) => address,
          ({ code }) => code,
        )
      await nodes.clock.advance(50)
      await nodes.crashAndOpen('b')
      expect(['roscius://b/t', 'PEER_DOWN'], `${step} ${when}`).toContain(await nodes.run(spawning))
      expect(nodes.system('b').actor('tally', 't').getSnapshot().status, `${step} ${when}`).toBe('active')
      await nodes.close()
      nodes = new Nodes(logic)
    }
})

const crowding = () =>
  ({ ...logic, tally: { logic: logic.tally, mailbox: { capacity: 64 } } }) as unknown as typeof logic
const narrow = { credit: { envelopes: 64, bytes: 1_048_576 } }

test('a new connection can be made while a mailbox is crowded', async () => {
  nodes = new Nodes(crowding(), { auth: AUTH })
  const b = await nodes.open('b', { peers: { m: { allow: 'everything' } }, links: narrow })
  await nodes.run(b.spawn('tally', { id: 't' }))
  const first = await RawPeer.dial(nodes, 'b')
  const release = nodes.store('b').hold()
  const event = { kind: 'event', to: 't', payload: { type: 'ADD', n: 1 } } as const
  first.send(...Array.from({ length: 64 }, () => event))
  await nodes.clock.advance(5)
  first.close()
  await nodes.clock.advance(20)
  const second = await RawPeer.dial(nodes, 'b', { incarnation: 2 })
  release()
  await nodes.clock.advance(20)
  expect(second.end).toBeUndefined()
})

describe('after a connection that broke before what came was committed', () => {
  const credit = () => nodes.system('b').peer('a').figures()?.credit.envelopes

  async function resumed() {
    nodes = new Nodes(crowding())
    const { a, b } = await nodes.pair({ a: { links: narrow } })
    await nodes.run(a.spawn('tally', { id: 't' }))
    const to = b.actor('tally', 'roscius://a/t')
    await nodes.run(to.deliver({ type: 'ADD', n: 0 }))
    await nodes.clock.advance(100)
    const release = nodes.store('a').hold()
    for (let n = 1; n <= 62; n++) to.send({ type: 'ADD', n })
    await nodes.clock.advance(20)
    nodes.cut('a')
    for (let ms = 0; ms < 5_000 && a.peer('b').figures()?.state !== 'resuming'; ms++) await nodes.clock.advance(1)
    release()
    await nodes.until(() => b.peer('a').figures()?.outbox.count === 0, 5_000)
    await nodes.clock.advance(100)
    return to
  }

  test('what comes again is confirmed as far as it has come again', async () => {
    await resumed()
    expect(nodes.events.get('a')?.filter(({ type }) => type === 'linkRefused')).toEqual([])
    const { seen } = nodes.system('a').actor('tally', 't').getSnapshot().context
    expect(seen).toEqual(Array.from({ length: 63 }, (_, n) => n))
  })

  test('credit that came free while the next was being made is not lost', async () => {
    const to = await resumed()
    for (let n = 0; n < 33; n++) to.send({ type: 'ADD', n })
    await nodes.clock.advance(100)
    expect(credit()).toBeGreaterThan(60)
  })
})
