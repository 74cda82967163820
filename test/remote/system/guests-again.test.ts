import { afterEach, beforeEach, expect, test } from 'vitest'
import { Nodes } from '../../support/nodes.js'
import { logic } from './actors.js'
import { AUTH, RawPeer } from './raw-peer.js'

let nodes: Nodes<typeof logic>
beforeEach(() => {
  nodes = new Nodes(logic, { auth: AUTH })
})
afterEach(() => nodes.close())

test('guests of an earlier run keep no place from those that come after a restart', async () => {
  const b = await nodes.open('b', { peers: { '*': { allow: 'everything' } }, links: { maxGuests: 2 } })
  await nodes.run(b.spawn('tally', { id: 't' }))
  for (const name of ['m1', 'm2']) {
    const guest = await RawPeer.dial(nodes, 'b', { name })
    guest.send({ kind: 'event', to: 't', payload: { type: 'ADD', n: 1 } })
    await nodes.clock.advance(100)
    expect(guest.end).toBeUndefined()
    guest.close()
  }
  await nodes.crashAndOpen('b')
  const other = await RawPeer.dial(nodes, 'b', { name: 'm3' })
  expect(other.end).toBeUndefined()
})
