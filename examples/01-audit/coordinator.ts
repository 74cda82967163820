/**
 * The coordinator of one audit: lists the files, hands them to its workers one by one, keeps what they find, and has the
 * report written.
 *
 * 1. Each file of the list is handed out once, and its finding is added once: a crash takes back neither, since both are
 *    in the state, and a worker's running effect is started again by the runtime, not by the coordinator.
 * 2. What can't be done for now (no folder, no room for the report) is a state that waits for the next start of the
 *    process: nothing that was read is lost.
 */
import { spawnActor } from 'roscius'
import { assign, enqueueActions, fromPromise, setup } from 'xstate'
import { describeFileFailure } from './file-failure.js'
import { listFiles } from './file-list.js'
import type { FileFinding, FileList } from './finding.js'
import { addFinding, countFindings, type FindingPages } from './finding-pages.js'
import { writeReport } from './report-files.js'
import type { WorkerInput, WorkerRef, WorkerReport, workerMachine } from './worker.js'

/** As many files are read at a time; their findings share commits. */
export const WORKERS = 8

export interface AuditContext {
  /** The audited folder, an absolute path. */
  readonly root: string
  readonly list: FileList
  /** Index of the next file of the list to hand out. */
  readonly next: number
  readonly findings: FindingPages
  /** For each start of the process, how many files it found already read. */
  readonly starts: readonly number[]
  /** Why the audit waits; null while it doesn't. */
  readonly obstacle: string | null
}

export type AuditEvent = WorkerReport | { readonly type: 'PROCESS_STARTED'; readonly alreadyRead: number }

/** An actor whose state is an audit's: what the report is made from. */
export interface AuditRef {
  getSnapshot(): { readonly context: AuditContext }
}

export const auditMachine = setup({
  types: {
    context: {} as AuditContext,
    events: {} as AuditEvent,
    input: {} as { readonly root: string },
  },
  actors: {
    listFiles: fromPromise<FileList, { readonly root: string }>(({ input, signal }) => listFiles(input.root, signal)),
    // The input is a ref to the findings, not the findings: an effect's input is stored, and they are stored already.
    writeReport: fromPromise<void, { readonly audit: AuditRef }>(({ input }) => {
      const { root, list, findings } = input.audit.getSnapshot().context
      return writeReport(root, list, findings.flat())
    }),
  },
  actions: {
    hireWorkers: enqueueActions(({ enqueue }) => {
      for (let number = 1; number <= WORKERS; number += 1) enqueue(hireWorker(number))
    }),
    handOut: enqueueActions(({ context: { list, next }, enqueue }, { worker }: { readonly worker: WorkerRef }) => {
      const path = list.files[next]
      if (path === undefined) {
        enqueue.sendTo(worker, { type: 'RETIRE' })
        return
      }
      enqueue.assign({ next: next + 1 })
      enqueue.sendTo(worker, { type: 'READ', path })
    }),
    keepFinding: assign({
      findings: ({ context }, { finding }: { readonly finding: FileFinding }) => addFinding(context.findings, finding),
    }),
    countStart: assign({
      starts: ({ context }, { alreadyRead }: { readonly alreadyRead: number }) => [...context.starts, alreadyRead],
      obstacle: null,
    }),
    nameObstacle: assign({ obstacle: (_, { error }: { readonly error: unknown }) => describeFileFailure(error) }),
  },
  guards: {
    isEveryFileRead: ({ context }) => countFindings(context.findings) === context.list.files.length,
  },
}).createMachine({
  id: 'audit',
  version: '1',
  context: ({ input }) => ({
    root: input.root,
    list: { files: [], links: [], unread: [] },
    next: 0,
    findings: [],
    starts: [],
    obstacle: null,
  }),
  initial: 'listing',
  on: {
    PROCESS_STARTED: { actions: { type: 'countStart', params: ({ event }) => event } },
  },
  states: {
    listing: {
      invoke: {
        src: 'listFiles',
        input: ({ context: { root } }) => ({ root }),
        onDone: { target: 'reading', actions: assign({ list: ({ event }) => event.output }) },
        onError: { target: 'unlisted', actions: { type: 'nameObstacle', params: ({ event }) => event } },
      },
    },
    unlisted: {
      on: { PROCESS_STARTED: { target: 'listing', actions: { type: 'countStart', params: ({ event }) => event } } },
    },
    reading: {
      entry: 'hireWorkers',
      always: { guard: 'isEveryFileRead', target: 'reporting' },
      on: {
        WORKER_READY: { actions: { type: 'handOut', params: ({ event }) => event } },
        FILE_READ: {
          actions: [
            { type: 'keepFinding', params: ({ event }) => event },
            { type: 'handOut', params: ({ event }) => event },
          ],
        },
      },
    },
    reporting: {
      invoke: {
        src: 'writeReport',
        input: ({ self }) => ({ audit: self }),
        onDone: 'finished',
        onError: { target: 'unreported', actions: { type: 'nameObstacle', params: ({ event }) => event } },
      },
    },
    unreported: {
      on: { PROCESS_STARTED: { target: 'reporting', actions: { type: 'countStart', params: ({ event }) => event } } },
    },
    // Not final: a process that starts now is counted and told, rather than refused. The caller then drops the store.
    finished: {},
  },
})

function hireWorker(number: number) {
  return spawnActor<typeof workerMachine, AuditContext, AuditEvent>('worker', {
    id: `worker-${number}`,
    input: ({ context, self }) => ({ root: context.root, coordinator: self as WorkerInput['coordinator'] }),
  })
}
