import { afterEach, beforeEach, expect, test } from 'vitest'
import type { WireEnvelope } from '../../../src/remote/protocol/wire-envelope.js'
import { Nodes } from '../../support/nodes.js'
import { logic } from './actors.js'
import { AUTH, RawPeer } from './raw-peer.js'

let nodes: Nodes<typeof logic>
beforeEach(() => {
  nodes = new Nodes(logic, { auth: AUTH })
})
afterEach(() => nodes.close())

const CREDIT = 100
const ROOM = 50

async function attacked(links: object) {
  const b = await nodes.open('b', { peers: { m: { allow: { watch: ['**'] } } }, links })
  await nodes.run(b.spawn('tally', { id: 't' }))
  return { b, peer: await RawPeer.dial(nodes, 'b') }
}

const watch = (to: string, n: number): WireEnvelope => ({ kind: 'watch', to, from: `w/${n}` })

function creditOf(peer: RawPeer): number {
  return peer.frames.reduce((sum, frame) => sum + (frame.kind === 'credit' ? frame.envelopes : 0), CREDIT)
}

test('who is told of ends and does not confirm that gets no credit to watch more', async () => {
  const outbox = { maxCount: ROOM, maxBytes: 10_000_000 }
  const { b, peer } = await attacked({ outbox, credit: { envelopes: CREDIT, bytes: 1_048_576 } })
  let sent = 0
  const sendAll = async (): Promise<void> => {
    while (sent < creditOf(peer)) peer.send(watch('none', sent++))
    await nodes.clock.advance(100)
  }
  for (let round = 0; round < 20; round++) await sendAll()
  expect(peer.end).toBeUndefined()
  const { outbox: held } = b.peer('m').figures() ?? {}
  expect(held?.count).toBeLessThanOrEqual(ROOM + 2 * CREDIT)

  const before = sent
  peer.sendFrame({ kind: 'ack', lane: 1, position: peer.envelopes.length, isStored: true })
  await nodes.clock.advance(100)
  await sendAll()
  expect(sent).toBeGreaterThan(before)
})

test('a peer has so many watches here, and what is more is lost at once', async () => {
  const { b, peer } = await attacked({ maxWatches: 3 })
  for (let n = 0; n < 5; n++) peer.send(watch('t', n))
  await nodes.clock.advance(100)
  expect(peer.envelopes.map(({ kind, to, payload }) => ({ kind, to, payload }))).toEqual(
    [3, 4].map((n) => ({ kind: 'terminated', to: `w/${n}`, payload: { reason: 'lost' } })),
  )
  peer.send({ kind: 'unwatch', to: 't', from: 'w/0' }, watch('t', 5), watch('t', 1))
  await nodes.clock.advance(100)
  await nodes.run(b.actor('tally', 't').deliver({ type: 'END' }))
  await nodes.clock.advance(100)
  expect(peer.envelopes.slice(2).map(({ to }) => to)).toEqual(['w/1', 'w/2', 'w/5'])
})

test('watches that are in the store count after a restart', async () => {
  const { peer } = await attacked({ maxWatches: 2 })
  peer.send(watch('t', 0), watch('t', 1))
  await nodes.clock.advance(100)
  await nodes.crashAndOpen('b')
  const again = await RawPeer.dial(nodes, 'b', { welcome: { left: [0, 2, 0] } })
  again.skip(2)
  again.send(watch('t', 2))
  await nodes.clock.advance(100)
  expect(again.envelopes.map(({ to, payload }) => ({ to, payload }))).toEqual([
    { to: 'w/2', payload: { reason: 'lost' } },
  ])
})
