import { simulatedClock } from 'roscius/testing'
import { describe, expect, test } from 'vitest'
import { Doorkeeper, type DoorLimits, type Visit } from '../../../src/remote/websocket/doorkeeper.js'

const limits: DoorLimits = {
  maxConnections: 1_000_000,
  maxUnauthenticated: 1_000_000,
  handshakeTimeoutMs: 1_000,
  perAddress: { burst: 2, perSecond: 10 },
}

function doorkeeper(changes: Partial<DoorLimits> = {}) {
  const clock = simulatedClock()
  return { clock, door: new Doorkeeper({ ...limits, ...changes }, clock) }
}

const isIn = (visit: Visit | string): visit is Visit => typeof visit !== 'string'

/** How many of `count` knocks of these addresses, in turn, are answered. */
function answered(door: Doorkeeper, count: number, addressOf: (n: number) => string): number {
  return Array.from({ length: count }, (_, n) => door.enter(addressOf(n))).filter(isIn).length
}

describe('the doorkeeper', () => {
  test('holds each address to its rate, and fills up with time to the burst', async () => {
    const { clock, door } = doorkeeper()
    expect(answered(door, 5, () => '10.0.0.1')).toBe(2)
    expect(answered(door, 5, () => '10.0.0.2')).toBe(2)
    await clock.advance(100)
    expect(answered(door, 5, () => '10.0.0.1')).toBe(1)
    await clock.advance(60_000)
    expect(answered(door, 5, () => '10.0.0.1')).toBe(2)
  })

  test('loses nothing of a rate to knocks that are too often', async () => {
    const { clock, door } = doorkeeper()
    let count = 0
    for (let n = 0; n < 1_000; n++) {
      count += answered(door, 1, () => '10.0.0.1')
      await clock.advance(1)
    }
    expect(count).toBeGreaterThanOrEqual(11)
    expect(count).toBeLessThanOrEqual(12)
  })

  test.each([
    ['one network of IPv6', (n: number) => `2001:db8:1:2::${n.toString(16)}`],
    ['one network, however it is written', (n: number) => (n % 2 ? '2001:db8:0:0:1::5' : '2001:db8::1:0:0:9')],
    ['an IPv4 address and its IPv6 form', (n: number) => (n % 2 ? '10.0.0.1' : '::ffff:10.0.0.1')],
    ['the zones of a link-local address', (n: number) => `fe80::1%eth${n}`],
  ])('takes %s for one address', (_title, addressOf) => {
    expect(answered(doorkeeper().door, 10, addressOf)).toBe(2)
  })

  test('takes two networks of IPv6 for two', () => {
    expect(answered(doorkeeper().door, 10, (n) => `2001:db8:1:${n % 2}::1`)).toBe(4)
  })

  test('forgets the address that it has not heard of for longest, and no other', () => {
    const { door } = doorkeeper({ perAddress: { burst: 1, perSecond: 0.001 } })
    const crowd = (from: number) => (n: number) =>
      `10.${(from + n) >> 16}.${((from + n) >> 8) & 255}.${(from + n) & 255}`
    answered(door, 1, () => '192.0.2.1')
    answered(door, 4_000, crowd(0))
    expect(answered(door, 1, () => '192.0.2.1')).toBe(0)
    answered(door, 4_000, crowd(4_000))
    expect(answered(door, 1, () => '192.0.2.1')).toBe(0)
    answered(door, 4_096, crowd(8_000))
    expect(answered(door, 1, () => '192.0.2.1')).toBe(1)
  })

  test('tells a stranger once that his time is over, and never one who is known or gone', async () => {
    const { clock, door } = doorkeeper({ perAddress: { burst: 10, perSecond: 1 } })
    const told: string[] = []
    const [stranger, known, gone] = ['stranger', 'known', 'gone'].map((name) => {
      const visit = door.enter('10.0.0.1') as Visit
      visit.onExpired = () => told.push(name)
      return visit
    })
    known?.authenticated()
    gone?.leave()
    gone?.authenticated()
    await clock.advance(5_000)
    expect(told).toEqual(['stranger'])
    stranger?.leave()
    expect(clock.pending).toBe(0)
  })

  test('counts right through any order of becoming known and leaving', () => {
    const { door } = doorkeeper({ maxUnauthenticated: 1, maxConnections: 2, perAddress: { burst: 100, perSecond: 1 } })
    const enter = (): Visit | string => door.enter('10.0.0.1')
    const first = enter() as Visit
    expect(enter()).toBe('tooManyUnauthenticated')
    first.authenticated()
    first.authenticated()
    const second = enter() as Visit
    expect(enter()).toBe('tooManyConnections')
    first.leave()
    first.leave()
    first.authenticated()
    expect(enter()).toBe('tooManyUnauthenticated')
    second.leave()
    expect([enter(), enter()].map((visit) => (isIn(visit) ? 'in' : visit))).toEqual(['in', 'tooManyUnauthenticated'])
  })
})
