import { readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { seededRandom } from 'roscius/testing'
import { beforeAll, describe, expect, test } from 'vitest'
import { WORKERS } from '../../examples/01-audit/job.js'
import { build } from '../support/build.js'
import { hasRead, type Read, readsOf, startAudit } from './audit/audit-process.js'
import { fillFolder, GENERATED_FILES, putUnnameable } from './audit/generated-folder.js'
import { temporaryFolder } from './audit/temporary-folder.js'

const KILLS = 10
/** Another seed, another folder and other moments to be killed at; printed when the test fails. */
const SEED = Number(process.env.AUDIT_SEED ?? 20_261_121)

/** A comment for the audit to find: its report counts what is marked as left open. */
const LEFT_OPEN = '// TODO a\n'

beforeAll(() => build())

describe('the audit, as a process', () => {
  test(`killed ${KILLS} times, ends with the report of an undisturbed run and reads no committed file twice (seed ${SEED})`, async () => {
    const random = seededRandom(SEED)
    await using folder = await temporaryFolder()
    await using notes = await temporaryFolder({ 'calm.log': '', 'stormy.log': '' })
    await fillFolder(folder.path, () => random.next())
    if (process.platform === 'linux') await putUnnameable(folder.path)

    const calm = await startAudit([folder.path], join(notes.path, 'calm.log')).ended
    expect(calm).toMatchObject({ code: 0 })
    const expected = await reportsOf(folder.path)
    expect(JSON.parse(expected['report.json'] ?? '')).toMatchObject({ totals: { poison: 1 }, poison: [POISON] })
    await rm(join(folder.path, 'roscius-audit'), { recursive: true })

    const log = join(notes.path, 'stormy.log')
    for (const reads of killPoints(() => random.next())) {
      const killed = startAudit([folder.path], log)
      expect(await hasRead(killed, log, reads)).toBe(true)
      await pause(random.next() * 20)
      killed.child.kill('SIGKILL')
      expect(await killed.ended).toMatchObject({ code: null })
    }
    const last = await startAudit([folder.path], log).ended
    expect(last.code).toBe(0)

    expect(await reportsOf(folder.path)).toEqual(expected)
    const files = new Set(readsOf(join(notes.path, 'calm.log')).map(({ path }) => path))
    expect(files.size).toBe(GENERATED_FILES + (process.platform === 'linux' ? 1 : 0))
    expectNoneTwice(readsOf(log), files)
    await expectResumed(folder.path, last.stdout, readsOf(log))
  })

  test('ends with the same report wherever in its life it is killed, its start and its end included', async () => {
    const random = seededRandom(SEED)
    await using folder = await temporaryFolder(
      // Comments to find here, too, and no two files are equal.
      Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`f${i}.ts`, `// TODO ${i}`])),
    )
    const startedAt = performance.now()
    await startAudit([folder.path]).ended
    const lifeMs = performance.now() - startedAt
    const expected = await reportsOf(folder.path)
    for (let kill = 0; kill < KILLS; kill += 1) {
      const killed = startAudit([folder.path])
      await Promise.race([killed.ended, pause(lifeMs * (0.3 + 0.7 * random.next()))])
      killed.child.kill('SIGKILL')
      const { code } = await killed.ended
      if (code !== null) expect(await reportsOf(folder.path)).toEqual(expected)
    }
    expect(await startAudit([folder.path]).ended).toMatchObject({ code: 0 })
    expect(await reportsOf(folder.path)).toEqual(expected)
  })

  test('begins anew once it has finished', async () => {
    await using folder = await temporaryFolder({ 'a.ts': LEFT_OPEN })
    await using notes = await temporaryFolder({ log: '' })
    const log = join(notes.path, 'log')
    expect((await startAudit([folder.path], log).ended).stdout).toContain('1 by this process, none resumed')
    await writeFile(join(folder.path, 'b.ts'), 'x')
    expect((await startAudit([folder.path], log).ended).stdout).toContain('2 by this process, none resumed')
    expect(readsOf(log).map(({ path }) => path)).toEqual(['a.ts', 'a.ts', 'b.ts'])
  })

  test('prints plain progress and a summary without a terminal, and the report with --json', async () => {
    await using folder = await temporaryFolder({ 'a.ts': LEFT_OPEN, 'b.json': '{' })
    const plain = await startAudit([folder.path]).ended
    expect(plain.stderr).toContain('read 2 of 2 files\n')
    expect(plain.stderr).toMatch(
      /^Watch it: http:\/\/127\.0\.0\.1:\d+\/#token=\S+\nIt is open while the audit runs; --watch keeps it open\.\n/,
    )
    expect(plain.stdout).toMatch(/TODO, FIXME, HACK +1\n/)
    expect(plain.stdout).toMatch(/do not parse +1, b\.json:1\n/)
    expect(plain.stdout + plain.stderr).not.toContain('\u001b')
    const json = await startAudit(['--json', folder.path]).ended
    expect(json.stdout).toBe(await readFile(join(folder.path, 'roscius-audit/report.json'), 'utf8'))
  })

  test('tells with --verbose what its agents decide, and why', async () => {
    await using folder = await temporaryFolder({ 'a.ts': LEFT_OPEN })
    const { stderr } = await startAudit([folder.path, '--verbose']).ended
    expect(stderr).toContain('coordinator turn 2   DELEGATE crew Read 1 file.  (1 file is left)\n')
    expect(stderr).toMatch(/worker-\d {4}turn 1 {3}USE_TOOL readFiles/)
    expect(stderr).toContain('reporter    turn 1   USE_TOOL writeReport')
  })

  test('tells a second process on the same folder that the first one is at work', async () => {
    const random = seededRandom(SEED)
    await using folder = await temporaryFolder()
    await using notes = await temporaryFolder({ log: '' })
    await fillFolder(folder.path, () => random.next())
    const first = startAudit([folder.path], join(notes.path, 'log'))
    expect(await hasRead(first, join(notes.path, 'log'), 1)).toBe(true)
    const second = await startAudit([folder.path]).ended
    first.child.kill('SIGKILL')
    await first.ended
    expect(second).toMatchObject({ code: 1, stdout: '' })
    expect(second.stderr).toContain('Another process is auditing')
    expect(second.stderr).toContain('roscius-audit')
  })

  test('explains itself, and refuses what it does not understand', async () => {
    expect(await startAudit(['--help']).ended).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Usage: npm start'),
    })
    expect(await startAudit(['--nonsense']).ended).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--nonsense'),
    })
    expect(await startAudit(['/no/such/folder']).ended).toMatchObject({
      code: 1,
      stderr: 'There is no folder /no/such/folder.\n',
    })
  })

  test('says in a line what is wrong with a folder that it can not work in', async () => {
    await using folder = await temporaryFolder({ 'a.ts': 'x', 'in-the-way/roscius-audit': 'x', 'led-away/b.ts': 'x' })
    await using elsewhere = await temporaryFolder()
    await symlink(elsewhere.path, join(folder.path, 'led-away/roscius-audit'))
    const said = async (name: string) => {
      const { code, stderr } = await startAudit([join(folder.path, name)]).ended
      return [code, stderr.replaceAll(folder.path, '.')]
    }
    expect(await said('a.ts')).toEqual([1, './a.ts is no folder.\n'])
    expect(await said('in-the-way')).toEqual([
      1,
      'There is no place for a report in ./in-the-way: roscius-audit is no folder.\n',
    ])
    expect(await said('led-away')).toEqual([
      1,
      'There is no place for a report in ./led-away: roscius-audit leads elsewhere.\n',
    ])
    expect(await readdir(elsewhere.path)).toEqual([])
  })
})

