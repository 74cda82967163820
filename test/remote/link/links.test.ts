import { describe, expect, it } from 'vitest'
import { NO_REFS } from '../../../src/persistence/storable.js'
import { createFrameCodec } from '../../../src/remote/protocol/frame-codec.js'
import type { OwnPositions } from '../../../src/remote/protocol/handshake/resume.js'
import { NO_LANES } from '../../../src/remote/protocol/lanes.js'
import { ProtocolError } from '../../../src/remote/protocol/protocol-error.js'
import type { StageNode } from './stage.js'
import { Stage } from './stage.js'

const standing = (positions: Partial<OwnPositions>): OwnPositions => ({
  sent: NO_LANES,
  left: NO_LANES,
  confirmed: NO_LANES,
  received: NO_LANES,
  ...positions,
})

function numbersOf(node: StageNode, peer: string): unknown[] {
  return node.with(peer).frames.map((frame) => frame.kind === 'snapshot' && frame.seqNr)
}

describe('a link', () => {
  const stage = new Stage()

  it('is one connection when both nodes dial at once', async () => {
    const [a, b] = await stage.pair()
    expect([a.figures('b').state, b.figures('a').state]).toEqual(['up', 'up'])
    expect(stage.network.links).toHaveLength(1)
    expect([a.with('b').sessions.length, b.with('a').sessions.length]).toEqual([1, 1])
    expect([a.refused, b.refused]).toEqual([[], []])
    expect(a.with('b').of('callRefused')).toMatchObject([{ code: 'SUPERSEDED' }])
  })

  it('carries what its owners send, in order', async () => {
    const [a, b] = await stage.pair()
    for (let seqNr = 1; seqNr <= 3; seqNr++) a.with('b').say(seqNr)
    await stage.clock.advance(10)
    expect(numbersOf(b, 'a')).toEqual([1, 2, 3])
  })

  it('comes up by a call where only one node knows an address', async () => {
    const [a, b] = await stage.pair({}, { peers: { a: {} } })
    expect([a.figures('b').state, b.figures('a').state]).toEqual(['up', 'up'])
  })

  it('tells its owner the states that it goes through, and who the peer is', async () => {
    const [a, b] = await stage.pair({}, { peers: { a: {} } })
    expect(a.with('b').states).toEqual(['connecting', 'handshaking', 'resuming', 'up'])
    expect(b.with('a').states).toEqual(['resuming', 'up'])
    expect(b.with('a').remembered).toEqual({ known: { storeId: 'a-store', incarnation: 1 }, retired: [] })
    expect(a.with('b').of('nodeUp')).toEqual([{ type: 'nodeUp', storeId: 'b-store', incarnation: 1 }])
  })

  it('offers its owner where the peer stands, and the credit that it gives', async () => {
    const a = stage.node('a', { peers: { b: 'memory://b' } })
    const b = stage.node('b', { peers: { a: {} } })
    a.with('b').positions.set('b-store', standing({ sent: [9, 8, 7], confirmed: [1, 2, 3] }))
    b.with('a').positions.set('a-store', standing({ sent: [3, 3, 3], left: [3, 0, 2], received: [4, 5, 6] }))
    await stage.start(a, b)
    expect(a.with('b').session?.theirs).toEqual({
      received: [4, 5, 6],
      left: [3, 0, 2],
      credit: { envelopes: 64, bytes: 65_536 },
    })
  })

  it('is dialled again after a cut, and tells the owner that the session has ended before it offers another', async () => {
    const [a] = await stage.pair()
    stage.network.strike({ kind: 'cut', between: ['a', 'b'] })
    await stage.clock.advance(2_000)
    expect(a.with('b').log).toEqual(['resumed', 'ended', 'resumed'])
    expect(a.figures('b')).toMatchObject({
      state: 'up',
      connections: 2,
      fault: { code: 'CONNECTION_LOST', by: 'self' },
    })
  })

  it('sends nothing on a session that has ended', async () => {
    const [a] = await stage.pair()
    const session = a.with('b').session!
    const bytes = session.codec.encode({ kind: 'credit', envelopes: 1, bytes: 1 })
    stage.network.strike({ kind: 'cut', between: ['a', 'b'] })
    await stage.clock.advance(1)
    expect(session.send(bytes)).toBe(false)
  })

  it.each([false, true])(
    'holds frames back until the owner is ready (frames that come when paused: %s)',
    async (isUnpausable) => {
      const a = stage.node('a', { peers: { b: 'memory://b' } })
      const b = stage.node('b', { peers: { a: {} }, isUnpausable })
      let isReady: () => void = () => undefined
      b.with('a').onResumed = () => new Promise((resolve) => (isReady = resolve))
      a.with('b').onResumed = () => void a.with('b').say(1)
      await stage.start(a, b)
      expect(b.with('a').log).toEqual(['resumed'])
      isReady()
      await stage.clock.advance(1)
      expect(b.with('a').log).toEqual(['resumed', 'snapshot'])
    },
  )

  it('gives up a connection whose owner fails to take it, and tries again', async () => {
    const a = stage.node('a', { peers: { b: 'memory://b' } })
    const b = stage.node('b', { peers: { a: {} } })
    let failures = 2
    a.with('b').onResumed = () => {
      if (failures-- > 0) throw new Error('The disk is full.')
    }
    await stage.start(a, b)
    await stage.clock.advance(2_000)
    expect(a.with('b').log).toEqual(['resumed', 'ended', 'resumed', 'ended', 'resumed'])
    expect(a.figures('b')).toMatchObject({ state: 'up', fault: { code: 'FAILED', reason: 'The disk is full.' } })
  })

  it('gives each of its dials a greater nonce than the one before', async () => {
    const nonces: string[] = []
    const codec = createFrameCodec({ refs: NO_REFS })
    const tap = (bytes: Uint8Array): void => {
      const frame = codec.decode(bytes)
      if (frame.kind === 'hello') nonces.push(Buffer.from(frame.nonce).toString('hex'))
    }
    await stage.pair({ tap }, { peers: { a: {} } })
    stage.network.strike({ kind: 'flap', between: ['a', 'b'], everyMs: 2_000, times: 4 })
    await stage.clock.advance(12_000)
    expect(nonces).toHaveLength(5)
    expect(nonces).toEqual([...nonces].sort())
  })

  it('counts frames and bytes of all its connections, handshakes included', async () => {
    const [a, b] = await stage.pair({}, { peers: { a: {} } })
    await stage.clock.advance(10)
    const before = a.figures('b')
    a.with('b').say(1)
    await stage.clock.advance(10)
    expect(a.figures('b').framesOut).toBe(before.framesOut + 1)
    expect(b.figures('a')).toMatchObject({ framesIn: a.figures('b').framesOut, bytesIn: a.figures('b').bytesOut })
  })

  it('measures the round trip time', async () => {
    stage.network.strike({ kind: 'delay', delay: { minMs: 20, maxMs: 20 } })
    const [a, b] = await stage.pair()
    await stage.clock.advance(5_000)
    expect([a.figures('b').rttMs, b.figures('a').rttMs]).toEqual([40, 40])
    stage.network.strike({ kind: 'delay', delay: { minMs: 1, maxMs: 1 } })
  })
})

