/**
 * Bundles what `tsc` has built into `dist/bundle`: all that the package exports, and its command, unless that is done already.
 * Some hundred small modules take longer to load than to run: bundled, a process that imports the package starts in half the
 * time.
 *
 * 1. All entries share their chunks, so that a class is the same whichever of them it comes from. Other packages stay outside.
 * 2. The bundle is flat: what looks for a file from where it stands finds it from any chunk.
 * 3. Its maps lead to the sources in TypeScript, which are in the package.
 *
 * `--sweep` leaves nothing of earlier builds there: so it is published.
 */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { placeFiles, sweep } from './bundle-place.mjs'

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url))
const stamp = at('dist/.bundle-stamp.json')
const place = at('dist/bundle')
/** What it is made by, beside the compiled files. */
const MAKERS = ['package.json', 'package-lock.json', '.ci/bundle.mjs', '.ci/bundle-place.mjs']
const manifest = JSON.parse(readFileSync(at('package.json'), 'utf8'))
/** How the entry of an export is named before it is resolved. */
const EXPORT = 'export:'

/**
 * What an export stands for is imported by the bundle itself too, later. It gets that from a chunk, never from the entry, whose
 * name is the same in the next build.
 */
const facades = {
  name: 'facades',
  resolveId: (id) => (id.startsWith(EXPORT) ? `\0${id}` : null),
  load: (id) =>
    id.startsWith(`\0${EXPORT}`) ? `export * from ${JSON.stringify(at(id.slice(EXPORT.length + 1)))}` : null,
}

const tracedToSources = {
  name: 'traced-to-sources',
  load: (id) =>
    existsSync(`${id}.map`)
      ? { code: readFileSync(id, 'utf8'), map: JSON.parse(readFileSync(`${id}.map`, 'utf8')) }
      : null,
}

const last = lastBuild()
const hash = hashOf(['dist/src', 'dist/machines', 'dist/actors'])
const isBuilt = last.hash === hash && last.files.every((name) => existsSync(join(place, name)))
if (!isBuilt) {
  const built = at(`dist/.bundle-${process.pid}`)
  await bundleInto(built)
  const files = readdirSync(built)
  placeFiles(built, place, files.filter(isEntry))
  sweep(place, [...files, ...last.files])
  noteBuild({ hash, files })
}
if (process.argv.includes('--sweep')) sweep(place, lastBuild().files)

function lastBuild() {
  return existsSync(stamp) ? JSON.parse(readFileSync(stamp, 'utf8')) : { hash: '', files: [] }
}

/** Another build may read it at the same moment. */
function noteBuild(build) {
  const note = `${stamp}-${process.pid}`
  writeFileSync(note, JSON.stringify(build))
  renameSync(note, stamp)
}

/** Of all that the bundle is made of, and made by. */
function hashOf(folders) {
  const hash = createHash('sha256')
  for (const name of MAKERS) hash.update(readFileSync(at(name)))
  for (const folder of folders)
    for (const name of readdirSync(at(folder), { recursive: true }).sort())
      if (/\.js(\.map)?$/.test(name)) hash.update(`${name}\0`).update(readFileSync(join(at(folder), name)))
  return hash.digest('hex')
}

async function bundleInto(folder) {
  const { rolldown } = await import('rolldown')
  const bundle = await rolldown({
    input: entries(),
    platform: 'node',
    external: (id) => !/^[.\0]/.test(id) && !id.startsWith(at('dist')) && !id.startsWith(EXPORT),
    plugins: [facades, tracedToSources],
    logLevel: 'warn',
  })
  await bundle.write({ dir: folder, sourcemap: true, entryFileNames: '[name].js', chunkFileNames: 'chunk-[hash].js' })
  await bundle.close()
}

/** By the name that each has in the bundle; an export is made of what its types are of. */
function entries() {
  const exported = Object.values(manifest.exports).filter(({ types }) => types !== undefined)
  const files = exported.map((entry) => [
    basename(entry.default, '.js'),
    EXPORT + entry.types.replace(/\.d\.ts$/, '.js'),
  ])
  return { ...Object.fromEntries(files), [basename(manifest.bin.roscius, '.js')]: at('dist/src/cli/main.js') }
}

function isEntry(name) {
  return !name.startsWith('chunk-') && name.endsWith('.js')
}
