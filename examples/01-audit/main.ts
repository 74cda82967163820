import { realpath, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { isRosciusError } from 'roscius'
import { type Arguments, readArguments, USAGE } from './arguments.js'
import { runAudit } from './audit.js'
import { AuditBlocked } from './audit-blocked.js'
import { alwaysYes, askAt, type Decider, leaveOpen } from './decider.js'
import { renderDecision } from './decision-line.js'
import { countOf } from './figures.js'
import { countFindings } from './finding-pages.js'
import { createPalette } from './palette.js'
import { printable, printableLines } from './printable.js'
import { createProgress, type Progress } from './progress.js'
import type { RegisterContext } from './register.js'
import { readReport } from './report-files.js'
import type { RunRecord } from './run-record.js'
import { renderRun } from './run-summary.js'
import { renderSummary } from './summary.js'

const { stdin, stdout, stderr, env } = process

/** A small folder is audited before anybody has opened it. */
const CLOSES = 'It is open while the audit runs; --watch keeps it open.\n'

type Audit = Extract<Arguments, { command: 'audit' }>

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

async function audit(options: Audit): Promise<number> {
  // npm runs a script in the project's folder, and says in INIT_CWD where its user was.
  const { folder, isWatched } = options
  const asked = resolve(folder === '.' ? process.cwd() : (env.INIT_CWD ?? process.cwd()), folder)
  const root = await realpath(asked).catch(() => undefined)
  if (root === undefined) throw new AuditBlocked(`There is no folder ${asked}.`)
  if (!(await stat(root)).isDirectory()) throw new AuditBlocked(`${asked} is no folder.`)
  const stay = async (record: RunRecord): Promise<void> => {
    await print(root, options, record)
    await interrupted()
  }
  const record = await withProgress(root, options, isWatched ? stay : undefined)
  if (!isWatched) await print(root, options, record)
  return 0
}

async function print(root: string, options: Audit, record: RunRecord): Promise<void> {
  const why = whyNotByModel(record, options)
  if (why !== undefined) stderr.write(`The model did not write the summary: ${printable(why)}\n`)
  const report = await readReport(root)
  stdout.write(
    options.isJson
      ? report
      : `${renderSummary(JSON.parse(report), createPalette(isColoured()))}\n${renderRun(record)}\n`,
  )
}

function interrupted(): Promise<void> {
  stderr.write('The console stays open until Ctrl-C.\n')
  return new Promise((resolve) => {
    // The open port alone would not keep the process.
    const awake = setInterval(() => undefined, 60_000)
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => {
        clearInterval(awake)
        resolve()
      })
  })
}

/** `undefined` if it did, or was not to. An audit that goes on keeps the summary that it has. */
function whyNotByModel({ summary }: RunRecord, { model }: Audit): string | undefined {
  const isOther = model !== undefined && model.name !== summary.model
  return summary.note ?? (isOther ? 'it had been written before.' : undefined)
}

async function withProgress(
  root: string,
  { approval, isVerbose, limits, model }: Audit,
  stay: ((record: RunRecord) => Promise<void>) | undefined,
) {
  const progress = createProgress(stderr)
  try {
    return await runAudit({
      root,
      readLog: env.ROSCIUS_AUDIT_READ_LOG,
      limits,
      writer: model && (await import('./model-writer.js')).modelWriter(model),
      decide: (question, store, signal) => {
        progress.end()
        return deciderFor(approval)(question, store, signal)
      },
      onConsole: ({ url }) => void stderr.write(`Watch it: ${url}\n${stay === undefined ? CLOSES : ''}`),
      stay:
        stay &&
        ((record) => {
          progress.end()
          return stay(record)
        }),
      onProgress: shownOn(progress),
      onDecision: (decision) => {
        if (!isVerbose) return
        progress.end()
        stderr.write(`${renderDecision(decision)}\n`)
      },
    })
  } finally {
    progress.end()
  }
}

function shownOn(progress: Progress): (register: RegisterContext) => void {
  let isNew = true
  let shown = -1
  return ({ list, findings, starts }) => {
    const resumed = starts.at(-1) ?? 0
    if (isNew && resumed > 0)
      stderr.write(`Going on with an unfinished audit: ${countOf(resumed, 'file')} read before.\n`)
    isNew = false
    const done = countFindings(findings)
    if (list.files.length > 0 && done > shown) progress.update(done, list.files.length)
    shown = list.files.length > 0 ? done : shown
  }
}

function deciderFor(approval: Audit['approval']): Decider {
  if (approval === 'yes') return alwaysYes('the option --yes')
  if (approval === 'ask') return leaveOpen((text) => stderr.write(text))
  if (stdin.isTTY && stderr.isTTY) return askAt({ input: stdin, output: stderr })
  return alwaysYes('the start without a terminal', () =>
    stderr.write(
      'There is no terminal to ask at, so the report is written. (With --ask it waits for "roscius approvals".)\n',
    ),
  )
}

function isColoured(): boolean {
  return stdout.isTTY === true && !env.NO_COLOR
}

/** Messages speak of it. */
function causeOf({ cause }: Error): string {
  return cause instanceof Error ? `\n  caused by: ${printableLines(cause.message)}` : ''
}

function explain(error: unknown): number {
  if (error instanceof AuditBlocked) stderr.write(`${printableLines(error.message)}\n`)
  else if (isRosciusError(error)) stderr.write(`${error.code}: ${printableLines(error.message)}${causeOf(error)}\n`)
  else throw error
  return 1
}
