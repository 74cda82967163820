import { countOf, formatCount } from './figures.js'
import { OUTPUT_FOLDER } from './file-list.js'
import { printable } from './printable.js'
import type { RunRecord } from './run-record.js'

const LABEL_WIDTH = 22

/** What the run was like, as lines for a terminal. */
export function renderRun({ files, resumed, starts, budget, approval }: RunRecord): string {
  const earlier =
    resumed === 0
      ? 'none resumed'
      : `${formatCount(resumed)} resumed from ${countOf(starts.length - 1, 'earlier process', 'earlier processes')}`
  const spent = budget
    .filter(({ used }) => used > 0)
    .map(
      ({ dimension, used, limit }) =>
        `${dimension} ${formatCount(used)}${limit === null ? '' : ` of ${formatCount(limit)}`}`,
    )
  return [
    row('files read', `${formatCount(files - resumed)} by this process, ${earlier}`),
    row('spent', spent.join(', ')),
    row('report', `${OUTPUT_FOLDER}/report.md, report.json, run.json`),
    row('approved by', printable(approval?.by ?? 'nobody')),
  ].join('\n')
}

function row(label: string, value: string): string {
  return `  ${label.padEnd(LABEL_WIDTH)}${value}`
}
