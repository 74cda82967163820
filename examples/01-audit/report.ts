/**
 * The audit's result, made of its findings.
 *
 * 1. Pure, and independent of the order in which files were read: every list is sorted by its contents.
 * 2. It holds nothing of the run that made it (no time, no duration, no count of restarts): an audit that was killed and
 *    went on ends with the same report, byte by byte, as one that wasn't. What a run was like is in `run-record.ts`.
 * 3. The summary is by somebody else, rules or a model: words about the report, marked as such.
 */
import type {
  DeclaredPackage,
  FileFinding,
  FileList,
  MarkedComment,
  PoisonFile,
  ReadFile,
  SecretFinding,
  SyntaxProblem,
  UnreadFile,
} from './finding.js'
import type { Limits } from './limits.js'
import { ascending, descending, inOrder } from './order.js'
import type { Summary } from './written-summary.js'

/** What the files say. */
export interface FilesReport {
  /** Name of the audited folder, without the path to it. */
  readonly folder: string
  readonly totals: {
    readonly files: number
    readonly bytes: number
    readonly lines: number
    readonly unread: number
    readonly poison: number
  }
  /** Most lines first. Binary files have no language. */
  readonly languages: readonly LanguageTotals[]
  /** The largest files, largest first. */
  readonly largest: readonly { readonly path: string; readonly bytes: number; readonly lines: number }[]
  readonly comments: readonly (MarkedComment & InFile)[]
  /** Files of equal contents, most wasted bytes first. Empty files don't count. */
  readonly duplicates: readonly { readonly hash: string; readonly bytes: number; readonly paths: readonly string[] }[]
  readonly manifests: readonly { readonly path: string; readonly packages: number; readonly dependencies: number }[]
  readonly packages: readonly (DeclaredPackage & { readonly declaredIn: readonly string[] })[]
  /** Packages by licence, most first; null stands for "none declared". */
  readonly licenses: readonly { readonly license: string | null; readonly packages: number }[]
  readonly syntaxProblems: readonly (SyntaxProblem & InFile)[]
  readonly secrets: readonly (SecretFinding & InFile)[]
  /** Files that were not read, or not searched in full; `bytes` and `hash` are null for one that was not read. */
  readonly badFiles: readonly BadFile[]
  /** Files that an analyser failed on each time it was tried: nothing but this is known of them. */
  readonly poison: readonly Omit<PoisonFile, 'status'>[]
  /** Symbolic links, which are not followed. */
  readonly links: readonly string[]
}

export interface AuditReport extends FilesReport {
  /** The report in words, and who wrote them. */
  readonly summary: Summary
  /** What the audit was allowed to spend. What it has spent depends on the run, and is in `run-record.ts`. */
  readonly limits: Limits
}

interface InFile {
  readonly path: string
}

interface LanguageTotals {
  readonly language: string
  readonly files: number
  readonly lines: number
  readonly bytes: number
}

interface BadFile extends InFile {
  readonly reason: string
  readonly bytes: number | null
  readonly hash: string | null
}

const LARGEST = 20

/** The report on a folder: its name, the list of its files, and a finding for each file of the list. */
export function createReport(folder: string, list: FileList, findings: readonly FileFinding[]): FilesReport {
  const sorted = [...findings].sort(ascending(({ path }) => path))
  const read = sorted.filter((finding) => finding.status === 'read')
  const unread = [...list.unread, ...sorted.filter((finding) => finding.status === 'unread')]
  const poison = sorted.filter((finding) => finding.status === 'poison')
  const packages = packagesOf(read)
  return {
    folder,
    totals: { ...totalsOf(read), unread: unread.length, poison: poison.length },
    languages: languagesOf(read),
    largest: largestOf(read),
    comments: read.flatMap(({ path, comments }) => comments.map((comment) => ({ path, ...comment }))),
    duplicates: duplicatesOf(read),
    manifests: manifestsOf(read),
    packages,
    licenses: licensesOf(packages),
    syntaxProblems: read.flatMap(({ path, problem }) => (problem === null ? [] : [{ path, ...problem }])),
    secrets: read.flatMap(({ path, secrets }) => secrets.map((secret) => ({ path, ...secret }))),
    badFiles: badFilesOf(read, unread),
    poison: poison.map(({ path, bytes, hash, error }) => ({ path, bytes, hash, error })),
    links: list.links,
  }
}

