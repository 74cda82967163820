import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createSystem, type SystemEvent, withPermissions } from 'roscius'
import { seededRandom } from 'roscius/testing'
import { beforeAll, describe, expect, test } from 'vitest'
import { createLogic, SCOPES } from '../../../examples/01-audit/job.js'
import { DEFAULT_LIMITS } from '../../../examples/01-audit/limits.js'
import { build } from '../../support/build.js'
import { hasRead, startAudit } from './audit-process.js'
import { temporaryFolder } from './temporary-folder.js'

const SOUND = 40
const HOSTILE = 8
const KILLS = 6
const SEED = Number(process.env.AUDIT_SEED ?? 20_261_121)

/** Valid JSON, and nested more deeply than the analyser of lock files can follow. */
const LOCK_FILE = `${'{"dependencies":{"a":'.repeat(10_000)}{}${'}}'.repeat(10_000)}`
const ERROR = 'RangeError: Maximum call stack size exceeded'

const hostilePaths = Array.from({ length: HOSTILE }, (_, index) => `dir-${index}/package-lock.json`)

function folderWith(hostile: readonly string[]) {
  return temporaryFolder({
    // Comments for the audit to find: its report counts what is marked as left open.
    ...Object.fromEntries(Array.from({ length: SOUND }, (_, index) => [`f${index}.ts`, `// TODO ${index}\n`])),
    // No two are equal, or the report would list them as duplicates as well.
    ...Object.fromEntries(hostile.map((path, index) => [path, `${LOCK_FILE}${' '.repeat(index)}`])),
  })
}

async function reportsOf(root: string) {
  const read = (name: string) => readFile(join(root, 'roscius-audit', name), 'utf8')
  return { json: JSON.parse(await read('report.json')), markdown: await read('report.md') }
}

/** An audit in this process, up to the question whether its report may be written, with what its supervision told. */
async function auditHere(root: string): Promise<readonly SystemEvent[]> {
  const events: SystemEvent[] = []
  const store = join(root, 'roscius-audit/.store')
  const logic = createLogic({ root, limits: DEFAULT_LIMITS })
  await using system = await createSystem({ name: 'audit', store, logic })
  const asked = new Promise<void>((resolve) => {
    system.on((event) => {
      events.push(event)
      if (event.type === 'approvalRequested') resolve()
    })
  })
  await system.spawn('job', { id: 'job', ...withPermissions({ scopes: SCOPES }) })
  await asked
  return events
}

describe('a file that an analyser fails on', () => {
  beforeAll(() => build())

  test('restarts the analyst and nobody else, and becomes a dead letter with its third try', async () => {
    await using folder = await folderWith(hostilePaths.slice(0, 1))
    const events = await auditHere(folder.path)
    const failed = events.filter((event) => event.type === 'childFailed')
    const restarted = events.filter((event) => event.type === 'childRestarted')
    expect(failed.map(({ path, rule, error }) => [path, rule, String(error)])).toEqual(
      ['failed', 'redelivery', 'poison'].map((rule) => ['job/pool/analyst', rule, ERROR]),
    )
    expect(restarted.map(({ path, from }) => [path, from])).toEqual(
      Array.from({ length: 3 }, () => ['job/pool/analyst', 'initial']),
    )
    expect(events.filter((event) => event.type === 'deadLetter')).toMatchObject([
      { path: 'job/pool/analyst', reason: 'poison', event: { type: 'ANALYSE', path: hostilePaths[0] } },
    ])
  })

  test('is reported as poison, and the rest is complete', async () => {
    await using folder = await folderWith(hostilePaths)
    expect(await startAudit([folder.path]).ended).toMatchObject({ code: 0 })
    await expectComplete(folder.path)
  })

  test(`is reported as poison by an audit that was killed ${KILLS} times, too (seed ${SEED})`, async () => {
    const random = seededRandom(SEED)
    await using folder = await folderWith(hostilePaths)
    const logs = Array.from({ length: KILLS }, (_, kill) => `kill-${kill}.log`)
    await using notes = await temporaryFolder(Object.fromEntries(logs.map((name) => [name, ''])))
    await startAudit([folder.path]).ended
    const calm = await reportsOf(folder.path)
    await rm(join(folder.path, 'roscius-audit'), { recursive: true })

    for (const log of logs.map((name) => join(notes.path, name))) {
      const killed = startAudit([folder.path], log)
      expect(await hasRead(killed, log, 1 + Math.floor(random.next() * 4))).toBe(true)
      await pause(random.next() * 5)
      killed.child.kill('SIGKILL')
      expect(await killed.ended).toMatchObject({ code: null })
    }
    expect(await startAudit([folder.path]).ended).toMatchObject({ code: 0 })
    await expectComplete(folder.path)
    expect(await reportsOf(folder.path)).toEqual(calm)
  })
})

async function expectComplete(root: string): Promise<void> {
  const { json, markdown } = await reportsOf(root)
  expect(json.poison).toMatchObject(hostilePaths.map((path) => ({ path, error: ERROR })))
  expect(json).toMatchObject({ totals: { files: SOUND, poison: HOSTILE }, badFiles: [] })
  expect(json.comments).toHaveLength(SOUND)
  for (const path of hostilePaths) expect(markdown).toContain(`| \`${path}\` | ${ERROR} |`)
}
