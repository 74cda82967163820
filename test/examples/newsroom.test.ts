import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { build } from '../support/build.js'
import { root } from '../support/compile.js'
import { temporaryFolder } from './audit/temporary-folder.js'

const EXAMPLES = join(root, 'dist/examples')

interface Notice {
  readonly type: string
  readonly at?: number
  readonly event?: { readonly type: string; readonly path?: string; readonly rule?: string; readonly strategy?: string }
  readonly tree?: { readonly counts: Readonly<Record<string, number>> }
  readonly letter?: unknown
}

beforeAll(() => build())

/** Resolves, whatever the exit code. */
async function run(script: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const started = promisify(execFile)(process.execPath, [join(EXAMPLES, script), ...args], {
    env: { ...process.env, ...env },
    maxBuffer: 16 * 1024 ** 2,
  })
  const ended = await started.catch((error: Awaited<typeof started> & { readonly code: number }) => error)
  return { code: 'code' in ended ? ended.code : 0, stdout: ended.stdout, stderr: ended.stderr }
}

describe('the newsroom', () => {
  const expected = readFileSync(join(root, 'examples/02-supervision/expected-output.txt'), 'utf8')

  test('fits a terminal of 100 columns', () => {
    expect(expected.split('\n').filter((line) => line.length > 100)).toEqual([])
  })

  test('ends with every headline a story or a dead letter', () => {
    const headlines = expected.match(/> (a|another) (headline|one)\b.*/g) ?? []
    const stories = expected.match(/> .+ \((ada|ben|cleo)\)$/gm) ?? []
    expect(stories).toHaveLength(headlines.length - 1)
    expect(expected).toContain(`of ${headlines.length} headlines 1 is a dead letter, and ${stories.length} are stories`)
  })

  test('tells the same as data with --json, each supervision event among it', async () => {
    const { code, stdout } = await run('02-supervision/main.js', ['--json'])
    const notices: Notice[] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    const events = notices.flatMap(({ event }) => event ?? [])
    const rules = events.flatMap(({ rule }) => rule ?? [])
    expect(code).toBe(0)
    expect(new Set(events.map(({ type }) => type))).toEqual(
      new Set([
        ...['childFailed', 'childBackingOff', 'childRestarted', 'deadLetter'],
        ...['groupRestarting', 'intensityExceeded'],
      ]),
    )
    expect(new Set(rules)).toEqual(new Set(['failed', 'redelivery', 'poison', 'intensityExceeded']))
    expect(events.flatMap(({ strategy }) => strategy ?? [])).toEqual(['oneForAll', 'restForOne', 'restForOne'])
    expect(notices.filter(({ letter }) => letter !== undefined)).toHaveLength(1)
    expect(notices.findLast(({ tree }) => tree !== undefined)?.tree?.counts).toEqual({ active: 9 })
  })

  test('goes on waiting after the kill, and is back when the wait would have ended', async () => {
    const { stdout } = await run('02-supervision/main.js', ['--json'])
    const notices: Notice[] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    const wait = notices.findLast(({ event }) => event?.type === 'childBackingOff')
    const killed = notices.findIndex((notice) => 'text' in notice && notice.text === 'kill -9')
    const [reopened, ...later] = notices.slice(killed + 1).filter(({ tree }) => tree !== undefined)
    const back = notices.slice(killed).find(({ event }) => event?.type === 'childRestarted')
    expect(reopened?.tree?.counts).toEqual({ active: 8, restarting: 1 })
    expect(later[0]?.tree?.counts).toEqual({ active: 9 })
    expect(back).toMatchObject({ at: (wait?.at ?? 0) + 200, event: { path: 'newsroom/desk/ben' } })
  })

  test('leaves no store behind', async () => {
    await using folder = await temporaryFolder()
    await run('02-supervision/main.js', [], { TMPDIR: folder.path, TEMP: folder.path })
    expect(readdirSync(folder.path)).toEqual([])
  })

  test('explains itself, and refuses what it does not understand', async () => {
    expect(await run('02-supervision/main.js', ['--help'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Usage: npm run example -- 02-supervision'),
    })
    expect(await run('02-supervision/main.js', ['--nonsense'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--nonsense'),
    })
  })
})

describe('npm run example', () => {
  test('passes on what follows the name, or the number, of an example', async () => {
    const direct = await run('02-supervision/main.js', ['--help'])
    expect(await run('run.js', ['02-supervision', '--help'])).toEqual(direct)
    expect(await run('run.js', ['02', '--help'])).toEqual(direct)
  })

  test('lists the examples without a name, and for one that it does not know', async () => {
    const list = /^ {2}01-audit +an audit .*\n {2}02-supervision +a newsroom .*\n/m
    expect(await run('run.js', [])).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(list) })
    const unknown = await run('run.js', ['99-nothing'])
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringMatching(list) })
    expect(unknown.stderr).toContain('There is no example "99-nothing".')
  })
})
