/**
 * What refs and hosted logic may ask of the node they live on. `node.ts` implements it; this port keeps the parts apart.
 */
import type { EventObject, Observer, Subscription } from 'xstate'
import type {
  AskOptions,
  CancelOptions,
  DeliverOptions,
  Delivery,
  Failure,
  JournalEntry,
  StopOptions,
  WaitingEvent,
} from '../core/actor-ref.js'
import type { ActorPath } from '../core/address.js'
import type { Cancel } from '../core/clock.js'
import type { ExplainOptions, Explanation } from '../core/explanation.js'
import type { OrderOptions, RestartOptions } from '../core/operator-orders.js'
import type { JournalReader } from '../persistence/journal.js'
import type { Store } from '../persistence/store.js'
import type { Abroad } from './abroad.js'
import type { Cell } from './cell.js'
import type { Children } from './children.js'
import type { CommittedState } from './committed-state.js'
import type { RunPort } from './effect-run.js'
import type { InspectionTap } from './inspection-tap.js'
import type { LogicRow } from './logic-table.js'
import type { Unit } from './unit.js'

/** What can be read of an actor, in memory or not. */
export interface Reading {
  snapshotOf(path: ActorPath): unknown
  persistedOf(path: ActorPath): unknown
  committedOf(path: ActorPath): CommittedState | undefined
  subscribe(path: ActorPath, observer: Observer<unknown>): Subscription
  on(path: ActorPath, type: string, handler: (event: EventObject) => void): Subscription
  journal(
    path: ActorPath,
    options: { readonly from?: number; readonly to?: number } | undefined,
  ): AsyncIterable<JournalEntry>
  snapshotAt(path: ActorPath, seqNr: number): Promise<unknown>
  mailboxOf(path: ActorPath, limit: number | undefined): Promise<readonly WaitingEvent[]>
  stashOf(path: ActorPath, limit: number | undefined): Promise<readonly WaitingEvent[]>
  failureOf(path: ActorPath): Failure | undefined
  explain(path: ActorPath, options: ExplainOptions | undefined): Explanation
}

/** What an operator may tell an actor. `operator-orders.ts` implements it. */
export interface Orders {
  pause(path: ActorPath, options: OrderOptions | undefined): Promise<void>
  resume(path: ActorPath, options: OrderOptions | undefined): Promise<void>
  restart(path: ActorPath, options: RestartOptions | undefined): Promise<void>
}

export interface Engine extends RunPort {
  readonly nodeName: string
  /** What is stored, read beside the running actors. */
  readonly journalReader: JournalReader
  readonly options: { readonly store: Pick<Store, 'range'>; readonly rows: ReadonlyMap<string, LogicRow> }
  /** The actors in memory. */
  readonly cells: ReadonlyMap<ActorPath, Cell>
  /** What supervisors do with their children. */
  readonly children: Children
  /** The way to actors of other nodes. */
  readonly abroad: Abroad
  /** The unit being run, if the caller is inside one. */
  readonly unit: Unit | undefined
  /** Whether a turn is running: snapshots are then read as they are in memory (D5). */
  readonly isInTurn: boolean
  /** Those who inspect the system. */
  readonly tap: InspectionTap
  /** A name for one life of an actor that no other life on this store has. */
  nextLife(): string
  /** Wall-clock time that does not step while the node runs (D8). */
  now(): number
  emit(path: ActorPath, event: EventObject): void
  cellAt(path: ActorPath): Cell | undefined
  refAt(path: ActorPath, child?: string): object
  rowOf(logic: string | object): LogicRow | undefined
  lookup(systemId: string): object | undefined
  /** Mail from outside a unit: a user's `send`, or what an effect sends. Throws `MAILBOX_FULL`, `SYSTEM_STOPPED`. */
  post(path: ActorPath, child: string | undefined, event: EventObject): void
  /** What an effect of the cell sends to its own cell, its results among it. */
  postFromEffect(path: ActorPath, child: string | undefined, event: EventObject, from: string): void
  deliver(path: ActorPath, event: EventObject, options: DeliverOptions | undefined): Promise<Delivery>
  ask(path: ActorPath, build: (replyTo: object) => EventObject, options: AskOptions | undefined): Promise<unknown>
  /** Delivers a question whose id is that of the effect that asks. */
  askFromEffect(path: ActorPath, event: EventObject, effectId: string): Promise<unknown>
  schedule(fn: () => void, ms: number): Cancel
  readonly reading: Reading
  readonly orders: Orders
  resultOf(path: ActorPath): Promise<unknown>
  stopActor(path: ActorPath, options: StopOptions | undefined): Promise<void>
  cancelActor(path: ActorPath, options: CancelOptions | undefined): Promise<void>
  deleteActor(path: ActorPath): Promise<void>
}
