/**
 * The life of a supervisor, as a statechart: what it is doing, and what it waits for. Whom it supervises and how is not in
 * here: the runtime provides the actors that start and stop children, and the guards that know the spec.
 *
 * A child that restarts alone (`oneForOne`) does so in the commit of its own failure, without its supervisor. What comes
 * here are restarts of groups, failures that are too many, ends that may end the supervisor too, and commands.
 */
import { assign, fromCallback, fromPromise, setup } from 'xstate'

/** What the starting and stopping of children is told: the child whose failure is the reason, or all. */
export interface ChildrenInput {
  readonly supervisor: object
  readonly failedId: string | undefined
  /** Whether all have been up before: only those are started that must be. */
  readonly isUp?: boolean
}

/** Why a supervisor gives up. */
export interface SupervisorFailure {
  readonly id: string
  readonly why: 'intensity' | 'backoff' | 'directive' | 'start'
  readonly error: unknown
  readonly failureClass?: string
}

export interface SupervisorContext {
  /** The supervisor itself, by which the parts that are provided find the engine. */
  readonly supervisor: object
  /** When the group was restarted, ms since the epoch, as far as it counts for intensity. */
  readonly restarts: readonly number[]
  /** The child whose failure the group is being restarted for. */
  readonly failedId: string | undefined
  /** Whether all children have been up. */
  readonly isUp: boolean
  readonly failure: SupervisorFailure | undefined
}

export type SupervisorEvent =
  /** A child waits to be restarted with its group. `restarts` tells this failure from its next; a repeated event counts once. */
  | {
      readonly type: 'roscius.child.failed'
      readonly id: string
      readonly restarts: number
      readonly isCounted: boolean
      readonly error: unknown
      readonly failureClass?: string
    }
  | {
      readonly type: 'roscius.child.escalated'
      readonly id: string
      readonly why: 'intensity' | 'backoff' | 'directive'
      readonly error?: unknown
      readonly failureClass?: string
    }
  | { readonly type: 'roscius.child.startFailed'; readonly id: string; readonly error: unknown }
  | { readonly type: 'roscius.child.ended'; readonly id: string; readonly reason: 'done' | 'stopped' | 'failed' }
  /** Children that should be there are not: lost with the memory of an earlier process, or new in the code. */
  | { readonly type: 'roscius.child.missing' }
  | { readonly type: 'roscius.startChild'; readonly spec: object; readonly replyTo?: object }
  | { readonly type: 'roscius.terminateChild'; readonly id: string; readonly replyTo?: object }
  | { readonly type: 'roscius.restartChild'; readonly id: string; readonly replyTo?: object }
  | { readonly type: 'roscius.deleteChild'; readonly id: string; readonly replyTo?: object }

const COMMANDS = ['roscius.startChild', 'roscius.terminateChild', 'roscius.restartChild', 'roscius.deleteChild']
/** What waits until the children are up. */
const NOT_NOW = { defer: ['roscius.child.failed', 'roscius.child.ended', 'roscius.child.missing', ...COMMANDS] }

const notProvided = (): never => {
  throw new Error('The supervisor machine needs the actors, guards and actions that supervisor() provides.')
}

