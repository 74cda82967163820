import { afterEach, beforeEach, expect, test } from 'vitest'
import { Nodes } from '../../support/nodes.js'
import { all } from '../../support/world.js'
import { logic } from './actors.js'
import { AUTH, RawPeer } from './raw-peer.js'

let nodes: Nodes<typeof logic>
beforeEach(() => {
  nodes = new Nodes(logic)
})
afterEach(() => nodes.close())

async function opened() {
  const { a, b } = await nodes.pair()
  await nodes.run(b.spawn('tally', { id: 't' }))
  const to = a.actor('tally', 'roscius://b/t')
  const relay = await nodes.run(a.spawn('relay', { id: 'r', input: { to } }))
  await nodes.run(relay.deliver({ type: 'PASS', n: 1 }))
  await nodes.until(() => seen().length === 1)
  await nodes.until(() => a.peer('b').figures()?.outbox.count === 0)
  return { a, b, relay, to }
}

const seen = () => nodes.system('b').actor('tally', 't').getSnapshot().context.seen
const told = (name: string, type: string) => (nodes.events.get(name) ?? []).filter((event) => event.type === type)

async function wiped(name: string) {
  await nodes.crash(name)
  nodes.wipe(name)
  return nodes.open(name)
}

test('a node whose store was wiped is told, and what waited for the old one becomes dead letters', async () => {
  const { a, relay } = await opened()
  await nodes.crash('b')
  await nodes.run(relay.deliver({ type: 'PASS', n: 2 }))
  const { b } = { b: await wiped('b') }
  await nodes.run(b.spawn('tally', { id: 't' }))
  await nodes.until(() => told('a', 'peerReset').length > 0)
  await nodes.clock.advance(5_000)
  expect(await all(a.deadLetters.list())).toMatchObject([
    { path: 'roscius://b/t', reason: 'storeGone', event: { type: 'ADD', n: 2 } },
  ])
  expect(seen()).toEqual([])
})

test('with a node that was wiped everything goes on with new numbers', async () => {
  const { relay } = await opened()
  for (let round = 0; round < 3; round++) {
    const b = await wiped('b')
    await nodes.run(b.spawn('tally', { id: 't' }))
    await nodes.clock.advance(5_000)
    for (const n of [1, 2, 3]) await nodes.run(relay.deliver({ type: 'PASS', n }))
    await nodes.until(() => seen().length === 3)
    expect(seen()).toEqual([1, 2, 3])
  }
})

test('what is committed while the wiped node comes back goes nowhere, or to the new one, and numbers stay right', async () => {
  const { relay } = await opened()
  await nodes.crash('b')
  nodes.wipe('b')
  const release = nodes.store('a').hold()
  const passing = [2, 3].map((n) => relay.deliver({ type: 'PASS', n }))
  await nodes.clock.advance(5)
  const b = await nodes.open('b')
  await nodes.run(b.spawn('tally', { id: 't' }))
  await nodes.clock.advance(5_000)
  release()
  await nodes.run(Promise.all(passing))
  await nodes.clock.advance(5_000)
  await nodes.run(relay.deliver({ type: 'PASS', n: 4 }))
  await nodes.until(() => seen().includes(4))
  expect(seen()).toEqual([4])
  expect((await all(nodes.system('a').deadLetters.list())).map(({ reason }) => reason)).toEqual([
    'storeGone',
    'storeGone',
  ])
})

test('a question to the old store is rejected', async () => {
  const { to } = await opened()
  await nodes.crash('b')
  const delivery = to.deliver({ type: 'ADD', n: 2 })
  const refused = expect(nodes.run(delivery)).rejects.toMatchObject({
    code: expect.stringMatching(/^(PEER_DOWN|DEAD_LETTER)$/),
  })
  await wiped('b').catch(() => undefined)
  await refused
})

test('a ref that was met in the old store reaches nothing in the new one', async () => {
  const { a, b } = await opened()
  const receiver = await nodes.run(a.spawn('relay', { id: 's', input: { to: a.actor('tally', 'roscius://b/t') } }))
  const back = b.actor('relay', 'roscius://a/s')
  await nodes.run(back.deliver({ type: 'TURN', to: b.actor('tally', 't') }))
  await nodes.run(receiver.deliver({ type: 'PASS', n: 2 }))
  await nodes.until(() => seen().length === 2)
  const next = await wiped('b')
  await nodes.run(next.spawn('tally', { id: 't' }))
  await nodes.until(() => told('a', 'peerReset').length > 0)
  await nodes.clock.advance(5_000)
  await nodes.run(receiver.deliver({ type: 'PASS', n: 3 }))
  const bound = receiver.getSnapshot().context.to
  expect(() => bound.send({ type: 'ADD', n: 4 })).not.toThrow()
  await expect(nodes.run(bound.deliver({ type: 'ADD', n: 5 }))).rejects.toMatchObject({ code: 'DEAD_LETTER' })
  const asking = bound.ask((replyTo) => ({ type: 'GET', replyTo }))
  await expect(nodes.run(asking)).rejects.toMatchObject({ code: 'DEAD_LETTER' })
  await nodes.clock.advance(1_000)
  expect(seen()).toEqual([])
  expect((await all(a.deadLetters.list())).map(({ reason }) => reason)).toEqual(Array(4).fill('storeGone'))
})

