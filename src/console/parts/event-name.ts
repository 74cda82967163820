/**
 * XState's own events by what they are: `after 3 s` for `xstate.after.3000.light.on`, `done: fetch` for
 * `xstate.done.actor.fetch`, `resolved` for `xstate.promise.resolve`.
 */
import { plainLine } from './plain.js'

export function eventName(type: string): string {
  const text = plainLine(type, 200)
  const [head, kind, ...rest] = text.split('.')
  if (head !== 'xstate' || kind === undefined) return text
  if (kind === 'after') return delayName(rest[0] ?? '')
  if (kind === 'done' || kind === 'error') return rest.length < 2 ? text : `${kind}: ${rest.slice(1).join('.')}`
  if (text === 'xstate.promise.resolve') return 'resolved'
  if (text === 'xstate.promise.reject') return 'rejected'
  return text
}

/** Of an `after`: by its length, as exact as it is, or by its name. */
export function delayName(delay: string): string {
  if (!/^\d{1,15}$/.test(delay)) return `after ${plainLine(delay, 100)}`
  const ms = Number(delay)
  const [size, unit] = UNITS.find(([each]) => ms >= each && ms % each === 0) ?? [1, 'ms']
  return `after ${ms / size} ${unit}`
}

const UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
] as const
