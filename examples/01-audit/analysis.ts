import { type FileContents, MAX_SEARCHED_BYTES } from './file-contents.js'
import type { ReadFile } from './finding.js'
import { languageOf } from './languages.js'
import { findMarkedComments } from './marked-comments.js'
import { readManifest } from './packages.js'
import { findSecrets } from './secrets.js'
import { findSyntaxProblem } from './syntax-problems.js'

/** At most this many comments and secrets of one file are kept; the finding says so. */
const MAX_FINDS = 1_000

/** What there is to report of a file with these contents. Throws what an analyser throws that has met its match. */
export function analyse(path: string, contents: FileContents): ReadFile {
  const { bytes, hash, text } = contents
  const language = languageOf(path)
  const counted = { status: 'read', path, bytes, hash, language: language.name, lines: linesOf(contents) } as const
  if (text === undefined) return { ...counted, ...unsearched(contents.isBinary) }
  const comments = findMarkedComments(text, language.comments)
  const secrets = findSecrets(text)
  return {
    ...counted,
    contents: 'text',
    comments: comments.slice(0, MAX_FINDS),
    secrets: secrets.slice(0, MAX_FINDS),
    problem: findSyntaxProblem(path, text),
    manifest: readManifest(path, text),
    limits: [...cutAt('marked comments', comments), ...cutAt('secrets', secrets)],
  }
}

function unsearched(isBinary: boolean): Omit<ReadFile, 'status' | 'path' | 'bytes' | 'hash' | 'language' | 'lines'> {
  const limit = isBinary ? 'binary, not searched' : `over ${MAX_SEARCHED_BYTES / 1024 ** 2} MiB, not searched`
  const contents = isBinary ? 'binary' : 'largeText'
  return { contents, comments: [], secrets: [], problem: null, manifest: null, limits: [limit] }
}

function cutAt(what: string, { length }: readonly unknown[]): readonly string[] {
  return length > MAX_FINDS ? [`${length} ${what}, all but the first ${MAX_FINDS} left out`] : []
}

/** A last line without a newline counts too. */
function linesOf({ isBinary, bytes, newlines, endsWithNewline }: FileContents): number {
  if (isBinary || bytes === 0) return 0
  return endsWithNewline ? newlines : newlines + 1
}