test('neither can it stop, cancel or observe the new one, nor ask for its result', async () => {
  const { a, b } = await opened()
  const receiver = await nodes.run(a.spawn('relay', { id: 's', input: { to: a.actor('tally', 'roscius://b/t') } }))
  await nodes.run(b.actor('relay', 'roscius://a/s').deliver({ type: 'TURN', to: b.actor('tally', 't') }))
  const next = await wiped('b')
  await nodes.run(next.spawn('tally', { id: 't' }))
  await nodes.until(() => told('a', 'peerReset').length > 0)
  await nodes.clock.advance(5_000)
  const bound = receiver.getSnapshot().context.to
  await expect(nodes.run(bound.stop())).rejects.toMatchObject({ code: 'ACTOR_NOT_FOUND' })
  await expect(nodes.run(bound.cancel())).rejects.toMatchObject({ code: 'ACTOR_NOT_FOUND' })
  await expect(nodes.run(bound.result())).rejects.toMatchObject({ code: 'ACTOR_NOT_FOUND' })
  expect(() => bound.subscribe(() => {})).toThrow(expect.objectContaining({ code: 'ACTOR_NOT_FOUND' }))
  expect(() => bound.getSnapshot()).toThrow(expect.objectContaining({ code: 'ACTOR_NOT_FOUND' }))
  expect(nodes.system('b').actor('tally', 't').getSnapshot().status).toBe('active')
})

test('who watched an actor of the old store is told that it is lost', async () => {
  const { a } = await opened()
  await nodes.run(a.spawn('guard', { id: 'g', input: { target: a.actor('tally', 'roscius://b/t') } }))
  await nodes.clock.advance(100)
  const b = await wiped('b')
  await nodes.run(b.spawn('tally', { id: 't' }))
  await nodes.clock.advance(5_000)
  await nodes.run(b.actor('tally', 't').stop())
  await nodes.clock.advance(5_000)
  expect(a.actor('guard', 'g').getSnapshot().context.told).toEqual(['lost'])
})

test('the sender that was wiped begins anew', async () => {
  await opened()
  const a = await wiped('a')
  const to = a.actor('tally', 'roscius://b/t')
  const relay = await nodes.run(a.spawn('relay', { id: 'r', input: { to } }))
  await nodes.run(relay.deliver({ type: 'PASS', n: 2 }))
  await nodes.until(() => seen().length === 2)
  expect(seen()).toEqual([1, 2])
  expect(told('b', 'peerReset')).toHaveLength(1)
})

/** The store as it is now, to be put back later. */
async function backup(name: string) {
  await nodes.stop(name)
  const copy = new Map(await entries(name))
  await nodes.open(name)
  return async () => {
    await nodes.crash(name)
    const store = nodes.store(name)
    const gone = (await entries(name)).filter(([key]) => !copy.has(key)).map(([key]) => ({ type: 'del' as const, key }))
    const puts = [...copy].map(([key, value]) => ({ type: 'put' as const, key, value }))
    await store.batch([...gone, ...puts], { sync: true })
    return nodes.open(name)
  }
}

async function entries(name: string): Promise<[string, Uint8Array][]> {
  return (await all(nodes.store(name).range({ gte: '', lt: '\uffff' }))) as [string, Uint8Array][]
}

test('a store that was restored from a backup is refused until an operator says otherwise', async () => {
  await opened()
  const restore = await backup('b')
  const relay = nodes.system('a').actor('relay', 'r')
  // As many processes as the backup will have: it is not told by its incarnation.
  await nodes.run(relay.deliver({ type: 'PASS', n: 2 }))
  await nodes.until(() => seen().length === 2)
  await nodes.until(() => nodes.system('a').peer('b').figures()?.outbox.count === 0)
  await restore()
  await nodes.clock.advance(10_000)
  expect(nodes.system('a').peer('b').figures()).toMatchObject({ state: 'refused', fault: { code: 'PEER_ROLLED_BACK' } })
  await nodes.run(relay.deliver({ type: 'PASS', n: 3 }))
  await nodes.clock.advance(60_000)
  expect(seen()).toEqual([1])
  nodes.system('a').peer('b').reset()
  await nodes.until(() => seen().length === 2)
  expect(seen()).toEqual([1, 3])
  await nodes.run(relay.deliver({ type: 'PASS', n: 4 }))
  await nodes.until(() => seen().length === 3)
  expect(seen()).toEqual([1, 3, 4])
})

test('an older copy of a store, run beside it or after it, is refused', async () => {
  nodes = new Nodes(logic, { auth: AUTH })
  const b = await nodes.open('b', { peers: { m: { allow: 'everything' } } })
  await nodes.run(b.spawn('tally', { id: 't' }))
  const current = await RawPeer.dial(nodes, 'b', { incarnation: 7 })
  expect(current.end).toBeUndefined()
  current.close()
  await nodes.clock.advance(100)
  nodes.cut('m')
  const old = await RawPeer.dial(nodes, 'b', { incarnation: 6 })
  old.send({ kind: 'event', to: 't', payload: { type: 'ADD', n: 1 } })
  await nodes.clock.advance(100)
  expect(old.end).toBeDefined()
  expect(seen()).toEqual([])
})

test('a store that was replaced does not come back', async () => {
  nodes = new Nodes(logic, { auth: AUTH })
  const b = await nodes.open('b', { peers: { m: { allow: 'everything' } } })
  await nodes.run(b.spawn('tally', { id: 't' }))
  for (const storeId of ['one', 'two']) {
    const peer = await RawPeer.dial(nodes, 'b', { storeId })
    expect(peer.end).toBeUndefined()
    peer.close()
    await nodes.clock.advance(100)
  }
  const old = await RawPeer.dial(nodes, 'b', { storeId: 'one', incarnation: 9 })
  await nodes.clock.advance(100)
  expect(old.end).toBeDefined()
})
