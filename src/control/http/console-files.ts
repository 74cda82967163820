/**
 * The console's files, as they were built into the package.
 *
 * 1. What can be had was listed when the server started: a path that is not in that list leads nowhere, whatever is in it.
 * 2. The page is the same for all paths but for its base: `../` for each level that it stands below the console's own.
 */
import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
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

/** Where the build puts them: beside `dist/src`, or in the checkout's `dist` where the sources run as they are. */
const FOLDERS = ['../../../console/', '../../../dist/console/'].map((place) =>
  fileURLToPath(new URL(place, import.meta.url)),
)

export interface ConsoleFiles {
  /** `path`: below the base, beginning with `/`. Undefined where there is no such file, and none that stands for it. */
  answer(path: string): Promise<Response>
}

export function consoleFiles(folders: readonly string[] = FOLDERS): ConsoleFiles {
  const files = folders.map(listed).find((found) => found.has(PAGE)) ?? new Map<string, string>()
  return {
    answer: async (path) => {
      const name = path.slice(1)
      const file = files.get(name)
      if (file !== undefined && name !== PAGE) return fileAnswer(name, await readFile(file))
      if (name.startsWith(HASHED)) return new Response('There is no such file.', { status: 404 })
      const page = files.get(PAGE)
      if (page === undefined) return htmlAnswer(NOT_BUILT, 503)
      return htmlAnswer(placed(await readFile(page, 'utf8'), path), 200)
    },
  }
}

/** Every file below a folder, by its path in it; nothing if there is no such folder. */
function listed(folder: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  try {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue
      const file = join(entry.parentPath, entry.name)
      files.set(file.slice(join(folder, sep).length).split(sep).join('/'), file)
    }
  } catch {
    return new Map()
  }
  return files
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
