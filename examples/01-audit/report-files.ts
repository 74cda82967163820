import { mkdir, rename, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { OUTPUT_FOLDER } from './file-list.js'
import type { FileFinding, FileList } from './finding.js'
import { type AuditReport, createReport } from './report.js'
import { renderMarkdown } from './report-markdown.js'

/** Writes `report.json` and `report.md` into the audited folder's `roscius-audit`; each is there whole or not at all. */
export async function writeReport(root: string, list: FileList, findings: readonly FileFinding[]): Promise<void> {
  const report = createReport(basename(root), list, findings)
  await writeOutput(root, 'report.json', renderJson(report))
  await writeOutput(root, 'report.md', renderMarkdown(report))
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
