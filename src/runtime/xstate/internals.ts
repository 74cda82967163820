/**
 * The few internals of XState 5 that hosting needs, named in one place. Nothing outside this folder knows them.
 * Checked against XState 5.33 by `test/runtime/xstate/internals.test.ts`.
 */
import type { AnyActorLogic, AnyStateMachine, EventObject } from 'xstate'

/** The event that XState sends to an actor to stop it. */
export const STOP_EVENT: EventObject = { type: 'xstate.stop' }

/** `Actor._processingStatus` of an actor that runs, and of one that has stopped. */
export const RUNNING = 1
export const STOPPED = 2

/** A snapshot of any logic; the machine's own fields are there when `machine` is. */
export interface HostSnapshot {
  readonly status: 'active' | 'done' | 'error' | 'stopped'
  readonly output: unknown
  readonly error: unknown
  readonly machine?: AnyStateMachine
  readonly value?: unknown
  readonly context?: unknown
  readonly children?: Readonly<Record<string, ChildActor | undefined>>
  readonly historyValue?: Readonly<Record<string, readonly { readonly id: string }[]>>
  readonly _nodes?: readonly StateNodeLike[]
}

export interface StateNodeLike {
  readonly id: string
  readonly path: readonly string[]
  /** Its place in the document. */
  readonly order: number
  readonly meta?: unknown
}

export interface ExecutableActionLike {
  readonly type: string
  readonly info: {
    readonly context: unknown
    readonly event: EventObject
    readonly self: unknown
    readonly system: unknown
  }
  readonly params: unknown
  readonly exec: ((info: unknown, params: unknown) => void) | undefined
}

/** What logic is given when it runs: XState's `ActorScope`. */
export interface Scope {
  readonly self: object
  readonly id: string
  readonly sessionId: string
  readonly system: object
  readonly logger: (...args: unknown[]) => void
  readonly defer: (fn: () => void) => void
  readonly stopChild: (child: object) => void
  emit: (event: EventObject) => void
  actionExecutor: (action: ExecutableActionLike) => void
}

/** Actor logic as the host calls it. */
export interface HostedLogic {
  transition(snapshot: HostSnapshot, event: EventObject, scope: Scope): HostSnapshot
  getInitialSnapshot(scope: Scope, input: unknown): HostSnapshot
  getPersistedSnapshot(snapshot: HostSnapshot): HostSnapshot
  restoreSnapshot?(persisted: unknown, scope: Scope): HostSnapshot
  start?(snapshot: HostSnapshot, scope: Scope): void
}

/** An XState `Actor` that lives inside a cell: invoked, spawned or restored, at any depth. */
export interface ChildActor {
  readonly id: string
  sessionId: string
  logic: HostedLogic
  readonly src: string | AnyActorLogic
  readonly systemId: string | undefined
  readonly system: object
  readonly _parent: object
  readonly _syncSnapshot: boolean | undefined
  readonly _processingStatus: number
  readonly _deferred: (() => void)[]
  readonly _actorScope: { -readonly [K in keyof Scope]: Scope[K] }
  _snapshot: HostSnapshot
  _send(event: EventObject): void
  _error(error: unknown): void
  start(): void
  getSnapshot(): HostSnapshot
}

/** The `self` of a cell as XState sees it. */
export interface CellSelf {
  readonly id: string
  readonly sessionId: string
  readonly system: object
}
