/**
 * What the runtime tells of itself: typed events for logs, metrics and the console. They report what has been committed
 * or has happened outside a commit (a stale result, an effect of unknown outcome); they never change a state.
 */
import type { ActorPath } from './address.js'
import type { RosciusError } from './errors.js'

export type SystemEvent =
  | { readonly type: 'actorStarted'; readonly path: ActorPath; readonly logic: string }
  | { readonly type: 'actorDone'; readonly path: ActorPath; readonly output: unknown }
  | { readonly type: 'actorFailed'; readonly path: ActorPath; readonly error: unknown }
  | { readonly type: 'actorStopped'; readonly path: ActorPath }
  | { readonly type: 'actorQuarantined'; readonly path: ActorPath; readonly error: RosciusError }
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
  | { readonly type: 'halted'; readonly error: RosciusError }

/** Why nobody took an event. */
export type DeadLetterReason =
  | 'actorNotFound'
  | 'actorEnded'
  | 'actorFailed'
  | 'actorQuarantined'
  | 'mailboxFull'
  | 'stashFull'