/** What the report says of the generated file that an analyser fails on. */
const POISON = { path: 'dir-4/package-lock.json', error: 'RangeError: Maximum call stack size exceeded' }

/** After how many reads, in all processes together, each kill comes; the first may come before any. */
function killPoints(next: () => number): readonly number[] {
  return Array.from({ length: KILLS }, () => Math.floor(next() * GENERATED_FILES * 0.95)).sort((a, b) => a - b)
}

async function reportsOf(root: string): Promise<Record<string, string>> {
  const read = (name: string) => readFile(join(root, 'roscius-audit', name), 'utf8')
  return { 'report.md': await read('report.md'), 'report.json': await read('report.json') }
}

/**
 * What a process read is committed, but for the one file that each worker may have had in hand when it was killed: only
 * those are read by a later process.
 */
function expectNoneTwice(reads: readonly Read[], files: ReadonlySet<string>): void {
  expect(new Set(reads.map(({ path }) => path))).toEqual(files)
  const pids = [...new Set(reads.map(({ pid }) => pid))]
  for (const [index, pid] of pids.entries()) {
    const own = reads.filter((read) => read.pid === pid).map(({ path }) => path)
    const later = new Set(reads.filter((read) => pids.indexOf(read.pid) > index).map(({ path }) => path))
    expect(new Set(own).size).toBe(own.length)
    expect(own.filter((path) => later.has(path)).length).toBeLessThanOrEqual(WORKERS)
  }
}

async function expectResumed(root: string, stdout: string, reads: readonly Read[]): Promise<void> {
  const record = JSON.parse(await readFile(join(root, 'roscius-audit/run.json'), 'utf8'))
  const byLast = reads.filter(({ pid }) => pid === reads.at(-1)?.pid).length
  expect(record.resumed + byLast).toBe(record.files)
  expect(stdout.replaceAll(' ', '')).toContain(`${byLast}bythisprocess,${record.resumed}resumedfrom`)
}
