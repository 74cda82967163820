import { describe, expect, it } from 'vitest'
import type { OwnPositions } from '../../../src/remote/protocol/handshake/resume.js'
import type { Lanes } from '../../../src/remote/protocol/lanes.js'
import { NO_LANES } from '../../../src/remote/protocol/lanes.js'
import { Stage, type StageNode } from './stage.js'

const standing = (sent: Lanes, confirmed: Lanes, received: Lanes): OwnPositions => ({
  sent,
  left: NO_LANES,
  confirmed,
  received,
})

describe('a resumption', () => {
  const stage = new Stage()

  /** Both dial; `a` stands so towards `b`, and `b` towards `a`. */
  async function resumed(ofA: OwnPositions, ofB: OwnPositions): Promise<readonly [StageNode, StageNode]> {
    const a = stage.node('a', { peers: { b: 'memory://b' } })
    const b = stage.node('b', { peers: { a: {} } })
    a.with('b').positions.set('b-store', ofA)
    b.with('a').positions.set('a-store', ofB)
    await stage.start(a, b)
    return [a, b]
  }

  it.each([0, 1, 2] as const)('is refused when the peer has less in lane %d than it had confirmed', async (lane) => {
    const less: Lanes = [lane === 0 ? 4 : 5, lane === 1 ? 4 : 5, lane === 2 ? 4 : 5]
    const [a, b] = await resumed(standing([5, 5, 5], [5, 5, 5], NO_LANES), standing(NO_LANES, NO_LANES, less))
    expect(a.figures('b')).toMatchObject({ state: 'refused', fault: { code: 'PEER_ROLLED_BACK', by: 'self' } })
    expect(a.with('b').of('refused')).toMatchObject([{ retry: 'untilReset' }])
    expect(b.with('a').of('lost')).toMatchObject([{ code: 'PEER_ROLLED_BACK', by: 'peer' }])
    expect(a.with('b').log).toEqual([])
  })

  it('is refused when the peer confirms what it was never sent', async () => {
    const [a] = await resumed(standing([5, 5, 5], NO_LANES, NO_LANES), standing(NO_LANES, NO_LANES, [5, 6, 5]))
    expect(a.figures('b')).toMatchObject({ state: 'refused', fault: { code: 'POSITION_IMPOSSIBLE', by: 'self' } })
  })

  it('applies nothing of a peer whose past is refused, though that one believes to be through', async () => {
    const a = stage.node('a', { peers: { b: 'memory://b' } })
    const b = stage.node('b', { peers: { a: {} } })
    a.with('b').positions.set('b-store', standing([5, 5, 5], [5, 5, 5], NO_LANES))
    b.with('a').onResumed = () => void b.with('a').say(1)
    await stage.start(a, b)
    expect(b.with('a').log).toEqual(['resumed', 'ended'])
    expect([a.with('b').log, a.with('b').frames]).toEqual([[], []])
  })

  it('goes on after a reset, by which one side takes the other as it is', async () => {
    const [a, b] = await resumed(standing([7, 0, 0], [5, 0, 0], [0, 3, 0]), standing([0, 4, 0], NO_LANES, [2, 0, 0]))
    expect(a.figures('b').fault?.code).toBe('PEER_ROLLED_BACK')
    expect(a.links.reset('b')).toBe(true)
    await stage.clock.advance(1_000)
    expect([a.figures('b').state, b.figures('a').state]).toEqual(['up', 'up'])
    expect(a.with('b').positions.get('b-store')).toEqual(standing([7, 0, 0], [2, 0, 0], [0, 3, 0]))
    expect(a.with('b').session?.theirs.received).toEqual([2, 0, 0])
    expect(b.with('a').session?.theirs.received).toEqual([0, 3, 0])
  })

  it('waits for a reset of both where both find the other impossible', async () => {
    const [a, b] = await resumed(standing([1, 0, 0], NO_LANES, NO_LANES), standing(NO_LANES, NO_LANES, [8, 0, 0]))
    expect(a.figures('b').fault).toMatchObject({ code: 'POSITION_IMPOSSIBLE', by: 'self' })
    a.links.reset('b')
    await stage.clock.advance(1_000)
    expect(a.figures('b').fault).toMatchObject({ code: 'PEER_ROLLED_BACK', by: 'peer' })
    b.links.reset('a')
    a.links.reset('b')
    await stage.clock.advance(1_000)
    expect([a.figures('b').state, b.figures('a').state]).toEqual(['up', 'up'])
    expect(a.with('b').positions.get('b-store')).toEqual(standing([8, 0, 0], [8, 0, 0], NO_LANES))
    expect(b.with('a').positions.get('a-store')).toEqual(standing(NO_LANES, NO_LANES, [8, 0, 0]))
    expect(a.with('b').session?.theirs.received).toEqual([8, 0, 0])
  })

  it('goes on from no more than was sent to a peer that adopts', async () => {
    const [a, b] = await resumed(standing([5, 0, 0], [5, 0, 0], [9, 0, 0]), standing([9, 0, 0], [1, 0, 0], [3, 0, 0]))
    b.with('a').positions.set('a-store', standing([4, 0, 0], NO_LANES, [3, 0, 0]))
    a.links.reset('b')
    await stage.clock.advance(1_000)
    expect(b.with('a').session?.theirs.received).toEqual([4, 0, 0])
    expect(a.with('b').positions.get('b-store')?.received).toEqual([4, 0, 0])
  })

  it('knows no peer of another name', async () => {
    const [a] = await resumed(standing(NO_LANES, NO_LANES, NO_LANES), standing(NO_LANES, NO_LANES, NO_LANES))
    expect(a.links.reset('nobody')).toBe(false)
  })

  it('with a new incarnation of the peer tells that it has restarted, and fences the old one', async () => {
    const [a] = await resumed(standing(NO_LANES, NO_LANES, NO_LANES), standing(NO_LANES, NO_LANES, NO_LANES))
    const next = stage.node('b2', { name: 'b', storeId: 'b-store', incarnation: 2, peers: { a: 'memory://a' } })
    await stage.start(next)
    expect(a.with('b').of('peerRestarted')).toEqual([{ type: 'peerRestarted', storeId: 'b-store', from: 1, to: 2 }])
    expect(a.with('b').log).toEqual(['resumed', 'ended', 'resumed'])
    expect(a.with('b').session?.peer.incarnation).toBe(2)
    expect(a.with('b').remembered.known).toEqual({ storeId: 'b-store', incarnation: 2 })
  })

  it('with another store of the peer tells it before anything is exchanged, and what it remembers keeps the old one out', async () => {
    const a = stage.node('a', { peers: { b: {} } })
    a.with('b').remembered = { known: { storeId: 'old-store', incarnation: 7 }, retired: [] }
    const b = stage.node('b', { peers: { a: 'memory://a' } })
    await stage.start(a, b)
    expect(a.with('b').of('peerReset')).toEqual([{ type: 'peerReset', from: 'old-store', to: 'b-store' }])
    expect(a.with('b').remembered).toEqual({ known: { storeId: 'b-store', incarnation: 1 }, retired: ['old-store'] })
    const old = stage.node('b2', { name: 'b', storeId: 'old-store', incarnation: 8, peers: { a: 'memory://a' } })
    await stage.start(old)
    expect(old.figures('a').fault).toMatchObject({ code: 'STORE_CHANGED', by: 'peer' })
  })
})

