/** What the history tells, in the shapes of the control API (`control/protocol`), whose schemas fit these. */
import type { JournalEntry } from '../../core/actor-ref.js'
import type { ActorPath } from '../../core/address.js'
import type { RecordRef } from '../../core/inspection.js'
import type { EventLine, TimelineItem } from '../live/shapes.js'
import type { ValueKind } from './value-kind.js'

export type ToldEvent = EventLine
export type ToldKind = JournalEntry['kind']

export interface ToldRecord {
  seqNr: number
  atMs: number
  kind: ToldKind
  /** As the machine saw it: of a timer what it sent, of a promise `xstate.done.actor.<id>`. */
  event: ToldEvent
  /** Path or address of the sender, with `#<id>` if it was a child inside of it. */
  from?: string | undefined
  cause?: RecordRef | undefined
  /** State after it, in one line. */
  state?: string | undefined
  isMove: boolean
  error?: string | undefined
}

/** What an actor did, out of its journal, as the timeline tells it. `ms`, `turn` and `commit` are 0: a journal keeps none of them. */
export type ToldActivity =
  | Extract<TimelineItem, { kind: 'unit' }>
  | (Extract<TimelineItem, { kind: 'notice' }> & { path: ActorPath; level: 'error' })

export interface ToldJournal {
  /** Newest first, or oldest first where `from` was asked for. */
  rows: ToldRecord[]
  first: number
  last: number
}

export interface JournalQuery {
  readonly before?: number | undefined
  readonly from?: number | undefined
  readonly limit?: number | undefined
}

export interface ToldChange {
  /** JSON Pointer into the persisted snapshot. */
  pointer: string
  change: 'added' | 'changed' | 'removed'
  before?: string | undefined
  after?: string | undefined
}

export interface ToldRecordRef extends RecordRef {
  type: string
  atMs: number
}

export interface ToldMoment {
  row: ToldRecord
  /** Hash of the definition of its machine of today. */
  chart?: string | undefined
  active: string[]
  transitions: string[]
  changes: ToldChange[]
  timers: { event: string; dueMs: number }[]
  effects: { id: string; src: string }[]
  stash: ToldEvent[]
  /** Nearest first. */
  causes: ToldRecordRef[]
  caused: ToldRecordRef[]
}

export interface ToldMessage {
  from?: string | undefined
  to: string
  event: ToldEvent
  atMs: number
  record?: RecordRef | undefined
  cause?: RecordRef | undefined
  outcome?: string | undefined
}

export interface ToldConversation {
  id: string
  messages: ToldMessage[]
  isWhole: boolean
}

export interface ConversationRow {
  id: string
  firstMs: number
  lastMs: number
  messages: number
  /** Whether there are no more messages than these. */
  isWhole: boolean
  actors: string[]
  event: string
}

export interface ToldNode {
  key: string
  kind: ValueKind
  text: string
  size: number
  length?: number | undefined
  isMasked: boolean
  change?: 'added' | 'changed' | 'removed' | undefined
}

export interface ToldValue {
  pointer: string
  node: ToldNode
  children: ToldNode[]
  total: number
  whole?: string | undefined
  seqNr: number
}

export interface ValueQuery {
  readonly at?: number | undefined
  readonly pointer?: string | undefined
  readonly since?: number | undefined
  readonly offset?: number | undefined
  readonly limit?: number | undefined
}

/** Where an actor failed: the state that it failed in, and the event that it failed on. */
export interface ToldFailure {
  path: ActorPath
  /** The record of the failure itself. */
  seqNr: number
  /** The last record before it that counts: the state that the event met. */
  before: number
  event: ToldEvent
  error: string
  atMs: number
}
