/**
 * A worker reads one file at a time, each as one effect, and sends what it found to the coordinator.
 *
 * 1. It asks for a file only once: when it starts, and with every finding.
 * 2. Finding and next request are one event of one commit, and the effect of the next file waits for that commit: of the
 *    files that a crash leaves to be read again there is at most one a worker.
 */
import { fromActivity } from 'roscius/actors'
import { type ActorRef, assign, type Snapshot, sendTo, setup } from 'xstate'
import { describeFileFailure } from './file-failure.js'
import { readFileFinding } from './file-reader.js'
import type { FileFinding } from './finding.js'

/** What a coordinator gets from its workers. */
export type WorkerReport =
  | { readonly type: 'WORKER_READY'; readonly worker: WorkerRef }
  | { readonly type: 'FILE_READ'; readonly worker: WorkerRef; readonly finding: FileFinding }

/** What a worker gets from its coordinator. */
export type WorkerOrder = { readonly type: 'READ'; readonly path: string } | { readonly type: 'RETIRE' }

export type WorkerRef = ActorRef<Snapshot<unknown>, WorkerOrder>
type CoordinatorRef = ActorRef<Snapshot<unknown>, WorkerReport>

export interface WorkerInput {
  /** The audited folder, an absolute path. */
  readonly root: string
  readonly coordinator: CoordinatorRef
}

export interface ReadFileInput {
  readonly root: string
  readonly path: string
}

/** Ample for a file of some gigabytes; what a dead network disk holds back for longer counts as unread. */
const READ_DEADLINE_MS = 10 * 60_000

/**
 * The effect: reads a file, and takes no harm from reading it again. `onRead` is called before each read, with the path.
 */
export function createReadFile(onRead: (path: string) => void = () => undefined) {
  return fromActivity<FileFinding, ReadFileInput>(
    ({ input, signal }) => {
      onRead(input.path)
      return readFileFinding(input.root, input.path, signal)
    },
    { timeoutMs: READ_DEADLINE_MS },
  )
}

export const workerMachine = setup({
  types: {
    context: {} as WorkerInput & { readonly path: string },
    events: {} as WorkerOrder,
    input: {} as WorkerInput,
  },
  actors: { readFile: createReadFile() },
  actions: {
    askForFile: sendTo(
      ({ context }) => context.coordinator,
      ({ self }) => ({ type: 'WORKER_READY', worker: self }),
    ),
    report: sendTo(
      ({ context }) => context.coordinator,
      ({ self }, finding: FileFinding) => ({ type: 'FILE_READ', worker: self, finding }),
    ),
  },
}).createMachine({
  id: 'worker',
  version: '1',
  context: ({ input }) => ({ ...input, path: '' }),
  entry: 'askForFile',
  initial: 'waiting',
  states: {
    waiting: {
      on: {
        READ: { target: 'reading', actions: assign({ path: ({ event }) => event.path }) },
        RETIRE: 'retired',
      },
    },
    reading: {
      invoke: {
        src: 'readFile',
        input: ({ context: { root, path } }) => ({ root, path }),
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
    retired: { type: 'final' },
  },
})
