import { execFile } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import { build } from './support/build.js'
import { root } from './support/compile.js'

const run = promisify(execFile)
const examples = readdirSync(join(root, 'examples')).filter((name) => /^\d\d-/.test(name))

/** The audit reads whole folders; two nodes run on real time, so that no two outputs are the same. See test/examples/. */
const withOutput = examples.filter((name) => name !== '01-audit' && name !== '03-two-nodes')

beforeAll(() => build())

test('there are examples, each with a program and a page', () => {
  expect(examples).toContain('01-audit')
  const missing = examples
    .flatMap((name) => ['main.ts', 'README.md'].map((file) => join('examples', name, file)))
    .filter((path) => !existsSync(join(root, path)))
  expect(missing).toEqual([])
})

test.each(withOutput)('%s prints what its expected output says', async (name) => {
  const cwd = await mkdtemp(join(tmpdir(), `roscius-${name}-`))
  try {
    const expected = await readFile(join(root, 'examples', name, 'expected-output.txt'), 'utf8')
    const { stdout } = await run(process.execPath, [join(root, 'dist/examples', name, 'main.js')], { cwd })
    expect(stdout).toBe(expected)
  } finally {
    await rm(cwd, { recursive: true, force: true })
  }
})
