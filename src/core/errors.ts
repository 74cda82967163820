/**
 * Every error that a user of Roscius can meet.
 *
 * One class, told apart by a stable `code` (match the code, never `instanceof`, once an error has crossed a process).
 * A message says what happened to which address and what to do next; facts are fields of `details`.
 * Each code has a heading in `docs/reference/errors.md`; a test holds the two lists together.
 */

/** Stable names of failures; see `docs/reference/errors.md` for the meaning and the remedy of each. */
export type ErrorCode =
  | 'ACCESS_DENIED'
  | 'ACTOR_EXISTS'
  | 'ACTOR_FAILED'
  | 'ACTOR_NOT_FOUND'
  | 'ACTOR_QUARANTINED'
  | 'ACTOR_STOPPED'
  | 'ADDRESS_INVALID'
  | 'APPROVAL_DECIDED'
  | 'APPROVAL_NOT_FOUND'
  | 'APPROVAL_REQUIRED'
  | 'ASK_TIMEOUT'
  | 'BUDGET_EXHAUSTED'
  | 'BUDGET_NOT_FOUND'
  | 'BULKHEAD_FULL'
  | 'CHART_FAILED'
  | 'CHILD_ESCALATED'
  | 'CHILD_IN_DEFINITION'
  | 'CHILD_RUNNING'
  | 'CHILD_START_FAILED'
  | 'CIRCUIT_OPEN'
  | 'CLOUD_EVENT_INVALID'
  | 'COMMIT_FAILED'
  | 'CONTEXT_MUTATED'
  | 'DEAD_LETTER'
  | 'EVENT_INVALID'
  | 'EXPECTATION_FAILED'
  | 'INTENSITY_EXCEEDED'
  | 'INTERNAL_ERROR'
  | 'LISTEN_FAILED'
  | 'LOGIC_NOT_FOUND'
  | 'LOGIC_NOT_NAMED'
  | 'MAILBOX_FULL'
  | 'MCP_TOOL_CHANGED'
  | 'MCP_UNAVAILABLE'
  | 'MIGRATION_FAILED'
  | 'MODEL_FAILED'
  | 'NO_DECISION'
  | 'NOT_A_SUPERVISOR'
  | 'NOT_IN_SYSTEM'
  | 'OPTIONS_INVALID'
  | 'OUTBOX_FULL'
  | 'OUTCOME_UNKNOWN'
  | 'PEER_DOWN'
  | 'PEER_REFUSED'
  | 'PEER_UNKNOWN'
  | 'PEER_UNREACHABLE'
  | 'RATE_LIMITED'
  | 'RECORD_CORRUPT'
  | 'RECORD_UNSUPPORTED'
  | 'REMOTE_UNSUPPORTED'
  | 'ROOT_FAILED'
  | 'SIMULATION_FAILED'
  | 'SNAPSHOT_NOT_LOCAL'
  | 'STOP_TIMEOUT'
  | 'STORE_CLOSED'
  | 'STORE_FAILED'
  | 'STORE_KEY_WRONG'
  | 'STORE_LOCKED'
  | 'SYSTEM_ID_TAKEN'
  | 'SYSTEM_STOPPED'
  | 'TIMEOUT'
  | 'TRANSPORT_CLOSED'
  | 'VALUE_NOT_STORABLE'

export interface ErrorOptions {
  /** The address (or store key) it happened to. */
  readonly address?: string
  /** Facts for programs: the offending path, field, limit, and so on. JSON values only. */
  readonly details?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

/** The one error class of Roscius; `code` is stable over releases, `message` is for people. */
export class RosciusError extends Error {
  override readonly name = 'RosciusError'
  readonly code: ErrorCode
  readonly address: string | undefined
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: ErrorCode, message: string, { address, details = {}, cause }: ErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.address = address
    this.details = details
  }
}

/** Whether `error` is a Roscius error (optionally with this code), also when it was made by another copy of the package. */
export function isRosciusError(error: unknown, code?: ErrorCode): error is RosciusError {
  if (!(error instanceof Error) || error.name !== 'RosciusError' || !('code' in error)) return false
  return code === undefined || error.code === code
}
