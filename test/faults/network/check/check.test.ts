import { seededRandom } from 'roscius/testing'
import { describe, expect, test } from 'vitest'
import type { Got, Line, Note } from '../ledger.js'
import { drawPlan, type Plan, type Route } from '../plan.js'
import { checkNetwork } from './check.js'

const plan: Plan = (() => {
  const drawn = drawPlan(seededRandom('check'), 'two')
  return { ...drawn, routes: drawn.routes.map((route) => ({ ...route, count: 5 })) }
})()

/** The ledger of a run in which each node was opened twice and nothing went wrong. */
function ideal(): Line[] {
  const lines: Line[] = []
  const write = (node: string, note: Note, at = 1_000): void => void lines.push({ node, life: 2, at, ...note })
  for (const node of plan.nodes) {
    lines.push({ node, life: 1, at: 0, t: 'life' }, { node, life: 2, at: 0, t: 'life' })
  }
  for (const route of plan.routes) travel(route, write)
  for (const { id, stations } of plan.walks) {
    for (const [station, node] of stations.entries()) write(node, { t: 'passed', walk: id, station, nth: 1 })
  }
  for (const { id, watcher, durability } of plan.vigils) {
    write(watcher, { t: 'terminated', vigil: id, reason: durability === 'durable' ? 'done' : 'lost', nth: 1 })
  }
  for (const node of plan.nodes)
    write(node, { t: 'rest', rest: { got: gotOn(node), observed: seenFrom(node), outbox: 0, letters: [] } })
  return lines
}

const numbers = ({ count }: Route): number[] => Array.from({ length: count }, (_, index) => index + 1)
const sentInOf = ({ sender }: Route): number => (sender === 'volatile' ? 2 : 0)

function travel(route: Route, write: (node: string, note: Note) => void): void {
  for (const n of numbers(route)) {
    const message = { route: route.id, sentIn: sentInOf(route), n }
    write(route.from, { t: 'sent', ...message })
    write(route.to, { t: 'applied', ...message, nth: n, ...(route.manner === 'timer' && { dueMs: 900 }) })
    if (route.manner === 'ask') write(route.from, { t: 'answered', ...message, answer: n })
    if (route.manner === 'deliver') write(route.from, { t: 'acknowledged', ...message })
  }
}

function gotOn(node: string): Record<string, Got[]> {
  const own = plan.routes.filter(({ to, receiver }) => to === node && receiver === 'durable')
  return Object.fromEntries(own.map((route) => [route.id, numbers(route).map((n): Got => [sentInOf(route), n])]))
}

function seenFrom(node: string): Record<string, number> {
  const peer = node === 'a' ? 'b' : 'a'
  return { [peer]: Object.values(gotOn(peer)).flat().length }
}

type Tamper = (lines: readonly Line[]) => readonly Line[]

const routeOf = (wanted: Partial<Route>): string =>
  plan.routes.find(
    (route) =>
      route.from === 'a' &&
      route.delivery === wanted.delivery &&
      Object.entries(wanted).every(([field, value]) => route[field as keyof Route] === value),
  )?.id ?? 'none'

const SAFE = routeOf({ manner: 'transition', sender: 'durable', receiver: 'durable' })
const FROM_VOLATILE = routeOf({ sender: 'volatile', receiver: 'durable' })
const TO_VOLATILE = routeOf({ sender: 'durable', receiver: 'volatile' })
const BETWEEN_VOLATILE = routeOf({ sender: 'volatile', receiver: 'volatile' })
const AT_MOST_ONCE = routeOf({ delivery: 'atMostOnce' })
const AT_LEAST_ONCE = routeOf({ delivery: 'atLeastOnce' })
const EFFECT = routeOf({ manner: 'effect' })
const ASK = routeOf({ manner: 'ask' })
const TIMER = routeOf({ manner: 'timer' })
const DELIVER = routeOf({ manner: 'deliver' })

const is = (line: Line, t: Line['t'], route: string, n: number): boolean =>
  line.t === t && 'route' in line && line.route === route && line.n === n

/** Takes away the lines of these messages, also from what receivers hold. */
const without =
  (t: 'sent' | 'applied' | 'answered' | 'acknowledged', route: string, ...gone: readonly number[]): Tamper =>
  (lines) =>
    lines
      .filter((line) => !gone.some((n) => is(line, t, route, n)))
      .map((line) => (t === 'applied' && line.t === 'rest' ? held(line, route, (n) => !gone.includes(n)) : line))

function held(line: Line & { readonly t: 'rest' }, route: string, stays: (n: number) => boolean): Line {
  const got = Object.entries(line.rest.got).map(([id, all]) => [
    id,
    id === route ? all.filter(([, n]) => stays(n)) : all,
  ])
  return { ...line, rest: { ...line.rest, got: Object.fromEntries(got) } }
}

