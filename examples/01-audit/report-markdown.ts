import { countOf, formatCount, formatSize } from './figures.js'
import type { Limits } from './limits.js'
import { printable } from './printable.js'
import type { AuditReport } from './report.js'
import type { Summary } from './written-summary.js'

/** Longer lists are cut here; report.json has them whole. */
const MAX_ROWS = 200

/** The report as a Markdown page. */
export function renderMarkdown(report: AuditReport): string {
  const { folder, totals } = report
  const sections = [
    `# Audit of ${code(folder)}`,
    `${countOf(totals.files, 'file')}, ${countOf(totals.lines, 'line')}, ${formatSize(totals.bytes)}; ${countOf(totals.unread, 'entry', 'entries')} not read, ${countOf(totals.poison, 'poison file')}.`,
    summarySection(report.summary),
    table('Languages', ['language', 'files', 'lines', 'bytes'], report.languages, (each) => [
      each.language,
      formatCount(each.files),
      formatCount(each.lines),
      formatCount(each.bytes),
    ]),
    table('Largest files', ['file', 'bytes', 'lines'], report.largest, (each) => [
      code(each.path),
      formatCount(each.bytes),
      formatCount(each.lines),
    ]),
    table('TODO, FIXME, HACK', ['where', 'mark', 'text'], report.comments, (each) => [
      place(each),
      each.mark,
      prose(each.text),
    ]),
    table('Duplicated files', ['files', 'bytes each', 'SHA-256'], report.duplicates, (each) => [
      each.paths.map(code).join(' '),
      formatCount(each.bytes),
      code(each.hash.slice(0, 12)),
    ]),
    table('Manifests and lock files', ['file', 'packages', 'direct dependencies'], report.manifests, (each) => [
      code(each.path),
      formatCount(each.packages),
      formatCount(each.dependencies),
    ]),
    table('Licences', ['licence', 'packages'], report.licenses, (each) => [
      prose(each.license ?? 'none declared'),
      formatCount(each.packages),
    ]),
    table('Packages', ['package', 'version', 'licence', 'declared in'], report.packages, (each) => [
      code(each.name),
      prose(each.version),
      prose(each.license ?? 'none declared'),
      each.declaredIn.map(code).join(' '),
    ]),
    table('JSON and YAML that do not parse', ['where', 'why'], report.syntaxProblems, (each) => [
      place(each),
      prose(each.message),
    ]),
    table('Strings that look like secrets', ['where', 'kind', 'masked'], report.secrets, (each) => [
      place(each),
      each.kind,
      code(each.masked),
    ]),
    table('Not read, or not searched in full', ['file', 'why', 'bytes', 'SHA-256'], report.badFiles, (each) => [
      code(each.path),
      prose(each.reason),
      each.bytes === null ? '' : formatCount(each.bytes),
      each.hash === null ? '' : code(each.hash.slice(0, 12)),
    ]),
    table('Poison: files that an analyser failed on', ['file', 'error', 'bytes', 'SHA-256'], report.poison, (each) => [
      code(each.path),
      prose(each.error),
      formatCount(each.bytes),
      code(each.hash.slice(0, 12)),
    ]),
    `Symbolic links, not followed: ${formatCount(report.links.length)}.`,
    budgetSection(report.limits),
    'How the audit went (interruptions, files resumed, what was spent, who approved this report) is in `run.json` beside this page; this page depends on the files alone, and on who wrote the summary.',
  ]
  return `${sections.join('\n\n')}\n`
}

function summarySection({ by, model, text }: Summary): string {
  const lines = text
    .split(/\r\n|[\r\n]/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const writer =
    by === 'model' ? `a model, ${code(model ?? 'unknown')}: check what it says against the tables` : 'rules'
  return ['## Summary', ...lines.map(paragraph), `Written by ${writer}.`].join('\n\n')
}

/** Text of others as one paragraph: no list, no heading, and no address that a page would make a link. */
function paragraph(line: string): string {
  return prose(line)
    .replaceAll('://', '&#58;//')
    .replace(/www\./gi, (www) => `${www.slice(0, 3)}&#46;`)
    .replace(/(?<=^[-+=]*)[-+=]/g, '\\$&')
    .replace(/^(\d+)([.)])/, '$1\\$2')
}

function budgetSection({ turns, toolCalls, modelCalls, tokens, spawned }: Limits): string {
  const amounts = [
    countOf(turns, 'turn'),
    countOf(toolCalls, 'tool call'),
    countOf(modelCalls, 'model call'),
    countOf(tokens, 'token'),
    countOf(spawned, 'actor'),
  ]
  return `## Budget\n\nThe agents that made this report had ${amounts.join(', ')} to spend at most.`
}

function table<T>(
  title: string,
  columns: readonly string[],
  items: readonly T[],
  cellsOf: (item: T) => readonly string[],
): string {
  const heading = `## ${title}\n\n`
  if (items.length === 0) return `${heading}None.`
  const rows = [columns, columns.map(() => '---'), ...items.slice(0, MAX_ROWS).map(cellsOf)]
  const lines = rows.map((cells) => `| ${cells.join(' | ')} |`)
  const rest = items.length - MAX_ROWS
  return `${heading}${lines.join('\n')}${rest > 0 ? `\n\n… and ${formatCount(rest)} more in \`report.json\`.` : ''}`
}

function place({
  path,
  line,
  column,
}: {
  readonly path: string
  readonly line: number
  readonly column?: number
}): string {
  return code(column === undefined ? `${path}:${line}` : `${path}:${line}:${column}`)
}

/** A code span that survives a table cell and backticks of its own. */
function code(text: string): string {
  const safe = printable(text).replaceAll('|', '\\|')
  const fence = '`'.repeat(Math.max(0, ...[...safe.matchAll(/`+/g)].map(([run]) => run.length)) + 1)
  return fence.length === 1 ? `\`${safe}\`` : `${fence} ${safe} ${fence}`
}

/** Text of the audited files, with all that Markdown or HTML would act on escaped. */
function prose(text: string): string {
  return printable(text).replace(/[\\`*_[\]<>|~#&!]/g, '\\$&')
}
