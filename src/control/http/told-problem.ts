/** Errors as they are told: by their code and a status; of an unknown one nothing but that there was one. */
import { type ErrorCode, isRosciusError, RosciusError } from '../../core/errors.js'
import type { Redaction } from '../../governance/redaction/redaction.js'
import { Refused } from '../access/doorkeeper.js'
import type { ToldProblem } from '../protocol/common.js'
import { plainJson } from './json-text.js'

/** What HTTP calls it; what is not here is 500. */
const STATUS: Readonly<Partial<Record<ErrorCode, number>>> = {
  OPTIONS_INVALID: 400,
  ADDRESS_INVALID: 400,
  EVENT_INVALID: 400,
  VALUE_NOT_STORABLE: 400,
  ACCESS_DENIED: 403,
  ACTOR_NOT_FOUND: 404,
  APPROVAL_NOT_FOUND: 404,
  BUDGET_NOT_FOUND: 404,
  LOGIC_NOT_FOUND: 404,
  PEER_UNKNOWN: 404,
  ACTOR_FAILED: 409,
  ACTOR_QUARANTINED: 409,
  ACTOR_STOPPED: 409,
  APPROVAL_DECIDED: 409,
  DEAD_LETTER: 409,
  NOT_A_SUPERVISOR: 409,
  CHILD_RUNNING: 409,
  MAILBOX_FULL: 429,
  RATE_LIMITED: 429,
  COMMIT_FAILED: 503,
  ROOT_FAILED: 503,
  STORE_CLOSED: 503,
  STORE_FAILED: 503,
  SYSTEM_STOPPED: 503,
  STOP_TIMEOUT: 504,
  TIMEOUT: 504,
}

export interface ToldFailure {
  readonly status: number
  readonly error: ToldProblem
}

/** A status of its own for what is wrong with the request itself. */
export class BadRequest extends Error {
  constructor(
    readonly status: 404 | 405 | 413 | 415,
    readonly error: RosciusError,
  ) {
    super(error.message)
  }
}

/** `unexpected` is told of what nobody has foreseen. */
export function toldFailure(error: unknown, mask: Redaction, unexpected: (error: unknown) => void): ToldFailure {
  if (error instanceof Refused || error instanceof BadRequest)
    return { status: error.status, error: toldError(error.error, mask) }
  if (isRosciusError(error)) return { status: STATUS[error.code] ?? 500, error: toldError(error, mask) }
  unexpected(error)
  const message = 'Something went wrong inside the node. Its log says what.'
  return { status: 500, error: { code: 'INTERNAL_ERROR', message, details: {} } }
}

export function toldError({ code, message, details }: RosciusError, mask: Redaction): ToldProblem {
  return { code, message: mask.text(message), details: plainJson(mask.value(details)) as Record<string, unknown> }
}

export function errorOf({ code, message, details }: ToldProblem): RosciusError {
  return new RosciusError(code as ErrorCode, message, { details })
}
