/** What the ledger says of one route. */
import type { Line, Message } from '../ledger.js'
import type { Route } from '../plan.js'

export type Applied = Line & { readonly t: 'applied' }

export class RouteLog {
  readonly sent: readonly Message[]
  /** In the order in which the receiver took them; what was noted again after a crash is there once. */
  readonly applied: readonly Applied[]
  /** By the receiver's count: two different ones in one place are one too many. */
  readonly clashes: readonly string[]
  /** The newest life of the nodes. */
  readonly lastLives: { readonly sender: number; readonly receiver: number }

  constructor(
    readonly route: Route,
    lines: readonly Line[],
  ) {
    const own = lines.filter((line) => 'route' in line && line.route === route.id)
    const sent = own.filter((line) => line.t === 'sent')
    const applied = own.filter((line) => line.t === 'applied')
    const byPlace = new Map(applied.map((line) => [placeOf(line), line]))
    this.sent = [...new Map(sent.map((line) => [textOf(line), line])).values()]
    this.applied = route.receiver === 'volatile' ? applied : [...byPlace.values()].sort((a, b) => a.nth - b.nth)
    this.clashes = route.receiver === 'volatile' ? [] : clashesIn(applied, byPlace)
    this.lastLives = { sender: lastLife(lines, route.from), receiver: lastLife(lines, route.to) }
  }

  /** Whether nothing may be lost, whatever crashes. */
  get isSafe(): boolean {
    const { sender, receiver, delivery } = this.route
    return sender === 'durable' && receiver === 'durable' && delivery !== 'atMostOnce'
  }

  /** Numbers of a complete route. */
  get numbers(): readonly number[] {
    return Array.from({ length: this.route.count }, (_, index) => index + 1)
  }

  /** All numbers that `sentIn` should have brought, and that never came. */
  missing(sentIn: number): readonly number[] {
    const found = new Set(this.applied.filter((line) => line.sentIn === sentIn).map(({ n }) => n))
    return this.numbers.filter((n) => !found.has(n))
  }
}

export const textOf = ({ sentIn, n }: Pick<Message, 'sentIn' | 'n'>): string =>
  sentIn === 0 ? `${n}` : `${n} of life ${sentIn}`

const placeOf = ({ nth }: Applied): number => nth

function clashesIn(applied: readonly Applied[], byPlace: ReadonlyMap<number, Applied>): string[] {
  return applied.flatMap((line) => {
    const last = byPlace.get(placeOf(line)) as Applied
    return textOf(line) === textOf(last) ? [] : [`was given ${textOf(line)} and ${textOf(last)} as its ${line.nth}th`]
  })
}

export function lastLife(lines: readonly Line[], node: string): number {
  return lines.reduce((last, line) => (line.t === 'life' && line.node === node ? line.life : last), 0)
}
