/**
 * Addresses of actors on other nodes, as refs carry them: `roscius://node/path`, and behind a `?` what belongs to the ref and
 * not to the actor: the store that the actor was met in (D15), and how what is sent through the ref is to be delivered.
 *
 * Paths never contain `?` or `:`, so an address is told from a path of this node by its scheme alone.
 */
import { type ActorPath, formatAddress } from './address.js'

/** How what is sent through a ref is delivered to another node. */
export interface DeliverySettings {
  /**
   * - `exactlyOnce` (default): applied once, as far as the durabilities of sender and receiver let it; see the guide.
   * - `atLeastOnce`: sent until it is confirmed; a crash of the receiver may apply it again.
   * - `atMostOnce`: sent if the link is up and not full, and never again. It has no number: that it comes once is up to the
   *   transport, which must not bring a frame twice (WebSockets don't).
   */
  readonly delivery?: 'exactlyOnce' | 'atLeastOnce' | 'atMostOnce'
  /** ms from the sending on, after which it is not worth having any more: it then ends as a dead letter. Default: none. */
  readonly deadlineMs?: number
  /** What overtakes what, on the way to that node. Order holds among messages of one priority. Default `normal`. */
  readonly priority?: 'high' | 'normal' | 'low'
  /** The conversation that it begins or belongs to: its messages are recorded with a vector clock. */
  readonly conversation?: string
  /** W3C Trace Context of what sends; else that of the message that it was caused by. */
  readonly traceparent?: string
}

export interface ForeignAddress extends DeliverySettings {
  readonly node: string
  /** On that node; perhaps with the session of a child (`#…`), or a reply address (`$…`). */
  readonly path: ActorPath
  /** The store that the actor lives in; absent where nobody has met it yet. */
  readonly store?: string
}

const SCHEME = 'roscius://'

/** What parts a reply address from its seal, as other nodes know it. */
export const SEAL = '~'

/** Whether it is the address of another node, and no path of this one. */
export function isForeign(path: ActorPath): boolean {
  return path.startsWith(SCHEME)
}

/** The address without what belongs to the ref: the same for all refs of an actor. */
export function bareAddress(address: string): string {
  const end = address.indexOf('?')
  return end < 0 ? address : address.slice(0, end)
}

export function formatForeign({ node, path, ...rest }: ForeignAddress): string {
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(rest)) if (value !== undefined) query.set(key, String(value))
  return query.size === 0 ? formatAddress(node, path) : `${formatAddress(node, path)}?${query}`
}

/** What was parsed last, so that a ref which sends often is parsed once. */
const parsed = new Map<string, ForeignAddress>()
const MAX_PARSED = 4_096

/** The parts of an address that `isForeign`. */
export function parseForeign(address: string): ForeignAddress {
  const known = parsed.get(address)
  if (known !== undefined) return known
  const foreign = parse(address)
  // Reply addresses are used once.
  if (foreign.path.startsWith('$')) return foreign
  if (parsed.size >= MAX_PARSED) parsed.clear()
  parsed.set(address, foreign)
  return foreign
}

function parse(address: string): ForeignAddress {
  const end = address.indexOf('?')
  const slash = address.indexOf('/', SCHEME.length)
  const node = address.slice(SCHEME.length, slash)
  if (end < 0) return { node, path: address.slice(slash + 1) }
  const path = address.slice(slash + 1, end)
  const query = address.slice(end + 1)
  // What comes from other nodes has this, and no more.
  if (PLAIN_STORE.test(query)) return { node, path, store: query.slice(STORE.length) }
  const { deadlineMs, ...rest } = Object.fromEntries(new URLSearchParams(query)) as Record<string, string>
  // Last: nothing in the query may say another node, or another path.
  return { ...rest, ...(deadlineMs !== undefined && { deadlineMs: Number(deadlineMs) }), node, path }
}

const STORE = 'store='
const PLAIN_STORE = /^store=[\w.-]+$/
