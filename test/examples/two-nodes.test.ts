import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Accounts, verdictOf } from '../../examples/03-two-nodes/count.js'
import { build } from '../support/build.js'
import { root } from '../support/compile.js'
import { temporaryFolder } from './audit/temporary-folder.js'

const COUNT = '2. What came of it'

beforeAll(() => build())

/** Resolves, whatever the exit code. */
async function run(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
  const main = join(root, 'dist/examples/03-two-nodes/main.js')
  const started = promisify(execFile)(process.execPath, [main, ...args], { env: { ...process.env, ...env } })
  const ended = await started.catch((error: Awaited<typeof started> & { readonly code: number }) => error)
  return { code: 'code' in ended ? ended.code : 0, stdout: ended.stdout, stderr: ended.stderr }
}

/** Times, processes, and how far each was when it was killed, are different each time. */
const masked = (text: string): string => text.replaceAll(/ *\d+/g, ' #')

describe('two nodes', () => {
  const expected = readFileSync(join(root, 'examples/03-two-nodes/expected-output.txt'), 'utf8')
  const tableOf = (output: string): string | undefined => output.split(COUNT)[1]?.split('Work was begun')[0]

  test('do each job once over two kills and a cut, and leave no store behind', async () => {
    await using folder = await temporaryFolder()
    const { code, stdout, stderr } = await run([], { TMPDIR: folder.path, TEMP: folder.path })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(masked(stdout)).toBe(masked(expected))
    expect(tableOf(stdout)).toBe(tableOf(expected))
    expect(readdirSync(folder.path)).toEqual([])
  })

  test('fit a terminal of 100 columns', () => {
    expect(expected.split('\n').filter((line) => line.length > 100)).toEqual([])
  })

  test('explain themselves, and refuse what they do not understand', async () => {
    expect(await run(['--help'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Usage: npm run example -- 03-two-nodes'),
    })
    expect(await run(['--nonsense'])).toMatchObject({ code: 2, stderr: expect.stringContaining('Usage') })
  })
})

describe('the count', () => {
  const right: Accounts = {
    handedOut: { ada: [1, 3], ben: [2, 4] },
    reported: [1, 2, 3, 4],
    done: { ada: [1, 3], ben: [2, 4] },
    deeds: [1, 1, 2, 3, 4].map((job, index) => ({
      effectId: `e${job}`,
      attempt: index === 1 ? 2 : 1,
      worker: '',
      job,
    })),
    deadLetters: 0,
  }

  test('is right if each job was handed out, done and reported once, however often it was begun', () => {
    const { total, begun, effects, isRight } = verdictOf(right, 4)
    expect(total).toEqual({ worker: 'all', handedOut: 4, done: 4, reported: 4, twice: 0, lost: 0 })
    expect({ begun, effects, isRight }).toEqual({ begun: 5, effects: 4, isRight: true })
  })

  test.each<[what: string, accounts: Partial<Accounts>, total: object]>([
    ['a job that was done twice', { done: { ada: [1, 3, 3], ben: [2, 4] } }, { twice: 1, lost: 0 }],
    ['a report that came twice', { reported: [1, 2, 2, 3, 4] }, { twice: 1, lost: 0 }],
    ['a job that was never done', { done: { ada: [1], ben: [2, 4] } }, { twice: 0, lost: 1 }],
    ['a report that never came', { reported: [1, 2, 4] }, { twice: 0, lost: 1 }],
    ['one done twice in place of another', { done: { ada: [1, 1], ben: [2, 4] } }, { twice: 1, lost: 1 }],
    ['a job that was never handed out', { handedOut: { ada: [1], ben: [2, 4] } }, { handedOut: 3 }],
    ['work under two effect ids', { deeds: [...right.deeds, { ...right.deeds[0]!, effectId: 'e5' }] }, { twice: 0 }],
    ['a dead letter', { deadLetters: 1 }, { twice: 0, lost: 0 }],
  ])('finds %s', (_, accounts, total) => {
    const verdict = verdictOf({ ...right, ...accounts }, 4)
    expect(verdict.total).toMatchObject(total)
    expect(verdict.isRight).toBe(false)
  })
})