describe('closing', () => {
  const stage = new Stage()

  it('tells the peers, and leaves no timer behind', async () => {
    const a = stage.node('a', { peers: { b: 'memory://b', c: 'memory://nowhere' } })
    const b = stage.node('b', { peers: { a: {} } })
    await stage.start(a, b)
    const closing = [a.links.close(), a.links.close()]
    await stage.clock.advance(100)
    await Promise.all(closing)
    expect(a.links.figures().map(({ state }) => state)).toEqual(['closed', 'closed'])
    expect(a.with('b').log).toEqual(['resumed', 'ended'])
    expect(b.with('a').of('lost')).toMatchObject([{ code: 'CLOSING', by: 'peer' }])
    expect(b.with('a').of('nodeDown')).toEqual([])
    expect(a.with('b').of('closed')).toHaveLength(1)
    const closingB = b.links.close()
    await stage.clock.advance(100)
    await closingB
    expect(stage.clock.pending).toBe(0)
    await expect(a.transport.dial('memory://b')).rejects.toMatchObject({ code: 'TRANSPORT_CLOSED' })
  })

  it('waits for a peer that does not answer no longer than it may', async () => {
    const [a] = await stage.pair({ links: { closeTimeoutMs: 2_000 } })
    stage.network.strike({ kind: 'halfOpen', told: 'b', untold: 'a' })
    let isClosed = false
    const closing = a.links.close().then(() => {
      isClosed = true
    })
    await stage.clock.advance(2_000)
    await closing
    expect(isClosed).toBe(true)
  })

  it('takes no more calls, and sends away who has not shown who it is', async () => {
    const b = stage.node('b', { peers: { a: {} } })
    await stage.start(b)
    const closing = b.links.close()
    const a = stage.node('a', { peers: { b: 'memory://b' } })
    await stage.start(a)
    await closing
    expect(a.figures('b').state).not.toBe('up')
    expect(b.links.to('a')?.figures().state).toBe('closed')
    expect(b.links.to('nobody')).toBeUndefined()
  })

  it('ends what was being dialled', async () => {
    const a = stage.node('a', { peers: { b: 'memory://b' } })
    const b = stage.node('b', { peers: { a: {} } })
    await b.links.start()
    await a.links.start()
    const closing = a.links.close()
    await stage.clock.advance(1_000)
    await closing
    expect(stage.network.links).toEqual([])
    expect(b.with('a').log).toEqual([])
  })
})

describe('addresses', () => {
  const stage = new Stage()

  it('can become known, and be taken away, later', async () => {
    const a = stage.node('a', { peers: { b: {} } })
    const b = stage.node('b', { peers: { a: {} } })
    await stage.start(a, b)
    const link = a.links.to('b')
    expect(a.figures('b').state).toBe('idle')
    link?.dialAt('memory://b')
    await stage.clock.advance(100)
    expect(a.figures('b')).toMatchObject({ state: 'up', address: 'memory://b' })
    link?.dialAt(undefined)
    stage.network.strike({ kind: 'cut', between: ['a', 'b'] })
    await stage.clock.advance(5_000)
    expect(a.figures('b').state).toBe('idle')
  })
})
