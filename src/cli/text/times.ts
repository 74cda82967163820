/** Moments as they are shown in tables: wall clock, UTC. */

/** `2026-11-22 02:42:21`. */
export function dateText(atMs: number): string {
  return iso(atMs).slice(0, 19).replace('T', ' ')
}

/** `02:42:21.123`. */
export function timeText(atMs: number): string {
  return iso(atMs).slice(11, 23)
}

/** A damaged record may say anything. */
function iso(atMs: number): string {
  return Math.abs(atMs) <= 8.64e15 ? new Date(atMs).toISOString() : ''
}
