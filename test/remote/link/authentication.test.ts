import { describe, expect, it } from 'vitest'
import { NO_REFS } from '../../../src/persistence/storable.js'
import { memoryTransport } from '../../../src/remote/memory-transport.js'
import { createFrameCodec } from '../../../src/remote/protocol/frame-codec.js'
import type { Frame } from '../../../src/remote/protocol/frames.js'
import type { Connection } from '../../../src/remote/transport.js'
import { KEYS, OTHER_KEYS, Stage } from './stage.js'

const codec = createFrameCodec({ refs: NO_REFS })

/** All that a side of a connection sent, and how it ended. */
function recorded(connection: Connection) {
  const frames: Uint8Array[] = []
  const ends: number[] = []
  connection.onMessage((bytes) => frames.push(Uint8Array.from(bytes)))
  connection.onClose((code) => ends.push(code))
  return { frames, ends, last: (): Frame | undefined => frames.at(-1) && codec.decode(frames.at(-1)!) }
}

describe('a caller', () => {
  const stage = new Stage()

  it('with a wrong key is refused, and neither side tells a secret', async () => {
    const a = stage.node('a', { peers: { b: 'memory://b' }, auth: { keys: OTHER_KEYS } })
    const b = stage.node('b', { peers: { a: {} } })
    await stage.start(a, b)
    expect(a.figures('b')).toMatchObject({ state: 'refused', fault: { code: 'AUTH_FAILED', by: 'peer' } })
    expect(b.refused).toEqual([{ address: 'memory://a', claimed: 'a', code: 'AUTH_FAILED', by: 'self' }])
    expect(b.with('a').log).toEqual([])
    const told = JSON.stringify([a.with('b').heard, b.with('a').heard, b.refused])
    for (const { secret } of [...KEYS, ...OTHER_KEYS]) expect(told).not.toContain(secret.toString('hex'))
  })

  it('may use any key of those that are shared with it', async () => {
    const other = [{ id: 'k2', secret: OTHER_KEYS[0]!.secret }]
    const a = stage.node('a', { peers: { b: { address: 'memory://b', keys: other } } })
    const b = stage.node('b', { peers: { a: {} }, auth: { keys: [...KEYS, ...other] } })
    await stage.start(a, b)
    expect(a.figures('b').state).toBe('up')
  })

  it('whose name is not listed is answered as one with a wrong key, byte by byte', async () => {
    const b = stage.node('b', { peers: { a: {} } })
    const stranger = stage.node('stranger', { peers: { b: 'memory://b' } })
    const wrong = stage.node('a', { peers: { b: 'memory://b' }, auth: { keys: OTHER_KEYS } })
    await stage.start(b, stranger, wrong)
    const [first, second] = [stranger, wrong].map(({ links }) => links.figures()[0]!)
    expect(first?.fault).toEqual(second?.fault)
    expect([first?.framesIn, first?.bytesIn]).toEqual([second?.framesIn, second?.bytesIn])
    expect(b.refused.map(({ claimed, code }) => [claimed, code])).toEqual([
      ['stranger', 'AUTH_FAILED'],
      ['a', 'AUTH_FAILED'],
    ])
  })

  it('whose name is not listed gets in by the entry for anyone, with a link of its own', async () => {
    const b = stage.node('b', { peers: { '*': {} } })
    const guests = ['x', 'y'].map((name) => stage.node(name, { peers: { b: 'memory://b' } }))
    await stage.start(b, ...guests)
    expect(b.links.figures().map(({ peer, state }) => [peer, state])).toEqual([
      ['x', 'up'],
      ['y', 'up'],
    ])
  })

  it('that only the entry for anyone lets in is refused above so many', async () => {
    const b = stage.node('b', { peers: { '*': {} }, links: { maxGuests: 2 } })
    const guests = ['x', 'y', 'z'].map((name) => stage.node(name, { peers: { b: 'memory://b' } }))
    await stage.start(b, ...guests)
    expect(b.links.figures().map(({ peer }) => peer)).toEqual(['x', 'y'])
    expect(guests[2]?.figures('b').state).not.toBe('up')
  })

  it('that says again what it has recorded is refused', async () => {
    const sent: Uint8Array[] = []
    const a = stage.node('a', { peers: { b: 'memory://b' }, tap: (bytes) => sent.push(bytes) })
    const b = stage.node('b', { peers: { a: {} } })
    await stage.start(a, b)
    expect(b.figures('a').state).toBe('up')

    const thief = memoryTransport(stage.network, { name: 'thief' })
    const dialling = thief.dial('memory://b')
    await stage.clock.advance(10)
    const connection = await dialling
    const { last, ends } = recorded(connection)
    for (const bytes of sent.slice(0, 4)) connection.send(bytes)
    await stage.clock.advance(10)
    expect(sent.slice(0, 4).map((bytes) => codec.decode(bytes).kind)).toEqual([
      'hello',
      'challenge',
      'proof',
      'welcome',
    ])
    expect(last()).toMatchObject({ kind: 'refuse', code: 'AUTH_FAILED' })
    expect(ends).toHaveLength(1)
    expect(b.figures('a').state).toBe('up')
  })

  it('with the name of a node that is linked is refused, and that link goes on', async () => {
    const a = stage.node('a', { peers: { b: {} } })
    const b = stage.node('b', { peers: { a: 'memory://a' } })
    await stage.start(a, b)
    const twin = stage.node('twin', { name: 'b', storeId: 'twin-store', peers: { a: 'memory://a' } })
    await stage.start(twin)
    expect(a.with('b').of('callRefused')[0]).toMatchObject({ code: 'NAME_TAKEN', storeId: 'twin-store' })
    expect(twin.figures('a').fault).toMatchObject({ code: 'NAME_TAKEN', by: 'peer' })
    await stage.clock.advance(10_000)
    expect(a.with('b').log).toEqual(['resumed'])
    expect(a.with('b').of('peerReset')).toEqual([])
  })

  it('with the name of the node that it calls is refused', async () => {
    const b = stage.node('b', { peers: { '*': {} } })
    const twin = stage.node('c', { name: 'b', peers: { other: 'memory://b' } })
    await stage.start(b, twin)
    expect(b.refused[0]).toMatchObject({ claimed: 'b', code: 'NAME_MISMATCH' })
  })

  it('is not told to be the node that was dialled when it is another', async () => {
    const a = stage.node('a', { peers: { b: 'memory://c' } })
    const c = stage.node('c', { peers: { a: {} } })
    await stage.start(a, c)
    expect(a.figures('b')).toMatchObject({ state: 'refused', fault: { code: 'NAME_MISMATCH', by: 'self' } })
    expect(c.refused).toMatchObject([{ code: 'NAME_MISMATCH', by: 'peer' }])
  })

  it('that says nothing is sent away when its time is up, and one too many at once', async () => {
    const b = stage.node('b', { peers: { a: {} }, links: { handshakesInFlight: 2, handshakeTimeoutMs: 3_000 } })
    await stage.start(b)
    const silent = memoryTransport(stage.network, { name: 'silent' })
    const dialling = Promise.all([1, 2, 3].map(() => silent.dial('memory://b')))
    await stage.clock.advance(10)
    const calls = (await dialling).map(recorded)
    await stage.clock.advance(100)
    expect(calls.map(({ ends }) => ends)).toEqual([[], [], [1008]])
    await stage.clock.advance(3_000)
    expect(calls.map(({ ends }) => ends.length)).toEqual([1, 1, 1])
    expect(calls[0]?.last()).toMatchObject({ kind: 'refuse', code: 'CLOSING' })
    expect(b.refused.map(({ code }) => code)).toEqual(['RATE_EXCEEDED', 'TIMEOUT', 'TIMEOUT'])
  })

  it('that sends what is no frame is refused with a code', async () => {
    const b = stage.node('b', { peers: { a: {} } })
    await stage.start(b)
    const rude = memoryTransport(stage.network, { name: 'rude' })
    const dialling = rude.dial('memory://b')
    await stage.clock.advance(10)
    const connection = await dialling
    const { last } = recorded(connection)
    connection.send(Buffer.from('GET / HTTP/1.1'))
    await stage.clock.advance(10)
    expect(last()).toMatchObject({ kind: 'refuse', code: 'FRAME_MALFORMED' })
    expect(b.refused).toMatchObject([{ address: 'memory://rude', code: 'FRAME_MALFORMED', by: 'self' }])
  })
})

