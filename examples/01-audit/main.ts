import { realpath } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { isRosciusError } from 'roscius'
import { type Arguments, readArguments, USAGE } from './arguments.js'
import { AuditBlocked, runAudit } from './audit.js'
import type { AuditContext } from './coordinator.js'
import { countOf, formatCount } from './figures.js'
import { OUTPUT_FOLDER } from './file-list.js'
import { countFindings } from './finding-pages.js'
import { createPalette } from './palette.js'
import { createProgress } from './progress.js'
import { createReport } from './report.js'
import { renderJson } from './report-files.js'
import { createRunRecord } from './run-record.js'
import { renderSummary } from './summary.js'

const { stdout, stderr, env } = process

process.exitCode = await main(readArguments(process.argv.slice(2)))

async function main(options: Arguments): Promise<number> {
  switch (options.command) {
    case 'help':
      stdout.write(USAGE)
      return 0
    case 'invalid':
      stderr.write(`${options.message}\n\n${USAGE}`)
      return 2
    case 'audit':
      return audit(options).catch(explain)
  }
}

async function audit({ folder, isJson }: Extract<Arguments, { command: 'audit' }>): Promise<number> {
  // npm runs a script in the project's folder, and says in INIT_CWD where its user was.
  const asked = resolve(folder === '.' ? process.cwd() : (env.INIT_CWD ?? process.cwd()), folder)
  const root = await realpath(asked).catch(() => undefined)
  if (root === undefined) throw new AuditBlocked(`There is no folder ${asked}.`)
  const context = await withProgress(root)
  const report = createReport(basename(root), context.list, context.findings.flat())
  stdout.write(
    isJson ? renderJson(report) : `${renderSummary(report, createPalette(isColoured()))}\n${renderRun(context)}\n`,
  )
  return 0
}

async function withProgress(root: string): Promise<AuditContext> {
  const progress = createProgress(stderr)
  let isNew = true
  try {
    return await runAudit({
      root,
      readLog: env.ROSCIUS_AUDIT_READ_LOG,
      onProgress({ list, findings, starts }) {
        const resumed = starts.at(-1) ?? 0
        if (isNew && resumed > 0)
          stderr.write(`Going on with an unfinished audit: ${countOf(resumed, 'file')} read before.\n`)
        isNew = false
        if (list.files.length > 0) progress.update(countFindings(findings), list.files.length)
      },
    })
  } finally {
    progress.end()
  }
}

function renderRun(context: AuditContext): string {
  const { files, resumed, starts } = createRunRecord(context)
  const earlier =
    resumed === 0
      ? 'none resumed'
      : `${formatCount(resumed)} resumed from ${countOf(starts.length - 1, 'earlier process', 'earlier processes')}`
  return [
    `  ${'files read'.padEnd(22)}${formatCount(files - resumed)} by this process, ${earlier}`,
    `  ${'report'.padEnd(22)}${OUTPUT_FOLDER}/report.md, report.json, run.json`,
  ].join('\n')
}

function isColoured(): boolean {
  return stdout.isTTY === true && !env.NO_COLOR
}

function explain(error: unknown): number {
  if (error instanceof AuditBlocked) stderr.write(`${error.message}\n`)
  else if (isRosciusError(error)) stderr.write(`${error.code}: ${error.message}\n`)
  else throw error
  return 1
}
