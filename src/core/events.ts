/**
 * What the runtime tells of itself: typed events for logs, metrics and the console. They report what has been committed
 * or has happened outside a commit (a stale result, an effect of unknown outcome); they never change a state.
 */
import type { ActorPath } from './address.js'
import type { ApprovalEvent } from './approval-events.js'
import type { BudgetEvent } from './budget-events.js'
import type { RosciusError } from './errors.js'
import type { LinkEvent } from './link-events.js'
import type { MemoryEvent } from './memory-events.js'
import type { OperatorEvent } from './operator-orders.js'
import type { SupervisionEvent } from './supervision-events.js'

export type SystemEvent =
  | SupervisionEvent
  | ApprovalEvent
  | BudgetEvent
  | MemoryEvent
  | LinkEvent
  | OperatorEvent
  /** What an actor was to have, and its parent (or the system) has not: it was started without. */
  | { readonly type: 'scopesRefused'; readonly path: ActorPath; readonly refused: readonly string[] }
  | { readonly type: 'actorStarted'; readonly path: ActorPath; readonly logic: string }
  | { readonly type: 'actorDone'; readonly path: ActorPath; readonly output: unknown }
  | { readonly type: 'actorFailed'; readonly path: ActorPath; readonly error: unknown }
  | { readonly type: 'actorStopped'; readonly path: ActorPath }
  | { readonly type: 'actorQuarantined'; readonly path: ActorPath; readonly error: RosciusError }
  /** All of the subtree of `path` that was alive has ended; `reason` as given to `cancel`. */
  | { readonly type: 'actorCancelled'; readonly path: ActorPath; readonly reason: string | undefined }
  | {
      readonly type: 'actorMigrated'
      readonly path: ActorPath
      readonly from: string | undefined
      readonly to: string | undefined
    }
  | {
      readonly type: 'deadLetter'
      readonly path: ActorPath
      readonly reason: DeadLetterReason
      readonly event: unknown
    }
  | { readonly type: 'staleMail'; readonly path: ActorPath; readonly kind: string }
  | { readonly type: 'outcomeUnknown'; readonly path: ActorPath; readonly effectId: string; readonly action: string }
  | { readonly type: 'effectFault'; readonly path: ActorPath; readonly effectId: string; readonly error: unknown }
  | {
      /** An effect gave no sign of life for its `heartbeatMs`, and has failed. */
      readonly type: 'effectTimedOut'
      readonly path: ActorPath
      readonly effectId: string
      readonly attempt: number
      readonly silentMs: number
    }
  | {
      /** One event's transition, or the synchronous part of one action or effect, held the thread for `ms`. */
      readonly type: 'threadBlocked'
      readonly path: ActorPath
      readonly ms: number
      readonly during: 'transition' | 'effect' | 'action'
      /** Type of the event whose transition it was. */
      readonly event?: string
      /** Which effect or action it was. */
      readonly effectId?: string
    }
  | { readonly type: 'halted'; readonly error: RosciusError }

/** Why nobody took an event. */
export type DeadLetterReason =
  | 'actorNotFound'
  | 'actorEnded'
  | 'actorFailed'
  | 'poison'
  | 'actorQuarantined'
  | 'mailboxFull'
  | 'stashFull'
  /** The system has no link to that node. */
  | 'peerUnknown'
  /** Too much waits for that node already. */
  | 'outboxFull'
  /** Its deadline has passed. */
  | 'expired'
  /** It has been passed on from node to node too often. */
  | 'hopLimit'
  /** It was for an actor of a store that its node does not have any more. */
  | 'storeGone'
  /** It holds what can't be sent, or more than fits into a frame. */
  | 'notSendable'
  /** That node does not let this one. */
  | 'peerRefused'
  /** It was for a volatile actor, and its node's former process may have handled it. */
  | 'mayBeHandled'
