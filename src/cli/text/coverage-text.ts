/** Coverage in words: how much was seen, then what never was, as tables that fit the width. Pure. */

import { type CoverageReport, type CoveredTransition, isGuarded } from '../machines/coverage-report.js'
import { shortCount } from './amounts.js'
import type { Paint } from './colours.js'
import { paragraph } from './paragraph.js'
import { line } from './printable.js'
import { type Column, tableText } from './table.js'
import { dateText } from './times.js'

export interface Shape {
  /** Also what was seen, with how often. */
  readonly isWhole: boolean
  readonly width: number
  readonly paint: Paint
}

export function coverageText(report: CoverageReport, shape: Shape): string {
  const { states, transitions } = report
  const guarded = transitions.filter(isGuarded)
  const parts = shape.isWhole
    ? [part('States', STATES, states, shape), part('Transitions', ALL, transitions, shape)]
    : [
        part(
          'Never entered',
          NAMES,
          states.filter(({ count }) => count === 0),
          shape,
        ),
        part(
          'Never taken',
          WAYS,
          transitions.filter(({ count }) => count === 0),
          shape,
        ),
        part(
          'Guards that always said the same',
          GUARDS,
          guarded.filter(({ count, refused }) => count === 0 || refused === 0),
          shape,
        ),
      ]
  return [headOf(report, shape.width), ...parts].filter((each) => each !== '').join('\n')
}

function headOf({ machine, logic, version, summary, sinceMs, of }: CoverageReport, width: number): string {
  const names = machine === logic ? logic : `${machine} as ${logic}`
  const name = line(version === undefined ? names : `${names}, version ${version}`)
  const { states, transitions, guards } = summary
  const where = of === 'live' ? 'Live' : 'In journals'
  const since =
    sinceMs > 0 ? `${where}, since ${dateText(sinceMs)} UTC` : `${where}, which have nothing of this version`
  const shares = [`states ${shareText(states)}`, `transitions ${shareText(transitions)}`]
  if (guards.total > 0) shares.push(`guard outcomes ${shareText(guards)}`)
  return paragraph(`${name}: ${shares.join(', ')}\n${since}`, width)
}

/** Rounded down: 100% is all. */
function shareText({ seen, total }: { readonly seen: number; readonly total: number }): string {
  return `${total === 0 ? 100 : Math.floor((seen / total) * 100)}% (${seen} of ${total})`
}

function part<T>(title: string, columns: readonly Column<T>[], rows: readonly T[], { width, paint }: Shape): string {
  return rows.length === 0 ? '' : `${title}: ${rows.length}\n${tableText(columns, rows, width, paint)}\n`
}

// --- columns ---

type State = CoverageReport['states'][number]
const never = ({ count }: { readonly count: number }) => (count === 0 ? 'warning' : undefined)

const NAMES: readonly Column<State>[] = [{ head: 'state', text: ({ id }) => id }]
const STATES: readonly Column<State>[] = [
  { head: 'state', text: ({ id }) => id, least: 8, tone: never },
  { head: 'entered', text: ({ count }) => shortCount(count), side: 'right', tone: never },
]

const from: Column<CoveredTransition> = { head: 'from', text: ({ source }) => source, least: 8 }
const on: Column<CoveredTransition> = { head: 'on', text: (each) => each.on, least: 6 }
const guard: Column<CoveredTransition> = { head: 'guard', text: (each) => each.guard ?? '', least: 6, rank: 1 }
const to: Column<CoveredTransition> = { head: 'to', text: ({ targets }) => targets.join(', '), least: 6, rank: 2 }
const taken: Column<CoveredTransition> = {
  head: 'taken',
  text: ({ count }) => shortCount(count),
  side: 'right',
  tone: never,
}
const refused: Column<CoveredTransition> = {
  head: 'refused',
  text: (each) => (isGuarded(each) ? shortCount(each.refused) : ''),
  side: 'right',
  rank: 1,
}
const said: Column<CoveredTransition> = { head: 'said', text: saidOf, tone: () => 'warning' }

const WAYS: readonly Column<CoveredTransition>[] = [from, on, guard, to]
const GUARDS: readonly Column<CoveredTransition>[] = [from, on, guard, said]
const ALL: readonly Column<CoveredTransition>[] = [from, on, guard, to, taken, refused]

function saidOf({ count, refused: no }: CoveredTransition): string {
  if (count === 0 && no === 0) return 'nothing yet'
  return count === 0 ? `no, ${shortCount(no)}x` : `yes, ${shortCount(count)}x`
}
