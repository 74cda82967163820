import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { OUTPUT_FOLDER } from './file-list.js'
import type { FileFinding, FileList } from './finding.js'
import type { Limits } from './limits.js'
import { type AuditReport, createReport } from './report.js'
import { renderMarkdown } from './report-markdown.js'
import type { Summary } from './written-summary.js'

/** What a report is made of. */
export interface ReportParts {
  readonly list: FileList
  readonly findings: readonly FileFinding[]
  readonly summary: Summary
  readonly limits: Limits
}

/**
 * Writes `report.json` and `report.md` into the audited folder's `roscius-audit`; each is there whole or not at all. Answers
 * with what it has written.
 */
export async function writeReport(root: string, { list, findings, summary, limits }: ReportParts): Promise<string[]> {
  const report: AuditReport = { ...createReport(basename(root), list, findings), summary, limits }
  await writeOutput(root, 'report.json', renderJson(report))
  await writeOutput(root, 'report.md', renderMarkdown(report))
  return ['report.json', 'report.md']
}

/** The report of the folder that was written last, as it is on the disk. */
export async function readReport(root: string): Promise<string> {
  return await readFile(join(root, OUTPUT_FOLDER, 'report.json'), 'utf8')
}

/** Puts `text` into a file of the output folder, by way of a rename. */
export async function writeOutput(root: string, name: string, text: string): Promise<void> {
  const folder = join(root, OUTPUT_FOLDER)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, `.${name}.new`), text)
  await rename(join(folder, `.${name}.new`), join(folder, name))
}

export function renderJson(value: AuditReport | object): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
