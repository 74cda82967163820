import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { root } from './support/compile.js'

const folders: string[] = []

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** The last line that vitest prints on a folder with these test files, and its exit code. */
function runOf(files: Readonly<Record<string, string>>): { last: string | undefined; status: number | null } {
  const folder = mkdtempSync(join(tmpdir(), 'roscius-tally-'))
  folders.push(folder)
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), `import { expect, test } from 'vitest'\n${text}\n`)
  }
  const reporters = ['default', join(root, '.ci/tally-reporter.ts')].flatMap((name) => ['--reporter', name])
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const args = [vitest, 'run', '--root', folder, ...reporters]
  const { stdout, status } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
  return { last: stdout.trimEnd().split('\n').at(-1), status }
}

test('a run ends with its tally on a line of its own', () => {
  const run = runOf({ 'a.test.ts': "test('one', () => expect(1).toBe(1))\ntest.skip('two', () => {})" })
  expect(run).toEqual({ last: '1 passed, 0 failed', status: 0 })
})

test('the tally counts as failed what fails outside of a test', () => {
  const run = runOf({
    'a.test.ts': "test('one', () => expect(1).toBe(1))\ntest('two', () => expect(1).toBe(2))",
    'b.test.ts': "throw new Error('does not load')",
    'c.test.ts': "test('three', () => { setImmediate(() => { throw new Error('late') }) })",
  })
  expect(run).toEqual({ last: '2 passed, 3 failed', status: 1 })
})
