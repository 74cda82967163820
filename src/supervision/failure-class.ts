/**
 * What kind of failure an error is: the one fact about it that supervision decides by.
 *
 * 1. Errors are told apart by their fields, never by `instanceof`: one that was stored and read again, or came from
 *    another copy of a package, is classed as it was the first time.
 * 2. What is written on the error wins: the user's classifier, then the error's own `failureClass`, then the table.
 * 3. An error that says nothing is judged by its `cause` (`TypeError: fetch failed` because of `ECONNREFUSED` is no bug).
 * 4. `classify` never throws: whatever it can't make sense of is a bug.
 */

import type { FailureClass } from '../core/supervision-terms.js'

export type { FailureClass }

/** Every failure class, the most hopeful first. */
export const FAILURE_CLASSES = [
  'transient',
  'timeout',
  'budget',
  'cancelled',
  'permanent',
  'bug',
] as const satisfies readonly FailureClass[]

/** A classifier of the user's. `undefined`: let the built-in rules decide. */
export type Classify = (error: unknown) => FailureClass | undefined

interface Rule {
  readonly is: FailureClass
  readonly names?: readonly string[]
  /** Codes of Node, of its `fetch` and of Roscius. */
  readonly codes?: readonly (string | RegExp)[]
  /** HTTP status, in `status`, `statusCode` or `response.status`. */
  readonly statuses?: readonly number[]
}

/**
 * The first rule that knows the error decides. Of our own codes these are left to the last line on purpose:
 * `VALUE_NOT_STORABLE`, `CONTEXT_MUTATED`, `EVENT_INVALID`, `LOGIC_NOT_NAMED` and their like. A retry doesn't help them
 * either, but it is the event that brings them about: as a bug the event is given up as poison, and the actor lives; as
 * `permanent` they would end its supervisor.
 */
const RULES: readonly Rule[] = [
  {
    is: 'cancelled',
    names: ['AbortError'],
    codes: ['CANCELLED', 'ABORT_ERR', 'UND_ERR_ABORTED'],
  },
  {
    is: 'timeout',
    names: ['TimeoutError'],
    codes: ['TIMEOUT', 'ASK_TIMEOUT', 'STOP_TIMEOUT', 'ETIMEDOUT', 'ESOCKETTIMEDOUT', /^UND_ERR_[A-Z_]+_TIMEOUT$/],
    statuses: [408, 504],
  },
  {
    is: 'budget',
    codes: ['BUDGET_EXHAUSTED'],
  },
  {
    is: 'transient',
    codes: [
      ...['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH'],
      ...['EBUSY', 'EMFILE', 'UND_ERR_SOCKET'],
      ...['BULKHEAD_FULL', 'CIRCUIT_OPEN', 'RATE_LIMITED'],
      ...['MAILBOX_FULL', 'STORE_FAILED', 'STORE_LOCKED', 'STORE_CLOSED', 'SYSTEM_STOPPED', 'COMMIT_FAILED'],
    ],
    statuses: [429, 500, 502, 503],
  },
  {
    is: 'permanent',
    codes: [
      ...['OUTCOME_UNKNOWN', 'LOGIC_NOT_FOUND', 'MIGRATION_FAILED', 'ACTOR_QUARANTINED', 'NO_DECISION'],
      ...['RECORD_CORRUPT', 'RECORD_UNSUPPORTED', 'STORE_KEY_WRONG'],
    ],
    statuses: [400, 401, 403, 404, 410, 422],
  },
  // A supervisor that gave up is restarted as a supervisor, whatever its child had died of.
  { is: 'bug', codes: ['INTENSITY_EXCEEDED', 'CHILD_ESCALATED', 'CHILD_START_FAILED'] },
]

const MAX_DEPTH = 3

/**
 * The class of `error`. `custom` is asked first; its answer counts if it is a failure class, and a classifier that
 * throws has none. Then the built-in rules are asked for the error and up to three levels of its `cause`. Default `bug`.
 */
export function classify(error: unknown, custom?: Classify): FailureClass {
  try {
    return ask(custom, error) ?? builtIn(error) ?? 'bug'
  } catch {
    return 'bug'
  }
}

function ask(custom: Classify | undefined, error: unknown): FailureClass | undefined {
  try {
    return valid(custom?.(error))
  } catch {
    return undefined
  }
}

function builtIn(error: unknown): FailureClass | undefined {
  let current = error
  for (let depth = 0; depth <= MAX_DEPTH && isObject(current); depth++) {
    const found = ownClass(current) ?? byRule(current)
    if (found !== undefined) return found
    current = current.cause
  }
  return undefined
}

function ownClass(error: Fields): FailureClass | undefined {
  return Object.hasOwn(error, 'failureClass') ? valid(error.failureClass) : undefined
}

function byRule(error: Fields): FailureClass | undefined {
  const { name, code } = error
  const status = statusOf(error)
  return RULES.find((rule) => hasName(rule, name) || hasCode(rule, code) || hasStatus(rule, status))?.is
}

function hasName({ names = [] }: Rule, name: unknown): boolean {
  return names.some((one) => one === name)
}

function hasCode({ codes = [] }: Rule, code: unknown): boolean {
  return typeof code === 'string' && codes.some((one) => (typeof one === 'string' ? one === code : one.test(code)))
}

function hasStatus({ statuses = [] }: Rule, status: unknown): boolean {
  return statuses.some((one) => one === status)
}

function statusOf({ status, statusCode, response }: Fields): unknown {
  return status ?? statusCode ?? (isObject(response) ? response.status : undefined)
}

type Fields = Readonly<Record<string, unknown>>

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}

function valid(value: unknown): FailureClass | undefined {
  return FAILURE_CLASSES.find((one) => one === value)
}
