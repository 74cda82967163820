/** What a call is answered with. Errors are data: a brain reads them and decides what to do next. */
import type { ZodError } from 'zod'
import { firstProblem } from '../policy/problem.js'

/**
 * What went wrong. Nothing was run: `TOOL_NOT_FOUND`, `INPUT_INVALID`, `SCOPE_MISSING`, `POLICY_DENIED`, `APPROVAL_REQUIRED`.
 * It was run: `TIMEOUT`, `TOOL_FAILED` (its function threw), `TOOL_CRASHED` (its process ended without an answer),
 * `LIMIT_EXCEEDED` (memory or output of its process), `OUTPUT_INVALID` (it did its work and answered nonsense).
 * `OUTCOME_UNKNOWN`: nobody knows whether it did its work, and it must not do it twice.
 */
export type ToolErrorCode =
  | 'APPROVAL_REQUIRED'
  | 'INPUT_INVALID'
  | 'LIMIT_EXCEEDED'
  | 'OUTCOME_UNKNOWN'
  | 'OUTPUT_INVALID'
  | 'POLICY_DENIED'
  | 'SCOPE_MISSING'
  | 'TIMEOUT'
  | 'TOOL_CRASHED'
  | 'TOOL_FAILED'
  | 'TOOL_NOT_FOUND'

export interface ToolError {
  readonly code: ToolErrorCode
  /** For brains and people; at most 2 000 characters. */
  readonly message: string
  /** With `INPUT_INVALID` and `OUTPUT_INVALID`: the field, such as `files.0.name`; empty for the whole of it. */
  readonly path?: string
}

export type ToolAnswer<TOutput = unknown> =
  | { readonly ok: true; readonly output: TOutput }
  | { readonly ok: false; readonly error: ToolError }

const MAX_MESSAGE = 2_000

/** An answer that says what went wrong. */
export function failedAnswer(code: ToolErrorCode, message: string, path?: string): ToolAnswer<never> {
  const short = message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE - 1)}…` : message
  return { ok: false, error: { code, message: short, ...(path === undefined ? {} : { path }) } }
}

/** What a schema doesn't like. */
export function invalidAnswer(code: 'INPUT_INVALID' | 'OUTPUT_INVALID', error: ZodError): ToolAnswer<never> {
  const { field, problem } = firstProblem(error)
  return failedAnswer(code, field === '' ? problem : `${field}: ${problem}`, field)
}

/**
 * The answer to a call of which nobody knows whether it was carried out: what a crash leaves of a tool that is not
 * idempotent.
 */
export function outcomeUnknown(tool: string, why: string): ToolAnswer<never> {
  const message = `It is not known whether ${tool} did its work (${why}), and it is not run again.`
  return failedAnswer('OUTCOME_UNKNOWN', message)
}

/** What was thrown, in words; whatever was thrown. */
export function wordsOf(error: unknown): string {
  try {
    return error instanceof Error && error.message !== '' ? error.message : String(error)
  } catch {
    return 'it threw something that has no words'
  }
}
