/**
 * What became of the messages of a route.
 *
 * 1. Nothing is applied twice, unless it was sent to be applied at least once.
 * 2. What came of one life of the sender is applied in the order of its numbers; timers keep no order with each other.
 * 3. What is applied had been sent, and not before it was due.
 * 4. Durable to durable loses nothing. Elsewhere only a crash takes something: what came of one life of the sender in one life
 *    of the receiver is a row without a gap; to a durable receiver it begins with the first.
 */
import { groupBy } from '../../society/group.js'
import type { Breach } from '../../society/ordeal.js'
import type { Line } from '../ledger.js'
import type { Route } from '../plan.js'
import { type Applied, RouteLog, textOf } from './route-log.js'

/** What must never be seen, however far the run is. */
export function routeFaults(route: Route, lines: readonly Line[]): Breach[] {
  const log = new RouteLog(route, lines)
  const faults: readonly (readonly [invariant: string, messages: readonly string[]])[] = [
    ['I1', log.clashes],
    ['I3', route.delivery === 'atLeastOnce' ? [] : twice(log)],
    ['I5', route.manner === 'timer' ? [] : outOfOrder(log)],
    ['I6', early(log)],
    ['lost', holes(log)],
  ]
  return faults.flatMap(([invariant, messages]) =>
    messages.map((message) => ({ invariant, message: say(route, message) })),
  )
}

/** What has not come yet, and must. */
export function routeDebts(route: Route, lines: readonly Line[]): Breach[] {
  const log = new RouteLog(route, lines)
  return [...owed(log), ...unsaid(log), ...unanswered(log, lines)].map((message) => ({
    invariant: 'lost',
    message: say(route, message),
  }))
}

/** What is seen only when all is over: until then a note of the sender may still be on its way to the ledger. */
export function routeLies(route: Route, lines: readonly Line[]): Breach[] {
  const { sent, applied } = new RouteLog(route, lines)
  if (route.sender === 'volatile') return []
  const known = new Set(sent.map(textOf))
  return applied
    .filter((line) => !known.has(textOf(line)))
    .map((line) => ({ invariant: 'I2', message: say(route, `has ${textOf(line)}, which was never sent`) }))
}

const say = ({ id, sender, receiver, manner, delivery }: Route, what: string): string =>
  `route ${id} (${sender} to ${receiver}, ${manner}, ${delivery ?? 'exactlyOnce'}): the receiver ${what}`

function twice({ applied }: RouteLog): string[] {
  return [...groupBy(applied, textOf)]
    .filter(([, same]) => same.length > 1)
    .map(([text, same]) => `took ${text} ${same.length} times`)
}

function outOfOrder({ applied }: RouteLog): string[] {
  const first = [...groupBy(applied, textOf).values()].map(([line]) => line as Applied)
  return first.flatMap((line, index) => {
    const before = first[index - 1]
    const isAfter =
      before === undefined || before.sentIn < line.sentIn || (before.sentIn === line.sentIn && before.n < line.n)
    return isAfter ? [] : [`took ${textOf(line)} after ${textOf(before)}`]
  })
}

function early({ applied }: RouteLog): string[] {
  return applied.flatMap(({ n, dueMs, at }) =>
    dueMs !== undefined && at < dueMs ? [`took ${n} at ${at}, due at ${dueMs}`] : [],
  )
}

function holes(log: RouteLog): string[] {
  const { route, applied } = log
  if (route.delivery !== undefined || route.manner === 'timer') return []
  const isVolatile = route.receiver === 'volatile'
  const rows = groupBy(applied, ({ sentIn, life }) => (isVolatile ? `${sentIn} in ${life}` : `${sentIn}`))
  return [...rows.values()].flatMap((row) => {
    const from = isVolatile ? (row[0] as Applied).n : 1
    const found = new Set(row.map(({ n }) => n))
    const last = Math.max(...found)
    return log.numbers.filter((n) => n >= from && n < last && !found.has(n)).map((n) => `took ${last} and not ${n}`)
  })
}

function owed(log: RouteLog): string[] {
  const { route, lastLives, applied } = log
  if (log.isSafe) return log.missing(0).map((n) => `never took ${n}`)
  if (route.delivery !== undefined) return []
  const sentIn = route.sender === 'volatile' ? lastLives.sender : 0
  if (route.receiver === 'durable') return log.missing(sentIn).map((n) => `never took ${textOf({ sentIn, n })}`)
  const row = applied.filter((line) => line.sentIn === sentIn && line.life === lastLives.receiver)
  const isCut = row.length > 0 && row.at(-1)?.n !== route.count
  return isCut ? [`took nothing after ${row.at(-1)?.n}`] : []
}

/** All that a sender of the last life was to send. */
function unsaid({ route, sent, lastLives }: RouteLog): string[] {
  const sentIn = route.sender === 'volatile' ? lastLives.sender : 0
  const most = Math.max(0, ...sent.filter((message) => message.sentIn === sentIn).map(({ n }) => n))
  return most < route.count ? [`can't have all: only ${most} of ${route.count} were sent`] : []
}

function unanswered({ route, numbers }: RouteLog, lines: readonly Line[]): string[] {
  const t = route.manner === 'ask' ? 'answered' : route.manner === 'deliver' ? 'acknowledged' : undefined
  if (t === undefined) return []
  const found = new Set(lines.flatMap((line) => (line.t === t && line.route === route.id ? [line.n] : [])))
  return numbers.filter((n) => !found.has(n)).map((n) => `was never seen to take ${n}: it was not ${t}`)
}
