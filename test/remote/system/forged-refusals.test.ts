import { afterEach, beforeEach, expect, test } from 'vitest'
import type { WireEnvelope } from '../../../src/remote/protocol/wire-envelope.js'
import { Nodes } from '../../support/nodes.js'
import { all } from '../../support/world.js'
import { logic } from './actors.js'
import { AUTH, RawPeer } from './raw-peer.js'

let nodes: Nodes<typeof logic>
beforeEach(() => {
  nodes = new Nodes(logic, { auth: AUTH, deadLetters: { maxCount: 5 } })
})
afterEach(() => nodes.close())

function refusal(to: string, details: Record<string, unknown> = {}): WireEnvelope {
  const error = Object.assign(new Error('no'), { code: 'PEER_REFUSED', address: 'roscius://m/x', details })
  return { kind: 'failed', to, payload: error }
}

async function attacked() {
  const b = await nodes.open('b', { peers: { m: {} } })
  return { b, peer: await RawPeer.dial(nodes, 'b') }
}

test('a peer that refuses what it was not sent pushes no dead letter out', async () => {
  const { b, peer } = await attacked()
  await nodes.run(b.spawn('relay', { id: 'r', input: { to: b.actor('tally', 'gone') } }))
  b.actor('relay', 'r').send({ type: 'PASS', n: 1 })
  await nodes.clock.advance(50)
  for (let n = 0; n < 20; n++) peer.send(refusal(n % 2 === 0 ? 'r' : '$nobody', { type: `FORGED ${n}` }))
  await nodes.clock.advance(100)
  expect((await all(b.deadLetters.list())).map(({ reason }) => reason)).toEqual(['actorNotFound'])
  expect(peer.end).toBeUndefined()
})

test('of each event that was sent there it can refuse one', async () => {
  const { b, peer } = await attacked()
  for (const n of [1, 2]) b.actor('tally', 'roscius://m/x').send({ type: 'ADD', n })
  await nodes.clock.advance(50)
  for (let n = 0; n < 5; n++) peer.send(refusal('$nobody', { type: 'ADD' }))
  await nodes.clock.advance(100)
  const letters = await all(b.deadLetters.list())
  expect(letters.map(({ path, event, reason }) => ({ path, type: event.type, reason }))).toEqual(
    Array(2).fill({ path: 'roscius://m/x', type: 'ADD', reason: 'peerRefused' }),
  )
})

test('what it says of the event is kept no longer than that may be', async () => {
  const { b, peer } = await attacked()
  for (const n of [1, 2]) b.actor('tally', 'roscius://m/x').send({ type: 'ADD', n })
  await nodes.clock.advance(50)
  peer.send(refusal('$nobody', { type: 'A'.repeat(100_000) }))
  const far = Object.assign(new Error('no'), { address: `roscius://m/${'x'.repeat(100_000)}`, details: null })
  peer.send({ kind: 'failed', to: '$nobody', payload: far })
  await nodes.clock.advance(100)
  const letters = await all(b.deadLetters.list())
  expect(letters).toHaveLength(2)
  expect(JSON.stringify(letters).length).toBeLessThan(2_000)
})
