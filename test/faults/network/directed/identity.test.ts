/** Nodes that are not who they were: a name twice, a copied folder, a wiped disk, a restored backup. */
import { memoryTransport, type SystemEvent } from 'roscius'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { logic } from '../../../remote/system/actors.js'
import { Nodes } from '../../../support/nodes.js'
import { all } from '../../../support/world.js'
import { HASTY_LINKS } from '../links.js'
import { copied } from './copied-store.js'

let nodes: Nodes<typeof logic>
beforeEach(() => {
  nodes = new Nodes(logic, { links: HASTY_LINKS })
})
afterEach(() => nodes.close())

/** A relay on `a` that passes on to a tally on `b`. */
async function paired() {
  const { a, b } = await nodes.pair()
  await nodes.run(b.spawn('tally', { id: 't' }))
  const relay = await nodes.run(a.spawn('relay', { id: 'r', input: { to: a.actor('tally', 'roscius://b/t') } }))
  return { a, b, relay }
}

const pass = (...numbers: readonly number[]): Promise<unknown> =>
  nodes.run(Promise.all(numbers.map((n) => nodes.system('a').actor('relay', 'r').deliver({ type: 'PASS', n }))))
const seen = (): readonly number[] => nodes.system('b').actor('tally', 't').getSnapshot().context.seen
const untilSeen = (...numbers: readonly number[]): Promise<void> =>
  nodes.until(() => JSON.stringify(seen()) === JSON.stringify(numbers))
const told = (name: string, type: SystemEvent['type']) =>
  (nodes.events.get(name) ?? []).filter((event) => event.type === type)
const refusals = (name: string): string[] =>
  told(name, 'linkRefused').map((event) => (event as SystemEvent & { type: 'linkRefused' }).code)
const letters = async (name: string): Promise<string[]> => {
  const found = await nodes.run(all(nodes.system(name).deadLetters.list()))
  return found.map(({ reason }) => reason)
}

test('of two nodes with one name the one that was there first keeps the link, and gets everything', async () => {
  await paired()
  await pass(1)
  await untilSeen(1)
  const twin = await nodes.open('twin', {
    name: 'b',
    transport: memoryTransport(nodes.network, { name: 'twin' }),
    peers: { a: { address: 'memory://a', allow: 'everything' } },
  })
  await nodes.run(twin.spawn('tally', { id: 't' }))
  await nodes.until(() => twin.peers()[0]?.fault?.code === 'NAME_TAKEN')
  await pass(2, 3)
  await untilSeen(1, 2, 3)
  expect(twin.actor('tally', 't').getSnapshot().context.seen).toEqual([])
  expect(told('a', 'peerReset')).toEqual([])
})

test('a copy of a node, started beside it, is not taken for it', async () => {
  await paired()
  await pass(1)
  await untilSeen(1)
  const copy = await copied(nodes.store('b'))
  await nodes.stop('b')
  await nodes.open('b')
  await nodes.stop('b')
  await nodes.open('b')
  await pass(2)
  await untilSeen(1, 2)
  nodes.stores.set('twin', copy)
  const twin = await nodes.open('twin', {
    name: 'b',
    transport: memoryTransport(nodes.network, { name: 'twin' }),
    peers: { a: { address: 'memory://a', allow: 'everything' } },
  })
  await nodes.until(() => refusals('twin').includes('INCARNATION_OLD'))
  await pass(3)
  await untilSeen(1, 2, 3)
  expect(twin.actor('tally', 't').getSnapshot().context.seen).toEqual([1])
})

test('a node that comes back with an old incarnation is refused until the true one is there again', async () => {
  await paired()
  await pass(1)
  await untilSeen(1)
  const copy = await copied(nodes.store('b'))
  await nodes.stop('b')
  await nodes.open('b')
  await nodes.stop('b')
  await nodes.open('b')
  await nodes.until(() => told('b', 'nodeUp').length > 0)
  await nodes.stop('b')
  const truth = nodes.store('b')
  nodes.stores.set('b', copy)
  await nodes.open('b')
  await nodes.until(() => refusals('a').includes('INCARNATION_OLD'))
  await pass(2)
  await nodes.clock.advance(5_000)
  expect(seen()).toEqual([1])
  await nodes.stop('b')
  nodes.stores.set('b', truth)
  await nodes.open('b')
  await untilSeen(1, 2)
})

test('what waits for a node whose disk was wiped is never given to the one that took its name', async () => {
  await paired()
  await pass(1)
  await untilSeen(1)
  await nodes.stop('b')
  await pass(2, 3)
  nodes.wipe('b')
  const fresh = await nodes.open('b')
  await nodes.run(fresh.spawn('tally', { id: 't' }))
  await nodes.until(() => told('a', 'peerReset').length === 1)
  await nodes.clock.advance(5_000)
  expect(seen()).toEqual([])
  expect(await letters('a')).toEqual(['storeGone', 'storeGone'])
  const again = nodes.system('a').actor('tally', 'roscius://b/t')
  await nodes.run(again.deliver({ type: 'ADD', n: 4 }))
  expect(seen()).toEqual([4])
})

test('a node that was restored from a backup is refused until an operator resets the link, and then goes on', async () => {
  await paired()
  await pass(1)
  await untilSeen(1)
  const backup = await copied(nodes.store('b'))
  await pass(2, 3)
  await untilSeen(1, 2, 3)
  await nodes.stop('b')
  nodes.stores.set('b', backup)
  await nodes.open('b')
  await nodes.until(() => refusals('a').includes('PEER_ROLLED_BACK'))
  await pass(4)
  await nodes.clock.advance(5_000)
  expect(seen()).toEqual([1])
  nodes.system('a').peer('b').reset()
  // What it had confirmed and lost is lost; what was never confirmed comes.
  await untilSeen(1, 4)
  await pass(5)
  await untilSeen(1, 4, 5)
})

test('a sender that was restored from a backup gives no number again: nothing new is taken for a repetition', async () => {
  await paired()
  await pass(1)
  await untilSeen(1)
  const backup = await copied(nodes.store('a'))
  await pass(2, 3)
  await untilSeen(1, 2, 3)
  await nodes.stop('a')
  nodes.stores.set('a', backup)
  await nodes.open('a')
  await pass(4)
  await untilSeen(1, 2, 3, 4)
})
