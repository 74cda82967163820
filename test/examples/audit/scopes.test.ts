import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createSystem, memoryStore, startChild, withPermissions } from 'roscius'
import { expect, test } from 'vitest'
import { createLogic, SCOPES } from '../../../examples/01-audit/job.js'
import { DEFAULT_LIMITS } from '../../../examples/01-audit/limits.js'
import { toReporter } from '../../../examples/01-audit/reporter.js'
import { temporaryFolder } from './temporary-folder.js'

const task = JSON.stringify({ files: 1, summary: { by: 'rules', text: 'All is well.' } })

test('nobody among the workers can write a report, whatever agent it is, and nobody is asked about it', async () => {
  await using folder = await temporaryFolder({ 'a.ts': 'x' })
  const logic = createLogic({ root: folder.path, limits: DEFAULT_LIMITS })
  await using system = await createSystem({ name: 'audit', store: memoryStore(), logic })
  await system.spawn('job', { id: 'job', ...withPermissions({ scopes: SCOPES }) })
  const started = {
    id: 'intruder',
    logic: logic.reporter.logic,
    input: toReporter({ id: 't', to: 'reporter', task, depth: 0 }),
  }
  const intruder = await startChild(system.actor('pool', 'job/pool'), { ...started, restart: 'temporary' })
  expect(await intruder.result()).toMatchObject({
    status: 'failed',
    reason: expect.stringContaining('writeReport needs write:report, which was not granted'),
  })
  expect(system.approvals.list({ path: 'job/pool', status: 'any' })).toEqual([])
  expect(existsSync(join(folder.path, 'roscius-audit/report.md'))).toBe(false)
})
