/** What kinds of records there are, in words, and which of them stand out. */
import type { JournalRow } from '../../../control/protocol/journal.js'

export type RecordKind = JournalRow['kind']
/** `error`: an effect failed, which the machine may have expected. */
export type RecordTone = 'failure' | 'error' | 'move' | 'plain'

export const KIND_WORDS: Readonly<Record<RecordKind, string>> = {
  start: 'It was started.',
  event: 'An event came.',
  timer: 'A timer was due.',
  effect: 'A result of an effect came.',
  fault: 'An action failed after its commit.',
  resume: 'It went on: with what it had deferred, or after a crash or a pause.',
  stop: 'It was stopped.',
  failure: 'It failed.',
  migration: 'Its state was migrated to another version of its machine.',
  supervision: 'Its supervisor acted on it.',
}

export function toneOfRecord(row: JournalRow): RecordTone {
  if (row.kind === 'effect' && row.error !== undefined) return 'error'
  if (isFailure(row)) return 'failure'
  return row.isMove ? 'move' : 'plain'
}

export function isFailure({ kind, error }: JournalRow): boolean {
  return kind === 'failure' || kind === 'fault' || error !== undefined
}

export function isMove({ isMove }: JournalRow): boolean {
  return isMove
}
