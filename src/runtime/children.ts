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
  end(path: ActorPath): Promise<void>
  /** Whether children that should be there are not. */
  hasMissing(path: ActorPath): Promise<boolean>
  /** Whether the child still waits to be restarted with its group after that failure. */
  isWaiting(path: ActorPath, restarts: number): boolean
  /** Whether the end of the child ends its supervisor (`autoShutdown`). `added` are ids of significant dynamic children. */
  endsSupervisor(path: ActorPath, id: string, reason: string, added: readonly string[]): boolean
  /** Commands, within the supervisor's unit; `replyTo` is told when they are carried out. */
  add(path: ActorPath, spec: object, replyTo: object | undefined): void
  terminate(path: ActorPath, id: string, replyTo: object | undefined): void
  restart(path: ActorPath, id: string, replyTo: object | undefined): void
  delete(path: ActorPath, id: string, replyTo: object | undefined): void
  /** The child has ended: of one that was added nothing remains, if it was temporary or has never come up. */
  forget(path: ActorPath, id: string): void
  which(path: ActorPath): Promise<ChildInfo[]>
  count(path: ActorPath): Promise<ChildCounts>
}
