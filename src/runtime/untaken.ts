/**
 * What a cell remembers of events that it did not take, for `ref.explain()`.
 *
 * 1. Whoever takes its events pays nothing. A note costs a few fields; why a guard was false is found out when somebody asks.
 * 2. At most four notes a cell: repeats of one event for one reason are counted in one note.
 * 3. Notes are in memory alone. They go with their cell, but not with a restart by supervision.
 */
import type { EventObject } from 'xstate'
import type { DeadLetterReason } from '../core/events.js'
import type { HostSnapshot } from './xstate/internals.js'

/** Why an event was not taken, as far as that must be kept. */
export type UntakenReason =
  /** The event and the state that it met: guards are asked again when somebody wants to know. */
  | { readonly kind: 'ignored'; readonly event: EventObject; readonly snapshot: HostSnapshot }
  | { readonly kind: 'deadLetter'; readonly reason: DeadLetterReason; readonly error: string | undefined }
  | { readonly kind: 'duplicate'; readonly key: string; readonly seqNr: number }

export interface UntakenNote {
  readonly event: string
  count: number
  timeMs: number
  reason: UntakenReason
}

const MAX_NOTES = 4

/** Newest first. */
export type UntakenNotes = UntakenNote[]

/** The notes with one more event. */
export function withUntaken(
  notes: UntakenNotes | undefined,
  event: string,
  timeMs: number,
  reason: UntakenReason,
): UntakenNotes {
  if (notes === undefined) return [{ event, count: 1, timeMs, reason }]
  const index = notes.findIndex((note) => note.event === event && note.reason.kind === reason.kind)
  const note = notes[index] ?? { event, count: 0, timeMs, reason }
  note.count++
  note.timeMs = timeMs
  note.reason = reason
  if (index === 0) return notes
  if (index > 0) notes.splice(index, 1)
  else if (notes.length === MAX_NOTES) notes.pop()
  notes.unshift(note)
  return notes
}