const change =
  (isMeant: (line: Line) => boolean, how: (line: Line) => readonly Line[]): Tamper =>
  (lines) =>
    lines.flatMap((line) => (isMeant(line) ? how(line) : [line]))

const again = (route: string): Tamper =>
  change(
    (line) => is(line, 'applied', route, 3),
    (line) => [line, { ...line, nth: 6 } as Line],
  )

/** 2 and 3 change places: in the order of the ledger, and by the receiver's count. */
const swapped =
  (route: string): Tamper =>
  (lines) => {
    const [second, third] = [2, 3].map((n) => lines.findIndex((line) => is(line, 'applied', route, n))) as [
      number,
      number,
    ]
    const [a, b] = [lines[second], lines[third]] as (Line & { t: 'applied' })[]
    return lines.with(second, { ...b, nth: 2 } as Line).with(third, { ...a, nth: 3 } as Line)
  }

test('finds nothing in the ledger of a run in which nothing went wrong', () => {
  expect([SAFE, FROM_VOLATILE, TO_VOLATILE, EFFECT, ASK, TIMER, DELIVER]).not.toContain('none')
  expect(checkNetwork(plan, ideal())).toEqual([])
})

test('takes what was noted twice, by a crash between the note and its mark, for one', () => {
  const twice = ideal().flatMap((line): Line[] => (line.t === 'rest' || line.t === 'life' ? [line] : [line, line]))
  const volatile = new Set([TO_VOLATILE, BETWEEN_VOLATILE].flatMap((id) => [id, id.replace('a-b', 'b-a')]))
  const lines = twice.filter(
    (line, index) => !('route' in line && volatile.has(line.route) && twice[index - 1] === line),
  )
  expect(checkNetwork(plan, lines)).toEqual([])
})

describe('allows', () => {
  test.each<[claim: string, tamper: Tamper]>([
    [
      'that a crash takes the end of what a volatile sender said',
      (lines) => lastLives(without('applied', FROM_VOLATILE, 4, 5)(lines), 'a'),
    ],
    ['that a volatile receiver missed what came before it was there', without('applied', TO_VOLATILE, 1, 2)],
    [
      'that a volatile receiver was gone for good',
      (lines) => lastLives(without('applied', TO_VOLATILE, 3, 4, 5)(lines), 'b'),
    ],
    ['that what is sent at most once is lost anywhere', without('applied', AT_MOST_ONCE, 1, 3, 5)],
    ['that what is sent at least once comes twice', again(AT_LEAST_ONCE)],
    ['that timers overtake each other', swapped(TIMER)],
  ])('%s', (_, tamper) => {
    const faults = checkNetwork(plan, tamper(ideal()))
    expect(faults.filter(({ invariant }) => invariant !== 'I1' && invariant !== 'observed')).toEqual([])
  })
})

/** `node` has crashed once more, and its volatile actors have said and taken all anew. */
function lastLives(lines: readonly Line[], node: string): Line[] {
  const last = lines.findLastIndex((line) => line.t === 'life')
  const more: Line[] = []
  const write = (on: string, note: Note): void =>
    void more.push({ node: on, life: on === node ? 3 : 2, at: 1_000, ...note })
  for (const route of plan.routes) {
    if (route.from !== node || route.sender !== 'volatile') continue
    for (const n of numbers(route)) {
      const message = { route: route.id, sentIn: 3, n }
      write(route.from, { t: 'sent', ...message })
      write(route.to, { t: 'applied', ...message, nth: route.count + n })
    }
  }
  const crash: Line = { node, life: 3, at: 900, t: 'life' }
  return [...lines.slice(0, last + 1), crash, ...lines.slice(last + 1), ...more]
}

