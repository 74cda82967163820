/**
 * An audit record as a line of JSON, and back: what is exported can be checked without the store that it came from.
 *
 * The fields stand in one order and payloads are in canonical form, so the same trail gives the same file, byte by byte.
 */
import { z } from 'zod'
import { RosciusError } from '../../core/errors.js'
import { AUDIT_KINDS, bytesOf, hexOf } from './audit-record.js'
import { canonicalText } from './canonical-text.js'
import type { AuditEntry, AuditPayload } from './check-chain.js'

const hash = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits')
const count = z.number().int().min(1)

const line = z
  .strictObject({
    n: count,
    atMs: z.number(),
    kind: z.enum(AUDIT_KINDS),
    path: z.string().optional(),
    subject: z.string(),
    payloadHash: hash,
    prev: hash,
    hash,
    salt: z
      .string()
      .regex(/^([0-9a-f]{2})+$/)
      .optional(),
    payload: z.unknown().optional(),
    /** A journal record, as it is stored. */
    journal: z.base64().optional(),
    erased: z.literal(true).optional(),
  })
  .refine((read) => (read.salt === undefined) === (!('payload' in read) && read.journal === undefined), {
    path: ['salt'],
    message: 'goes with a payload, and a payload with it',
  })

/** The line of a record, without its end. `withJournal`: journal records go with it. */
export function lineOf({ record, payload }: AuditEntry, withJournal: boolean): string {
  const { n, atMs, kind, path, subject, payloadHash, prev, hash } = record
  const fields = JSON.stringify({ n, atMs, kind, path, subject, payloadHash, prev, hash }).slice(0, -1)
  if (payload.state === 'erased') return `${fields},"erased":true}`
  const isShown = payload.state === 'here' && (kind !== 'journal' || withJournal)
  if (!isShown) return `${fields}}`
  const bytes = Buffer.from(payload.bytes)
  const shown = kind === 'journal' ? `"journal":"${bytes.toString('base64')}"` : `"payload":${bytes.toString()}`
  return `${fields},"salt":"${hexOf(payload.salt)}",${shown}}`
}

/** The entry of a line. Throws `RECORD_CORRUPT`, naming the field, if it is none. */
export function entryOf(text: string, lineNumber: number): AuditEntry {
  const { salt, payload, journal, erased, ...record } = readLine(text, lineNumber)
  return { record: { ...record, path: record.path }, payload: payloadOf(salt, payload, journal, erased) }
}

function payloadOf(
  salt: string | undefined,
  payload: unknown,
  journal: string | undefined,
  erased: true | undefined,
): AuditPayload {
  if (erased === true) return { state: 'erased' }
  if (salt === undefined) return { state: 'absent' }
  const bytes = journal === undefined ? Buffer.from(canonicalText(payload)) : Buffer.from(journal, 'base64')
  return { state: 'here', salt: bytesOf(salt), bytes }
}

function readLine(text: string, lineNumber: number): z.infer<typeof line> {
  const result = line.safeParse(jsonOf(text))
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const message = `Line ${lineNumber} is no audit record: ${issue?.path.join('.') || 'the line'}: ${issue?.message}. Give a file that roscius audit export made.`
  throw new RosciusError('RECORD_CORRUPT', message, { details: { line: lineNumber } })
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
