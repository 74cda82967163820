import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SubscribeFrame, UnsubscribeFrame } from '../../../src/remote/protocol/frames.js'
import { DEFAULT_LIMITS } from '../../../src/remote/protocol/limits.js'
import { Publisher, type PublisherOptions } from '../../../src/remote/subscriptions/publisher.js'
import { ShownActors } from './shown-actors.js'
import { breachOf, End, recorder, rest, TwoSides } from './two-sides.js'

describe('a peer that subscribes', () => {
  test('gets no more than its number of subscriptions; one that it ends makes room', async () => {
    const { publisher, sent, actors } = published({ bounds: { subscriptions: 3 } })
    for (let id = 1; id <= 5; id++) publisher.take(subscribe(id, `a${id}`))
    expect(sent()).toEqual([refused(4, 'RATE_EXCEEDED'), refused(5, 'RATE_EXCEEDED')])
    expect([publisher.size, actors.listeners]).toEqual([3, 3])
    publisher.take({ kind: 'unsubscribe', subscription: 2 })
    publisher.take(subscribe(6, 'a6'))
    expect([publisher.size, sent()]).toEqual([3, []])
  })

  test('is cut off when it floods and does not read the answers', () => {
    const { publisher, end } = published({ bounds: { subscriptions: 10, bufferedBytes: 65_536 } })
    const flood = (): void => {
      for (let id = 1; id <= 1_000_000; id++) publisher.take(subscribe(id, 'a'))
    }
    expect(breachOf(flood).code).toBe('RATE_EXCEEDED')
    expect(end.mostBuffered).toBeLessThan(65_536 + 1_000)
    expect(publisher.size).toBe(10)
  })

  test('is not cut off for what it reads', async () => {
    const { publisher, sent } = published({ bounds: { subscriptions: 1 } })
    for (let id = 1; id <= 100; id++) publisher.take(subscribe(id, 'a'))
    expect(sent()).toHaveLength(99)
  })

  test('leaves no actor observed when it moves from one to the next', () => {
    const { publisher } = published()
    for (let id = 1; id <= 100; id++) {
      publisher.take(subscribe(id, `a${id}`))
      publisher.take({ kind: 'unsubscribe', subscription: id })
    }
    expect(publisher.actors).toBe(0)
  })

  test('gets events and snapshots of one subscription in no more than its measure, and all before the end', async () => {
    const { publisher, sent, actors, end } = published({ bounds: { bufferedBytes: 65_536 } })
    publisher.take(subscribe(1, 'a', 'both'))
    await rest()
    end.bufferedAmount = 100_000
    for (let n = 0; n < 2; n++) actors.emit('a', { type: 'n', pad: 'x'.repeat(30_000) } as { type: string })
    actors.end('a', { status: 'done' })
    // Room for the first event only: with it the connection is full again.
    end.bufferedAmount = 40_000
    publisher.drained()
    expect(sent().map(({ kind }) => kind)).toEqual(['emitted'])
    end.bufferedAmount = 40_000
    publisher.drained()
    expect(sent().map(({ kind }) => kind)).toEqual(['emitted'])
    end.bufferedAmount = 0
    publisher.drained()
    expect(sent().map(({ kind }) => kind)).toEqual(['snapshot', 'unsubscribe'])
  })

  test('may not use a number that is in use; one that was refused or ended is free again', () => {
    const { publisher } = published({ maySubscribe: (path) => path !== 'secret' })
    publisher.take(subscribe(1, 'a'))
    expect(breachOf(() => publisher.take(subscribe(1, 'b')))).toEqual({
      code: 'FRAME_UNEXPECTED',
      at: 'subscribe.subscription',
    })
    publisher.take(subscribe(2, 'secret'))
    publisher.take(subscribe(2, 'b'))
    publisher.take({ kind: 'unsubscribe', subscription: 1 })
    publisher.take(subscribe(1, 'c'))
    expect(publisher.size).toBe(2)
  })

  test('ends what was never there without an effect, however often', () => {
    const { publisher, sent } = published()
    for (let id = 0; id < 1_000; id++) publisher.take({ kind: 'unsubscribe', subscription: id })
    expect([publisher.size, sent()]).toEqual([0, []])
  })

  test('learns nothing of an actor that it may not observe, also where the question throws', async () => {
    const refusals: unknown[] = []
    const { publisher, sent, actors } = published({
      maySubscribe: (path) => {
        if (path === 'odd') throw new Error('no answer')
        return false
      },
      refused: (...refusal) => refusals.push(refusal),
    })
    actors.commit('there', 1)
    for (const [i, path] of ['there', 'nowhere', 'odd'].entries()) publisher.take(subscribe(i, path))
    await rest()
    expect(sent()).toEqual([0, 1, 2].map((id) => refused(id, 'PERMISSION_DENIED')))
    expect([actors.reads, actors.listeners]).toEqual([0, 0])
    expect(refusals.map((refusal) => (refusal as unknown[])[0])).toEqual(['there', 'nowhere', 'odd'])
  })

  test('has an actor read and encoded once for all its subscriptions to it', async () => {
    const { publisher, sent, actors, encodings } = published()
    for (const id of [1, 2, 127, 128, 255, 256, 65_535, 65_536, 4_294_967_295])
      publisher.take(subscribe(id, 'a', 'both'))
    await rest()
    actors.commit('a', { text: 'x' })
    await rest()
    expect(sent().map((frame) => frame.kind === 'snapshot' && [frame.subscription, frame.seqNr])).toEqual(
      [1, 2, 127, 128, 255, 256, 65_535, 65_536, 4_294_967_295].map((id) => [id, 1]),
    )
    // Once for each width of the number.
    expect([actors.reads, encodings(), actors.listeners]).toEqual([2, 4, 2])
  })

  test('loses the subscription to an actor that is too large for a frame, with a code, and nothing else', async () => {
    const sides = new TwoSides({ limits: { frameBytes: 16_384 } })
    const [small, large] = [recorder(), recorder()]
    sides.near.subscribe('small', small)
    sides.near.subscribe('large', large)
    await sides.settle()
    sides.actors.commit('large', 'x'.repeat(20_000))
    sides.actors.commit('small', 1)
    await sides.settle()
    expect(small.told).toEqual([1])
    expect(large.told).toMatchObject([
      ['error', { code: 'PEER_REFUSED', address: 'roscius://far/large', details: { code: 'FRAME_TOO_LARGE' } }],
    ])
    expect([sides.far.figures().published, sides.actors.listeners]).toEqual([1, 1])
  })

  test.each([
    ['holds what can not be sent', (actors: ShownActors) => actors.commit('a', () => 1)],
    ['has no status', (actors: ShownActors) => actors.commit('a', 1, { status: 'odd' })],
  ])('loses the subscription to an actor that %s', async (_, commit) => {
    const sides = new TwoSides()
    const observer = recorder()
    sides.near.subscribe('a', observer)
    await sides.settle()
    commit(sides.actors)
    await sides.settle()
    expect(observer.told).toMatchObject([['error', { code: 'PEER_REFUSED', details: { code: 'UNREADABLE' } }]])
    expect(sides.actors.listeners).toBe(0)
  })

  test.each(['observe', 'on', 'persisted'] as const)('is not harmed when `%s` of the node throws', async (method) => {
    const refusals: unknown[] = []
    const { publisher, sent, actors } = published({ refused: (...refusal) => refusals.push(refusal) })
    const broken = new Error('the store is broken')
    actors[method] = () => {
      throw broken
    }
    publisher.take(subscribe(1, 'a', 'both'))
    await rest()
    expect(sent()).toEqual([refused(1, 'UNREADABLE')])
    expect([refusals, publisher.size, actors.listeners]).toEqual([[['a', 'UNREADABLE', broken]], 0, 0])
  })

  test('leaves nothing behind, whatever it asks for in whatever order', async () => {
    const frame = fc.record({
      kind: fc.constantFrom('subscribe', 'unsubscribe', 'commit', 'emit', 'end', 'full', 'drained'),
      subscription: fc.integer({ min: 0, max: 9 }),
      path: fc.constantFrom('a', 'b', 'c'),
      subject: fc.constantFrom('snapshots', 'emitted', 'both'),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { maxLength: 60 }), async (steps) => {
        const { publisher, actors, end } = published({ bounds: { subscriptions: 5 } })
        for (const { kind, subscription, path, subject } of steps) {
          if (kind === 'commit') actors.commit(path, subscription)
          else if (kind === 'emit') actors.emit(path, { type: 'n' })
          else if (kind === 'end') actors.end(path, { status: 'done' })
          else if (kind === 'full') end.bufferedAmount = 1_000_000
          else if (kind === 'drained') {
            end.bufferedAmount = 0
            publisher.drained()
          } else takeOrBreach(publisher, { kind, subscription, path, subject } as SubscribeFrame)
          if (subscription % 3 === 0) await Promise.resolve()
        }
        publisher.close()
        end.bufferedAmount = 0
        const sent = end.waiting.length
        for (const path of ['a', 'b', 'c']) actors.commit(path, 0)
        publisher.drained()
        await rest()
        expect([publisher.size, actors.listeners, publisher.total.count, publisher.total.bytes]).toEqual([0, 0, 0, 0])
        expect(end.waiting.length).toBe(sent)
      }),
    )
  })
})