function totalsOf(files: readonly ReadFile[]): Omit<LanguageTotals, 'language'> {
  const sum = (key: 'bytes' | 'lines') => files.reduce((total, file) => total + file[key], 0)
  return { files: files.length, bytes: sum('bytes'), lines: sum('lines') }
}

function languagesOf(read: readonly ReadFile[]): readonly LanguageTotals[] {
  const texts = read.filter(({ contents }) => contents !== 'binary')
  return [...groupBy(texts, ({ language }) => language)]
    .map(([language, files]) => ({ language, ...totalsOf(files) }))
    .sort(
      inOrder(
        descending(({ lines }) => lines),
        ascending(({ language }) => language),
      ),
    )
}

function largestOf(read: readonly ReadFile[]): FilesReport['largest'] {
  return [...read]
    .sort(
      inOrder(
        descending(({ bytes }) => bytes),
        ascending(({ path }) => path),
      ),
    )
    .slice(0, LARGEST)
    .map(({ path, bytes, lines }) => ({ path, bytes, lines }))
}

function duplicatesOf(read: readonly ReadFile[]): FilesReport['duplicates'] {
  const filled = read.filter(({ bytes }) => bytes > 0)
  return [...groupBy(filled, ({ hash }) => hash)]
    .filter(([, files]) => files.length > 1)
    .map(([hash, files]) => ({ hash, bytes: files[0]?.bytes ?? 0, paths: files.map(({ path }) => path) }))
    .sort(
      inOrder(
        descending(({ bytes, paths }) => bytes * (paths.length - 1)),
        ascending(({ paths }) => paths[0] ?? ''),
      ),
    )
}

function manifestsOf(read: readonly ReadFile[]): FilesReport['manifests'] {
  return read.flatMap(({ path, manifest }) => {
    if (manifest === null) return []
    return [{ path, packages: manifest.packages.length, dependencies: manifest.dependencies.length }]
  })
}

/** Each package and version once; its licence is that of the first file, in order of paths, that declares one. */
function packagesOf(read: readonly ReadFile[]): FilesReport['packages'] {
  const declared = read.flatMap(({ path, manifest }) => (manifest?.packages ?? []).map((each) => ({ ...each, path })))
  return [...groupBy(declared, ({ name, version }) => `${name}@${version}`).values()]
    .map((same) => ({
      name: same[0]?.name ?? '',
      version: same[0]?.version ?? '',
      license: same.find(({ license }) => license !== null)?.license ?? null,
      declaredIn: [...new Set(same.map(({ path }) => path))],
    }))
    .sort(
      inOrder(
        ascending(({ name }) => name),
        ascending(({ version }) => version),
      ),
    )
}

function licensesOf(packages: FilesReport['packages']): FilesReport['licenses'] {
  return [...groupBy(packages, ({ license }) => license)]
    .map(([license, same]) => ({ license, packages: same.length }))
    .sort(
      inOrder(
        descending(({ packages }) => packages),
        ascending(({ license }) => license ?? ''),
      ),
    )
}

function badFilesOf(read: readonly ReadFile[], unread: readonly UnreadFile[]): readonly BadFile[] {
  const limited = read.flatMap(({ path, bytes, hash, limits }) =>
    limits.map((reason) => ({ path, reason, bytes, hash })),
  )
  return [...limited, ...unread.map(({ path, reason }) => ({ path, reason, bytes: null, hash: null }))].sort(
    inOrder(
      ascending(({ path }) => path),
      ascending(({ reason }) => reason),
    ),
  )
}

function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}
