import { countOf, formatCount, formatSize } from './figures.js'
import type { Palette } from './palette.js'
import { printable } from './printable.js'
import type { FilesReport } from './report.js'

const TOP = 8
const LABEL_WIDTH = 22

/** What a reader wants to know at a glance, as lines for a terminal; the rest is in the report. */
export function renderSummary(report: FilesReport, palette: Palette): string {
  const { totals } = report
  const head = `${countOf(totals.files, 'file')}, ${countOf(totals.lines, 'line')}, ${formatSize(totals.bytes)}`
  return [
    palette.bold(`Audit of ${printable(report.folder)}: ${head}`),
    '',
    ...report.languages
      .slice(0, TOP)
      .map((each) => row(each.language, `${countOf(each.files, 'file')}, ${countOf(each.lines, 'line')}`)),
    ...(report.languages.length > TOP ? [palette.dim(`  and ${report.languages.length - TOP} more`)] : []),
    '',
    row('largest file', largestOf(report)),
    row('packages', `${formatCount(report.packages.length)}, licences: ${licencesOf(report)}`),
    row('TODO, FIXME, HACK', formatCount(report.comments.length)),
    row('duplicated files', duplicatesOf(report)),
    row('do not parse', alarm(report.syntaxProblems.length, palette.warn, placeOf(report.syntaxProblems[0]))),
    row('look like secrets', alarm(report.secrets.length, palette.bad, placeOf(report.secrets[0]))),
    row('not (fully) read', alarm(report.badFiles.length, palette.warn, firstBad(report))),
    row('poison', alarm(report.poison.length, palette.bad, firstPoison(report))),
  ].join('\n')
}

function row(label: string, value: string): string {
  return `  ${label.padEnd(LABEL_WIDTH)}${value}`
}

function alarm(found: number, colour: (text: string) => string, first: string): string {
  if (found === 0) return '0'
  return `${colour(formatCount(found))}, ${found === 1 ? '' : 'first '}${first}`
}

function placeOf(found: { readonly path: string; readonly line: number } | undefined): string {
  return found === undefined ? '' : `${printable(found.path)}:${found.line}`
}

function firstBad({ badFiles: [first] }: FilesReport): string {
  return first === undefined ? '' : `${printable(first.path)} (${first.reason})`
}

function firstPoison({ poison: [first] }: FilesReport): string {
  return first === undefined ? '' : `${printable(first.path)} (${printable(first.error)})`
}

function largestOf({ largest: [first] }: FilesReport): string {
  return first === undefined ? 'none' : `${printable(first.path)} (${formatSize(first.bytes)})`
}

function licencesOf({ licenses }: FilesReport): string {
  const named = licenses
    .slice(0, 4)
    .map(({ license, packages }) => `${printable(license ?? 'none declared')} ${packages}`)
  if (named.length === 0) return 'none'
  return licenses.length > 4 ? `${named.join(', ')}, …` : named.join(', ')
}

function duplicatesOf({ duplicates }: FilesReport): string {
  const wasted = duplicates.reduce((total, { bytes, paths }) => total + bytes * (paths.length - 1), 0)
  return duplicates.length === 0
    ? '0'
    : `${countOf(duplicates.length, 'group')}, ${formatSize(wasted)} more than needed`
}
