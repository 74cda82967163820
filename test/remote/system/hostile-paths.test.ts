import { afterEach, beforeEach, expect, test } from 'vitest'
import { parseForeign } from '../../../src/core/foreign-address.js'
import { NO_REFS } from '../../../src/persistence/storable.js'
import { createFrameCodec } from '../../../src/remote/protocol/frame-codec.js'
import type { WireEnvelope } from '../../../src/remote/protocol/wire-envelope.js'
import { Nodes } from '../../support/nodes.js'
import { logic } from './actors.js'
import { AUTH, RawPeer } from './raw-peer.js'

let nodes: Nodes<typeof logic>
beforeEach(() => {
  nodes = new Nodes(logic, { auth: AUTH })
})
afterEach(() => nodes.close())

/** A batch of that one envelope, in whose paths `!` has become `?`: the codec itself would not pack it. */
function bytesOf(envelope: WireEnvelope): Uint8Array {
  const codec = createFrameCodec({ refs: NO_REFS })
  return codec.batch(1, 0, [{ number: 1, packed: codec.pack(envelope) }]).map((byte) => (byte === 0x21 ? 0x3f : byte))
}

test.each<WireEnvelope>([
  { kind: 'watch', to: 'none', from: 'w!node=c' },
  { kind: 'watch', to: 'none', from: 'w!path=v&node=c' },
  { kind: 'event', to: 't', from: 'x!node=c', payload: { type: 'ADD', n: 1 } },
  { kind: 'event', to: 't!store=x', payload: { type: 'ADD', n: 1 } },
])('a path that says more than where its actor is ends the connection: $kind from $from', async (envelope) => {
  const b = await nodes.open('b', { peers: { m: { allow: 'everything' }, c: {} } })
  await nodes.run(b.spawn('tally', { id: 't' }))
  const peer = await RawPeer.dial(nodes, 'b')
  peer.sendBytes(bytesOf(envelope))
  await nodes.clock.advance(100)
  expect(peer.end).toEqual({ code: 'FRAME_MALFORMED' })
  expect(b.peer('c').figures()?.outbox.count).toBe(0)
  expect(b.actor('tally', 't').getSnapshot().context.seen).toEqual([])
})

test('nothing behind the path of an address says another node, or another path', () => {
  expect(parseForeign('roscius://m/w?node=c&path=v&store=s%20')).toEqual({ node: 'm', path: 'w', store: 's ' })
})
