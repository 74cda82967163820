import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createSystem, supervisor } from 'roscius'
import { beforeAll, expect, test } from 'vitest'
import { createMachine, waitFor } from 'xstate'
import { build } from '../../support/build.js'
import { startAudit } from './audit-process.js'
import { temporaryFolder } from './temporary-folder.js'

beforeAll(() => build())

/** The register of a version that had other states. */
const register = createMachine({ initial: 'elsewhere', states: { elsewhere: {} } })

test('an unfinished audit of another version is left as it is, and named', async () => {
  await using folder = await temporaryFolder({ 'a.ts': '' })
  const store = join(folder.path, 'roscius-audit/.store')
  await mkdir(store, { recursive: true })
  const job = supervisor({ children: [{ id: 'register', logic: 'register' }] })
  {
    await using system = await createSystem({ name: 'audit', store, logic: { job, register } })
    const ref = await system.spawn('job', { id: 'job' })
    await waitFor(ref, (snapshot) => snapshot.matches('running'))
  }
  const { code, stderr } = await startAudit([folder.path]).ended
  expect([code, stderr]).toEqual([1, expect.stringContaining('holds an unfinished audit of another version (job')])
})