describe('breaches of a peer that is linked', () => {
  const stage = new Stage()

  it('end the connection with a code that the peer is told, and the link is resumed', async () => {
    const [a, b] = await stage.pair()
    a.with('b').session?.send(Buffer.from('94', 'hex'))
    await stage.clock.advance(2_000)
    expect(b.with('a').of('lost')).toMatchObject([{ code: 'FRAME_MALFORMED', by: 'self' }])
    expect(a.with('b').of('lost')).toMatchObject([{ code: 'FRAME_MALFORMED', by: 'peer' }])
    expect([a.figures('b').state, b.figures('a').state]).toEqual(['up', 'up'])
  })

  it('that the owner finds end it, too, and never wait for an operator', async () => {
    const [a, b] = await stage.pair()
    b.with('a').onFrame = () => {
      throw new ProtocolError('POSITION_IMPOSSIBLE', 'A number is missing.', 'batch.after')
    }
    a.with('b').say(1)
    await stage.clock.advance(2_000)
    expect(b.with('a').of('lost')).toMatchObject([{ code: 'FRAME_UNEXPECTED', reason: 'A number is missing.' }])
    expect([a.figures('b').state, b.figures('a').state]).toEqual(['up', 'up'])
  })

  it('leave nothing to be read behind them', async () => {
    const [a, b] = await stage.pair()
    const { session } = a.with('b')
    a.with('b').say(1)
    session?.send(Buffer.from('94', 'hex'))
    a.with('b').say(2)
    await stage.clock.advance(10)
    expect(numbersOf(b, 'a')).toEqual([1])
  })

  it('are frames of a handshake that is over', async () => {
    const [a, b] = await stage.pair()
    const { session } = a.with('b')
    session?.send(session.codec.encode({ kind: 'challenge', demand: 'nothing' }))
    await stage.clock.advance(10)
    expect(b.with('a').of('lost')).toMatchObject([{ code: 'FRAME_UNEXPECTED' }])
  })

  it('are pings and subscriptions above their rate', async () => {
    const rate = { controlFrames: { perSecond: 10, burst: 20 } }
    const [a, b] = await stage.pair({}, { links: { rate } })
    const { session } = a.with('b')
    for (let token = 1; token <= 15; token++) session?.send(session.codec.encode({ kind: 'ping', token }))
    await stage.clock.advance(10)
    expect(b.figures('a').state).toBe('up')
    for (let subscription = 1; subscription <= 15; subscription++)
      session?.send(session.codec.encode({ kind: 'subscribe', subscription, path: 'x', subject: 'both' }))
    await stage.clock.advance(10)
    expect(b.with('a').of('lost')).toMatchObject([{ code: 'RATE_EXCEEDED', by: 'self' }])
    expect(a.with('b').of('lost')).toMatchObject([{ code: 'RATE_EXCEEDED', by: 'peer' }])
  })

  it('of its own making are told the peer as an end, without their reason', async () => {
    const [a, b] = await stage.pair()
    b.with('a').onFrame = () => {
      throw new Error('A secret of this side.')
    }
    a.with('b').say(1)
    await stage.clock.advance(10)
    expect(b.with('a').of('lost')).toMatchObject([{ code: 'FAILED', by: 'self' }])
    expect(a.with('b').of('lost')).toMatchObject([{ code: 'CLOSING', by: 'peer' }])
    expect(JSON.stringify(a.with('b').heard)).not.toContain('secret')
  })
})
