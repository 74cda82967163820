import { describe, expect, test } from 'vitest'
import { type ActorRefFrom, createActor, enqueueActions, fromPromise, setup, waitFor } from 'xstate'
import { type AuditRef, auditMachine } from '../../../examples/01-audit/coordinator.js'
import type { FileFinding, FileList } from '../../../examples/01-audit/finding.js'
import { WORKERS } from '../../../examples/01-audit/job.js'
import { type ReadFileInput, workerMachine } from '../../../examples/01-audit/worker.js'

interface World {
  readonly files: number
  readonly read?: (path: string) => Promise<FileFinding>
  readonly list?: () => Promise<FileList>
  readonly report?: () => Promise<void>
}

/** The audit under plain XState: coordinator and workers side by side, their effects played by the test. */
function startAudit({ files, read = async (path) => unread(path), list, report = async () => undefined }: World) {
  const names = Array.from({ length: files }, (_, index) => `f${index}`)
  const worker = workerMachine.provide({
    actors: { readFile: fromPromise<FileFinding, ReadFileInput>(({ input }) => read(input.path)) },
  })
  const coordinator = auditMachine.provide({
    actors: {
      listFiles: fromPromise(list ?? (async () => ({ files: names, links: [], unread: [] }))),
      writeReport: fromPromise<void, { readonly audit: AuditRef }>(report),
    },
  })
  const job = setup({ actors: { coordinator, worker } }).createMachine({
    entry: enqueueActions(({ enqueue }) => {
      enqueue.spawnChild('coordinator', { systemId: 'coordinator', input: { root: '/x' } })
      for (let number = 1; number <= WORKERS; number += 1) enqueue.spawnChild('worker', { id: `worker-${number}` })
    }),
  })
  return createActor(job).start().system.get('coordinator') as ActorRefFrom<typeof auditMachine>
}

function unread(path: string): FileFinding {
  return { status: 'unread', path, reason: 'played' }
}

describe('the society of the audit', () => {
  test('reads each file once, no more at a time than there are workers', async () => {
    const seen: string[] = []
    let [reading, most] = [0, 0]
    const audit = startAudit({
      files: 250,
      read: async (path) => {
        seen.push(path)
        reading += 1
        most = Math.max(most, reading)
        await new Promise(setImmediate)
        reading -= 1
        return unread(path)
      },
    })
    const { context } = await waitFor(audit, (snapshot) => snapshot.matches('finished'))
    expect(new Set(seen)).toEqual(new Set(context.list.files))
    expect(seen).toHaveLength(250)
    expect(new Set(context.findings.flat().map(({ path }) => path))).toEqual(new Set(context.list.files))
    expect(most).toBe(WORKERS)
  })

  test('ends at once for a folder without files', async () => {
    const audit = startAudit({ files: 0 })
    expect((await waitFor(audit, (snapshot) => snapshot.matches('finished'))).context.findings).toEqual([])
  })

  test('makes a finding of a read that throws', async () => {
    const audit = startAudit({ files: 3, read: (path) => Promise.reject(new Error(`no ${path}`)) })
    const { context } = await waitFor(audit, (snapshot) => snapshot.matches('finished'))
    expect(
      context.findings
        .flat()
        .map((finding) => finding.status === 'unread' && finding.reason)
        .sort(),
    ).toEqual(['no f0', 'no f1', 'no f2'])
  })

  test('waits for the next start when the folder can not be listed', async () => {
    let tries = 0
    const list = async () => {
      tries += 1
      if (tries === 1) throw Object.assign(new Error('x'), { code: 'EACCES' })
      return { files: ['a'], links: [], unread: [] }
    }
    const audit = startAudit({ files: 0, list })
    expect((await waitFor(audit, (snapshot) => snapshot.matches('unlisted'))).context.obstacle).toBe('no permission')
    audit.send({ type: 'PROCESS_STARTED', alreadyRead: 0 })
    expect((await waitFor(audit, (snapshot) => snapshot.matches('finished'))).context.obstacle).toBeNull()
  })

  test('keeps what was read when the report can not be written, and writes it at the next start', async () => {
    let [reads, tries] = [0, 0]
    const audit = startAudit({
      files: 5,
      read: async (path) => {
        reads += 1
        return unread(path)
      },
      report: async () => {
        tries += 1
        if (tries === 1) throw Object.assign(new Error('x'), { code: 'ENOSPC' })
      },
    })
    expect((await waitFor(audit, (snapshot) => snapshot.matches('unreported'))).context.obstacle).toBe(
      'no room on the disk',
    )
    audit.send({ type: 'PROCESS_STARTED', alreadyRead: 5 })
    const { context } = await waitFor(audit, (snapshot) => snapshot.matches('finished'))
    expect([reads, tries, context.starts]).toEqual([5, 2, [5]])
  })
})
