import { cpus, release, totalmem, type } from 'node:os'
import { fileSystem } from './folder.js'
import type { Row } from './row.js'

/** What the figures were measured on; they mean little without it. */
export function environment(): Readonly<Record<string, string | number>> {
  const all = cpus()
  return {
    node: process.version,
    platform: process.platform,
    arch: process.arch,
    os: `${type()} ${release().split('-')[0]}`,
    cpu: all[0]?.model ?? 'unknown',
    cores: all.length,
    memory: `${Math.round(totalmem() / 2 ** 30)} GB`,
    disk: fileSystem(),
  }
}

/** The rows as a table for people. */
export function table(rows: readonly Row[]): string {
  const lines = rows.map((row) => [
    row.id,
    figure(row.value),
    figure(row.baseline),
    row.unit,
    row.ratio?.toFixed(3) ?? NOT_MEASURED,
    goal(row),
    verdict(row),
  ])
  const all = [['row', 'value', 'baseline', 'unit', 'ratio', 'goal', ''], ...lines]
  const widths = (all[0] ?? []).map((_, column) => Math.max(...all.map((line) => line[column]?.length ?? 0)))
  const notes = rows.filter((row) => row.note).map((row) => `${row.id}: ${row.note}`)
  return [...all.map((line) => aligned(line, widths)), ...(notes.length ? ['', ...notes] : [])].join('\n')
}

function aligned(line: readonly string[], widths: readonly number[]): string {
  const isNumber = (column: number): boolean => column === 1 || column === 2 || column === 4
  const cells = line.map((cell, column) =>
    isNumber(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
  )
  return cells.join('  ').trimEnd()
}

function figure(value: number | null): string {
  return value?.toLocaleString('en-US', { maximumSignificantDigits: 4 }) ?? NOT_MEASURED
}

const NOT_MEASURED = '–'

function goal({ goal, better }: Row): string {
  if (goal === null) return 'reported'
  return `${better === 'higher' ? '≥' : '≤'} ${goal}`
}

function verdict({ met }: Row): string {
  if (met === null) return ''
  return met ? 'met' : 'MISSED'
}
