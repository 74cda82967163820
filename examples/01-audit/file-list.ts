import type { Dirent } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describeFileFailure } from './file-failure.js'
import type { FileList, UnreadFile } from './finding.js'
import { createIgnoreRules, type IgnoreRules } from './ignore-rules.js'
import { ascending } from './order.js'

/** What the audit itself writes into the audited folder; never audited. */
export const OUTPUT_FOLDER = 'roscius-audit'

interface Folder {
  /** Relative to the audited folder, '' for itself. */
  readonly path: string
  readonly rules: IgnoreRules
}

/**
 * Every file below `root` that no .gitignore leaves out, sorted by path; `.git` and the audit's own output never count. Folders that
 * can't be read and what is no file are listed as unread. Rejects only if `root` is no readable folder.
 */
export async function listFiles(root: string, signal?: AbortSignal): Promise<FileList> {
  const files: string[] = []
  const links: string[] = []
  const unread: UnreadFile[] = []
  const open: Folder[] = [{ path: '', rules: createIgnoreRules([`/${OUTPUT_FOLDER}/`]) }]
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    signal?.throwIfAborted()
    const entries = await entriesOf(root, folder.path, unread)
    const rules = await rulesWithin(root, folder, entries, unread)
    for (const entry of entries) {
      const path = folder.path === '' ? entry.name : `${folder.path}/${entry.name}`
      if (entry.name === '.git' || rules.isIgnored(entry.isDirectory() ? `${path}/` : path)) continue
      if (entry.isDirectory()) open.push({ path, rules })
      else if (entry.isFile()) files.push(path)
      else if (entry.isSymbolicLink()) links.push(path)
      else unread.push({ status: 'unread', path, reason: 'no regular file' })
    }
  }
  return { files: sortedPaths(files), links: sortedPaths(links), unread: unread.sort(ascending(({ path }) => path)) }
}

async function entriesOf(root: string, path: string, unread: UnreadFile[]): Promise<readonly Dirent[]> {
  try {
    return await readdir(join(root, path), { withFileTypes: true })
  } catch (error) {
    if (path === '') throw error
    unread.push({ status: 'unread', path: `${path}/`, reason: describeFileFailure(error, path) })
    return []
  }
}

async function rulesWithin(
  root: string,
  { path, rules }: Folder,
  entries: readonly Dirent[],
  unread: UnreadFile[],
): Promise<IgnoreRules> {
  if (!entries.some((entry) => entry.name === '.gitignore' && entry.isFile())) return rules
  try {
    return rules.with(path, await readFile(join(root, path, '.gitignore'), 'utf8'))
  } catch (error) {
    // Its own reading as a file is reported by the worker; here it matters that its rules are missing.
    unread.push({
      status: 'unread',
      path: join(path, '.gitignore'),
      reason: `rules not applied: ${describeFileFailure(error, path)}`,
    })
    return rules
  }
}

/** Names that are no UTF-8 may read alike: each path once. */
function sortedPaths(paths: readonly string[]): readonly string[] {
  return [...new Set(paths)].sort(ascending((path) => path))
}
