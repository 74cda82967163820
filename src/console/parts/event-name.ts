/** XState's own events by what they are: `after 3000 ms` for `xstate.after.3000.light.on`, `done: fetch` for `xstate.done.actor.fetch`. */
import { plainLine } from './plain.js'

export function eventName(type: string): string {
  const text = plainLine(type, 200)
  const [head, kind, ...rest] = text.split('.')
  if (head !== 'xstate' || kind === undefined) return text
  if (kind === 'after') return /^\d+$/.test(rest[0] ?? '') ? `after ${rest[0]} ms` : `after ${rest[0] ?? ''}`
  if (kind === 'done' || kind === 'error') return rest.length < 2 ? text : `${kind}: ${rest.slice(1).join('.')}`
  return text
}
