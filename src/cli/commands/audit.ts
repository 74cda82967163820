/**
 * `roscius audit verify|export`: reads the audit trail of a store, whether a system has it open or not, or of an exported file.
 * Changes no record.
 */
import { open } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { AUDIT_KINDS, type AuditKind } from '../../governance/audit/audit-record.js'
import type { AuditHead } from '../../governance/audit/check-chain.js'
import type { ExportOptions } from '../../governance/audit/trail-reader.js'
import { checkFile, checkStore, exportLines } from '../sources/audit-source.js'
import { KEY_HELP } from '../stored/open-store.js'
import { checkText } from '../text/audit-text.js'

const HELP = `Usage: roscius audit verify <folder or file> [--anchor <n>:<hash>] [--partial] [--json]
       roscius audit export <folder> [-o <file>] [--kind <kind>] [--path <path>] [--from <n>] [--to <n>] [--journal]

verify checks the hash chain of the audit trail in a store, or in a file that was exported, and tells the first break.
  --anchor <n>:<hash>   what was noted elsewhere as the end of the trail at some time: finds a trail that was cut at its
                        end, or made anew as a whole. Without it, neither can be told from a true one.
  --partial             in a file, records may be left out
  --json                one JSON object: { ok, records, payloads: { compared, erased, absent }, leftOut, head, firstBreak }

export writes JSON Lines, one record a line: { n, atMs, kind, path, subject, payloadHash, prev, hash, salt, payload }, or
"erased": true in place of the payload. The same trail gives the same file.
  -o <file>             where to; it must not exist. Default: standard output
  --kind <kind>         only these; can be given more than once
  --path <path>         only of these actors; * is one segment, ** any number
  --from <n> --to <n>   only these numbers, both included
  --journal             journal records go with it, as they are stored: encoded, and not redacted

While a system uses the folder, a copy of what it has committed is read.
${KEY_HELP}
Exit code: 0 the trail is whole, or is written; 1 it has a break; 2 it could not be read.
`

const OPTIONS = {
  anchor: { type: 'string' },
  partial: { type: 'boolean' },
  json: { type: 'boolean' },
  kind: { type: 'string', multiple: true },
  path: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  journal: { type: 'boolean' },
  output: { type: 'string', short: 'o' },
  help: { type: 'boolean', short: 'h' },
} as const

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values']

export async function auditCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS })
  if (values.help === true) {
    process.stdout.write(HELP)
    return 0
  }
  const [verb, source, ...rest] = positionals
  if (source === undefined || rest.length > 0 || (verb !== 'verify' && verb !== 'export')) {
    process.stderr.write(HELP)
    return 2
  }
  return verb === 'verify' ? verify(source, values) : exportTo(source, values)
}

async function verify(source: string, { anchor, partial = false, json }: Values): Promise<number> {
  const options = { anchor: anchorOf(anchor), isPartial: partial }
  const isFile = /\.jsonl?$/i.test(source)
  const check = isFile ? await checkFile(source, options) : await checkStore(source, options)
  const text = json === true ? JSON.stringify(check, undefined, 2) : checkText(check, options)
  process.stdout.write(`${text}\n`)
  return check.ok ? 0 : 1
}

async function exportTo(folder: string, values: Values): Promise<number> {
  const { kind, path, from, to, journal, output } = values
  const options: ExportOptions = {
    ...(kind !== undefined && { kind: kind.map(kindOf) }),
    ...(path !== undefined && { path }),
    ...(from !== undefined && { from: numberOf('--from', from) }),
    ...(to !== undefined && { to: numberOf('--to', to) }),
    ...(journal === true && { journal }),
  }
  if (output === undefined) await exportLines(folder, options, writeOut)
  else await exportToFile(folder, options, output)
  return 0
}

/** A file that is there is not overwritten: it may be evidence. */
async function exportToFile(folder: string, options: ExportOptions, output: string): Promise<void> {
  const file = await open(output, 'wx', 0o600)
  try {
    let count = 0
    await exportLines(folder, options, async (line) => {
      count++
      await file.write(line)
    })
    process.stderr.write(`${count} records are in ${output}\n`)
  } finally {
    await file.close()
  }
}

async function writeOut(line: string): Promise<void> {
  if (!process.stdout.write(line)) await new Promise((resolve) => process.stdout.once('drain', resolve))
}

function anchorOf(text: string | undefined): AuditHead | undefined {
  if (text === undefined) return undefined
  const [, n, hash] = /^(\d+):([0-9a-f]{64})$/i.exec(text) ?? []
  if (n === undefined || hash === undefined) throw new Error('--anchor is a number and a hash: 12:9f86…')
  return { n: Number(n), hash: hash.toLowerCase() }
}

function kindOf(text: string): AuditKind {
  const kind = AUDIT_KINDS.find((one) => one === text)
  if (kind === undefined) throw new Error(`--kind is one of ${AUDIT_KINDS.join(', ')}; got "${text}".`)
  return kind
}

function numberOf(option: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`${option} is a whole number; got "${text}".`)
  return Number(text)
}
