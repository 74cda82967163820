/**
 * The runtime's private side of an actor that is in memory. A cell is data: the unit of work (`unit.ts`) changes it, the
 * commit writes it, passivation drops it. Rare parts are made when first needed, so that an idle actor stays small.
 */
import type { EventObject } from 'xstate'
import type { Failure } from '../core/actor-ref.js'
import type { ActorPath } from '../core/address.js'
import type { RecordRef } from '../core/inspection.js'
import type { Pause } from '../core/operator-orders.js'
import type { DecisionKind, Rule } from '../core/supervision-terms.js'
import type { Mailbox } from '../mailbox/mailbox.js'
import type { EndReason } from '../persistence/ending-note.js'
import type { RecordOutcome } from '../persistence/records.js'
import type { RestartFrom, SupervisionSpec } from '../supervision/child-spec.js'
import type { History } from '../supervision/directive.js'
import type { FailureClass } from '../supervision/failure-class.js'
import type { Envelope } from './envelope.js'
import type { EffectHandle } from './held.js'
import type { Durability, LogicRow } from './logic-table.js'
import type { UntakenNotes } from './untaken.js'
import type { CellSelf, ChildActor, HostedLogic, HostSnapshot } from './xstate/internals.js'

/** A delayed event as the store keeps it. `dueMs` is wall-clock time; `arm` tells one arming of a key from the next (D8). */
export interface ArmedTimer {
  readonly dueMs: number
  readonly event: EventObject
  /** Session that armed it: of a child, or `''` for the cell's own logic. */
  readonly source: string
  /** Where it goes: a child's session, `''` for the cell's own logic, or a ref to another actor. */
  readonly target: string | object
  readonly arm: number
  /** Number of the actor's record that armed it; absent where an older Roscius did. */
  readonly armedBy?: number
}

/** An event that the current state defers. */
export interface StashedEvent {
  readonly event: EventObject
  readonly from: string | undefined
  readonly key: string | undefined
  /** The record in which it was sent, where that is known. */
  readonly cause?: RecordRef
}

/** What an envelope with a key left behind. */
export interface DedupeEntry {
  readonly seqNr: number
  readonly outcome: RecordOutcome
  readonly timeMs: number
  reply?: unknown
}

/** `restarting`: it has failed, or is part of a group that restarts; its mail waits until supervision lets it go on. */
export type CellStatus = 'starting' | 'active' | 'restarting' | 'done' | 'failed' | 'stopped'

/** The last failure of an actor, and what was done about it. */
export interface LastFailure {
  /** What was thrown, as a stored value. */
  readonly error: unknown
  readonly failureClass: FailureClass
  readonly event: string
  readonly decision: DecisionKind
  readonly rule: Rule
  readonly timeMs: number
}

/** How an actor waits for its restart. */
export interface Waiting {
  readonly from: RestartFrom
  /** Until when, in wall-clock ms; `null`: until its supervisor lets it go on. */
  readonly untilMs: number | null
  /** Tells this wait from the next, and its timer from that of another. */
  readonly arm: number
  /** Whether the restart counts towards the intensity of a group. */
  readonly isCounted: boolean
  /** There if an operator has asked for the restart. */
  readonly by?: 'operator' | undefined
}

/** What supervision remembers of an actor that has failed before; part of its state. */
export interface Supervised {
  readonly history: History
  /** How often this actor has been restarted in all, also with others; one that waits is counted already. */
  readonly restarts: number
  readonly last: LastFailure | undefined
  readonly waiting: Waiting | undefined
}

export class Cell {
  status: CellStatus = 'starting'
  snapshot: HostSnapshot | undefined = undefined
  /** What the outside sees while `uncommitted` is above zero. */
  released: HostSnapshot | undefined = undefined
  uncommitted = 0
  /** The newest batch that it has changed in, and its place there. */
  touchedIn = 0
  touchedAt = 0
  seqNr = 0
  /** The last session number given to a child or effect of this cell (D7). */
  sessions = 0
  /**
   * Tells this life of the actor from every other of its path, also after a deletion: part of the ids of its children and
   * effects. Given when the first of them needs one.
   */
  life: string | undefined = undefined
  mailbox: Mailbox<Envelope> | undefined = undefined
  isQueued = false
  isProcessing = false
  inMemory = true
  /** Events that the cell sent to itself or got from its children in this unit, not handled yet. */
  inner: EventObject[] | undefined = undefined
  timers: Readonly<Record<string, ArmedTimer>> | undefined = undefined
  stash: readonly StashedEvent[] | undefined = undefined
  children: Map<string, ChildActor> | undefined = undefined
  systemIds: Map<string, ChildActor> | undefined = undefined
  effects: Map<string, EffectHandle> | undefined = undefined
  /** Undefined for an actor that has never failed. */
  supervised: Supervised | undefined = undefined
  /** Until an operator resumes it, it handles nothing: see `pause.ts`. Means nothing once the actor has ended. */
  paused: Pause | undefined = undefined
  /** How it is supervised; found out when it is first asked for. */
  spec: SupervisionSpec | undefined = undefined
  /** The original input of a volatile actor, for a fresh start. */
  input: unknown = undefined
  /** Why it failed, where no store knows. */
  failure: Failure | undefined = undefined
  dedupe: Map<string, DedupeEntry> | undefined = undefined
  /** The last events that it did not take; for `explain`. */
  untaken: UntakenNotes | undefined = undefined
  hasChildCells = false
  /** Set if migrations have changed it on its way into memory: the version it was stored with. */
  migrated: { readonly from: string | undefined } | undefined = undefined
  /** Whether the store says that the cell has unsettled effects. */
  isAwake = false
  /** Number of the batch that holds its newest head. */
  headBatch = 0
  /** What the store holds of this cell, as of the last unit; `undefined` for a volatile one. */
  frame: object | undefined = undefined
  snapshotSeqNr = 0
  snapshotBytes = 0
  deltaBytes = 0
  startedMs = 0
  /** Sorts by start over the node's whole life; a restart by supervision keeps it. 0 for an actor of an older store. */
  order = 0
  /** Set while it is being ended: `frozen` handles nothing, `awake` has taken the cancel event and ends by itself. */
  ending: 'frozen' | 'awake' | undefined = undefined
  /** Why it is being ended. */
  endReason: EndReason | undefined = undefined
  lastActiveMs = 0
  /** Used since the last sweep. */
  isUsed = false
  /** Neighbours in the order of last use. */
  newer: Cell | undefined = undefined
  older: Cell | undefined = undefined

  constructor(
    readonly path: ActorPath,
    readonly row: LogicRow,
    readonly logic: HostedLogic,
    readonly self: CellSelf,
    readonly durability: Durability,
    readonly systemId: string | undefined,
  ) {}
}
