import { describe, expect, it } from 'vitest'
import { Stage, type StageNode } from './stage.js'

type Told = 'nodeDown' | 'degraded' | 'nodeUp'

/** After how many ms each of them has been told once more, to 100 ms. */
async function toldAfter(stage: Stage, type: Told, ...sides: readonly (readonly [StageNode, string])[]) {
  const startMs = stage.clock.monotonic()
  const before = sides.map(([node, peer]) => node.with(peer).of(type).length)
  const told: (number | undefined)[] = sides.map(() => undefined)
  while (told.includes(undefined) && stage.clock.monotonic() - startMs < 120_000) {
    await stage.clock.advance(100)
    for (const [n, [node, peer]] of sides.entries())
      if (node.with(peer).of(type).length > before[n]!) told[n] ??= stage.clock.monotonic() - startMs
  }
  return told as number[]
}

describe('the failure detector of a link', () => {
  const stage = new Stage()
  const heal = () => stage.network.strike({ kind: 'heal' })

  it('says degraded, then down, when a peer falls silent, and up when it is heard again', async () => {
    const [a] = await stage.pair()
    stage.network.strike({ kind: 'partition', groups: [['a'], ['b']] })
    expect((await toldAfter(stage, 'degraded', [a, 'b']))[0]).toBeLessThanOrEqual(5_000)
    await stage.clock.advance(15_000)
    expect(a.with('b').of('nodeDown')).toHaveLength(1)
    expect(a.with('b').of('lost')[0]).toMatchObject({ code: 'HEARTBEAT_LOST' })
    expect(a.figures('b').detector).toBe('down')
    heal()
    await stage.clock.advance(60_000)
    expect(a.with('b').of('nodeUp')).toHaveLength(2)
    expect(a.figures('b')).toMatchObject({ state: 'up', detector: 'alive' })
  })

  it.each([3, 30, 300])(
    'counts a silence from its beginning after %d idle seconds, to the heartbeat',
    async (idleS) => {
      const [a, b] = await stage.pair()
      await stage.clock.advance(idleS * 1_000 + 250)
      const heardAgoMs = 1_000 // at most: a ping or a pong comes every heartbeat
      stage.network.strike({ kind: 'partition', groups: [['a'], ['b']] })
      for (const ms of await toldAfter(stage, 'nodeDown', [a, 'b'], [b, 'a'])) {
        expect(ms).toBeGreaterThan(10_000 - heardAgoMs - 100)
        expect(ms).toBeLessThanOrEqual(11_100)
      }
      heal()
    },
  )

  it('counts from the last sign of life when the connection breaks, and the peer is not reached again', async () => {
    const [a] = await stage.pair()
    await stage.clock.advance(60_400)
    stage.network.strike({ kind: 'partition', groups: [['a'], ['b']] })
    stage.network.strike({ kind: 'cut', between: ['a', 'b'] })
    const [ms] = await toldAfter(stage, 'nodeDown', [a, 'b'])
    expect(ms).toBeGreaterThan(8_900)
    expect(ms).toBeLessThanOrEqual(11_100)
  })

  it('counts from the last sign of life, even if that was one of many in a short time', async () => {
    const links = { downAfterMs: 9_700 }
    const [a, b] = await stage.pair({ links }, { links })
    stage.network.strike({ kind: 'cut', between: ['a', 'b'] })
    await stage.clock.advance(300)
    expect(a.figures('b').state).toBe('up')
    await stage.clock.advance(350)
    b.with('a').say(1)
    await stage.clock.advance(50)
    const heardMs = stage.clock.monotonic() - 50
    stage.network.strike({ kind: 'partition', groups: [['a'], ['b']] })
    stage.network.strike({ kind: 'cut', between: ['a', 'b'] })
    const [ms] = await toldAfter(stage, 'nodeDown', [a, 'b'])
    // The heartbeats are at whole seconds, the link came up at about 1 200 ms.
    expect(heardMs).toBe(1_650)
    expect(ms! + 1_700).toBe(12_000)
  })

  it('tells of a peer that was never heard', async () => {
    const a = stage.node('a', { peers: { b: 'memory://b' } })
    await stage.start(a)
    expect(await toldAfter(stage, 'nodeDown', [a, 'b'])).toEqual([9_000])
  })

  it('says nothing of a peer that comes back within the deadline', async () => {
    const [a] = await stage.pair()
    for (let round = 0; round < 3; round++) {
      stage.network.strike({ kind: 'partition', groups: [['a'], ['b']] })
      await stage.clock.advance(6_000)
      heal()
      await stage.clock.advance(4_000)
    }
    expect(a.with('b').of('nodeDown')).toEqual([])
    expect(a.with('b').of('recovered').length).toBeGreaterThan(0)
  })

  it('is content with a heartbeat a second for both of two idle nodes', async () => {
    const [a, b] = await stage.pair()
    await stage.clock.advance(5_000)
    const before = a.figures('b')
    await stage.clock.advance(60_000)
    const after = a.figures('b')
    // A ping and its pong; and twice a minute one for the other side's round trip time.
    expect(after.framesOut - before.framesOut).toBeLessThanOrEqual(63)
    expect(after.framesIn - before.framesIn).toBeLessThanOrEqual(63)
    expect(a.with('b').of('degraded')).toEqual([])
    expect([a.figures('b').state, b.figures('a').state]).toEqual(['up', 'up'])
  })

  it('asks for no sign of life while frames come', async () => {
    const [a, b] = await stage.pair()
    await stage.clock.advance(5_000)
    const before = b.figures('a').framesIn
    for (let n = 1; n <= 300; n++) {
      a.with('b').say(n)
      b.with('a').say(n)
      await stage.clock.advance(100)
    }
    expect(b.figures('a').framesIn - before).toBeLessThanOrEqual(302)
  })

  it('lets the shortest deadline pass only for a peer that is silent', async () => {
    const links = { heartbeatMs: 1_000, downAfterMs: 2_000 }
    const [a, b] = await stage.pair({ links }, { links: { heartbeatMs: 10_000, downAfterMs: 20_000 } })
    await stage.clock.advance(120_000)
    expect([a.with('b').of('nodeDown'), b.with('a').of('nodeDown')]).toEqual([[], []])
  })
})

