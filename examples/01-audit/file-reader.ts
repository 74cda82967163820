import { join } from 'node:path'
import { analyse } from './analysis.js'
import { type FileContents, readContents } from './file-contents.js'
import { describeFileFailure } from './file-failure.js'
import type { FileFinding } from './finding.js'

export interface ReadFileOptions {
  readonly signal?: AbortSignal | undefined
  /** What makes a finding of a file that was read. Default: the analysers, here and now. */
  readonly toFinding?: (path: string, contents: FileContents) => FileFinding | Promise<FileFinding>
}

/**
 * Reads one file and finds what there is to report. `path` is relative to `root`. A file that can't be read is a finding too; only
 * an abort, and `toFinding`, reject.
 */
export async function readFileFinding(
  root: string,
  path: string,
  { signal, toFinding = analyse }: ReadFileOptions = {},
): Promise<FileFinding> {
  const contents = await readContents(join(root, path), signal).catch((error: unknown) => {
    signal?.throwIfAborted()
    return { reason: describeFileFailure(error, path) }
  })
  if ('reason' in contents) return { status: 'unread', path, ...contents }
  return toFinding(path, contents)
}
