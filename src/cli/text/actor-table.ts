/** Actors as a table, a line for each. Pure. */
import type { ActorRow } from '../../control/protocol/actors.js'
import type { Tone } from '../../runtime/tree-text.js'
import { shortCount } from './amounts.js'
import type { Paint } from './colours.js'
import { fittedState } from './state-text.js'
import { type Column, tableText } from './table.js'
import { fittedEnd } from './text-width.js'

const TONES: Readonly<Record<ActorRow['status'], Tone>> = {
  starting: 'good',
  active: 'good',
  restarting: 'warning',
  done: 'faint',
  stopped: 'faint',
  failed: 'bad',
  quarantined: 'bad',
  missing: 'bad',
}

const WRONG: ReadonlySet<string> = new Set(['failed', 'quarantined', 'restarting', 'missing'])

/** Whether something is wrong with an actor of that status: what exit codes go by. */
export const isWrong = (status: string): boolean => WRONG.has(status)

export function toneOf({ status, isPaused }: Pick<ActorRow, 'status' | 'isPaused'>): Tone {
  return isPaused ? 'warning' : TONES[status]
}

/** A figure of nothing is not worth reading. */
const figure = (count: number): string => (count === 0 ? '' : shortCount(count))

const status: Column<ActorRow> = {
  head: 'status',
  text: ({ status: what, isPaused }) => (isPaused ? 'paused' : what),
  tone: toneOf,
}
const state: Column<ActorRow> = {
  head: 'state',
  text: ({ state: now = '' }) => now,
  least: 6,
  rank: 2,
  cut: fittedState,
}
const logic: Column<ActorRow> = { head: 'logic', text: ({ logic: name }) => name, least: 4, rank: 4 }
const mail: Column<ActorRow> = { head: 'mail', text: ({ mailbox }) => figure(mailbox), side: 'right', rank: 1 }
const stash: Column<ActorRow> = { head: 'stash', text: ({ stash: own }) => figure(own), side: 'right', rank: 6 }
const restarts: Column<ActorRow> = { head: 'rst', text: (row) => figure(row.restarts), side: 'right', rank: 3 }
const effects: Column<ActorRow> = { head: 'fx', text: (row) => figure(row.effects), side: 'right', rank: 7 }
const records: Column<ActorRow> = { head: 'records', text: ({ seqNr }) => figure(seqNr), side: 'right', rank: 8 }
const rate: Column<ActorRow> = { head: 'ev/s', text: ({ rate: now }) => rateText(now), side: 'right', rank: 1 }
const budget: Column<ActorRow> = {
  head: 'budget',
  text: ({ budget: own }) => (own === undefined ? '' : `${Math.floor(own.used * 100)}%`),
  side: 'right',
  rank: 2,
  tone: ({ budget: own }) => (own === undefined || own.used < 0.8 ? undefined : own.used < 1 ? 'warning' : 'bad'),
}
const last: Column<ActorRow> = { head: 'last event', text: (row) => row.last?.type ?? '', least: 6, rank: 5 }
const note: Column<ActorRow> = { head: 'note', text: noteOf, least: 8, rank: 5, tone: () => 'faint' }

const named = (head: string, text: (row: ActorRow) => string): Column<ActorRow> => ({
  head,
  text,
  least: 8,
  cut: fittedEnd,
})
const path = named('path', (row) => row.path)

/** What `roscius ps` shows. */
export function actorTable(rows: readonly ActorRow[], width: number, paint: Paint): string {
  const figures = [mail, stash, restarts, effects, records, budget]
  return tableText([path, logic, status, state, ...figures, note], rows, width, paint)
}

/** What `roscius top` shows. */
export function liveTable(rows: readonly ActorRow[], width: number, paint: Paint): string {
  const always = [rate, mail, last].map((column) => ({ ...column, isKept: true }))
  return tableText([path, status, ...always, restarts, budget, state, note], rows, width, paint)
}

/** Of one actor: by their ids. */
export function childTable(rows: readonly ActorRow[], width: number, paint: Paint): string {
  const id = named('id', (row) => row.id)
  return tableText([id, logic, status, state, mail, restarts, budget, note], rows, width, paint)
}

export function rateText(perSecond: number): string {
  if (perSecond < 0.05) return ''
  return perSecond < 9.95 ? perSecond.toFixed(1) : shortCount(Math.round(perSecond))
}

function noteOf({ error, approvals, isPaused, status: what, durability }: ActorRow): string {
  return [
    ...(approvals > 0 ? [`asks ${approvals}`] : []),
    ...(isPaused && isWrong(what) ? [what] : []),
    ...(error === undefined ? [] : [error]),
    ...(durability === 'durable' || what === 'missing' ? [] : [durability]),
  ].join(', ')
}

/** `12 actors: 10 active, 2 failed`. */
export function countsText(counts: Readonly<Record<string, number>>): string {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
  const each = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a)
  const what = `${total} ${total === 1 ? 'actor' : 'actors'}`
  return each.length === 0 ? what : `${what}: ${each.map(([name, count]) => `${count} ${name}`).join(', ')}`
}
