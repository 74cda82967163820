/** Times, states, errors and lists in words, the same wherever the runtime speaks to people. */

import type { Pause } from '../core/operator-orders.js'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** `0.3 s`, `12 s`, `3 min`, `5 h`, `3 days`. */
export function durationText(ms: number): string {
  if (ms < 10 * SECOND) return `${Number((ms / SECOND).toFixed(1))} s`
  if (ms < 2 * MINUTE) return `${Math.round(ms / SECOND)} s`
  if (ms < 2 * HOUR) return `${Math.round(ms / MINUTE)} min`
  return ms < 2 * DAY ? `${Math.round(ms / HOUR)} h` : `${Math.round(ms / DAY)} days`
}

/** `anna paused it (the disk is full)`. */
export function pauseText({ by, reason }: Pick<Pause, 'by' | 'reason'>): string {
  return `${by ?? 'an operator'} paused it${reason === undefined ? '' : ` (${reason})`}`
}

export function timeAgo(ms: number): string {
  return ms < 50 ? 'just now' : `${durationText(ms)} ago`
}

export function inTime(ms: number): string {
  return ms <= 0 ? 'due now' : `due in ${durationText(Math.max(ms, 100))}`
}

/** A state value by its innermost states: `a.b`, or of a parallel state `a.x, b.y`. */
export function stateText(value: unknown): string {
  return leavesOf(value).join(', ') || 'its only state'
}

function leavesOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    const leaves = leavesOf(inner)
    return leaves.length === 0 ? [key] : leaves.map((leaf) => `${key}.${leaf}`)
  })
}

/** What was thrown, in a line. */
export function errorText(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}

const MAX_LISTED = 8

/** `a`, `a and b`, `a, b and c`; of more than eight the rest is counted. */
export function listText(items: readonly string[], word: string): string {
  const more = items.length - MAX_LISTED
  const shown = more > 1 ? [...items.slice(0, MAX_LISTED), `${more} more`] : items
  const last = shown.at(-1) ?? ''
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(', ')} ${word} ${last}`
}

/** The name of a state by its path. */
export const stateName = (path: string): string => (path === '' ? 'the machine itself' : path)

export const plural = (count: number, word: string): string => (count === 1 ? word : `${word}s`)

/** How many lines one kind of thing may take. */
const MAX_LINES = 8

export function bounded(lines: readonly string[]): readonly string[] {
  const more = lines.length - MAX_LINES
  return more <= 1 ? lines : [...lines.slice(0, MAX_LINES), `… and ${more} more`]
}

/** `9 980`: thousands apart. */
export const countText = (count: number): string => count.toLocaleString('en').replaceAll(',', ' ')