/** A supervisor's statechart, without its children: `supervisor()` provides them. */
export const supervisorMachine = setup({
  types: {
    context: {} as SupervisorContext,
    events: {} as SupervisorEvent,
  },
  actors: {
    startChildren: fromPromise<void, ChildrenInput>(notProvided),
    stopChildren: fromPromise<void, ChildrenInput>(notProvided),
    endChildren: fromPromise<void, ChildrenInput>(notProvided),
    watchOver: fromCallback<SupervisorEvent, ChildrenInput>(notProvided),
    /** Whether significant children are left. */
    lookForSignificant: fromPromise<boolean, ChildrenInput>(notProvided),
  },
  guards: {
    /** The child has been restarted since. */
    isStale: notProvided as () => boolean,
    exceedsIntensity: notProvided as () => boolean,
    /** The child's end ends its supervisor, whoever else there is. */
    endsSupervisor: notProvided as () => boolean,
    /** The child's end ends its supervisor if it was the last of the significant ones. */
    mayEndSupervisor: notProvided as () => boolean,
  },
  actions: {
    countRestart: notProvided as () => void,
    forgetChild: notProvided as () => void,
    startChild: notProvided as () => void,
    terminateChild: notProvided as () => void,
    restartChild: notProvided as () => void,
    deleteChild: notProvided as () => void,
    refuse: notProvided as () => void,
    tellExceeded: notProvided as () => void,
    fail: notProvided as () => void,
    noteExceeded: assign({
      failure: ({ event }) =>
        'id' in event
          ? {
              id: event.id,
              why: 'intensity' as const,
              error: 'error' in event ? event.error : undefined,
              ...('failureClass' in event && { failureClass: event.failureClass }),
            }
          : undefined,
    }),
    noteEscalation: assign({
      failure: ({ context, event }) =>
        event.type === 'roscius.child.escalated'
          ? {
              id: event.id,
              why: event.why,
              error: event.error,
              ...('failureClass' in event && { failureClass: event.failureClass }),
            }
          : context.failure,
    }),
    noteStartFailure: assign({
      failure: ({ event }) => {
        const { error } = event as unknown as { error: { readonly details?: { readonly id?: string } } }
        return { id: error?.details?.id ?? '', why: 'start' as const, error }
      },
    }),
    noteUp: assign({ isUp: true }),
    noteGroup: assign({ failedId: ({ context, event }) => ('id' in event ? event.id : context.failedId) }),
    clearGroup: assign({ failedId: undefined }),
  },
}).createMachine({
  id: 'supervisor',
  context: ({ self }) => ({
    supervisor: self,
    restarts: [],
    failedId: undefined,
    isUp: false,
    failure: undefined,
  }),
  initial: 'starting',
  on: {
    'roscius.child.escalated': { target: '.escalating', actions: 'noteEscalation' },
  },
  states: {
    starting: {
      meta: NOT_NOW,
      invoke: {
        src: 'startChildren',
        input: ({ context: { supervisor, isUp } }) => ({ supervisor, failedId: undefined, isUp }),
        onDone: 'running',
        onError: { target: 'escalating', actions: 'noteStartFailure' },
      },
    },
    running: {
      entry: 'noteUp',
      invoke: { src: 'watchOver', input: ({ context: { supervisor } }) => ({ supervisor, failedId: undefined }) },
      on: {
        'roscius.child.failed': [
          { guard: 'isStale' },
          { guard: 'exceedsIntensity', target: 'escalating', actions: ['noteExceeded', 'tellExceeded'] },
          { target: 'restarting', actions: ['countRestart', 'noteGroup'] },
        ],
        'roscius.child.ended': [
          { guard: 'endsSupervisor', target: 'stopping', actions: 'forgetChild' },
          { guard: 'mayEndSupervisor', target: 'weighing', actions: 'forgetChild' },
          { actions: 'forgetChild' },
        ],
        'roscius.child.startFailed': { actions: 'forgetChild' },
        'roscius.child.missing': 'starting',
        'roscius.startChild': { actions: 'startChild' },
        'roscius.terminateChild': { actions: 'terminateChild' },
        'roscius.restartChild': { actions: 'restartChild' },
        'roscius.deleteChild': { actions: 'deleteChild' },
      },
    },
    /** Whether that was the last significant child. */
    weighing: {
      meta: NOT_NOW,
      invoke: {
        src: 'lookForSignificant',
        input: ({ context: { supervisor } }) => ({ supervisor, failedId: undefined }),
        onDone: [{ guard: ({ event }) => event.output, target: 'running' }, { target: 'stopping' }],
      },
    },
    restarting: {
      meta: NOT_NOW,
      initial: 'stopping',
      exit: 'clearGroup',
      states: {
        stopping: {
          invoke: {
            src: 'stopChildren',
            input: ({ context: { supervisor, failedId } }) => ({ supervisor, failedId }),
            onDone: 'starting',
          },
        },
        starting: {
          invoke: {
            src: 'startChildren',
            input: ({ context: { supervisor, failedId, isUp } }) => ({ supervisor, failedId, isUp }),
            onDone: '#supervisor.running',
            onError: { target: '#supervisor.escalating', actions: 'noteStartFailure' },
          },
        },
      },
    },
    stopping: {
      invoke: {
        src: 'endChildren',
        input: ({ context: { supervisor } }) => ({ supervisor, failedId: undefined }),
        onDone: 'stopped',
      },
      on: {
        'roscius.child.escalated': {},
        'roscius.startChild': { actions: 'refuse' },
        'roscius.terminateChild': { actions: 'refuse' },
        'roscius.restartChild': { actions: 'refuse' },
        'roscius.deleteChild': { actions: 'refuse' },
      },
    },
    escalating: {
      // They wait for the restart; signals of children do not survive it.
      meta: { defer: COMMANDS },
      invoke: {
        src: 'stopChildren',
        input: ({ context: { supervisor } }) => ({ supervisor, failedId: undefined }),
        onDone: { actions: 'fail' },
      },
      on: { 'roscius.child.escalated': {} },
    },
    stopped: { type: 'final' },
  },
})
