/**
 * What is told of a running system to those who look at it, as plain data. The control API speaks in the same shapes
 * (`control/protocol`), field by field.
 */
import type { ActorPath } from '../../core/address.js'
import type { RecordRef } from '../../core/inspection.js'

/** One event as far as it is shown: its type, and its fields in one line of JSON, masked and cut. */
export interface EventLine {
  type: string
  fields?: string | undefined
}

export type ActorStatus =
  | 'starting'
  | 'active'
  | 'restarting'
  | 'done'
  | 'failed'
  | 'stopped'
  | 'quarantined'
  | 'missing'

/** An actor in one row. */
export interface ActorRow {
  path: ActorPath
  /** The last segment of its path, decoded. */
  id: string
  logic: string
  status: ActorStatus
  durability: 'durable' | 'relaxed' | 'volatile'
  isInMemory: boolean
  isSupervisor: boolean
  isPaused: boolean
  /** State value in one line; absent for logic that is no machine. */
  state?: string | undefined
  restarts: number
  mailbox: number
  stash: number
  effects: number
  seqNr: number
  /** Sorts siblings by their start. */
  order: number
  error?: string | undefined
  /** The last event that it has handled since somebody looks. */
  last?: { type: string; atMs: number } | undefined
  /** Events a second, over the last five. */
  rate: number
  /** Share of its own budget that is used, in the dimension of which most is. */
  budget?: { dimension: string; used: number } | undefined
  approvals: number
}

export type RowOrder = 'tree' | 'path' | 'rate' | 'mailbox' | 'restarts' | 'budget' | 'last'

/** Which rows. Defaults: all, in the order of the tree, the first hundred. */
export interface RowQuery {
  /** Part of a path, a logic or a state, whatever the case. */
  readonly search?: string | undefined
  readonly status?: ActorStatus | undefined
  readonly logic?: string | undefined
  /** Only this one and those below it. */
  readonly under?: ActorPath | undefined
  /** Only those with trouble; `false`: only those without. */
  readonly trouble?: boolean | undefined
  readonly sort?: RowOrder | undefined
  readonly offset?: number | undefined
  readonly limit?: number | undefined
}

export interface RowPage {
  rows: ActorRow[]
  /** How many the query lets through. */
  total: number
  /** Those that it lets through, by status; also of the statuses that it does not ask for. */
  counts: Record<string, number>
}

/** One actor as it is now, without its context. */
export interface ActorDetail {
  row: ActorRow
  address: string
  version?: string | undefined
  /** Hash of its definition. */
  chart?: string | undefined
  /** Ids of the active states. */
  active: string[]
  /** Ids of the transitions that its last unit took. */
  lastTransitions: string[]
  timers: { event: string; dueMs: number; delay?: string | undefined; state?: string | undefined }[]
  effects: {
    id: string
    src: string
    effectId?: string | undefined
    attempt: number
    status: string
    settles: boolean
  }[]
  stash: EventLine[]
  mailbox: EventLine[]
  inner: { id: string; src: string; state: string }[]
  /** The first two hundred, and how many there are. */
  children: ActorRow[]
  childCount?: number | undefined
  trouble?: string | undefined
  journal?: { first: number; last: number } | undefined
  /** What can be done with it, for those who may. */
  can: { send: boolean; pause: boolean; resume: boolean; restart: boolean; cancel: boolean }
}

export type TimelineItem =
  | {
      kind: 'unit'
      atMs: number
      ms: number
      path: ActorPath
      logic: string
      seqNr: number
      event: EventLine
      from?: string | undefined
      cause?: RecordRef | undefined
      outcome: 'handled' | 'ignored' | 'deferred'
      state?: string | undefined
      /** Whether the state value is another one than before. */
      isMove: boolean
      turn: number
      commit: number
      /** The first twenty. */
      sent: { to: string; type: string }[]
    }
  | {
      kind: 'commit'
      atMs: number
      ms: number
      commit: number
      units: number
      operations: number
      isSynced: boolean
    }
  | {
      kind: 'effect'
      atMs: number
      path: ActorPath
      effectId: string
      id: string
      src: string
      attempt: number
      status: 'started' | 'done' | 'failed' | 'aborted'
      ms?: number | undefined
    }
  | {
      kind: 'notice'
      atMs: number
      type: string
      path?: ActorPath | undefined
      text: string
      level: NoticeLevel
    }

export type NoticeLevel = 'info' | 'warning' | 'error'

/** Figures of the whole node. */
export interface Pulse {
  atMs: number
  /** Actors by status. */
  counts: Record<string, number>
  unitsPerSecond: number
  commitsPerSecond: number
  commitMs: number
  eventLoopMs: number
  oldestMailMs: number
  approvals: number
  deadLetters: number
  trouble: number
  links: { peer: string; state: string; detector: string }[]
  halted?: string | undefined
}

export type ChangedList = 'approvals' | 'deadLetters' | 'budgets' | 'links' | 'machines'

/** What a viewer is sent; the door that it looks through adds which viewer. */
export type Frame =
  | { kind: 'pulse'; pulse: Pulse }
  /** `isFirst`: part of the first picture; `isWhole`: that is complete with this frame. */
  | { kind: 'rows'; rows: ActorRow[]; gone: ActorPath[]; isFirst: boolean; isWhole: boolean }
  | { kind: 'actor'; actor?: ActorDetail | undefined; contextChanged: boolean }
  /** `lost`: how many were left out since the last frame. */
  | { kind: 'items'; items: TimelineItem[]; lost: number }
  | { kind: 'changed'; of: ChangedList }