describe('a node without keys', () => {
  const stage = new Stage()
  const auth = { unauthenticated: 'loopback' } as const

  it('believes who is on its machine where it is told to', async () => {
    const [a, b] = await stage.pair({ auth }, { auth })
    expect([a.figures('b').state, b.figures('a').state]).toEqual(['up', 'up'])
  })

  it('believes nobody who is not', async () => {
    const [a, b] = await stage.pair({ auth, transportOptions: { isLoopback: false } }, { auth, peers: { a: {} } })
    expect(a.figures('b').state).not.toBe('up')
    expect(b.refused[0]).toMatchObject({ claimed: 'a', code: 'AUTH_FAILED', by: 'self' })
  })

  it('believes nobody on its machine where it is not told to', async () => {
    const [a, b] = await stage.pair({ auth }, { peers: { a: {} } })
    expect(a.figures('b').fault).toMatchObject({ code: 'AUTH_FAILED', by: 'peer' })
    expect(b.with('a').log).toEqual([])
  })

  it('refuses who is not listed as one with a wrong key', async () => {
    const b = stage.node('b', { peers: { a: {} }, auth })
    const stranger = stage.node('stranger', { peers: { b: 'memory://b' }, auth })
    await stage.start(b, stranger)
    expect(stranger.figures('b').fault).toMatchObject({ code: 'AUTH_FAILED', by: 'peer' })
    expect(b.links.figures().map(({ peer }) => peer)).toEqual(['a'])
  })
})

describe('a node that believes certificates', () => {
  const stage = new Stage()
  const auth = { certificates: true, keys: KEYS }
  const of = (certificateName: string) => ({ auth, transportOptions: { certificateName } })

  it('believes the name in one', async () => {
    const [a, b] = await stage.pair(of('a'), of('b'))
    expect([a.figures('b').state, b.figures('a').state]).toEqual(['up', 'up'])
  })

  it('refuses another name than that in the certificate, whatever key is shown', async () => {
    const [a, b] = await stage.pair(of('c'), { ...of('b'), peers: { a: {} } })
    expect(a.figures('b').fault).toMatchObject({ code: 'NAME_MISMATCH', by: 'peer' })
    expect(b.refused[0]).toMatchObject({ claimed: 'a', code: 'NAME_MISMATCH' })
  })
})
