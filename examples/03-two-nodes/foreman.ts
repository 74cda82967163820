/**
 * The foreman: hands out jobs to workers on another node, a few to each at a time, and counts what they report. He watches
 * them. If their node is down he is told so; what he has handed out waits for them, and when one of them reports again he
 * watches that one anew. He keeps no timers, repeats nothing and checks nothing for repeats.
 */
import { type RosciusRef, type TerminatedEvent, watch } from 'roscius'
import { assign, enqueueActions, setup } from 'xstate'
import type { Report, WorkerMachine } from './worker.js'

export type WorkerRef = RosciusRef<WorkerMachine>

export interface ForemanContext {
  readonly workers: readonly WorkerRef[]
  /** How many there are: from 1 to this number. */
  readonly jobs: number
  readonly handedOut: readonly number[]
  /** As they came. */
  readonly reported: readonly number[]
  /** Addresses of the workers whose node was given up. */
  readonly away: readonly string[]
}

/** So many jobs a worker has before it reports the first: the next is there when one is done. */
const AHEAD = 3

/** Whose job it is: they take turns. */
export function workerOf({ workers }: Pick<ForemanContext, 'workers'>, job: number): WorkerRef {
  return workers[(job - 1) % workers.length] as WorkerRef
}

export const foremanMachine = setup({
  types: {
    context: {} as ForemanContext,
    input: {} as { readonly workers: readonly WorkerRef[]; readonly jobs: number },
    events: {} as Report | TerminatedEvent,
  },
  actions: {
    start: enqueueActions(({ enqueue, context, self }) => {
      for (const worker of context.workers) enqueue(watch(worker))
      const first = Array.from({ length: AHEAD * context.workers.length }, (_, index) => index + 1)
      for (const job of first) enqueue.sendTo(workerOf(context, job), { type: 'JOB', job, foreman: self })
      enqueue.assign({ handedOut: first })
    }),
    count: assign({ reported: ({ context }, { job }: { job: number }) => [...context.reported, job] }),
    handOutNext: enqueueActions(({ enqueue, context, self }, { job }: { job: number }) => {
      const next = job + AHEAD * context.workers.length
      if (next > context.jobs) return
      enqueue.sendTo(workerOf(context, next), { type: 'JOB', job: next, foreman: self })
      enqueue.assign({ handedOut: [...context.handedOut, next] })
    }),
    noteAway: assign({ away: ({ context }, { address }: { address: string }) => [...context.away, address] }),
    noteBack: enqueueActions(({ enqueue, context }, { job }: { job: number }) => {
      const worker = workerOf(context, job)
      if (!context.away.includes(worker.address)) return
      enqueue(watch(worker))
      enqueue.assign({ away: context.away.filter((address) => address !== worker.address) })
    }),
  },
  guards: {
    isNodeDown: (_, { reason }: { reason: string }) => reason === 'nodeDown',
    areAllReported: ({ context }) => context.reported.length >= context.jobs,
  },
}).createMachine({
  id: 'foreman',
  version: '1',
  context: ({ input }) => ({ ...input, handedOut: [], reported: [], away: [] }),
  initial: 'working',
  states: {
    working: {
      entry: 'start',
      on: {
        REPORT: {
          actions: [
            { type: 'noteBack', params: ({ event }) => event },
            { type: 'count', params: ({ event }) => event },
            { type: 'handOutNext', params: ({ event }) => event },
          ],
        },
        terminated: [
          {
            guard: { type: 'isNodeDown', params: ({ event }) => event },
            actions: { type: 'noteAway', params: ({ event }) => event },
          },
          // A worker that failed for good, or was stopped: nobody in this example does that.
          { target: 'broken' },
        ],
      },
      always: { guard: 'areAllReported', target: 'finished' },
    },
    // Not final: whatever came twice would be counted.
    finished: { on: { REPORT: { actions: { type: 'count', params: ({ event }) => event } } } },
    broken: {},
  },
})
