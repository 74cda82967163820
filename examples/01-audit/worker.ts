/**
 * A worker reads one file at a time, each as one effect, and sends what was found to the coordinator.
 *
 * 1. It asks for a file only once: when it starts, and with every finding.
 * 2. It is volatile: what it has in hand is on record with the coordinator, who gives it the same file again if it comes back
 *    without. So of the files that a crash leaves to be read again there is at most one a worker.
 */
import { fromActivity } from 'roscius/actors'
import { type ActorRef, assign, type Snapshot, sendTo, setup } from 'xstate'
import { type AnalystRef, askAnalyst } from './analyst.js'
import { describeFileFailure } from './file-failure.js'
import { readFileFinding } from './file-reader.js'
import type { FileFinding } from './finding.js'

/** What a coordinator gets from its workers. */
export type WorkerReport =
  | { readonly type: 'WORKER_READY'; readonly worker: WorkerRef }
  | { readonly type: 'FILE_READ'; readonly worker: WorkerRef; readonly finding: FileFinding }

/** What a worker gets from its coordinator: a file, by the audited folder and its path there. */
export interface WorkerOrder {
  readonly type: 'READ'
  readonly root: string
  readonly path: string
}

export type WorkerRef = ActorRef<Snapshot<unknown>, WorkerOrder>
type CoordinatorRef = ActorRef<Snapshot<unknown>, WorkerReport>

export interface ReadFileInput {
  readonly root: string
  readonly path: string
  readonly analyst: AnalystRef
}

/** Ample for a file of some gigabytes; what a dead network disk holds back for longer counts as unread. */
const READ_DEADLINE_MS = 10 * 60_000

/** The effect: reads a file, and has the analyst look at it. `onRead` is called before each read, with the path. */
export function createReadFile(onRead: (path: string) => void = () => undefined) {
  return fromActivity<FileFinding, ReadFileInput>(
    ({ input: { root, path, analyst }, signal }) => {
      onRead(path)
      return readFileFinding(root, path, {
        signal,
        toFinding: (_, contents) => askAnalyst(analyst, path, contents, READ_DEADLINE_MS),
      })
    },
    { timeoutMs: READ_DEADLINE_MS },
  )
}

export const workerMachine = setup({
  types: {
    context: {} as { readonly root: string; readonly path: string },
    events: {} as WorkerOrder,
  },
  actors: { readFile: createReadFile() },
  actions: {
    askForFile: sendTo(
      ({ system }) => system.get('coordinator') as CoordinatorRef,
      ({ self }) => ({ type: 'WORKER_READY', worker: self }),
    ),
    report: sendTo(
      ({ system }) => system.get('coordinator') as CoordinatorRef,
      ({ self }, finding: FileFinding) => ({ type: 'FILE_READ', worker: self, finding }),
    ),
  },
}).createMachine({
  id: 'worker',
  version: '2',
  context: { root: '', path: '' },
  entry: 'askForFile',
  initial: 'waiting',
  states: {
    waiting: {
      on: {
        READ: { target: 'reading', actions: assign(({ event: { root, path } }) => ({ root, path })) },
      },
    },
    reading: {
      invoke: {
        src: 'readFile',
        input: ({ context, self }) => ({ ...context, analyst: self.system.get('analyst') as AnalystRef }),
        onDone: { target: 'waiting', actions: { type: 'report', params: ({ event }) => event.output } },
        onError: {
          target: 'waiting',
          actions: {
            type: 'report',
            params: ({ context: { path }, event }) => ({
              status: 'unread',
              path,
              reason: describeFileFailure(event.error, path),
            }),
          },
        },
      },
    },
  },
})
