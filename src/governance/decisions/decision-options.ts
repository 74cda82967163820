/** What `createSystem({ decisions })` says, and how it is read. */
import { z } from 'zod'
import { RosciusError } from '../../core/errors.js'
import type { Redaction } from '../redaction/redaction.js'
import { redactionOption } from '../redaction/redaction-option.js'

export interface DecisionOptions {
  /** How many records of each actor are kept. Default 1 000. */
  readonly keep?: number
  /** What is taken out before they are stored. Default: what `defineRedaction()` takes out; `false`: nothing. */
  readonly redact?: Redaction | false
}

const options = z.strictObject({
  keep: z.number().int().min(1).max(100_000).default(1_000),
  redact: redactionOption,
})

/** Throws `OPTIONS_INVALID` with the path of the field. */
export function readDecisionOptions(given: DecisionOptions): { readonly keep: number; readonly redaction: Redaction } {
  const result = options.safeParse(given)
  if (result.success) {
    const { keep, redact } = result.data
    return { keep, redaction: redact }
  }
  const { path, message } = result.error.issues[0]!
  const field = ['decisions', ...path].join('.')
  throw new RosciusError('OPTIONS_INVALID', `createSystem: ${field}: ${message}`, { details: { field } })
}