describe('a connection of which only one side knows that it is dead', () => {
  const stage = new Stage()

  it.each([
    ['a', 'b'],
    ['b', 'a'],
  ])('is found out soon when %s has lost it and calls %s again', async (told, untold) => {
    const [a, b] = await stage.pair()
    await stage.clock.advance(20_300)
    stage.network.strike({ kind: 'halfOpen', told, untold })
    await stage.clock.advance(6_000)
    expect([a.figures('b').state, b.figures('a').state]).toEqual(['up', 'up'])
    expect([a.with('b').of('nodeDown'), b.with('a').of('nodeDown')]).toEqual([[], []])
    a.with('b').say(1)
    b.with('a').say(2)
    await stage.clock.advance(10)
    expect([a.with('b').frames.length, b.with('a').frames.length]).toEqual([1, 1])
  })

  it('is given up when it does not answer who asks because of another call, long before the deadline, and kept when it does', async () => {
    const links = { heartbeatMs: 4_000, downAfterMs: 60_000 }
    const [a, b] = await stage.pair({ links, peers: { b: {} } }, { links, peers: { a: 'memory://a' } })
    await stage.clock.advance(40_500)
    const twin = stage.node('twin', { name: 'b', storeId: 'twin-store', peers: { a: 'memory://a' } })
    await stage.start(twin)
    await stage.clock.advance(20_000)
    expect(a.with('b').of('probing').length).toBeGreaterThan(0)
    expect([a.with('b').log, b.figures('a').connections]).toEqual([['resumed'], 1])
    stage.network.strike({ kind: 'partition', groups: [['a', 'twin'], ['b']] })
    await stage.clock.advance(40_000)
    expect(a.with('b').of('lost')[0]).toMatchObject({ code: 'HEARTBEAT_LOST' })
    expect(a.with('b').of('nodeDown')).toEqual([])
  })

  it('is not taken for dead in a later silence because another has called once', async () => {
    const [a] = await stage.pair({ peers: { b: {} } }, { peers: { a: 'memory://a' } })
    const twin = stage.node('twin', { name: 'b', storeId: 'twin-store', peers: { a: 'memory://a' } })
    await stage.clock.advance(20_000)
    await stage.start(twin)
    const closing = twin.links.close()
    await stage.clock.advance(20_000)
    await closing
    expect(a.with('b').of('probing').length).toBeGreaterThan(0)
    stage.network.strike({ kind: 'partition', groups: [['a'], ['b']] })
    await stage.clock.advance(6_000)
    stage.network.strike({ kind: 'heal' })
    await stage.clock.advance(2_000)
    expect(a.with('b').log).toEqual(['resumed'])
  })

  it('is found out by silence when nobody calls', async () => {
    const [a, b] = await stage.pair({}, { peers: { a: {} } })
    stage.network.strike({ kind: 'halfOpen', told: 'b', untold: 'a' })
    await stage.clock.advance(14_000)
    expect(a.with('b').of('lost')).toMatchObject([{ code: 'HEARTBEAT_LOST' }])
    expect([a.figures('b').state, b.figures('a').state]).toEqual(['up', 'up'])
  })
})
