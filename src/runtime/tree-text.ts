/**
 * An actor tree as text. Pure.
 *
 * 1. One line an actor, in columns: its place, its logic, its status, its state, and what else is to be told of it.
 * 2. Bounded, however large the tree: of many siblings those come first that have something to tell, the rest is counted.
 * 3. Names come from users and from stores: what could steer a terminal is not printed.
 */
import type { ActorCounts, ActorNode, ActorTree } from '../core/actor-tree.js'
import { countText, pauseText, plural, stateText } from './phrases.js'

export type Tone = 'good' | 'warning' | 'bad' | 'faint'

export interface TreeTextOptions {
  /** How many levels are drawn. Default: all. */
  readonly depth?: number
  /** Colours a piece of text. Default: not at all. */
  readonly paint?: (text: string, tone: Tone) => string
}

const MAX_SIBLINGS = 12
const SHOWN_OF_MANY = 10
const MAX_LINES = 1_000
/** Names are cut after so many characters. */
const MAX_NAME = 48
const MAX_ERROR = 80

interface Line {
  /** Branches and id, logic, status, state: each its own column. */
  readonly cells: readonly string[]
  readonly notes: string
  readonly tone: Tone | undefined
}

export function treeText(
  { name, counts, children }: Omit<ActorTree, 'toString'>,
  options: TreeTextOptions = {},
): string {
  const { depth = Number.POSITIVE_INFINITY, paint = (text: string) => text } = options
  const lines: Line[] = []
  for (const line of drawn(children, '', depth)) {
    if (lines.push(line) === MAX_LINES) break
  }
  const widths = widthsOf(lines)
  return [
    `${printable(name, MAX_NAME)}: ${totalText(counts)}`,
    ...lines.map((line) => lineText(line, widths, paint)),
    ...(lines.length === MAX_LINES ? ['… and so on: the data has them all'] : []),
  ].join('\n')
}

// --- which lines ---

function* drawn(siblings: readonly ActorNode[], indent: string, depth: number): IterableIterator<Line> {
  const shown = shownOf(siblings)
  const hidden = shown.length < siblings.length ? siblings.filter((node) => !shown.includes(node)) : []
  for (const [index, node] of shown.entries()) {
    const isLast = index === shown.length - 1 && hidden.length === 0
    yield nodeLine(node, `${indent}${isLast ? '└─ ' : '├─ '}`)
    const inner = `${indent}${isLast ? '   ' : '│  '}`
    if (depth > 1) yield* drawn(node.children, inner, depth - 1)
    else if (node.below > 0) yield moreLine(`${inner}└─ `, `${countText(node.below)} below`)
  }
  if (hidden.length > 0) yield moreLine(`${indent}└─ `, hiddenText(hidden))
}

/** All of a few, ten of many; in their order. */
function shownOf(siblings: readonly ActorNode[]): readonly ActorNode[] {
  if (siblings.length <= MAX_SIBLINGS) return siblings
  const byWorth = siblings.map((node, index) => ({ node, index })).sort((a, b) => worthOf(b.node) - worthOf(a.node))
  return byWorth
    .slice(0, SHOWN_OF_MANY)
    .sort((a, b) => a.index - b.index)
    .map(({ node }) => node)
}

const TROUBLED: ReadonlySet<ActorNode['status']> = new Set(['restarting', 'failed', 'quarantined', 'missing'])

/** How much there is to tell of an actor. */
function worthOf({ status, restarts, mailbox, stash, below, isPaused }: ActorNode): number {
  if (TROUBLED.has(status) || isPaused) return 3
  if (below > 0) return 2
  return restarts > 0 || mailbox > 0 || stash > 0 ? 1 : 0
}

