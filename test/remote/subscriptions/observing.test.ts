import { describe, expect, test, vi } from 'vitest'
import { recorder, rest, TwoSides } from './two-sides.js'

describe('observing an actor of another node', () => {
  test('tells what it is, and every commit from then on', async () => {
    const sides = new TwoSides()
    const observer = recorder()
    sides.actors.commit('a', 1)
    sides.near.subscribe('a', observer)
    await sides.settle()
    for (const n of [2, 3]) {
      sides.actors.commit('a', n)
      await sides.settle()
    }
    expect(observer.told).toEqual([1, 2, 3])
    expect(sides.near.latest('a')).toMatchObject({ seqNr: 3, context: 3, value: 'idle', tags: new Set(['shown']) })
  })

  test('sends one snapshot for a run of commits, the last', async () => {
    const sides = new TwoSides()
    const observer = recorder()
    sides.near.subscribe('a', observer)
    await sides.settle()
    for (let n = 1; n <= 50; n++) sides.actors.commit('a', n)
    await sides.settle()
    expect(observer.told).toEqual([50])
  })

  test('waits for an actor that is not there yet', async () => {
    const sides = new TwoSides()
    const observer = recorder()
    sides.near.subscribe('a', observer)
    await sides.settle()
    expect([observer.told, sides.near.latest('a')]).toEqual([[], undefined])
    sides.actors.commit('a', 1)
    await sides.settle()
    expect(observer.told).toEqual([1])
  })

  test('opens one subscription for any number of observers, and ends it with the last of them', async () => {
    const sides = new TwoSides()
    sides.actors.commit('a', 1)
    const observers = [recorder(), recorder(), recorder()]
    const subscriptions = observers.map((observer) => sides.near.subscribe('a', observer))
    await sides.settle()
    expect(observers.map(({ told }) => told)).toEqual([[1], [1], [1]])
    expect(sides.nearEnd.sent).toEqual([{ kind: 'subscribe', subscription: 1, path: 'a', subject: 'snapshots' }])
    for (const subscription of subscriptions) subscription.unsubscribe()
    for (const subscription of subscriptions) subscription.unsubscribe()
    await sides.settle()
    expect(sides.nearEnd.sent.slice(1)).toEqual([{ kind: 'unsubscribe', subscription: 1 }])
    expect([sides.actors.listeners, sides.far.figures().published, sides.near.latest('a')]).toEqual([0, 0, undefined])
  })

  test('tells an observer that comes later what is known, after its subscription is in hand', async () => {
    const sides = new TwoSides()
    sides.actors.commit('a', 1)
    sides.near.subscribe('a', recorder())
    await sides.settle()
    const late = recorder()
    sides.near.subscribe('a', late)
    expect(late.told).toEqual([])
    await rest()
    expect(late.told).toEqual([1])
  })

  test('tells nothing to one that has left, not even by what it was told before', async () => {
    const sides = new TwoSides()
    sides.actors.commit('a', 1)
    const second = recorder()
    const first = sides.near.subscribe('a', { next: () => leaving.unsubscribe() })
    const leaving = sides.near.subscribe('a', second)
    await sides.settle()
    expect(second.told).toEqual([])
    first.unsubscribe()
  })

  test('tells of events by type, and by "*", as long as somebody listens', async () => {
    const sides = new TwoSides()
    const told: unknown[] = []
    const ping = sides.near.on('a', 'ping', (event) => told.push(['ping', event]))
    const any = sides.near.on('a', '*', (event) => told.push(['*', event.type]))
    await sides.settle()
    sides.actors.emit('a', { type: 'ping', n: 1 } as { type: string })
    sides.actors.emit('a', { type: 'pong' })
    await sides.settle()
    expect(told).toEqual([
      ['ping', { type: 'ping', n: 1 }],
      ['*', 'ping'],
      ['*', 'pong'],
    ])
    ping.unsubscribe()
    any.unsubscribe()
    await sides.settle()
    expect(sides.actors.listeners).toBe(0)
  })

  test('tells an observer once what comes while it is about to be told', async () => {
    const sides = new TwoSides()
    sides.actors.commit('a', 1)
    sides.near.subscribe('a', {})
    await sides.settle()
    const late = recorder()
    sides.near.subscribe('a', late)
    const snapshot = { status: 'active', value: 'idle', context: 2 }
    sides.near.take({ kind: 'snapshot', subscription: 1, seqNr: 2, snapshot })
    await rest()
    expect(late.told).toEqual([2])
  })

  test('tells no event to a handler that another one takes away', async () => {
    const sides = new TwoSides()
    const told: unknown[] = []
    sides.near.on('a', 'ping', () => leaving.unsubscribe())
    const leaving = sides.near.on('a', 'ping', () => told.push('ping'))
    await sides.settle()
    sides.actors.emit('a', { type: 'ping' })
    await sides.settle()
    expect(told).toEqual([])
  })

  test('takes away no other handler when one leaves twice', async () => {
    const sides = new TwoSides()
    const told: unknown[] = []
    const leave = (type: string) => {
      const subscription = sides.near.on('a', type, () => {})
      subscription.unsubscribe()
      return subscription
    }
    // The last of its path, then the last of its type.
    const ofPath = leave('ping')
    sides.near.on('a', 'other', () => told.push('other'))
    const ofType = leave('ping')
    sides.near.on('a', 'ping', () => told.push('ping'))
    ofPath.unsubscribe()
    ofType.unsubscribe()
    sides.near.on('a', 'ping', () => told.push('ping too'))
    await sides.settle()
    for (const type of ['other', 'ping']) sides.actors.emit('a', { type })
    await sides.settle()
    expect([told, sides.near.figures().subscribed]).toEqual([['other', 'ping', 'ping too'], 1])
  })

  test('keeps the numbers of both directions apart', async () => {
    const actors = [new TwoSides().actors, new TwoSides().actors] as const
    const sides = new TwoSides({ actors: actors[0] })
    actors[0].commit('a', 'far')
    const observer = recorder()
    const subscription = sides.near.subscribe('a', observer)
    // The other side has a subscription of the same number, which is refused here.
    const refused = recorder()
    sides.far.subscribe('b', refused)
    await sides.settle()
    expect(observer.told).toEqual(['far'])
    expect(refused.told).toMatchObject([['error', { code: 'PEER_REFUSED', details: { code: 'PERMISSION_DENIED' } }]])
    subscription.unsubscribe()
    await sides.settle()
    expect(actors[0].listeners).toBe(0)
  })

  test('is not harmed by listeners that throw: what they throw comes out where global handlers see it', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    try {
      const sides = new TwoSides()
      const observer = recorder()
      const fail = (): never => {
        throw new Error('a listener')
      }
      sides.near.subscribe('a', { next: fail, complete: fail })
      sides.near.subscribe('a', observer)
      sides.near.on('a', '*', fail)
      sides.near.on('a', '*', ({ type }) => observer.told.push(type))
      await sides.settle()
      sides.actors.commit('a', 1)
      sides.actors.emit('a', { type: 'ping' })
      await sides.settle()
      sides.actors.end('a', { status: 'done' })
      await sides.settle()
      expect(observer.told).toEqual(['ping', 1, 1, 'complete'])
      expect(vi.getTimerCount()).toBe(4)
      expect(() => vi.runAllTimers()).toThrow('a listener')
    } finally {
      vi.useRealTimers()
    }
  })

  test('refuses a path that would end the connection, before anything is sent', () => {
    const sides = new TwoSides()
    for (const path of ['', 'a b', 'a//b', '../a']) {
      expect(() => sides.near.subscribe(path, {})).toThrow(expect.objectContaining({ code: 'ADDRESS_INVALID' }))
      expect(() => sides.near.on(path, '*', () => {})).toThrow(expect.objectContaining({ code: 'ADDRESS_INVALID' }))
    }
    expect(sides.nearEnd.waiting).toEqual([])
  })

  test('ends an observation whose path is longer than what the peer takes', () => {
    const sides = new TwoSides({ limits: { stringBytes: 4_096 } })
    const observer = recorder()
    sides.near.subscribe('a'.repeat(5_000), observer)
    expect(observer.told).toMatchObject([['error', { code: 'PEER_REFUSED', details: { code: 'FRAME_LIMIT' } }]])
    expect(sides.near.figures().subscribed).toBe(0)
  })
})
