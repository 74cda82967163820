/** A worker: does one job after the other, and reports each. What comes while it works waits. */
import { type ActorRef, assign, fromPromise, type Snapshot, sendTo, setup } from 'xstate'

export interface Job {
  readonly type: 'JOB'
  readonly job: number
  /** Who wants to know. */
  readonly foreman: ForemanRef
}

export type ForemanRef = ActorRef<Snapshot<unknown>, Report>

export interface Report {
  readonly type: 'REPORT'
  readonly job: number
}

export interface CraftInput {
  readonly worker: string
  readonly job: number
}

export interface WorkerContext {
  readonly job: number
  readonly foreman: ForemanRef | undefined
  /** The jobs that are done, in their order. */
  readonly done: readonly number[]
}

export type WorkerMachine = typeof workerMachine

export const workerMachine = setup({
  types: { context: {} as WorkerContext, events: {} as Job },
  // What happens in the world. Only the node where workers live provides it; others know the machine by name and type.
  actors: {
    craft: fromPromise<void, CraftInput>(async () => {
      throw new Error('This node has no tools.')
    }),
  },
}).createMachine({
  id: 'worker',
  version: '1',
  context: { job: 0, foreman: undefined, done: [] },
  initial: 'idle',
  states: {
    idle: {
      on: {
        JOB: {
          target: 'working',
          actions: assign({ job: ({ event }) => event.job, foreman: ({ event }) => event.foreman }),
        },
      },
    },
    working: {
      meta: { defer: ['JOB'] },
      invoke: {
        src: 'craft',
        input: ({ context, self }) => ({ worker: self.id, job: context.job }),
        onDone: {
          target: 'idle',
          actions: [
            assign({ done: ({ context }) => [...context.done, context.job] }),
            sendTo(
              ({ context }) => context.foreman as ForemanRef,
              ({ context }) => ({ type: 'REPORT', job: context.job }),
            ),
          ],
        },
      },
    },
  },
})
