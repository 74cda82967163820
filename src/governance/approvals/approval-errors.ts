import { RosciusError } from '../../core/errors.js'
import type { Settled } from './approval-book.js'

export function approvalNotFound(id: string): RosciusError {
  const message = `There is no approval "${id}"; see system.approvals.list(). Those that were settled long ago are gone.`
  return new RosciusError('APPROVAL_NOT_FOUND', message, { details: { approvalId: id } })
}

/** Somebody was first. */
export function approvalDecided(id: string, path: string, settled: Settled): RosciusError {
  const { status, by, reason, atMs } = settled
  const who = by === undefined ? '' : ` by ${by}`
  const why = reason === undefined ? '' : ` (${reason})`
  const message = `The approval "${id}" was ${WORDS[status]}${who} at ${new Date(atMs).toISOString()}${why}: that stays so.`
  return new RosciusError('APPROVAL_DECIDED', message, {
    address: path,
    details: { approvalId: id, status, atMs, ...(by !== undefined && { by }), ...(reason !== undefined && { reason }) },
  })
}

export function deskClosed(): RosciusError {
  return new RosciusError('SYSTEM_STOPPED', 'The system has been stopped; create it again on its store to go on.')
}

const WORDS: Readonly<Record<Settled['status'], string>> = {
  approved: 'approved',
  denied: 'denied',
  expired: 'denied, as nobody decided in time,',
  withdrawn: 'withdrawn',
}
