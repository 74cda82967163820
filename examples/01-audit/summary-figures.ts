/**
 * What a summary is made from: figures, kinds and places. Nothing of what is in a file gets in here, and secrets that are part
 * of a name are masked; so it may be sent to a model.
 */
import { z } from 'zod'
import { countOf, formatCount } from './figures.js'
import { printable, shorten } from './printable.js'
import type { FilesReport } from './report.js'
import { maskSecrets } from './secrets.js'

const TOP = 5
const PLACES = 3

const count = z.number().int().nonnegative()
const placesSchema = z.object({ count, first: z.array(z.string()) })

export const figuresSchema = z.object({
  folder: z.string(),
  files: count,
  lines: count,
  languages: z.array(z.object({ language: z.string(), files: count, lines: count })),
  packages: count,
  licences: z.array(z.object({ licence: z.string(), packages: count })),
  marks: z.array(z.object({ mark: z.string(), count })),
  duplicatedGroups: count,
  secrets: placesSchema,
  doNotParse: placesSchema,
  poison: placesSchema,
  notFullyRead: placesSchema,
})

export type Figures = z.infer<typeof figuresSchema>

export function figuresOf(report: FilesReport): Figures {
  const { totals, languages, licenses, comments } = report
  return {
    folder: safe(report.folder),
    files: totals.files,
    lines: totals.lines,
    languages: languages.slice(0, TOP).map(({ language, files, lines }) => ({ language, files, lines })),
    packages: report.packages.length,
    licences: licenses
      .slice(0, TOP)
      .map(({ license, packages }) => ({ licence: safe(license ?? 'none declared'), packages })),
    marks: ['TODO', 'FIXME', 'HACK'].map((mark) => ({
      mark,
      count: comments.filter((comment) => comment.mark === mark).length,
    })),
    duplicatedGroups: report.duplicates.length,
    secrets: placesOf(report.secrets),
    doNotParse: placesOf(report.syntaxProblems),
    poison: placesOf(report.poison),
    notFullyRead: placesOf(report.badFiles),
  }
}

function placesOf(found: readonly { readonly path: string; readonly kind?: string; readonly line?: number }[]) {
  const place = ({ path, kind, line }: (typeof found)[number]): string =>
    `${safe(line === undefined ? path : `${path}:${line}`)}${kind === undefined ? '' : ` (${kind})`}`
  return { count: found.length, first: found.slice(0, PLACES).map(place) }
}

function safe(text: string): string {
  return shorten(printable(maskSecrets(text)), 120)
}

/** The summary that needs no model. */
export function sumUp(figures: Figures): string {
  return `${contentsOf(figures)}\n${alarmsOf(figures)}\n${choresOf(figures)}`
}

function contentsOf({ files, lines, languages, packages, licences }: Figures): string {
  const most = listed(languages.slice(0, 2).map((each) => `${each.language} (${formatCount(each.lines)})`))
  const named = listed(licences.slice(0, 2).map((each) => `${each.licence} (${formatCount(each.packages)})`))
  return [
    `${countOf(files, 'file')} with ${countOf(lines, 'line')}${most === '' ? '' : `, most of them ${most}`}.`,
    `${countOf(packages, 'package')} declared${named === '' ? '' : `, most under ${named}`}.`,
  ].join(' ')
}

function alarmsOf({ secrets, doNotParse, poison, notFullyRead }: Figures): string {
  const alarms = [
    alarm(secrets, 'string that looks like a secret', 'strings that look like secrets'),
    alarm(doNotParse, 'file that does not parse', 'files that do not parse'),
    alarm(poison, 'file that an analyser failed on', 'files that an analyser failed on'),
    alarm(notFullyRead, 'entry that was not or not fully searched', 'entries that were not or not fully searched'),
  ].filter((text) => text !== '')
  return alarms.length === 0 ? 'Nothing in it needs a look at once.' : `To be looked at: ${alarms.join('; ')}.`
}

function alarm({ count: found, first: [first = ''] }: Figures['secrets'], one: string, many: string): string {
  if (found === 0) return ''
  return `${countOf(found, one, many)}, ${found === 1 ? '' : 'the first '}in ${first}`
}

function choresOf({ marks, duplicatedGroups }: Figures): string {
  const open = listed(marks.filter((each) => each.count > 0).map((each) => `${formatCount(each.count)} ${each.mark}`))
  const left = open === '' ? 'No comment marks anything as left open' : `Marked as left open: ${open}`
  return `${left}; ${countOf(duplicatedGroups, 'group')} of files with equal contents.`
}

/** `a`, `a and b`. */
function listed(items: readonly string[]): string {
  return items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`
}
