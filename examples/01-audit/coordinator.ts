/**
 * The coordinator of one audit: lists the files, hands them to the workers one by one, keeps what they find, and has the
 * report written.
 *
 * 1. Who has which file in hand is part of the state, and so are the findings: a crash takes back neither. A worker that
 *    asks with a file in hand has lost it, in a crash or in a restart, and gets it again.
 * 2. A finding counts while its file is in hand, so each file has one.
 * 3. What can't be done for now (no folder, no room for the report) is a state that waits for the next start of the
 *    process: nothing that was read is lost.
 */
import { assign, enqueueActions, fromPromise, setup } from 'xstate'
import { type Crew, enlist, free, handOut, pathOf } from './crew.js'
import { describeFileFailure } from './file-failure.js'
import { listFiles } from './file-list.js'
import type { FileFinding, FileList } from './finding.js'
import { addFinding, countFindings, type FindingPages } from './finding-pages.js'
import { writeReport } from './report-files.js'
import type { WorkerRef, WorkerReport } from './worker.js'

export interface AuditContext {
  /** The audited folder, an absolute path. */
  readonly root: string
  readonly list: FileList
  /** Index of the next file of the list to hand out. */
  readonly next: number
  readonly crew: Crew
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
    enlist: assign({
      crew: ({ context: { crew } }, { worker }: { readonly worker: WorkerRef }) => enlist(crew, worker),
    }),
    handOut: enqueueActions(({ context, enqueue }, { worker }: { readonly worker?: WorkerRef }) => {
      const { root, list, next, crew } = context
      const ids = worker === undefined ? Object.keys(crew) : [worker.id]
      const { orders, ...rest } = handOut(crew, ids, list.files, next)
      enqueue.assign(rest)
      for (const { worker: to, path } of orders) enqueue.sendTo(to, { type: 'READ', root, path })
    }),
    keepFinding: assign(
      ({ context }, { worker, finding }: { readonly worker: WorkerRef; readonly finding: FileFinding }) => ({
        findings: addFinding(context.findings, finding),
        crew: free(context.crew, worker),
      }),
    ),
    countStart: assign({
      starts: ({ context }, { alreadyRead }: { readonly alreadyRead: number }) => [...context.starts, alreadyRead],
      obstacle: null,
    }),
    nameObstacle: assign({ obstacle: (_, { error }: { readonly error: unknown }) => describeFileFailure(error) }),
  },
  guards: {
    isInHand: ({ context }, { worker, finding }: { readonly worker: WorkerRef; readonly finding: FileFinding }) =>
      pathOf(context.crew, worker) === finding.path,
    isEveryFileRead: ({ context }) => countFindings(context.findings) === context.list.files.length,
  },
}).createMachine({
  id: 'audit',
  version: '2',
  context: ({ input }) => ({
    root: input.root,
    list: { files: [], links: [], unread: [] },
    next: 0,
    crew: {},
    findings: [],
    starts: [],
    obstacle: null,
  }),
  initial: 'listing',
  on: {
    PROCESS_STARTED: { actions: { type: 'countStart', params: ({ event }) => event } },
    WORKER_READY: { actions: { type: 'enlist', params: ({ event }) => event } },
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
      entry: { type: 'handOut', params: {} },
      always: { guard: 'isEveryFileRead', target: 'reporting' },
      on: {
        WORKER_READY: {
          actions: [
            { type: 'enlist', params: ({ event }) => event },
            { type: 'handOut', params: ({ event }) => event },
          ],
        },
        FILE_READ: {
          guard: { type: 'isInHand', params: ({ event }) => event },
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