describe('finds', () => {
  test.each<[claim: string, invariant: string, tamper: Tamper]>([
    ['a message between durable actors that was lost', 'lost', without('applied', SAFE, 3)],
    ['the last one lost', 'lost', without('applied', SAFE, 5)],
    ['one that was applied twice', 'I3', again(SAFE)],
    ['one of a volatile sender that was applied twice', 'I3', again(FROM_VOLATILE)],
    ['one that a volatile receiver took twice', 'I3', again(TO_VOLATILE)],
    ['one between volatile actors that was taken twice', 'I3', again(BETWEEN_VOLATILE)],
    ['one that is sent at most once and came twice', 'I3', again(AT_MOST_ONCE)],
    ['one that is sent at least once and was lost', 'lost', without('applied', AT_LEAST_ONCE, 2)],
    ['two that changed places', 'I5', swapped(SAFE)],
    ['two that changed places on their way to a volatile receiver', 'I5', swapped(TO_VOLATILE)],
    ['two of a volatile sender that changed places', 'I5', swapped(FROM_VOLATILE)],
    ['two that changed places though each may be lost', 'I5', swapped(AT_MOST_ONCE)],
    ['a hole in what a volatile sender said', 'lost', without('applied', FROM_VOLATILE, 2)],
    ['a hole in what a volatile receiver took', 'lost', without('applied', TO_VOLATILE, 3)],
    ['a hole between volatile actors', 'lost', without('applied', BETWEEN_VOLATILE, 3)],
    ['the end missing with nobody crashed', 'lost', without('applied', TO_VOLATILE, 4, 5)],
    ['what was never sent', 'I2', without('sent', SAFE, 4)],
    ['a sender that never came to its end', 'lost', without('sent', SAFE, 5)],
    ['an effect that was done and whose message was lost', 'lost', without('applied', EFFECT, 1)],
    ['a question without an answer', 'lost', without('answered', ASK, 2)],
    [
      'the answer to another question',
      'ask',
      change(
        (line) => is(line, 'answered', ASK, 2),
        (line) => [{ ...line, answer: 1 } as Line],
      ),
    ],
    ['a delivery that was never acknowledged', 'lost', without('acknowledged', DELIVER, 2)],
    ['a delivery that was acknowledged for nothing', 'I2', without('applied', DELIVER, 5)],
    [
      'a timer that was early',
      'I6',
      change(
        (line) => is(line, 'applied', TIMER, 2),
        (line) => [{ ...line, dueMs: 1_001 } as Line],
      ),
    ],
    [
      'a state that was released and is not there',
      'I1',
      (lines) => lines.map((line) => (line.t === 'rest' ? held(line, SAFE, (n) => n !== 5) : line)),
    ],
    [
      'a place that was given twice, as after a rollback',
      'I1',
      change(
        (line) => is(line, 'applied', SAFE, 2),
        (line) => [{ ...line, n: 3 } as Line, line],
      ),
    ],
    ['a token that stands still', 'lost', (lines) => lines.filter((line) => line.t !== 'passed' || line.station < 7)],
    [
      'a token that came twice',
      'I3',
      change(
        (line) => line.t === 'passed' && line.station === 4,
        (line) => [line, { ...line, nth: 2 } as Line],
      ),
    ],
    [
      'a token on the wrong node',
      'I3',
      change(
        (line) => line.t === 'passed' && line.station === 4,
        (line) => [{ ...line, node: line.node === 'a' ? 'b' : 'a' }],
      ),
    ],
    ['a watcher that was never told', 'lost', (lines) => lines.filter((line) => line.t !== 'terminated')],
    [
      'a watcher that was told twice',
      'watch',
      change(
        (line) => line.t === 'terminated',
        (line) => [line, { ...line, nth: 2 } as Line],
      ),
    ],
    [
      'a watcher that was told of a node that never was down',
      'watch',
      (lines) =>
        lines
          .filter((line) => line.t !== 'life' || line.life === 1)
          .map((line) => (line.t === 'terminated' ? ({ ...line, reason: 'nodeDown' } as Line) : line)),
    ],
    [
      'a durable actor that is said to be lost',
      'watch',
      change(
        (line) => line.t === 'terminated' && line.reason === 'done',
        (line) => [{ ...line, reason: 'lost' } as Line],
      ),
    ],
    [
      'a node that never came to rest',
      'process',
      (lines) => lines.filter((line) => line.t !== 'rest' || line.node === 'a'),
    ],
    [
      'an observer that was not shown the newest',
      'observed',
      (lines) =>
        lines.map((line) => (line.t === 'rest' ? { ...line, rest: { ...line.rest, observed: { a: 1 } } } : line)),
    ],
    [
      'an outbox that is never empty',
      'lost',
      (lines) => lines.map((line) => (line.t === 'rest' ? { ...line, rest: { ...line.rest, outbox: 1 } } : line)),
    ],
    [
      'a message that was given up',
      'lost',
      (lines) =>
        lines.map((line) =>
          line.t === 'rest'
            ? { ...line, rest: { ...line.rest, letters: [{ path: 'receiver', reason: 'expired', event: 'NUMBERED' }] } }
            : line,
        ),
    ],
    [
      'a peer that is refused for nothing',
      'identity',
      (lines) => [
        ...lines,
        { node: 'a', life: 2, at: 0, t: 'told', event: 'linkRefused', peer: 'b', code: 'PEER_ROLLED_BACK' },
      ],
    ],
  ])('%s', (_, invariant, tamper) => {
    expect(checkNetwork(plan, tamper(ideal())).map((breach) => breach.invariant)).toContain(invariant)
  })
})