describe('a peer that is observed', () => {
  test('may still send for what was given up, and not for what was never opened', async () => {
    const sides = new TwoSides()
    sides.actors.commit('a', 1)
    sides.near.subscribe('a', {}).unsubscribe()
    sides.near.take({ kind: 'snapshot', subscription: 1, seqNr: 1, snapshot: { status: 'active' } })
    sides.near.take({ kind: 'emitted', subscription: 1, event: { type: 'x' } })
    sides.near.take({ kind: 'unsubscribe', subscription: 1, code: 'CLOSING' })
    for (const subscription of [0, 2]) {
      const snapshot = { kind: 'snapshot', subscription, seqNr: 1, snapshot: { status: 'active' } } as const
      expect(breachOf(() => sides.near.take(snapshot))).toEqual({
        code: 'FRAME_UNEXPECTED',
        at: 'snapshot.subscription',
      })
      const end = { kind: 'unsubscribe', subscription, code: 'CLOSING' } as const
      expect(breachOf(() => sides.near.take(end)).at).toBe('unsubscribe.subscription')
    }
  })

  test('may not send events for snapshots, nor snapshots for events', async () => {
    const sides = new TwoSides()
    sides.near.subscribe('a', {})
    sides.near.on('a', '*', () => {})
    const event = { kind: 'emitted', subscription: 1, event: { type: 'x' } } as const
    const snapshot = { kind: 'snapshot', subscription: 2, seqNr: 1, snapshot: { status: 'active' } } as const
    expect(breachOf(() => sides.near.take(event)).code).toBe('FRAME_UNEXPECTED')
    expect(breachOf(() => sides.near.take(snapshot)).code).toBe('FRAME_UNEXPECTED')
  })

  test.each([
    [undefined, 'snapshot.snapshot'],
    [[], 'snapshot.snapshot'],
    [{}, 'snapshot.snapshot.status'],
    [{ status: 'odd' }, 'snapshot.snapshot.status'],
  ])('may not send %o as a snapshot', (snapshot, at) => {
    const sides = new TwoSides()
    sides.near.subscribe('a', {})
    const frame = { kind: 'snapshot', subscription: 1, seqNr: 1, snapshot } as const
    expect(breachOf(() => sides.near.take(frame))).toEqual({ code: 'FRAME_MALFORMED', at })
    expect(sides.near.latest('a')).toBeUndefined()
  })

  test('tells handlers of emitted events nothing when it refuses them; the node learns of it', async () => {
    const refusals: unknown[] = []
    const sides = new TwoSides({
      publisher: { maySubscribe: () => false },
      subscriber: { refused: (path, subject, { code, details }) => refusals.push([path, subject, code, details.code]) },
    })
    sides.near.on('a', '*', () => refusals.push('told'))
    await sides.settle()
    expect(refusals).toEqual([['a', 'emitted', 'PEER_REFUSED', 'PERMISSION_DENIED']])
    expect(sides.near.figures().subscribed).toBe(0)
  })
})

