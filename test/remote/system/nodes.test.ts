import { createSystem, memoryTransport, withDelivery } from 'roscius'
import { faultStore } from 'roscius/testing'
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
  await nodes.run(t.deliver({ type: 'ADD', n: 1 }))
  return { a, b, t }
}

test('a system that stops ends its links, and loses nothing that it was to send', async () => {
  const { a, t } = await opened()
  const relay = await nodes.run(a.spawn('relay', { id: 'r', input: { to: t } }))
  nodes.network.strike({ kind: 'partition', groups: [['a'], ['b']] })
  nodes.cut('a')
  await nodes.run(relay.deliver({ type: 'PASS', n: 2 }))
  await nodes.stop('a')
  expect(nodes.network.links).toEqual([])
  nodes.network.strike({ kind: 'heal' })
  await nodes.open('a')
  await nodes.until(() => nodes.system('b').actor('tally', 't').getSnapshot().context.seen.length === 2)
})

test('a system that stops tells its peers, which do not wait for a silence', async () => {
  const { b } = await opened()
  await nodes.stop('a')
  await nodes.clock.advance(100)
  expect(b.peer('a').figures()?.state).not.toBe('up')
  expect(nodes.network.links).toEqual([])
})

test('a stopped system sends nothing', async () => {
  const { a, t } = await opened()
  await nodes.stop('a')
  expect(() => t.send({ type: 'ADD', n: 2 })).toThrow(expect.objectContaining({ code: 'SYSTEM_STOPPED' }))
  await expect(t.deliver({ type: 'ADD', n: 2 })).rejects.toMatchObject({ code: 'SYSTEM_STOPPED' })
  await expect(t.stop()).rejects.toMatchObject({ code: 'SYSTEM_STOPPED' })
  await expect(t.cancel()).rejects.toMatchObject({ code: 'SYSTEM_STOPPED' })
  await expect(t.result()).rejects.toMatchObject({ code: 'SYSTEM_STOPPED' })
  await expect(a.peer('b').spawn('tally')).rejects.toMatchObject({ code: 'SYSTEM_STOPPED' })
})

test('with an address that is taken there is no system, and nothing is left open', async () => {
  await nodes.open('b')
  const store = faultStore()
  const creating = createSystem({
    name: 'c',
    store,
    clock: nodes.clock,
    logic,
    transport: memoryTransport(nodes.network, { name: 'b' }),
    auth: { unauthenticated: 'loopback' },
    peers: { '*': {} },
  })
  await expect(nodes.run(creating)).rejects.toMatchObject({ code: 'LISTEN_FAILED' })
  expect(() => store.get('meta')).toThrow(expect.objectContaining({ code: 'STORE_CLOSED' }))
  expect(nodes.clock.pending).toBeLessThan(10)
})

test('a node that nobody named is not reached, from outside or from inside', async () => {
  const a = await nodes.open('a', { peers: { b: 'memory://b' } })
  const x = a.actor('tally', 'roscius://x/t')
  expect(() => a.peer('x')).toThrow(expect.objectContaining({ code: 'PEER_UNKNOWN' }))
  expect(() => x.send({ type: 'ADD', n: 1 })).toThrow(expect.objectContaining({ code: 'PEER_UNKNOWN' }))
  await expect(x.deliver({ type: 'ADD', n: 1 })).rejects.toMatchObject({ code: 'PEER_UNKNOWN' })
  await expect(x.ask((replyTo) => ({ type: 'GET', replyTo }))).rejects.toMatchObject({ code: 'PEER_UNKNOWN' })
  await expect(x.stop()).rejects.toMatchObject({ code: 'PEER_UNKNOWN' })
  await expect(x.cancel()).rejects.toMatchObject({ code: 'PEER_UNKNOWN' })
  await expect(x.result()).rejects.toMatchObject({ code: 'PEER_UNKNOWN' })
  expect(() => x.subscribe(() => {})).toThrow(expect.objectContaining({ code: 'PEER_UNKNOWN' }))
  expect(() => x.getSnapshot()).toThrow(expect.objectContaining({ code: 'PEER_UNKNOWN' }))
  const relay = await nodes.run(a.spawn('relay', { id: 'r', input: { to: x } }))
  await nodes.run(relay.deliver({ type: 'PASS', n: 1 }))
  expect(await all(a.deadLetters.list())).toMatchObject([{ path: 'roscius://x/t', reason: 'peerUnknown', from: 'r' }])
})

