/** An approval as people and programs see it, and how one is found. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { ActorPath } from '../../core/address.js'
import { readWith } from '../../supervision/refusal.js'
import { type ApprovalState, type ApprovalStatus, statusOf } from './approval-book.js'
import type { ApprovalRisk, ReadQuestion } from './question.js'

/** A question to a person with what has become of it. Times are ms since the epoch. */
export interface Approval extends Omit<ReadQuestion, 'timeoutMs' | 'chain'> {
  /** Eight hexadecimal digits made of the id: short enough to be typed. */
  readonly code: string
  readonly status: ApprovalStatus
  readonly askedMs: number
  /** When it counts as denied if nobody decides. */
  readonly expiresMs: number
  /** To whom it has been escalated last. */
  readonly escalatedTo?: string
  /** How it was settled. `by` is missing where nobody was: it expired, or was withdrawn. */
  readonly settled?: { readonly by?: string; readonly reason?: string; readonly atMs: number }
}

export function approvalOf(question: ReadQuestion, state: ApprovalState): Approval {
  const { timeoutMs: _, chain: __, ...asked } = question
  const { askedMs, expiresMs, steps, escalated, settled } = state
  const escalatedTo = steps[escalated - 1]?.to
  const approval = { ...asked, code: codeOf(question.id), status: statusOf(state), askedMs, expiresMs }
  if (settled === undefined) return escalatedTo === undefined ? approval : { ...approval, escalatedTo }
  const { status: __status, ...how } = settled
  return { ...approval, ...(escalatedTo !== undefined && { escalatedTo }), settled: how }
}

/** A short name for an id. */
export function codeOf(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 8)
}

const filterSchema = z
  .strictObject({
    status: z.enum(['pending', 'approved', 'denied', 'expired', 'withdrawn', 'any']).default('pending'),
    path: z.string().min(1).optional(),
    risk: z.enum(['read', 'write', 'danger']).optional(),
    code: z.string().min(1).optional(),
    limit: z.number().int().positive().optional(),
  })
  .prefault({})

/**
 * Which approvals are meant. `status`: default `pending`. `path`: of that actor and all below it. `code`: with that code.
 * `limit`: at most so many; default all.
 */
export type ApprovalFilter = NonNullable<z.input<typeof filterSchema>>
export type ReadFilter = z.output<typeof filterSchema>

/** Throws `OPTIONS_INVALID` with the path of the field. */
export function readFilter(filter: unknown): ReadFilter {
  return readWith(filterSchema, filter, 'filter')
}

/** What a filter goes by. */
export interface Indexed {
  readonly path: ActorPath
  readonly risk: ApprovalRisk
  readonly code: string
}

export function isMeant(filter: ReadFilter, { path, risk, code }: Indexed, status: ApprovalStatus): boolean {
  if (filter.status !== 'any' && filter.status !== status) return false
  if (filter.path !== undefined && path !== filter.path && !path.startsWith(`${filter.path}/`)) return false
  return (filter.risk ?? risk) === risk && (filter.code ?? code) === code
}
