/** What the tree tells of one actor: from its cell, or from what the store holds of it. Pure. */
import type { ActorNode } from '../core/actor-tree.js'
import type { ActorPath } from '../core/address.js'
import type { Pause } from '../core/operator-orders.js'
import type { Loaded } from '../persistence/journal.js'
import { type TreeRow, UNKNOWN } from './actor-tree.js'
import type { Cell, Supervised } from './cell.js'
import { errorText } from './phrases.js'
import { isAlive } from './subtree.js'
import { definitionOf } from './supervisor-definition.js'
import { type Frame, isMachineFrame, type SnapshotFrame } from './xstate/frame.js'

/** An actor in memory. Its state is the one that is committed. */
export function rowOfCell(cell: Cell, failure: unknown): TreeRow {
  const { path, row, status, durability, uncommitted, snapshot, released, supervised, mailbox, stash, effects } = cell
  const seen = uncommitted === 0 ? snapshot : released
  return {
    path,
    logic: row.name,
    status,
    durability,
    isInMemory: true,
    ...supervisorFacts(row.logic),
    value: seen?.value,
    restarts: supervised?.restarts ?? 0,
    mailbox: mailbox?.size ?? 0,
    stash: stash?.length ?? 0,
    effects: effects?.size ?? 0,
    ...pauseFacts(status, cell.paused),
    error: status === 'failed' ? errorText(failure) : waitsFor(status, supervised),
    order: cell.order,
  }
}

/** The failure for which an actor is restarted, in a line. */
function waitsFor(status: Cell['status'], supervised: Supervised | undefined): string | undefined {
  return status === 'restarting' && supervised?.last !== undefined ? String(supervised.last.error) : undefined
}

/** That an actor was paused means nothing once it has ended. */
function pauseFacts(status: Cell['status'], paused: Pause | undefined): Pick<TreeRow, 'isPaused' | 'pause'> {
  const pause = isAlive(status) ? paused : undefined
  return { isPaused: pause !== undefined, pause }
}

/** Where an actor that is not in memory is in its life. */
export function statusOfStored({ head, frame }: Pick<Loaded, 'head' | 'frame'>): Cell['status'] {
  const { supervised } = frame as Frame
  return head.status === 'active' && supervised?.waiting !== undefined ? 'restarting' : head.status
}

export interface StoredFacts {
  /** How many envelopes wait for it in the store. */
  readonly mailbox: number
  readonly isSupervisor: boolean
  readonly strategy: ActorNode['strategy']
}

/** An actor that is only in the store. */
export function rowOfStored(path: ActorPath, { head, frame }: Loaded, facts: StoredFacts): TreeRow {
  const { snapshot, supervised, stash, attempt, paused } = frame as Frame
  const { logic, durability, failure, order } = head
  const isRunning = head.status === 'active'
  const status = statusOfStored({ head, frame })
  const isOwnEffect = attempt > 0 && snapshot.status === 'active'
  return {
    path,
    logic,
    status,
    durability,
    isInMemory: false,
    ...facts,
    value: isMachineFrame(snapshot) ? snapshot.value : undefined,
    restarts: supervised?.restarts ?? 0,
    stash: isRunning ? (stash?.length ?? 0) : 0,
    effects: isRunning ? effectsIn(snapshot) + Number(isOwnEffect) : 0,
    ...pauseFacts(status, paused),
    error: failure === undefined ? waitsFor(status, supervised) : errorText(failure.error),
    order,
  }
}

/** An actor of which only its start is known, which waits in the store. */
export function rowOfStarting(path: ActorPath, known: Pick<TreeRow, 'logic' | 'durability' | 'order'>): TreeRow {
  return { ...UNKNOWN, ...known, path, status: 'starting' }
}

/** An actor whose records can't be read, or whose machine doesn't fit them any more. */
export function rowOfDamaged(path: ActorPath, error: unknown, known: Partial<TreeRow> = {}): TreeRow {
  const message = error instanceof Error ? error.message : String(error)
  return { ...UNKNOWN, ...known, path, status: 'quarantined', error: message }
}

export function supervisorFacts(logic: object | undefined): Pick<TreeRow, 'isSupervisor' | 'strategy'> {
  const definition = logic && definitionOf(logic)
  return { isSupervisor: definition !== undefined, strategy: definition?.strategy }
}

/** Promises, callbacks and observables that are to be started again, at any depth inside the actor. */
function effectsIn(snapshot: SnapshotFrame): number {
  if (!isMachineFrame(snapshot)) return 0
  return Object.values(snapshot.children ?? {}).reduce(
    (sum, child) => sum + Number(child.attempt > 0 && child.snapshot.status === 'active') + effectsIn(child.snapshot),
    0,
  )
}
