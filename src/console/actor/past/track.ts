/** The track of a scrubber: where a record stands on it, and which records a piece of it is about. Pure. */

export interface Stretch {
  readonly from: number
  readonly to: number
}

/** Records around one that have room on the near track; all of them if there is room for all. */
export function nearStretch(at: number, { from, to }: Stretch, room: number): Stretch {
  const count = Math.max(1, Math.floor(room))
  if (to - from + 1 <= count) return { from, to }
  const start = Math.min(Math.max(at - Math.floor(count / 2), from), to - count + 1)
  return { from: start, to: start + count - 1 }
}

/** From 0 to 1: the middle of the record's place. */
export function placeOn(seqNr: number, { from, to }: Stretch): number {
  return (seqNr - from + 0.5) / (to - from + 1)
}

/** The record at a place from 0 to 1. */
export function recordAt(place: number, { from, to }: Stretch): number {
  return Math.min(to, Math.max(from, from + Math.floor(place * (to - from + 1))))
}
