/** One actor for people: what it is, what it waits for, what is below it. Pure. */
import type { ActorDetail, ActorRow } from '../../control/protocol/actors.js'
import type { EventLine } from '../../control/protocol/common.js'
import type { ToldBudget } from '../../control/protocol/lists.js'
import { durationText, inTime, plural } from '../../runtime/phrases.js'
import { childTable, rateText, toneOf } from './actor-table.js'
import type { Paint } from './colours.js'
import { eventText } from './event-text.js'
import { paragraph } from './paragraph.js'
import { line } from './printable.js'
import { fitted } from './text-width.js'
import { dateText } from './times.js'

export interface TextPlace {
  readonly width: number
  readonly paint: Paint
  readonly nowMs: number
}

const MAX_EVENTS = 10
const MAX_TIMERS = 20

export function detailText(actor: ActorDetail, budget: ToldBudget | undefined, place: TextPlace): string {
  const { width, paint, nowMs } = place
  const { row, timers, effects, inner, mailbox, stash, children, childCount = children.length } = actor
  const version = actor.version === undefined ? '' : ` ${line(actor.version, 40)}`
  return [
    fitted(`${line(row.path)}  ${line(row.logic, 80)}${version}`, width),
    fields(actor, place),
    section(
      'Timers',
      timers.slice(0, MAX_TIMERS).map((timer) => timerText(timer, nowMs)),
      timers.length,
      width,
    ),
    section('Effects', effects.map(effectText), effects.length, width),
    section(
      'Inside',
      inner.map(({ id, src, state }) => `${id} (${src}) ${state}`),
      inner.length,
      width,
    ),
    section('Mailbox', events(mailbox), row.mailbox, width),
    section('Deferred', events(stash), row.stash, width),
    budget === undefined ? '' : section('Budget', budgetLines(budget), 0, width),
    children.length === 0 ? '' : `\nChildren: ${childCount}\n${childTable(children, width, paint)}\n`,
    childCount > children.length ? `… ${childCount - children.length} more: roscius ps --under\n` : '',
  ]
    .filter((part) => part !== '')
    .map((part) => (part.endsWith('\n') ? part : `${part}\n`))
    .join('')
}

// --- what it is ---

function fields({ row, trouble, journal, lastTransitions }: ActorDetail, { width, paint }: TextPlace): string {
  const { status, state, isPaused, durability, isInMemory, restarts, approvals, rate, last, seqNr } = row
  const records = journal === undefined ? '' : `, ${journal.last} ${plural(journal.last, 'record')}`
  const kept = journal === undefined || journal.first <= 1 ? '' : ` (${journal.first} to ${journal.last} are kept)`
  const all: readonly (readonly [name: string, text: string])[] = [
    ['status', `${status}${isPaused ? ', paused' : ''}${row.isSupervisor ? ', a supervisor' : ''}`],
    ['state', state ?? ''],
    ['trouble', trouble ?? ''],
    [
      'kept',
      `${durability}${isInMemory ? ', in memory' : ''}${records || `, ${seqNr} ${plural(seqNr, 'event')}`}${kept}`,
    ],
    ['restarts', restarts === 0 ? '' : String(restarts)],
    [
      'asks',
      approvals === 0 ? '' : `${approvals} ${approvals === 1 ? 'question waits' : 'questions wait'} for a person`,
    ],
    ['last', last === undefined ? '' : `${last.type} at ${dateText(last.atMs)}`],
    ['rate', rateText(rate) === '' ? '' : `${rateText(rate)} events a second`],
    ['moved by', lastTransitions.join(', ')],
  ]
  return all
    .filter(([, text]) => text !== '')
    .map(([name, text]) => {
      const told = paragraph(`  ${name.padEnd(9)} ${line(text, 2_000)}`, width).trimEnd()
      return isBad(name, row) ? paint(told, toneOf(row)) : told
    })
    .join('\n')
}

const isBad = (name: string, { status, isPaused }: ActorRow): boolean =>
  (name === 'status' || name === 'trouble') && (isPaused || (status !== 'active' && status !== 'done'))

// --- what it waits for ---

/** `count`: how many there are; 0 if they are not counted. */
function section(title: string, lines: readonly string[], count: number, width: number): string {
  if (lines.length === 0 && count === 0) return ''
  const more = count - lines.length
  const head = count === 0 ? title : `${title}: ${count}`
  const shown = lines.map((each) => fitted(`  ${line(each)}`, width))
  return ['', head, ...shown, ...(more > 0 ? [`  … ${more} more`] : [])].join('\n')
}

const events = (lines: readonly EventLine[]): readonly string[] => lines.slice(0, MAX_EVENTS).map(eventText)

function timerText({ event, dueMs, delay, state }: ActorDetail['timers'][number], nowMs: number): string {
  const what = delay === undefined ? event : `after ${delayText(delay)} of ${state || 'the machine itself'}`
  return `${what}, ${inTime(dueMs - nowMs)}: ${dateText(dueMs)}`
}

const delayText = (delay: string): string => (/^\d+$/.test(delay) ? durationText(Number(delay)) : delay)

function effectText({ id, src, attempt, status }: ActorDetail['effects'][number]): string {
  return `${id} (${src}) attempt ${attempt}, ${status}`
}

// --- what it may spend ---

function budgetLines({ lines, wall }: ToldBudget): readonly string[] {
  const time = wall.limitMs === undefined ? [] : [`time ${durationText(wall.usedMs)} of ${durationText(wall.limitMs)}`]
  return [...lines.map(budgetLine), ...time]
}

function budgetLine({
  dimension,
  limit,
  settled,
  open,
  overdraft,
  burnPerMinute,
  lastsMs,
}: ToldBudget['lines'][number]) {
  const of = limit === undefined ? '' : ` of ${amount(limit)} (${Math.floor(((settled + open) / (limit || 1)) * 100)}%)`
  return [
    `${dimension} ${amount(settled + open)}${of}`,
    ...(open > 0 ? [`${amount(open)} reserved`] : []),
    ...(overdraft > 0 ? [`${amount(overdraft)} too much`] : []),
    ...(burnPerMinute > 0 ? [`${amount(burnPerMinute)} a minute`] : []),
    ...(lastsMs === undefined ? [] : [`lasts ${durationText(lastsMs)}`]),
  ].join(', ')
}

/** Money has fractions. */
const amount = (value: number): string => String(Number(value.toFixed(value < 1 ? 6 : 2)))
