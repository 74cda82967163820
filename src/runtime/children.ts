/** What a supervisor's logic may ask of the engine about its children. `child-control.ts` implements it. */
import type { ActorPath } from '../core/address.js'
import type { RestartType } from '../supervision/child-spec.js'
import type { CellStatus } from './cell.js'

/** One child of a supervisor, as `whichChildren` tells it. */
export interface ChildInfo {
  readonly id: string
  readonly path: ActorPath
  readonly logic: string
  readonly restart: RestartType
  /** `undefined`: it has not been started, or was lost with the memory of an earlier process. */
  readonly status: CellStatus | undefined
  readonly isSupervisor: boolean
}

export interface ChildCounts {
  /** Child specs. */
  readonly specs: number
  /** Children that run, or wait for a restart. */
  readonly active: number
  readonly supervisors: number
  readonly workers: number
}

export interface Children {
  /**
   * Starts all children, or lets the group of `failedId` go on, until aborted. Those that have been up before are not
   * started twice if they are temporary. Rejects with `CHILD_START_FAILED`.
   */
  start(path: ActorPath, failedId: string | undefined, isUp: boolean, signal: AbortSignal): Promise<void>
  /** Makes the group of `failedId`, or all children, wait: the last started first. Temporary ones end. */
  suspend(path: ActorPath, failedId: string | undefined, signal: AbortSignal): Promise<void>
  /** Ends all children for good, the last started first, each within its deadline. */
  end(path: ActorPath, signal: AbortSignal): Promise<void>
  /** Whether children that should be there are not. Never rejects: a store that fails ends the node. */
  hasMissing(path: ActorPath): Promise<boolean>
  /** Whether significant children are left that have not ended. Never rejects: a store that fails ends the node. */
  hasSignificant(path: ActorPath): Promise<boolean>
  /** Whether the child still waits to be restarted with its group after that failure. */
  isWaiting(path: ActorPath, restarts: number): boolean
  /** Whether the end of the child can end its supervisor (`autoShutdown`). */
  isSignificant(path: ActorPath, id: string): boolean
  /** Commands, within the supervisor's unit; `replyTo` is told when they are carried out. */
  add(path: ActorPath, spec: object, replyTo: object | undefined): void
  terminate(path: ActorPath, id: string, replyTo: object | undefined): void
  restart(path: ActorPath, id: string, replyTo: object | undefined): void
  delete(path: ActorPath, id: string, replyTo: object | undefined): void
  /** The supervisor is on its way out: `replyTo` is told that its command is not carried out. */
  refuse(path: ActorPath, replyTo: object | undefined): void
  /** The child has ended: of one that was added nothing remains, if it was temporary or has never come up. */
  forget(path: ActorPath, id: string): void
  /** Throws `ACTOR_NOT_FOUND`, `NOT_A_SUPERVISOR`, or why the node has stopped. */
  assertSupervisor(path: ActorPath): void
  /** How long the child may take to end, in ms; `Infinity`: as long as it likes. 0 if there is none. */
  endsWithinMs(path: ActorPath, id: string): number
  which(path: ActorPath): Promise<ChildInfo[]>
  count(path: ActorPath): Promise<ChildCounts>
}
