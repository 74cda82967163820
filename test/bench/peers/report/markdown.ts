/** The run as the tables of the documentation. */
import type { Row } from '../../harness/row.js'
import type { WorkName } from '../peer.js'
import { figureOf, isMeasured, type PeerResult, type Results } from '../results.js'
import { works } from '../works/index.js'
import { rounded } from './figure.js'
import { KEPT } from './kept.js'
import { measureOf, measures } from './measures.js'
import { shortName } from './names.js'
import { goalRows } from './rows.js'
import type { SavedRun } from './saved.js'

/** What the main table shows, in the order of its lines. */
const MAIN = [
  'step-1.p50',
  'step-64.rate',
  'step-1000.rate',
  'growing.bytes',
  'sleep.memory-before',
  'sleep.memory',
  'sleep.armed',
  'crash.lost',
  'crash.twice',
  'crash.first',
  'failure.p50',
  'remote.ask',
]
/** And whom. */
const COLUMNS = ['roscius', 'xstate', 'langgraph', 'langgraph-tuned', 'restate', 'dbos', 'otp', 'otp-disk', 'nats']

export function mainTable(run: SavedRun): string {
  const shown = COLUMNS.map((id) => run.peers.find((peer) => peer.id === id)).filter((peer) => peer !== undefined)
  const table = markdownTable(
    ['', ...shown.map(shortName)],
    MAIN.map((measure) => [labelOf(measure), ...shown.map(({ id }) => bold(id, mainCell(run, id, measure)))]),
  )
  return `${table}\n\n${originOf(run)}`
}

/** When, on what, and by which command it was measured. */
function originOf({ date, environment, command, minutes }: SavedRun): string {
  const { cores, cpu, memory, os, disk, node } = environment
  return `_${date}, ${cores} cores of ${cpu}, ${memory}, ${os}, ${disk}, Node ${node}: \`${command}\`, ${minutes} minutes._`
}

/** A figure with another promise behind it than its work asks for, less or more, is marked. */
function mainCell(run: SavedRun, id: string, measure: string): string {
  const figure = figureOf(run, id, measure)
  if (figure === undefined) return '–'
  const { work } = measureOf(measure)
  const result = run.peers.find((peer) => peer.id === id)?.works[work]
  const { asks } = works[work]
  const promise = result !== undefined && 'promise' in result ? result.promise : asks
  return promise === asks ? rounded(figure) : `${rounded(figure)} (${KEPT[promise]})`
}

function bold(id: string, text: string): string {
  return id === 'roscius' ? `**${text}**` : text
}

function labelOf(measure: string): string {
  const { label, unit } = measureOf(measure)
  return `${label}, ${unit}`
}

export function goalTable(run: SavedRun): string {
  return markdownTable(
    ['row', 'Roscius', 'baseline', 'unit', 'ratio', 'goal', '', 'beside'],
    goalRows(run).map((row) => [
      `\`${row.id}\``,
      figureCell(row.value),
      figureCell(row.baseline),
      row.unit,
      row.ratio === null ? '–' : rounded(row.ratio),
      goalCell(row),
      row.met === null ? '' : row.met ? 'met' : 'missed',
      row.note ?? '',
    ]),
  )
}

function figureCell(figure: number | null): string {
  return figure === null ? '–' : rounded(figure)
}

function goalCell({ goal, better }: Row): string {
  return goal === null ? 'reported' : `${better === 'higher' ? '≥' : '≤'} ${goal}`
}

/** A table for each work, with what each peer does not promise. */
export function workTables(run: SavedRun): string {
  return (Object.keys(works) as WorkName[]).map((work) => workTable(run, work)).join('\n\n')
}

function workTable({ peers }: Results, work: WorkName): string {
  const columns = [...measures].filter(([, measure]) => measure.work === work).map(([name]) => name)
  const there = peers.filter(({ works }) => isMeasured(works[work]))
  const lines = there.map((peer) => lineOf(peer, work, columns))
  const head = [`\`${work}\``, ...columns.map((name) => `${name.replace(/^\w+\./, '')}, ${measureOf(name).unit}`)]
  const table = markdownTable([...head, 'kept', 'not promised'], lines)
  const declined = declinedAt(peers, work)
  return declined.length === 0 ? table : `${table}\n\nNot in it:\n\n${declined.join('\n')}`
}

/** Who doesn't do a work, by the reason for it; but for those that are in the table under another name. */
function declinedAt(peers: Results['peers'], work: WorkName): readonly string[] {
  const names = new Map<string, string[]>()
  for (const { name, works } of peers) {
    const result = works[work]
    if (result === undefined || !('declined' in result)) continue
    names.set(result.declined, [...(names.get(result.declined) ?? []), name])
  }
  return [...names].map(([reason, whose]) => `- ${whose.join(', ')}: ${reason}.`)
}

function lineOf({ name, works }: PeerResult, work: WorkName, columns: readonly string[]): readonly string[] {
  const result = works[work]
  if (!isMeasured(result)) return [name]
  if ('failed' in result) return [name, ...columns.map(() => '–'), 'failed', '']
  const figures = columns.map((column) => figureCell(result.figures[column] ?? null))
  return [name, ...figures, KEPT[result.promise], result.lacks]
}

export function versionList({ peers }: Results): string {
  const lines = peers.map(({ name, settings, versions, missing }) => {
    const what =
      missing ??
      Object.entries(versions ?? {})
        .map(([of, version]) => `${of} ${version}`)
        .join(', ')
    return [name, what, settings]
  })
  return markdownTable(['peer', 'versions', 'settings'], lines)
}

function markdownTable(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const hasFigures = (column: number): boolean => lines.every((line) => FIGURE.test(line[column] ?? ''))
  return [row(head), row(head.map((_, column) => (hasFigures(column) ? '---:' : '---'))), ...lines.map(row)].join('\n')
}

/** One that is measured, or the dash in its place. */
const FIGURE = /^(\*\*)?(-?\d|–)/
