import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Allowed } from '../../../src/remote/permissions.js'
import type { EnvelopeKind, WireEnvelope } from '../../../src/remote/protocol/wire-envelope.js'
import { Nodes } from '../../support/nodes.js'
import { all } from '../../support/world.js'
import { logic } from './actors.js'
import { AUTH, RawPeer, WireRef } from './raw-peer.js'

let nodes: Nodes<typeof logic>
beforeEach(() => {
  nodes = new Nodes(logic, { auth: AUTH })
})
afterEach(() => nodes.close())

const EVERYTHING = 'everything'

async function attacked(allow: Allowed | undefined) {
  const b = await nodes.open('b', { peers: { m: allow === undefined ? {} : { allow } } })
  await nodes.run(b.spawn('tally', { id: 't' }))
  const peer = await RawPeer.dial(nodes, 'b')
  expect(peer.end).toBeUndefined()
  return { b, peer }
}

const seen = () => nodes.system('b').actor('tally', 't').getSnapshot().context.seen
const refusals = (peer: RawPeer) =>
  peer.envelopes.filter(({ kind }) => kind === 'failed').map(({ payload }) => (payload as { code: string }).code)

describe('a peer without any permission', () => {
  const requests: readonly WireEnvelope[] = [
    { kind: 'event', to: 't', payload: { type: 'ADD', n: 1 } },
    { kind: 'event', to: 't', from: 'x', payload: { type: 'ADD', n: 1 } },
    { kind: 'deliver', to: 't', from: '$ask/1/1', payload: { type: 'ADD', n: 1 } },
    { kind: 'ask', to: 't', from: '$ask/1/2', payload: { type: 'GET', replyTo: new WireRef('roscius://m/$ask/1/2') } },
    { kind: 'stop', to: 't', from: '$ask/1/3' },
    { kind: 'cancel', to: 't', from: '$ask/1/4' },
    { kind: 'spawn', to: '$root', from: '$ask/1/5', payload: { logic: 'tally', id: 'x' } },
  ]

  test.each(requests)('is refused: $kind $to $from', async (request) => {
    const { b, peer } = await attacked(undefined)
    peer.send(request)
    await nodes.clock.advance(100)
    expect(refusals(peer)).toEqual(['PEER_REFUSED'])
    expect(seen()).toEqual([])
    expect(b.actor('tally', 't').getSnapshot().status).toBe('active')
    expect(() => b.actor('tally', 'x').getSnapshot()).toThrow(/x/)
    expect(nodes.events.get('b')).toContainEqual(expect.objectContaining({ type: 'peerDenied', peer: 'm' }))
  })

  test('is told that what it watches is lost, as if it were not there', async () => {
    const { peer } = await attacked(undefined)
    peer.send({ kind: 'watch', to: 't', from: 'w' }, { kind: 'watch', to: 'none', from: 'w' })
    await nodes.clock.advance(100)
    expect(peer.envelopes).toEqual([
      { kind: 'terminated', to: 'w', from: 't', payload: { reason: 'lost' } },
      { kind: 'terminated', to: 'w', from: 'none', payload: { reason: 'lost' } },
    ])
  })

  test('can not tell from the refusal whether an actor is there', async () => {
    const { peer } = await attacked(undefined)
    peer.send({ kind: 'deliver', to: 't', from: '$ask/1/1', payload: { type: 'ADD', n: 1 } })
    peer.send({ kind: 'deliver', to: 'u', from: '$ask/1/1', payload: { type: 'ADD', n: 1 } })
    await nodes.clock.advance(100)
    const [of, other] = peer.envelopes.map(({ payload }) => (payload as Error).message.replaceAll(/b\/[tu]/g, 'b/_'))
    expect(of).toBe(other)
  })

  test('sees nothing', async () => {
    const { peer } = await attacked(undefined)
    peer.sendFrame({ kind: 'subscribe', subscription: 1, path: 't', subject: 'both' })
    await nodes.clock.advance(100)
    expect(peer.frames.filter(({ kind }) => kind === 'unsubscribe')).toMatchObject([{ code: 'PERMISSION_DENIED' }])
    expect(peer.frames.some(({ kind }) => kind === 'snapshot')).toBe(false)
  })

  test('stays connected', async () => {
    const { peer } = await attacked(undefined)
    for (const request of requests) peer.send(request)
    await nodes.clock.advance(1_000)
    expect(peer.end).toBeUndefined()
  })
})

