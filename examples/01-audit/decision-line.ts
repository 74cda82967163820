import { printable, shorten } from './printable.js'
import type { Deciding } from './team-watch.js'

const WHO_WIDTH = 12
const MAX_WHAT = 60

/** A decision in a line: who, in which turn, what, and why. */
export function renderDecision({ who, turn, event, why }: Deciding): string {
  const what = shorten(printable(whatOf(event)), MAX_WHAT)
  return `${nameOf(who).padEnd(WHO_WIDTH)}turn ${String(turn).padEnd(4)}${what}  (${shorten(printable(why), 120)})`
}

/** `worker-1`; those that are named after their task have their kind: `writer`. */
function nameOf(path: string): string {
  const [kind = '', id = ''] = path.split('/').slice(-2)
  return kind.endsWith('ers') ? kind.slice(0, -1) : id
}

function whatOf({ type, ...rest }: Deciding['event']): string {
  const { tool, to, task, question, reason } = rest as Readonly<Record<string, unknown>>
  const details = [tool, to, task, question, reason].filter((detail) => typeof detail === 'string')
  return [type, ...details].join(' ')
}
