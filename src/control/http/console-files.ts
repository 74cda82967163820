/**
 * The console's files, as they were built into the package.
 *
 * 1. What can be had was read when somebody first asked: a path that is not in that list leads nowhere, whatever is in it, and a
 *    build that comes later changes nothing until the next start.
 * 2. The page is the same for all paths but for its base: `../` for each level that it stands below the console's own.
 */
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { ownRoot } from '../version.js'
import { PAGE_CSP } from './security-headers.js'

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
}

const PAGE = 'index.html'
/** Their names hold a hash of what is in them. */
const HASHED = 'assets/'
const FOR_EVER = 'public, max-age=31536000, immutable'

const NOT_BUILT = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Roscius</title>
<h1>The console is not built</h1><p>Run <code>npm run build</code> in the checkout of Roscius. The API below <code>/api</code> works.</p></html>
`

/** Where the build puts them. */
function ownFolders(): readonly string[] {
  const root = ownRoot()
  return root === undefined ? [] : [join(root, 'dist', 'console')]
}

export interface ConsoleFiles {
  /** `path`: below the base, beginning with `/`. Undefined where there is no such file, and none that stands for it. */
  answer(path: string): Promise<Response>
}

export function consoleFiles(folders: readonly string[] = ownFolders()): ConsoleFiles {
  let reading: Promise<Files> | undefined
  return {
    answer: async (path) => {
      reading ??= firstBuilt(folders)
      const files = await reading
      // It may be built later.
      if (files.size === 0) reading = undefined
      return answerOf(files, path)
    },
  }
}

type Files = ReadonlyMap<string, Buffer<ArrayBuffer>>

function answerOf(files: Files, path: string): Response {
  const name = path.slice(1)
  const content = files.get(name)
  if (content !== undefined && name !== PAGE) return fileAnswer(name, content)
  if (name.startsWith(HASHED)) return new Response('There is no such file.', { status: 404 })
  const page = files.get(PAGE)
  if (page === undefined) return htmlAnswer(NOT_BUILT, 503)
  return htmlAnswer(placed(page.toString(), path), 200)
}

/** The files of the first folder that holds a page; none if no folder does. */
async function firstBuilt(folders: readonly string[]): Promise<Files> {
  for (const folder of folders) {
    const files = await filesIn(folder).catch(() => new Map())
    if (files.has(PAGE)) return files
  }
  return new Map()
}

/** Every file below a folder, by its path in it. */
async function filesIn(folder: string): Promise<Files> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  const named = paths.map(async (path) => [relative(folder, path).split(sep).join('/'), await readFile(path)] as const)
  return new Map(await Promise.all(named))
}

function fileAnswer(name: string, content: Buffer<ArrayBuffer>): Response {
  const type = TYPES[extname(name)] ?? 'application/octet-stream'
  const keep = name.startsWith(HASHED) ? FOR_EVER : 'no-cache'
  return new Response(content, { headers: { 'content-type': type, 'cache-control': keep } })
}

function htmlAnswer(html: string, status: number): Response {
  const headers = { 'content-type': TYPES['.html'] as string, 'content-security-policy': PAGE_CSP }
  return new Response(html, { status, headers })
}

/** The page as it stands at `path`: the way up from there is its base, so that it need not know where it is mounted. */
function placed(html: string, path: string): string {
  const levels = path.split('/').length - 2
  return html.replace('<base href="./"', `<base href="${levels <= 0 ? './' : '../'.repeat(levels)}"`)
}
