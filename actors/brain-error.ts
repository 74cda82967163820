/** The errors of brains and of what stands around them. */
import { RosciusError } from '../src/index.js'

export type BrainErrorCode = 'BULKHEAD_FULL' | 'CIRCUIT_OPEN' | 'NO_DECISION' | 'OPTIONS_INVALID' | 'RATE_LIMITED'

export function brainError(
  code: BrainErrorCode,
  message: string,
  details: Readonly<Record<string, unknown>> = {},
): RosciusError {
  return new RosciusError(code, message, { details })
}

/** Throws `OPTIONS_INVALID` unless it is a whole number of 1 or more. */
export function assertCount(who: string, field: string, value: number): void {
  if (Number.isInteger(value) && value >= 1) return
  throw brainError('OPTIONS_INVALID', `${who}: ${field} must be a whole number of 1 or more; got ${value}.`, { field })
}

/** Throws `OPTIONS_INVALID` unless it is above 0. */
export function assertPositive(who: string, field: string, value: number): void {
  if (value > 0 && value < Number.POSITIVE_INFINITY) return
  throw brainError('OPTIONS_INVALID', `${who}: ${field} must be a number above 0; got ${value}.`, { field })
}