test('a peer reaches what it may, and nothing beside it', async () => {
  const { b, peer } = await attacked({ send: [{ paths: ['t'], events: ['ADD'] }] })
  await nodes.run(b.spawn('tally', { id: 'u' }))
  peer.send(
    { kind: 'event', to: 't', payload: { type: 'ADD', n: 1 } },
    { kind: 'event', to: 't', payload: { type: 'END' } },
    { kind: 'event', to: 'u', payload: { type: 'ADD', n: 2 } },
    { kind: 'event', to: 't/x', payload: { type: 'ADD', n: 3 } },
    { kind: 'stop', to: 't', from: '$ask/1/1' },
  )
  await nodes.clock.advance(100)
  expect(seen()).toEqual([1])
  expect(b.actor('tally', 'u').getSnapshot().context.seen).toEqual([])
  expect(refusals(peer)).toEqual(['PEER_REFUSED', 'PEER_REFUSED', 'PEER_REFUSED', 'PEER_REFUSED'])
})

describe('a peer that may send everything to everybody', () => {
  const everything = { send: [{ paths: ['**'] }] }

  test.each(['xstate.done.actor.x', 'xstate.init', 'roscius.cancel', 'terminated', 'xstate.error.actor.y'])(
    'can not send %s, which only the runtime does',
    async (type) => {
      const { peer } = await attacked(everything)
      peer.send({ kind: 'event', to: 't', payload: { type } })
      await nodes.clock.advance(100)
      expect(refusals(peer)).toEqual(['PEER_REFUSED'])
    },
  )

  test.each(['$ask/1/1', '$reply:t#1', '$root', '$reply'])('reaches no address such as %s', async (to) => {
    const { peer } = await attacked(everything)
    peer.send({ kind: 'event', to, payload: { type: 'ADD', n: 1 } })
    peer.send({ kind: 'deliver', to, from: '$ask/1/1', payload: { type: 'ADD', n: 1 } })
    await nodes.clock.advance(100)
    expect(refusals(peer)).toEqual(['PEER_REFUSED', 'PEER_REFUSED'])
  })

  test('may not spawn, stop, watch or see', async () => {
    const { peer } = await attacked(everything)
    peer.send(
      { kind: 'spawn', to: '$root', from: '$ask/1/5', payload: { logic: 'tally', id: 'x' } },
      { kind: 'stop', to: 't', from: '$ask/1/3' },
    )
    await nodes.clock.advance(100)
    expect(refusals(peer)).toEqual(['PEER_REFUSED', 'PEER_REFUSED'])
  })
})

