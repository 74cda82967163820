/** The run for people: a table a work, with a line a peer; what each does not promise below it; then the goals. */
import { table } from '../../harness/report.js'
import type { Row } from '../../harness/row.js'
import type { WorkName } from '../peer.js'
import { isMeasured, type PeerResult, type Results, type WorkResult } from '../results.js'
import { works } from '../works/index.js'
import { rounded } from './figure.js'
import { measures } from './measures.js'

export function tables(results: Results, goals: readonly Row[]): string {
  const names = (Object.keys(works) as WorkName[]).filter((work) => results.peers.some((peer) => peer.works[work]))
  const missing = results.peers.filter((peer) => peer.missing).map(({ name, missing }) => `${name}: ${missing}`)
  return [...names.map((work) => workTable(results, work)), ...missing, table(goals)].join('\n\n')
}

function workTable({ peers }: Results, work: WorkName): string {
  const columns = [...measures].filter(([, measure]) => measure.work === work)
  const head = ['', ...columns.map(([name, { unit }]) => `${name} (${unit})`), 'promise']
  const present = peers.filter((peer) => isMeasured(peer.works[work]))
  const lines = present.map((peer) => [
    peer.name,
    ...columns.map(([name]) => cell(peer.works[work], name)),
    promise(peer.works[work]),
  ])
  return [work.toUpperCase(), ...aligned([head, ...lines]), ...present.flatMap((peer) => notes(peer, work))].join('\n')
}

function cell(result: WorkResult | undefined, name: string): string {
  if (result === undefined || !('figures' in result)) return '–'
  const figure = result.figures[name]
  return figure === undefined ? '–' : rounded(figure)
}

function promise(result: WorkResult | undefined): string {
  if (!isMeasured(result)) return ''
  return 'failed' in result ? 'FAILED' : result.promise
}

function notes({ name, works }: PeerResult, work: WorkName): readonly string[] {
  const result = works[work]
  if (result !== undefined && 'failed' in result) return [`  ${name} failed: ${result.failed}`]
  return result !== undefined && 'lacks' in result && result.lacks !== ''
    ? [`  ${name} does not promise ${result.lacks}`]
    : []
}

function aligned(lines: readonly (readonly string[])[]): readonly string[] {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  const isText = (column: number): boolean => column === 0 || column === widths.length - 1
  return lines.map((line) =>
    line
      .map((cell, column) => (isText(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
}
