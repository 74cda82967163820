/** What `roscius top` draws. Pure. */
import type { ActorRow } from '../../control/protocol/actors.js'
import type { Pulse } from '../../control/protocol/live.js'
import { durationText, plural } from '../../runtime/phrases.js'
import { countsText, liveTable, rateText } from './actor-table.js'
import { shortCount } from './amounts.js'
import type { Paint } from './colours.js'
import { line } from './printable.js'
import { fitted } from './text-width.js'

export const ORDERS = ['rate', 'mailbox', 'restarts', 'budget', 'last', 'path'] as const
type Order = (typeof ORDERS)[number]

export interface Picture {
  readonly name: string
  readonly pulse: Pulse
  /** In the order in which they are drawn. */
  readonly rows: readonly ActorRow[]
}

const WEIGHTS: Readonly<Record<Order, (row: ActorRow) => number>> = {
  rate: ({ rate }) => rate,
  mailbox: ({ mailbox }) => mailbox,
  restarts: ({ restarts }) => restarts,
  budget: ({ budget }) => budget?.used ?? -1,
  last: ({ last }) => last?.atMs ?? 0,
  path: () => 0,
}

/** The first `limit` of them, those with most of it before the others. */
export function pictureOf(picture: Picture, sort: Order, limit = Number.POSITIVE_INFINITY): Picture {
  const weigh = WEIGHTS[sort]
  const rows = picture.rows.toSorted((a, b) => weigh(b) - weigh(a) || (a.path < b.path ? -1 : 1))
  return { ...picture, rows: rows.slice(0, limit) }
}

export function topText({ name, pulse, rows }: Picture, width: number, paint: Paint): string {
  const head = [`${line(name, 80)}  ${countsText(pulse.counts)}`, figuresText(pulse), ...troubleLines(pulse)]
  const [first = '', second = '', ...bad] = head.map((each) => fitted(each, width))
  return [first, second, ...bad.map((each) => paint(each, 'bad')), '', liveTable(rows, width, paint), ''].join('\n')
}

function figuresText({ unitsPerSecond, commitsPerSecond, commitMs, eventLoopMs, oldestMailMs }: Pulse): string {
  return [
    `${rateText(unitsPerSecond) || '0'} events/s`,
    `${rateText(commitsPerSecond) || '0'} commits/s, ${commitMs.toFixed(1)} ms each`,
    `event loop ${eventLoopMs.toFixed(1)} ms`,
    ...(oldestMailMs > 0 ? [`oldest mail ${durationText(oldestMailMs)}`] : []),
  ].join('  ')
}

function troubleLines({ approvals, deadLetters, trouble, links, halted }: Pulse): readonly string[] {
  const down = links.filter(({ state, detector }) => state === 'refused' || detector === 'down')
  const counted = [
    ...(trouble > 0 ? [`${shortCount(trouble)} in trouble`] : []),
    ...(approvals > 0 ? [`${shortCount(approvals)} ${plural(approvals, 'question')} to people`] : []),
    ...(deadLetters > 0 ? [`${shortCount(deadLetters)} dead ${plural(deadLetters, 'letter')}`] : []),
    ...(down.length > 0 ? [`${down.length} ${plural(down.length, 'link')} down`] : []),
  ].join('  ')
  return [...(halted === undefined ? [] : [`It stands still: ${line(halted)}`]), ...(counted === '' ? [] : [counted])]
}
