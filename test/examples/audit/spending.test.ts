import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { WORKERS } from '../../../examples/01-audit/job.js'
import { DEFAULT_LIMITS, grantFor, raised, readLimits } from '../../../examples/01-audit/limits.js'
import { build } from '../../support/build.js'
import { readsOf, startAudit } from './audit-process.js'
import { temporaryFolder } from './temporary-folder.js'

const FILES = 20

/** Each with a comment for the audit to find: its report counts what is marked as left open. */
const files = Object.fromEntries(Array.from({ length: FILES }, (_, index) => [`f${index}.ts`, `// TODO ${index}\n`]))

async function outputOf(root: string, name: string): Promise<string> {
  return await readFile(join(root, 'roscius-audit', name), 'utf8')
}

describe('the budget of an audit', () => {
  beforeAll(() => build())

  test('is shown: what could be spent in the report, what was spent in run.json', async () => {
    await using folder = await temporaryFolder(files)
    const { code, stdout } = await startAudit([folder.path]).ended
    expect(code).toBe(0)
    expect(JSON.parse(await outputOf(folder.path, 'report.json')).limits).toEqual(DEFAULT_LIMITS)
    expect(await outputOf(folder.path, 'report.md')).toContain('10 000 turns')
    const { budget } = JSON.parse(await outputOf(folder.path, 'run.json'))
    const used = Object.fromEntries(budget.map(({ dimension, used }: Record<string, number>) => [dimension, used]))
    expect(used).toMatchObject({ modelCalls: 0, tokens: 0 })
    expect(used.toolCalls).toBeGreaterThanOrEqual(4)
    expect(stdout).toMatch(/spent +turns \d+ of 10 000, toolCalls \d+ of 10 000/)
  })

  test.each([
    ['turns', 4, 10],
    ['toolCalls', 4, 10],
    ['spawned', 8, 16],
  ])('of too few %s ends it with what to do, and a larger one goes on', async (name, few, more) => {
    await using folder = await temporaryFolder(files)
    await using notes = await temporaryFolder({ log: '' })
    const log = join(notes.path, 'log')
    const withBudget = (amount: number) => startAudit([folder.path, '--budget', `${name}=${amount}`], log).ended
    for (const amount of [few, few]) {
      const { code, stderr } = await withBudget(amount)
      expect(code).toBe(1)
      expect(stderr).toContain(`The audit's budget is spent: ${name} (${few}). What was found is kept`)
      expect(stderr).toContain(`--budget ${name}=${more}.`)
    }
    expect(await withBudget(10_000)).toMatchObject({ code: 0 })
    expect(JSON.parse(await outputOf(folder.path, 'report.json')).limits).toEqual({ ...DEFAULT_LIMITS, [name]: 10_000 })
    // What is in hand when the process ends is read again; what was found is not.
    const reads = readsOf(log).map(({ path }) => path)
    expect(new Set(reads)).toEqual(new Set(Object.keys(files)))
    expect(reads.length).toBeLessThanOrEqual(FILES + 2 * WORKERS)
  })

  test('is read from an option, with what is wrong with it', async () => {
    expect(readLimits('turns=5, tokens=7')).toEqual({ turns: 5, tokens: 7 })
    for (const wrong of ['turns', 'turns=-1', 'depth=5', 'turns=5;tokens=7', ''])
      expect(readLimits(wrong)).toContain('--budget takes turns=n')
    expect(readLimits('spawned=7')).toContain('the team alone are 8 actors')
    expect(await startAudit(['--budget', 'money=1']).ended).toMatchObject({ code: 2 })
  })

  test('can be raised, and not lowered', () => {
    const limits = raised(DEFAULT_LIMITS, { turns: 5, tokens: 60_000 })
    expect(limits).toEqual({ ...DEFAULT_LIMITS, tokens: 60_000 })
    expect(grantFor(DEFAULT_LIMITS, limits)).toEqual({ tokens: 10_000 })
    expect(grantFor(limits, limits)).toBeUndefined()
  })
})
