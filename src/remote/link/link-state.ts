/** What the figures call the states of an association. */
import type { LinkFigures, LinkState } from './link-owner.js'

interface Regions {
  readonly link: string | Readonly<Record<string, string>>
  readonly detector: LinkFigures['detector']
}

/** `value` of a snapshot of the association's machine. */
export function linkStateOf(value: unknown): LinkState {
  if (typeof value === 'string') return value as 'closing' | 'closed'
  const { link } = regionsOf(value)
  const name = typeof link === 'string' ? link : Object.keys(link)[0]!
  if (name === 'linked') return (link as Readonly<Record<string, 'up' | 'degraded'>>)[name]!
  // Both are passed in the turn in which they are entered.
  return name === 'starting' || name === 'broken' ? 'idle' : (name as LinkState)
}

export function detectorOf(value: unknown): LinkFigures['detector'] | undefined {
  return typeof value === 'string' ? undefined : regionsOf(value).detector
}

function regionsOf(value: unknown): Regions {
  return (value as { readonly active: Regions }).active
}
