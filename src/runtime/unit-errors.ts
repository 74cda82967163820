/**
 * What those are told whose event came to nothing.
 */
import type { EventObject } from 'xstate'
import type { ActorPath } from '../core/address.js'
import { isRosciusError, RosciusError } from '../core/errors.js'
import type { DeadLetterReason } from '../core/events.js'

/** What a unit threw, with the actor named where the thrower could not know it. */
export function describeFailure(thrown: unknown, path: ActorPath): unknown {
  if (!isRosciusError(thrown, 'VALUE_NOT_STORABLE') || thrown.address !== undefined) return thrown
  const at = String(thrown.details.path ?? '').replace(/^snapshot\./, '')
  return new RosciusError('VALUE_NOT_STORABLE', `${path}: ${thrown.message.replace(/ at snapshot\./, ' at ')}`, {
    address: path,
    details: { ...thrown.details, path: at },
    cause: thrown,
  })
}

/** The event of a `deliver` or `ask` became a dead letter. */
export function deadLetterError(
  path: ActorPath,
  event: EventObject,
  reason: DeadLetterReason,
  cause?: unknown,
): RosciusError {
  const message = `${path}: ${event.type} became a dead letter (${reason}); see system.deadLetters.`
  return new RosciusError('DEAD_LETTER', message, { address: path, details: { reason, event: event.type }, cause })
}

/** The event of a `deliver` or `ask` made its receiver fail. */
export function failedError(path: ActorPath, event: EventObject, cause: unknown): RosciusError {
  const what = (cause instanceof Error ? cause.message : String(cause)).replace(/\.$/, '')
  return new RosciusError('ACTOR_FAILED', `${path} failed on ${event.type}: ${what}. See ref.failure().`, {
    address: path,
    details: { event: event.type },
    cause,
  })
}
