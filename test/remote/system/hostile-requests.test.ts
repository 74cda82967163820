import { afterEach, beforeEach, expect, test } from 'vitest'
import { NO_REFS } from '../../../src/persistence/storable.js'
import { createFrameCodec } from '../../../src/remote/protocol/frame-codec.js'
import type { WireEnvelope } from '../../../src/remote/protocol/wire-envelope.js'
import { Nodes } from '../../support/nodes.js'
import { all } from '../../support/world.js'
import { logic } from './actors.js'
import { AUTH, RawPeer, WireRef } from './raw-peer.js'

let nodes: Nodes<typeof logic>
beforeEach(() => {
  nodes = new Nodes(logic, { auth: AUTH })
})
afterEach(() => nodes.close())

async function attacked() {
  const b = await nodes.open('b', { peers: { m: { allow: 'everything' } } })
  await nodes.run(b.spawn('tally', { id: 't' }))
  return { b, peer: await RawPeer.dial(nodes, 'b') }
}

test.each<[WireEnvelope['kind'], unknown]>([
  ['stop', { deadlineMs: 'soon' }],
  ['stop', { deadlineMs: -1 }],
  ['stop', { force: true }],
  ['cancel', { reason: 5 }],
  ['cancel', { deadlineMs: Number.NaN }],
])('%s with the options %j is refused, and changes nothing', async (kind, payload) => {
  const { b, peer } = await attacked()
  peer.send({ kind, to: 't', from: '$ask/1/1', payload })
  await nodes.clock.advance(100)
  expect(peer.envelopes.map((envelope) => [envelope.kind, (envelope.payload as { code: string }).code])).toEqual([
    ['failed', 'OPTIONS_INVALID'],
  ])
  expect(peer.end).toBeUndefined()
  expect(b.actor('tally', 't').getSnapshot().status).toBe('active')
})

test.each(['stop', 'cancel', 'watch', 'unwatch'] as const)('%s of what is not there harms nobody', async (kind) => {
  const { b, peer } = await attacked()
  for (const to of ['none', 't#1', 't#1-4.2#x', '$root', '$ask/1/1', '%zz', 't/', '..%2f'].filter(
    (to) => !to.endsWith('/'),
  ))
    peer.send({ kind, to, from: 'w' })
  await nodes.clock.advance(500)
  expect(peer.end).toBeUndefined()
  expect(b.actor('tally', 't').getSnapshot().status).toBe('active')
})

/** An event with the longest deadline there is: beyond it a count is none. */
function late(to: string, event: object): Uint8Array {
  const codec = createFrameCodec({ refs: NO_REFS })
  const packed = codec.pack({ kind: 'event', to, payload: event })
  return codec.batch(1, 0, [{ number: 1, packed, deadlineMs: Number.MAX_SAFE_INTEGER }])
}

test('the longest deadline is passed on as one that can be sent', async () => {
  const peers = { m: { allow: 'everything' as const }, c: { address: 'memory://c', allow: 'everything' as const } }
  const c = await nodes.open('c', { peers: { b: { allow: 'everything' } } })
  await nodes.run(c.spawn('tally', { id: 't' }))
  const b = await nodes.open('b', { peers })
  await nodes.run(b.spawn('relay', { id: 'r', input: { to: b.actor('tally', 'roscius://c/t') } }))
  await nodes.until(() => b.peer('c').figures()?.state === 'up')
  const peer = await RawPeer.dial(nodes, 'b')
  peer.sendBytes(late('r', { type: 'PASS', n: 1 }))
  await nodes.clock.advance(30)
  expect(c.actor('tally', 't').getSnapshot().context.seen).toEqual([1])
  expect(b.peer('c').figures()?.connections).toBe(1)
  expect(await all(b.deadLetters.list())).toEqual([])
})

test('who asks with the address of another node is answered at its own', async () => {
  const { peer } = await attacked()
  const replyTo = new WireRef('roscius://c/x')
  peer.send({ kind: 'ask', to: 't', from: '$ask/1/1', payload: { type: 'GET', replyTo } as never })
  await nodes.clock.advance(100)
  expect(peer.end).toBeUndefined()
})
