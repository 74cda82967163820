import { afterEach, expect, test } from 'vitest'
import { Nodes } from '../../support/nodes.js'
import { all } from '../../support/world.js'
import { logic } from '../system/actors.js'
import { AUTH, RawPeer } from '../system/raw-peer.js'

let nodes: Nodes<typeof logic>
afterEach(() => nodes.close())

async function attacked(allow: object) {
  nodes = new Nodes(logic, { auth: AUTH })
  const b = await nodes.open('b', { peers: { m: { allow } } })
  await nodes.run(b.spawn('tally', { id: 't' }))
  return { b, peer: await RawPeer.dial(nodes, 'b') }
}

async function keysOf(prefix: string): Promise<string[]> {
  const keys: string[] = []
  for await (const [key] of nodes.store('b').range({ gte: prefix, lt: `${prefix}\uffff` })) keys.push(key)
  return keys
}

test('of conversations in which a peer may not speak nothing is noted', async () => {
  const { b, peer } = await attacked({ send: [{ paths: ['t'], events: ['ADD'] }] })
  for (const [i, type] of ['END', 'ADD'].entries())
    peer.send({ kind: 'event', to: 't', payload: { type, n: 1 }, correlation: `talk ${i}`, clock: { m: 1 } })
  for (const kind of ['reply', 'done', 'failed', 'stop', 'spawned'] as const)
    peer.send({
      kind,
      to: '$ask/1/1',
      from: 'x',
      payload: kind === 'failed' ? new Error('no') : undefined,
      correlation: kind,
      clock: { m: 1 },
    })
  await nodes.clock.advance(100)
  expect(b.actor('tally', 't').getSnapshot().context.seen).toEqual([1])
  expect((await keysOf('u/conversations/c')).length).toBe(1)
})

test('a peer that says that an event was refused can name its own actors only', async () => {
  const { b, peer } = await attacked({})
  for (let n = 0; n < 5; n++) b.actor('tally', 'roscius://m/w').send({ type: 'ADD', n })
  await nodes.clock.advance(50)
  for (const address of ['roscius://other/x', 't', 'roscius://b/t', 'roscius://m/y', 'roscius://mm/y'])
    peer.send({ kind: 'failed', to: 't', from: 'w', payload: Object.assign(new Error('no'), { address }) })
  await nodes.clock.advance(100)
  const letters = await all(b.deadLetters.list())
  expect(new Set(letters.map(({ path }) => path))).toEqual(new Set(['roscius://m/w', 'roscius://m/y']))
})

test('a peer that comes with another store each time leaves no more behind than those that are remembered', async () => {
  const { b, peer } = await attacked({ send: [{ paths: ['t'] }] })
  peer.close()
  for (let n = 0; n < 40; n++) {
    const next = await RawPeer.dial(nodes, 'b', { storeId: `store-${n}` })
    next.send({ kind: 'event', to: 't', payload: { type: 'ADD', n } })
    await nodes.clock.advance(100)
    next.close()
    await nodes.clock.advance(10)
  }
  expect(b.actor('tally', 't').getSnapshot().context.seen).toHaveLength(40)
  expect((await keysOf('u/remote/i/')).length).toBe(17)
})
