/**
 * Bundles what `tsc` has built into `dist/bundle`: all that the package exports, and its command, unless that is done already.
 * Some hundred small modules take longer to load than to run: bundled, a process that imports the package starts in half the time.
 *
 * All entries share their chunks, so that a class is the same whichever of them it comes from. Other packages stay outside. The
 * bundle is flat: what looks for a file from where it stands finds it from any chunk.
 */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { takePlace } from './take-place.mjs'

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url))
const stamp = at('dist/.bundle-stamp')
const place = at('dist/bundle')
const manifest = JSON.parse(readFileSync(at('package.json'), 'utf8'))

const now = hashOf(['dist/src', 'dist/machines', 'dist/actors'])
const isBuilt = existsSync(place) && existsSync(stamp) && readFileSync(stamp, 'utf8') === now
if (!isBuilt) {
  const built = at(`dist/.bundle-${process.pid}`)
  await bundleInto(built)
  takePlace(built, place)
  writeFileSync(stamp, now)
}

function hashOf(folders) {
  const hash = createHash('sha256')
    .update(readFileSync(at('package.json')))
    .update(readFileSync(at('package-lock.json')))
  for (const folder of folders)
    for (const name of readdirSync(at(folder), { recursive: true }).sort())
      if (name.endsWith('.js')) hash.update(`${name}\0`).update(readFileSync(join(at(folder), name)))
  return hash.digest('hex')
}

async function bundleInto(folder) {
  const { rolldown } = await import('rolldown')
  const bundle = await rolldown({
    input: entries(),
    platform: 'node',
    external: (id) => !id.startsWith('.') && !id.startsWith(at('dist')),
    logLevel: 'warn',
  })
  await bundle.write({ dir: folder, sourcemap: true, entryFileNames: '[name].js', chunkFileNames: 'chunk-[hash].js' })
  await bundle.close()
}

/** By the name that each has in the bundle; an export is made of what its types are of. */
function entries() {
  const exported = Object.values(manifest.exports).filter(({ types }) => types !== undefined)
  const files = exported.map((entry) => [basename(entry.default, '.js'), at(entry.types.replace(/\.d\.ts$/, '.js'))])
  return { ...Object.fromEntries(files), [basename(manifest.bin.roscius, '.js')]: at('dist/src/cli/main.js') }
}