describe('a peer that answers what it was not asked', () => {
  const answers: readonly EnvelopeKind[] = ['reply', 'done', 'spawned', 'terminated', 'failed']

  test.each(answers)('%s settles no question of another peer', async (kind) => {
    nodes = new Nodes(logic, { auth: AUTH })
    const peers = { m: {}, c: { address: 'memory://c', allow: 'everything' as const } }
    const b = await nodes.open('b', { peers })
    const peer = await RawPeer.dial(nodes, 'b')
    const delivery = b.actor('tally', 'roscius://c/t').deliver({ type: 'ADD', n: 1 })
    let outcome: unknown = 'open'
    delivery.then(
      (value) => {
        outcome = value
      },
      (error) => {
        outcome = error.code
      },
    )
    const payload =
      kind === 'failed'
        ? new Error('no')
        : kind === 'terminated'
          ? { reason: 'done' }
          : { seqNr: 1, outcome: 'handled' }
    for (let n = 1; n <= 5; n++) peer.send({ kind, to: `$ask/1/${n}`, from: 'x', payload })
    await nodes.clock.advance(500)
    expect(outcome).toBe('open')
  })

  test('ends no watch of an actor of another node', async () => {
    const peers = { m: {}, c: { address: 'memory://c', allow: 'everything' as const } }
    const b = await nodes.open('b', { peers })
    const peer = await RawPeer.dial(nodes, 'b')
    await nodes.run(b.spawn('guard', { id: 'g', input: { target: b.actor('tally', 'roscius://c/t') } }))
    for (const from of ['t', 'c/t']) peer.send({ kind: 'terminated', to: 'g', from, payload: { reason: 'done' } })
    await nodes.clock.advance(500)
    expect(b.actor('guard', 'g').getSnapshot().context.told).toEqual([])
  })
})

test('a peer speaks for its own node', async () => {
  const { b, peer } = await attacked(EVERYTHING)
  peer.send({ kind: 'event', to: 't', from: 'x', payload: { type: 'ADD', n: 1 } })
  await nodes.clock.advance(100)
  expect((await all(b.actor('tally', 't').journal())).map(({ from }) => from)).toEqual([undefined, 'roscius://m/x'])
})

test('a peer that has no key is not let in', async () => {
  await nodes.open('b', { peers: { m: {} }, auth: { keys: [{ id: 'k1', secret: Buffer.alloc(32, 9) }] } })
  const peer = await RawPeer.dial(nodes, 'b')
  expect(peer.end).toBeDefined()
  expect(peer.frames).toEqual([])
})

test('a peer that nobody named is not let in', async () => {
  await nodes.open('b', { peers: { x: {} } })
  const peer = await RawPeer.dial(nodes, 'b')
  expect(peer.end).toBeDefined()
})

test('a peer that confirms what it was never sent is cut off', async () => {
  const { peer } = await attacked(undefined)
  peer.sendFrame({ kind: 'ack', lane: 1, position: 10, isStored: true })
  await nodes.clock.advance(100)
  expect(peer.end).toBeDefined()
})

test('a peer that sends more than it has credit for is cut off', async () => {
  const b = await nodes.open('b', {
    peers: { m: { allow: 'everything' } },
    links: { credit: { envelopes: 10, bytes: 1_048_576 } },
  })
  await nodes.run(b.spawn('tally', { id: 't' }))
  const peer = await RawPeer.dial(nodes, 'b')
  const add: WireEnvelope = { kind: 'event', to: 't', payload: { type: 'ADD', n: 1 } }
  peer.send(...Array<WireEnvelope>(11).fill(add))
  await nodes.clock.advance(100)
  expect(peer.end).toEqual({ code: 'RATE_EXCEEDED' })
  expect(seen()).toEqual([])
})

test('a peer that goes on behind what was received is cut off, and nothing of it is applied', async () => {
  const { peer } = await attacked(EVERYTHING)
  peer.send({ kind: 'event', to: 't', payload: { type: 'ADD', n: 1 } })
  peer.skip(1)
  peer.send({ kind: 'event', to: 't', payload: { type: 'ADD', n: 2 } })
  await nodes.clock.advance(20)
  expect(seen()).toEqual([1])
  expect(peer.end).toBeDefined()
})

test('numbers that come again change nothing', async () => {
  const { peer } = await attacked(EVERYTHING)
  peer.send({ kind: 'event', to: 't', payload: { type: 'ADD', n: 1 } })
  peer.skip(-1)
  peer.send({ kind: 'event', to: 't', payload: { type: 'ADD', n: 2 } })
  await nodes.clock.advance(20)
  expect(seen()).toEqual([1])
  expect(nodes.system('b').peer('m').figures()?.duplicates).toBe(1)
})
