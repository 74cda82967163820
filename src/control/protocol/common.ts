/** Shapes that many answers of the control API share. */
import { z } from 'zod'

/** Path of an actor: its ids from the top down, joined by `/`. */
export const path = z.string().min(1).max(10_000)

/** Wall clock, ms since the epoch. */
export const atMs = z.number()

/** Category letters of characters that would make a name look like another one where the audit trail is read. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u

/** Who acts: one line of 1 to 200 characters, all of which are seen. */
export const operatorName = z
  .string()
  .trim()
  .min(1, 'must be a name')
  .max(200, 'must be a name of at most 200 characters')
  .refine((name) => !UNSEEN.test(name), 'must be a name in one line, without control characters')

/** What an answer says of an error: its code, and what happened to which address. */
export const errorSchema = z.object({
  code: z.string(),
  message: z.string(),
  details: z.record(z.string(), z.unknown()).default({}),
})

/** Status of a refused or failed request, with its body. */
export const problemSchema = z.object({ error: errorSchema })

/** Who may do what: a viewer reads, an operator also acts. */
export const roleSchema = z.enum(['viewer', 'operator'])

/** One event of a journal or a live unit, as far as it is shown: its type, and its fields cut to a line. */
export const eventLine = z.object({
  type: z.string(),
  /** The fields as one line of JSON, masked and cut; absent where there are none. */
  fields: z.string().optional(),
})

/** A record of an actor: what the whole system can be asked to jump to. */
export const recordRef = z.object({ path, seqNr: z.number() })

export type Role = z.output<typeof roleSchema>
export type ToldProblem = z.output<typeof errorSchema>
export type EventLine = z.output<typeof eventLine>
