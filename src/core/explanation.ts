/**
 * What `ref.explain()` answers: where an actor is, what it did not take and why, why it was restarted or failed, and what it
 * waits for. Plain data; `String(explanation)` says the same in words.
 */
import type { ActorPath } from './address.js'
import type { RosciusError } from './errors.js'
import type { DeadLetterReason } from './events.js'
import type { Pause } from './operator-orders.js'
import type { DecisionKind, FailureClass, RestartFrom, RestartType, Rule, Strategy } from './supervision-terms.js'

export interface Explanation {
  readonly path: ActorPath
  /** `roscius://node/path`. */
  readonly address: string
  /** Its logic's name in the logic table. */
  readonly logic: string
  /** `quarantined`: its records can't be read, or its machine no longer has the state that it is stored in. */
  readonly status: 'starting' | 'active' | 'restarting' | 'done' | 'failed' | 'stopped' | 'quarantined'
  readonly durability: 'durable' | 'relaxed' | 'volatile'
  /** Whether it is in memory. One that is not comes back with its next event. */
  readonly isInMemory: boolean
  /** How many journal records it has; of a volatile actor, how many events it has handled. */
  readonly seqNr: number
  /** When this was asked, wall-clock ms; the times below are on the same clock. */
  readonly time: number
  /** Where it is in its statechart; undefined for logic that is no machine, and where its state can't be read. */
  readonly position: Position | undefined
  /**
   * Events that it did not take, newest first: one entry for each type and reason, the last four of them, then what it
   * defers now. Kept in memory with the actor: a passivation or a restart of the process forgets all but what is deferred.
   */
  readonly untaken: readonly UntakenEvent[]
  /** What supervision remembers of its failures; undefined if it has never failed nor been restarted. */
  readonly failures: SurvivedFailures | undefined
  /** Why it failed for good; as `ref.failure()`. */
  readonly failure: FinalFailure | undefined
  /** Why it is quarantined. */
  readonly quarantine: RosciusError | undefined
  /** What will make it go on. Empty for one that has ended, and for one that only waits for events. */
  readonly waitsFor: readonly Wait[]
  /** How many events wait in its mailbox. */
  readonly mailbox: number
  /** How many events it defers. */
  readonly stash: number
  /** What it is as a supervisor; undefined if it is none. */
  readonly supervises: Supervises | undefined
  /** Who supervises it; undefined where that can't be told, because it is quarantined. */
  readonly supervision: SupervisedBy | undefined
  /** What would become of the event that was asked about. */
  readonly forecast: Forecast | undefined
  /** The same in words, over several lines. */
  toString(): string
}

export interface ExplainOptions<TEvent = { readonly type: string }> {
  /** Asks what would become of this event if it came now. Nothing is sent. */
  readonly event?: TEvent
}

export interface Position {
  /** XState's state value. */
  readonly value: unknown
  /** The active states, outermost first, without the root. */
  readonly states: readonly ActiveState[]
  /** Descriptors of the events for which an active state has a transition (perhaps with a guard): `APPROVE`, `mouse.*`. */
  readonly takes: readonly string[]
}

export interface ActiveState {
  /** Keys from the root down, joined by dots. */
  readonly path: string
  /** Its `description`, else its `meta.description`. */
  readonly description: string | undefined
}

/** Events of one type that were not taken for one reason. */
export interface UntakenEvent {
  /** The event's type. */
  readonly event: string
  /** How many there were since the actor came into memory. */
  readonly count: number
  /** When the last of them came; undefined for what is deferred. */
  readonly time: number | undefined
  readonly why: WhyNot
}

export type WhyNot =
  /** No active state had a transition for it. `state` is the state value then; `handledIn` are the states that have one. */
  | { readonly kind: 'notInState'; readonly state: unknown; readonly handledIn: readonly string[] }
  /** Active states had transitions for it, and no guard let it through. */
  | { readonly kind: 'guard'; readonly state: unknown; readonly candidates: readonly Candidate[] }
  /** The guards let it through today, though they did not then: they depend on more than context and event. */
  | { readonly kind: 'unclear'; readonly state: unknown; readonly candidates: readonly Candidate[] }
  /** It waits in the stash; `by` is the state that defers it. */
  | { readonly kind: 'deferred'; readonly by: string }
  /** It became a dead letter; `error` is what it made the actor throw, in a line, where that is the reason. */
  | { readonly kind: 'deadLetter'; readonly reason: DeadLetterReason; readonly error: string | undefined }
  /** It came with an idempotency key that had been handled as record `seqNr`. */
  | { readonly kind: 'duplicate'; readonly key: string; readonly seqNr: number }

/** A transition that might take an event. */
export interface Candidate {
  /** Path of the state it belongs to; `''` is the machine itself. */
  readonly state: string
  /** The descriptor that matches: the event's type, or a wildcard. */
  readonly descriptor: string
  /** Paths of its targets; empty if it stays where it is. */
  readonly targets: readonly string[]
  /** Undefined if it has none. */
  readonly guard: GuardOutcome | undefined
}

/** What a guard said. */
export interface GuardOutcome {
  /** The guard's name, `inline guard`, or what is put together: `isOwner and not isLocked`. */
  readonly name: string
  readonly holds: boolean
  /** What it threw, in a line. */
  readonly error: string | undefined
  /** What it is put together from, each with its own answer. */
  readonly parts: readonly GuardOutcome[]
}