function hiddenText(hidden: readonly ActorNode[]): string {
  const below = hidden.reduce((sum, node) => sum + node.below, 0)
  const statuses = countsOf(hidden)
  const [only, other] = Object.keys(statuses)
  const what = other === undefined ? `, all ${only}` : `: ${countsText(statuses)}`
  return `${countText(hidden.length)} more${what}${below > 0 ? `; ${countText(below)} below them` : ''}`
}

// --- one line ---

function moreLine(branch: string, text: string): Line {
  return { cells: [`${branch}… ${text}`], notes: '', tone: 'faint' }
}

function nodeLine(node: ActorNode, branch: string): Line {
  const { id, logic, status, value } = node
  const state = value === undefined ? '' : stateText(value)
  return {
    cells: [`${branch}${printable(id, MAX_NAME)}`, printable(logic, MAX_NAME), status, printable(state, MAX_NAME)],
    notes: notesOf(node).join(', '),
    tone: node.isPaused ? 'warning' : TONES[status],
  }
}

const TONES: Readonly<Record<ActorNode['status'], Tone>> = {
  starting: 'good',
  active: 'good',
  restarting: 'warning',
  done: 'faint',
  stopped: 'faint',
  failed: 'bad',
  quarantined: 'bad',
  missing: 'bad',
}

function notesOf(node: ActorNode): readonly string[] {
  const { isSupervisor, strategy, restarts, mailbox, stash, effects, durability, status, error, pause } = node
  return [
    ...(isSupervisor ? [strategy === undefined ? 'supervisor' : `supervisor ${strategy}`] : []),
    ...(pause === undefined ? [] : [printable(pauseText(pause), MAX_ERROR)]),
    ...(restarts > 0 ? [`${countText(restarts)} ${plural(restarts, 'restart')}`] : []),
    ...(mailbox > 0 ? [`${countText(mailbox)} in its mailbox`] : []),
    ...(stash > 0 ? [`${countText(stash)} deferred`] : []),
    ...(effects > 0 && !isSupervisor ? [`${countText(effects)} ${plural(effects, 'effect')}`] : []),
    ...(durability === 'durable' || status === 'missing' ? [] : [durability]),
    ...(error === undefined ? [] : [printable(error, MAX_ERROR)]),
  ]
}

function lineText(
  { cells, notes, tone }: Line,
  widths: readonly number[],
  paint: Required<TreeTextOptions>['paint'],
): string {
  const [branch = '', logic, status, state] = cells
  if (logic === undefined) return tone === undefined ? branch : paint(branch, tone)
  const columns = [branch, logic, status ?? '', state ?? ''].map((cell, index) => cell.padEnd(widths[index] ?? 0))
  const [place = '', its = '', how = '', where = ''] = columns
  const painted = tone === undefined ? how : paint(how, tone)
  return `${place}  ${its}  ${painted}  ${where}  ${notes === '' ? '' : paint(notes, 'faint')}`.trimEnd()
}

function widthsOf(lines: readonly Line[]): readonly number[] {
  const widths = [0, 0, 0, 0]
  for (const { cells } of lines) {
    // A line that only counts does not widen the column.
    if (cells.length > 1)
      for (const [index, cell] of cells.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length)
  }
  return widths
}

// --- words ---

/** How many there are of each status. */
export function countsOf(nodes: Iterable<Pick<ActorNode, 'status'>>): ActorCounts {
  const counts: Partial<Record<ActorNode['status'], number>> = {}
  for (const { status } of nodes) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

function totalText(counts: ActorCounts): string {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
  return total === 0 ? 'no actors' : `${countText(total)} ${plural(total, 'actor')} (${countsText(counts)})`
}

function countsText(counts: ActorCounts): string {
  return Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([status, count]) => `${countText(count)} ${status}`)
    .join(', ')
}

/** The first line, without control characters, cut to a length. */
function printable(text: string, max: number): string {
  const [line = ''] = text.split('\n', 1)
  const clean = line.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\uFFFD')
  return clean.length > max ? `${clean.slice(0, max - 1)}…` : clean
}
