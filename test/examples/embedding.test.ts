import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { build } from '../support/build.js'
import { root } from '../support/compile.js'
import { temporaryFolder } from './audit/temporary-folder.js'

const EXPECTED = readFileSync(join(root, 'examples/07-embedding/expected-output.txt'), 'utf8')
const NAMES = ['http', 'express', 'fastify', 'hono']

beforeAll(() => build())

/** Resolves when the process has ended by itself, whatever its exit code. */
async function run(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const main = join(root, 'dist/examples/07-embedding/main.js')
  const started = promisify(execFile)(process.execPath, [main, ...args], { env: { ...process.env, ...env } })
  const ended = await started.catch((error: Awaited<typeof started> & { readonly code: number }) => error)
  return { code: 'code' in ended ? ended.code : 0, stdout: ended.stdout, stderr: ended.stderr }
}

/** What is printed of one service, without its name. */
const partOf = (name: string): string => EXPECTED.split(/^(?=\w+$)/m).find((part) => part.startsWith(name)) ?? ''
const withoutName = (part: string): string => part.slice(part.indexOf('\n')).trimEnd()

describe('a node in a service', () => {
  test.each(NAMES)(
    'on %s answers on its port what is asked over links, and leaves its routes as they are',
    async (name) => {
      await using folder = await temporaryFolder()
      const { code, stdout, stderr } = await run([name], { TMPDIR: folder.path, TEMP: folder.path })
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout.trim()).toBe(partOf(name).trim())
      expect(readdirSync(folder.path)).toEqual([])
    },
  )

  test('is the same whatever serves it', () => {
    const [first, ...others] = NAMES.map((name) => withoutName(partOf(name)))
    expect(first).toContain('RECEIPT')
    for (const other of others) expect(other).toBe(first)
  })

  test('refuses what it does not understand', async () => {
    expect(await run(['--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('express|fastify') })
    expect(await run(['koa'])).toMatchObject({ code: 2, stderr: expect.stringContaining('Usage') })
  })
})