function published(options: Partial<PublisherOptions> = {}) {
  const actors = new ShownActors()
  const end = new End(1, DEFAULT_LIMITS)
  let encodings = 0
  const codec = {
    encode: (frame: Parameters<typeof end.codec.encode>[0]) => {
      if (frame.kind === 'snapshot') encodings++
      return end.codec.encode(frame)
    },
  }
  const link = {
    codec,
    get bufferedAmount() {
      return end.bufferedAmount
    },
    send: (bytes: Uint8Array) => end.send(bytes),
  }
  const publisher = new Publisher(link, { actors, maySubscribe: () => true, ...options })
  /** What was sent since this was last asked. */
  const sent = () => {
    const from = end.sent.length
    while (end.read() !== undefined);
    return end.sent.slice(from)
  }
  return { publisher, actors, end, sent, encodings: () => encodings }
}

function subscribe(
  subscription: number,
  path: string,
  subject: SubscribeFrame['subject'] = 'snapshots',
): SubscribeFrame {
  return { kind: 'subscribe', subscription, path, subject }
}

function refused(subscription: number, code: string): object {
  return { kind: 'unsubscribe', subscription, code }
}

function takeOrBreach(publisher: Publisher, frame: SubscribeFrame | UnsubscribeFrame): void {
  try {
    publisher.take(frame)
  } catch (error) {
    expect(error).toMatchObject({ name: 'ProtocolError' })
  }
}
