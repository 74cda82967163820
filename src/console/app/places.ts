/** The views that can be gone to from anywhere: by the navigation, the palette, and `g` with a key. */
import type { Pulse } from '../../control/protocol/live.js'
import type { IconName } from '../parts/icon.js'
import type { Tone } from '../parts/tone.js'
import type { Route } from './route.js'

export interface NavPlace {
  readonly route: Route
  readonly name: string
  readonly icon: IconName
  /** After `g`. */
  readonly key: string
  /** What waits there. */
  readonly count?: (pulse: Pulse) => number
  readonly tone?: Tone
  readonly what?: string
}

export const PLACES: readonly NavPlace[] = [
  {
    route: { view: 'overview' },
    name: 'Overview',
    icon: 'overview',
    key: 'o',
    count: failures,
    tone: 'bad',
    what: 'actors that have failed',
  },
  {
    route: { view: 'approvals' },
    name: 'Approvals',
    icon: 'approvals',
    key: 'a',
    count: ({ approvals }) => approvals,
    tone: 'note',
    what: 'wait for a person',
  },
  { route: { view: 'timeline' }, name: 'Timeline', icon: 'timeline', key: 't' },
  { route: { view: 'conversations' }, name: 'Conversations', icon: 'conversations', key: 'c' },
  {
    route: { view: 'deadLetters' },
    name: 'Dead letters',
    icon: 'deadLetters',
    key: 'd',
    count: ({ deadLetters }) => deadLetters,
    tone: 'warn',
    what: 'dead letters',
  },
  { route: { view: 'budgets' }, name: 'Budgets', icon: 'budgets', key: 'b' },
  {
    route: { view: 'links' },
    name: 'Links',
    icon: 'links',
    key: 'l',
    count: brokenLinks,
    tone: 'bad',
    what: 'broken links',
  },
  { route: { view: 'machines' }, name: 'Machines', icon: 'machines', key: 'm' },
]

/** Which of the places an address belongs to. */
export function isPlace(place: NavPlace, { view }: Route): boolean {
  const of = { actor: 'overview', machine: 'machines', conversation: 'conversations' }[view as string] ?? view
  return place.route.view === of
}

function failures({ counts }: Pulse): number {
  return (counts.failed ?? 0) + (counts.quarantined ?? 0) + (counts.missing ?? 0)
}

function brokenLinks({ links }: Pulse): number {
  return links.filter(({ state, detector }) => state === 'refused' || detector === 'down').length
}
