/**
 * Builds the console into `dist/console`, unless it is built from the same sources already: `npm test` and `npm start`
 * build each time. It is built beside that and takes its place when it is whole, so that a node that serves it, or
 * another build at the same time, never finds half of it.
 */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { takePlace } from '../../.ci/take-place.mjs'

const at = (path) => fileURLToPath(new URL(path, import.meta.url))
const stamp = at('../../dist/.console-stamp')
const place = at('../../dist/console')
const sources = [at('.'), at('../control/protocol')]

const hash = createHash('sha256').update(readFileSync(at('../../package-lock.json')))
for (const folder of sources)
  for (const name of readdirSync(folder, { recursive: true }).sort())
    if (/\.(tsx?|css|html|svg|mjs)$/.test(name)) hash.update(`${name}\0`).update(readFileSync(join(folder, name)))
const now = hash.digest('hex')

const isBuilt =
  existsSync(at('../../dist/console/index.html')) && existsSync(stamp) && readFileSync(stamp, 'utf8') === now
if (!isBuilt) {
  // A test that builds says `test`, which would be React's slow build for developers.
  process.env.NODE_ENV = 'production'
  const { build } = await import('vite')
  const built = at(`../../dist/.console-${process.pid}`)
  await build({ configFile: at('vite.config.ts'), logLevel: 'warn', build: { outDir: built } })
  takePlace(built, place)
  writeFileSync(stamp, now)
}
