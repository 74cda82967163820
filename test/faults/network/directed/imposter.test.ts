/** Those who listened to a link, or hold its key, and lie. */
import { type Connection, memoryTransport, type Transport } from 'roscius'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { logic } from '../../../remote/system/actors.js'
import { AUTH, RawPeer } from '../../../remote/system/raw-peer.js'
import { Nodes } from '../../../support/nodes.js'

let nodes: Nodes<typeof logic>
beforeEach(() => {
  nodes = new Nodes(logic, { auth: AUTH })
})
afterEach(() => nodes.close())

/** A transport that keeps what is sent on the connections that it dials. */
function recording(transport: Transport, frames: Uint8Array[]): Transport {
  return {
    listen: transport.listen?.bind(transport),
    close: () => transport.close(),
    dial: async (...args) => {
      const connection = await transport.dial(...args)
      return new Proxy(connection, {
        get(target, name) {
          if (name === 'send')
            return (bytes: Uint8Array) => frames.push(Uint8Array.from(bytes)) > 0 && target.send(bytes)
          const value = target[name as keyof Connection]
          return typeof value === 'function' ? value.bind(target) : value
        },
      })
    },
  }
}

test('a recording of a whole connection, played again, gets no further than the challenge', async () => {
  const frames: Uint8Array[] = []
  const transport = recording(memoryTransport(nodes.network, { name: 'a', isLoopback: false }), frames)
  const { a, b } = await nodes.pair({ a: { transport } })
  await nodes.run(b.spawn('tally', { id: 't' }))
  await nodes.run(a.actor('tally', 'roscius://b/t').deliver({ type: 'ADD', n: 1 }))
  await nodes.stop('a')
  const before = frames.length
  expect(before).toBeGreaterThan(4)
  const thief = memoryTransport(nodes.network, { name: 'thief' })
  const connection = await nodes.run(thief.dial('memory://b'))
  const heard: Uint8Array[] = []
  let isOver = false
  connection.onMessage((bytes) => heard.push(bytes))
  connection.onClose(() => {
    isOver = true
  })
  for (const bytes of frames) connection.send(bytes)
  await nodes.until(() => isOver)
  expect(nodes.events.get('b')).toContainEqual(
    expect.objectContaining({ type: 'linkRefused', code: 'AUTH_FAILED', by: 'self' }),
  )
  expect(b.actor('tally', 't').getSnapshot().context.seen).toEqual([1])
  // Its hello and its challenge, and the refusal: no proof of anything.
  expect(heard.length).toBeLessThanOrEqual(3)
})

test('a peer that confirms what it was never sent is cut off, and nothing that waits is forgotten', async () => {
  const a = await nodes.open('a', { peers: { b: { allow: 'everything' } } })
  const liar = await RawPeer.dial(nodes, 'a', {
    name: 'b',
    welcome: { sent: [0, 0, 0], credit: { envelopes: 0, bytes: 0 } },
  })
  const relay = await nodes.run(a.spawn('relay', { id: 'r', input: { to: a.actor('tally', 'roscius://b/t') } }))
  for (const n of [1, 2, 3]) await nodes.run(relay.deliver({ type: 'PASS', n }))
  liar.sendFrame({ kind: 'ack', lane: 1, position: 3, isStored: true })
  await nodes.until(() => liar.end !== undefined)
  expect(liar.end).toEqual({ code: 'FRAME_UNEXPECTED' })
  expect(a.peers()[0]?.outbox.count).toBe(3)
})

test('a peer that claims in its welcome to have what it was never sent is refused', async () => {
  const a = await nodes.open('a', { peers: { b: { allow: 'everything' } } })
  const liar = await RawPeer.dial(nodes, 'a', { name: 'b', welcome: { received: [0, 99, 0], sent: [0, 0, 0] } })
  await nodes.until(() => liar.end !== undefined)
  expect(liar.end).toEqual({ code: 'POSITION_IMPOSSIBLE' })
  expect(a.peers()[0]?.state).not.toBe('up')
})

test('a peer that goes on behind a gap is cut off before anything of it is taken', async () => {
  const b = await nodes.open('b', { peers: { a: { allow: 'everything' } } })
  await nodes.run(b.spawn('tally', { id: 't' }))
  const liar = await RawPeer.dial(nodes, 'b', { name: 'a' })
  liar.skip(5)
  liar.send({ kind: 'event', to: 't', payload: { type: 'ADD', n: 1 } })
  await nodes.until(() => liar.end !== undefined)
  expect(liar.end).toEqual({ code: 'FRAME_UNEXPECTED' })
  expect(b.actor('tally', 't').getSnapshot().context.seen).toEqual([])
})
