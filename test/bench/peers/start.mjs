/**
 * `npm run bench:peers`: installs the peers from their own manifest where that isn't done yet, compiles the suite, and runs it.
 *
 * The compiled suite lies in `.cache/bench`, where `roscius` means this package; the peers' packages are linked there.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '..', '..', '..')
const compiled = join(root, '.cache', 'bench', 'peers')

/** Runs a command whose output isn't the report's: all of it goes to stderr. */
function run(command, args, cwd) {
  const { status, error } = spawnSync(command, args, {
    cwd,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (error) throw error
  return status === 0
}

/** Once for each lock file. */
function install() {
  const lock = readFileSync(join(here, 'package-lock.json'), 'utf8')
  const installed = join(here, 'node_modules', '.installed')
  if (existsSync(installed) && readFileSync(installed, 'utf8') === lock) return
  process.stderr.write('installing the peers into test/bench/peers: npm ci\n')
  if (run('npm', ['ci', '--no-audit', '--no-fund'], here)) writeFileSync(installed, lock)
  else process.stderr.write('the peers could not be installed: those that come from npm are left out\n')
}

function link() {
  const modules = join(compiled, 'node_modules')
  mkdirSync(compiled, { recursive: true })
  rmSync(modules, { force: true })
  symlinkSync(join(here, 'node_modules'), modules, 'junction')
}

install()
const isCompiled = run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', here], root)
if (!isCompiled && existsSync(join(here, 'node_modules', '.installed'))) process.exit(1)
link()
await import(new URL('../../../.cache/bench/peers/run.js', import.meta.url).href)
