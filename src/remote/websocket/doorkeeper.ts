/**
 * How many strangers may stand at the door, for how long, and how often one address may knock.
 *
 * Boundary: it counts visits. What one is made of (a TCP connection, an upgrade request) and how it is sent away is the
 * caller's affair.
 *
 * 1. A visit counts as a stranger's from `enter` until `authenticated` or `leave`; there are never more than
 *    `maxUnauthenticated`, and never more than `maxConnections` visits in all.
 * 2. A stranger who is still one after `handshakeTimeoutMs` is told to go, once.
 * 3. Knocks of an address are held to a rate by a token bucket; addresses of one IPv6 network of 64 bits are one. What is
 *    remembered of addresses is bounded, and the one not heard of for longest is forgotten first.
 */
import type { Clock } from '../../core/clock.js'

export interface DoorLimits {
  readonly maxConnections: number
  readonly maxUnauthenticated: number
  readonly handshakeTimeoutMs: number
  readonly perAddress: { readonly burst: number; readonly perSecond: number }
}

export type Turned = 'tooManyConnections' | 'tooManyUnauthenticated' | 'tooOften'

export interface Visit {
  /** What happens to a stranger whose time is over. */
  onExpired: () => void
  authenticated(): void
  leave(): void
}

interface Bucket {
  tokens: number
  atMs: number
}

const MAX_ADDRESSES = 4_096

export class Doorkeeper {
  private readonly buckets = new Map<string, Bucket>()
  private visits = 0
  private strangers = 0

  constructor(
    private readonly limits: DoorLimits,
    private readonly clock: Clock,
  ) {}

  /** A visit from `address` (an IP address), or why there can be none. */
  enter(address: string): Visit | Turned {
    if (!this.mayKnock(networkOf(address))) return 'tooOften'
    if (this.visits >= this.limits.maxConnections) return 'tooManyConnections'
    if (this.strangers >= this.limits.maxUnauthenticated) return 'tooManyUnauthenticated'
    return this.visit()
  }

  private visit(): Visit {
    let state: 'stranger' | 'known' | 'gone' = 'stranger'
    this.visits += 1
    this.strangers += 1
    const visit: Visit = {
      onExpired: () => undefined,
      authenticated: () => move('known'),
      leave: () => move('gone'),
    }
    const cancel = this.clock.schedule(() => visit.onExpired(), this.limits.handshakeTimeoutMs)
    const move = (next: 'known' | 'gone'): void => {
      if (state === 'gone' || state === next) return
      if (state === 'stranger') this.strangers -= 1
      if (next === 'gone') this.visits -= 1
      state = next
      cancel()
    }
    return visit
  }

  private mayKnock(network: string): boolean {
    const { burst, perSecond } = this.limits.perAddress
    const atMs = this.clock.monotonic()
    const last = this.buckets.get(network) ?? { tokens: burst, atMs }
    const tokens = Math.min(burst, last.tokens + ((atMs - last.atMs) * perSecond) / 1_000)
    const mayKnock = tokens >= 1
    this.buckets.delete(network)
    this.buckets.set(network, { tokens: mayKnock ? tokens - 1 : tokens, atMs })
    if (this.buckets.size > MAX_ADDRESSES) this.buckets.delete(this.buckets.keys().next().value as string)
    return mayKnock
  }
}

/** The address itself, or the first 64 bits of an IPv6 address: whoever has one of those has them all. */
function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
  if (!plain.includes(':')) return plain
  const [head = '', tail] = plain.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = Array.from({ length: tail === undefined ? 0 : 8 - left.length - right.length }, () => '0')
  return [...left, ...zeros, ...right].slice(0, 4).join(':')
}