test('a system without links says so', async () => {
  const a = await nodes.open('a', { peers: undefined, auth: undefined, transport: undefined })
  expect(a.peers()).toEqual([])
  expect(a.listening).toBeUndefined()
  expect(() => a.peer('b')).toThrow(expect.objectContaining({ code: 'PEER_UNKNOWN' }))
  const x = a.actor('tally', 'roscius://b/t')
  expect(() => x.send({ type: 'ADD', n: 1 })).toThrow(expect.objectContaining({ code: 'PEER_UNKNOWN' }))
  await expect(x.deliver({ type: 'ADD', n: 1 })).rejects.toMatchObject({ code: 'PEER_UNKNOWN' })
})

test('what needs the records of an actor is refused for one of another node', async () => {
  const { t } = await opened()
  const refused = expect.objectContaining({ code: 'REMOTE_UNSUPPORTED' })
  expect(() => t.journal()).toThrow(refused)
  await expect(t.snapshotAt(1)).rejects.toEqual(refused)
  expect(() => t.failure()).toThrow(refused)
  expect(() => t.explain()).toThrow(refused)
  await expect(t.delete()).rejects.toEqual(refused)
  expect(() => (t as unknown as { getPersistedSnapshot(): unknown }).getPersistedSnapshot()).toThrow(refused)
})

test('the address of an actor of this very node is its ref', async () => {
  const { b } = await opened()
  const own = b.actor('tally', 'roscius://b/t')
  expect(own.getSnapshot().context.seen).toEqual([1])
  expect(await own.deliver({ type: 'ADD', n: 2 })).toMatchObject({ outcome: 'handled' })
})

test('refs come back from a journey to another node as they were', async () => {
  const { a, t } = await opened()
  const here = await nodes.run(a.spawn('tally', { id: 'here' }))
  const relay = await nodes.run(a.peer('b').spawn('relay', { id: 'r', input: { to: t } }))
  await nodes.run(relay.deliver({ type: 'TURN', to: here }))
  await nodes.run(relay.deliver({ type: 'PASS', n: 5 }))
  await nodes.until(() => here.getSnapshot().context.seen.length === 1)
  await nodes.crashAndOpen('b')
  await nodes.run(relay.deliver({ type: 'PASS', n: 6 }))
  await nodes.until(() => here.getSnapshot().context.seen.length === 2)
  await nodes.run(relay.deliver({ type: 'TURN', to: t }))
  await nodes.run(relay.deliver({ type: 'PASS', n: 7 }))
  await nodes.until(() => nodes.system('b').actor('tally', 't').getSnapshot().context.seen.length === 2)
})

test('a ref of another node is the same in the journal and after a restart', async () => {
  const { a, t } = await opened()
  await nodes.run(a.spawn('relay', { id: 'r', input: { to: withDelivery(t, { priority: 'high' }) } }))
  const before = a.actor('relay', 'r').getSnapshot().context.to
  const again = await nodes.crashAndOpen('a')
  const after = again.actor('relay', 'r').getSnapshot().context.to
  expect([before.address, after.address]).toEqual(['roscius://b/t', 'roscius://b/t'])
  expect(await nodes.run(after.deliver({ type: 'ADD', n: 2 }))).toMatchObject({ outcome: 'handled' })
  expect((await all(again.actor('relay', 'r').journal())).length).toBe(1)
})

test('the figures of a link count what waits, what was confirmed and what came twice', async () => {
  const { a, b, t } = await opened()
  await nodes.until(() => a.peer('b').figures()?.inFlight === 0)
  expect(a.peer('b').figures()).toMatchObject({ peer: 'b', state: 'up', outbox: { count: 0, bytes: 0 }, inFlight: 0 })
  expect(a.peer('b').figures()?.bytesOut).toBeGreaterThan(0)
  nodes.network.strike({ kind: 'partition', groups: [['a'], ['b']] })
  t.send({ type: 'ADD', n: 2 })
  await nodes.clock.advance(10)
  expect(a.peer('b').figures()).toMatchObject({ outbox: { count: 1 }, inFlight: 1 })
  nodes.cut('a')
  nodes.network.strike({ kind: 'heal' })
  await nodes.until(() => a.peer('b').figures()?.outbox.count === 0)
  expect(a.peer('b').figures()).toMatchObject({ resends: 1, connections: 2 })
  expect(b.peers().map(({ peer }) => peer)).toEqual(['a'])
})