/** The last failure that the actor survived, and how often it was restarted. */
export interface SurvivedFailures {
  /** How often it has been restarted in all: for its own failures and ends, with others, and by operators. */
  readonly restarts: number
  /** Undefined if it has only been restarted with others, or because it had ended; and once it has failed for good. */
  readonly last:
    | {
        /** What was thrown, in a line. */
        readonly error: string
        readonly failureClass: FailureClass
        /** Type of the event it failed on. */
        readonly event: string
        /** What was done about it. */
        readonly decision: DecisionKind
        /** The row of the decision table that said so: see the reference page "Supervision". */
        readonly rule: Rule
        readonly time: number
      }
    | undefined
}

/** The failure that nobody brought it back from. */
export interface FinalFailure {
  readonly error: unknown
  /** Type of the event it failed on. */
  readonly event: string
  readonly time: number
  /** Undefined, with the two below, where nothing was to be decided: its first start failed, or it failed while it was stopped. */
  readonly failureClass: FailureClass | undefined
  /** What was decided: `stop`, or `escalate` where nobody is above who could go on. */
  readonly decision: DecisionKind | undefined
  /** The row of the decision table that said so. */
  readonly rule: Rule | undefined
}

/** Something that will make the actor go on, or that runs for it. Times are in ms from `Explanation.time`; below 0: overdue. */
export type Wait =
  /** An operator has paused it: it handles nothing until one resumes it (`ref.resume`). `sinceMs` is wall-clock time. */
  | ({ readonly kind: 'pause' } & Pause)
  /**
   * It has failed, or belongs to a group that restarts, or an operator restarts it; its mail waits. Without `dueInMs` its
   * supervisor decides when, or whoever resumes it.
   */
  | { readonly kind: 'restart'; readonly from: RestartFrom; readonly dueInMs: number | undefined }
  /**
   * Its supervisor `of` stops its children for a restart. Its effects were aborted and may take `shutdownMs` to come back, from
   * then on; it handles nothing meanwhile.
   */
  | { readonly kind: 'suspension'; readonly of: ActorPath; readonly shutdownMs: number | 'infinity' }
  /**
   * Of a supervisor: what it does with its children before it goes on; `ending`: it ends with them. `children` are the ids of
   * those that are on their way now. One is stopped, or started, after the other, so others may follow.
   */
  | {
      readonly kind: 'children'
      readonly doing: 'starting' | 'stopping' | 'ending'
      readonly children: readonly string[]
    }
  /** It is being ended: by `stop`, by `cancel`, or by its supervisor. `of` is the root of what is ended with it. */
  | { readonly kind: 'ending'; readonly reason: 'stopped' | 'cancelled' | 'shutdown'; readonly of: ActorPath }
  /** A delayed event; `delay` and `state` are there if it is an `after`. */
  | {
      readonly kind: 'timer'
      readonly event: string
      readonly dueInMs: number
      readonly delay: string | undefined
      readonly state: string | undefined
      /** Id of the child inside the actor that armed it; undefined for its own. */
      readonly child: string | undefined
      /** Address of the actor it goes to, where that is another one. */
      readonly to: string | undefined
    }
  /** A promise, callback or observable that it has started. */
  | {
      readonly kind: 'effect'
      /** Its id in the statechart. */
      readonly id: string
      /** The name of its logic, or `inline`. */
      readonly src: string
      /** The same over crashes and restarts. */
      readonly effectId: string
      /** Counts from 1. */
      readonly attempt: number
      /** `held`: it starts when its commit is durable. `over`: it was aborted, or has failed; what it does counts no more. */
      readonly status: 'held' | 'running' | 'over'
      /** Whether it is a promise, which will settle; others go on until they are stopped. */
      readonly settles: boolean
    }
  /** A machine inside the actor that has not ended. */
  | { readonly kind: 'child'; readonly id: string; readonly src: string; readonly value: unknown }

/** How a supervisor treats its children. Restarts are counted for each child alone if the strategy is `oneForOne`. */
export interface Supervises {
  readonly strategy: Strategy
  readonly maxRestarts: number
  readonly withinMs: number
  /** Why it restarts a group of its children, or gives up; undefined while it does neither. */
  readonly trouble: Trouble | undefined
}

/** What a supervisor is dealing with. */
export interface Trouble {
  /** Id of the child that it began with. */
  readonly child: string
  /**
   * `group`: those who belong to the child are restarted with it. Otherwise the supervisor gives up: the child failed, or
   * ended, too often (`intensity`, or in a row: `backoff`), its failure is one to escalate (`directive`), or it failed to start
   * (`start`).
   */
  readonly why: 'group' | 'intensity' | 'backoff' | 'directive' | 'start'
  /** What the child failed with, in a line; undefined if it ended without a failure. */
  readonly error: string | undefined
}

/** Who decides about its failures, and how much of its patience is used up. */
export interface SupervisedBy {
  /** Its parent is a supervisor, or else the guardian of the system supervises it. */
  readonly kind: 'supervisor' | 'guardian'
  /** Path of its parent; undefined at the top. */
  readonly parent: ActorPath | undefined
  readonly strategy: Strategy
  /** Whether it was taken out of its supervisor's definition: it belongs to no group then, and counts alone. */
  readonly isOrphan: boolean
  readonly restart: RestartType
  /** How it would be restarted; a temporary one never is. */
  readonly restartFrom: RestartFrom
  /** Restarts that count now; with one more than `maxRestarts` within `withinMs` it is given up. */
  readonly used: number
  readonly maxRestarts: number
  readonly withinMs: number
}

export interface Forecast {
  /** The event's type. */
  readonly event: string
  readonly would:
    | { readonly kind: 'taken'; readonly transitions: readonly Candidate[] }
    /** It would wait in the mailbox until the actor is restarted, or resumed. */
    | { readonly kind: 'waits' }
    | WhyNot
}
