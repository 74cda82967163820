/** What `createSystem({ conversations })` says, and how it is read. */
import { z } from 'zod'
import { RosciusError } from '../../core/errors.js'

export interface ConversationOptions {
  /** How many records of each conversation are kept: the newest. Default 10 000. */
  readonly maxRecords?: number
  /** How long a record is kept, in ms. Default 7 days. */
  readonly maxAgeMs?: number
}

const DAY_MS = 86_400_000

const options = z.strictObject({
  maxRecords: z.number().int().min(1).max(1_000_000).default(10_000),
  maxAgeMs: z
    .number()
    .int()
    .min(1_000)
    .default(7 * DAY_MS),
})

/** Throws `OPTIONS_INVALID` with the path of the field. */
export function readConversationOptions(given: ConversationOptions): Required<ConversationOptions> {
  const result = options.safeParse(given)
  if (result.success) return result.data
  const { path, message } = result.error.issues[0]!
  const field = ['conversations', ...path].join('.')
  throw new RosciusError('OPTIONS_INVALID', `createSystem: ${field}: ${message}`, { details: { field } })
}
