/**
 * The addresses of views, below the page's base: `actors/audit/clerk`, `actors/audit/clerk/at/12`.
 *
 * An actor's path keeps its slashes. A segment of it that is called `at` gets a `~` in front, so that it is no moment.
 */
export type Route =
  | { readonly view: 'overview' }
  | { readonly view: 'actor'; readonly path: string; readonly at?: number | undefined }
  | { readonly view: 'machines' }
  | { readonly view: 'machine'; readonly logic: string }
  | { readonly view: 'approvals'; readonly id?: string | undefined }
  | { readonly view: 'deadLetters' }
  | { readonly view: 'budgets' }
  | { readonly view: 'links' }
  | { readonly view: 'timeline' }
  | { readonly view: 'conversations' }
  | { readonly view: 'conversation'; readonly id: string }
  | { readonly view: 'nowhere' }

const PLAIN: Readonly<Record<string, Route['view']>> = {
  '': 'overview',
  machines: 'machines',
  approvals: 'approvals',
  'dead-letters': 'deadLetters',
  budgets: 'budgets',
  links: 'links',
  timeline: 'timeline',
  conversations: 'conversations',
}

/** Relative to the page's base. */
export function addressOf(route: Route): string {
  switch (route.view) {
    case 'actor':
      return `actors/${route.path.split('/').map(segmentOf).join('/')}${route.at === undefined ? '' : `/at/${route.at}`}`
    case 'machine':
      return `machines/${encodeURIComponent(route.logic)}`
    case 'conversation':
      return `conversations/${encodeURIComponent(route.id)}`
    case 'approvals':
      return route.id === undefined ? 'approvals' : `approvals/${encodeURIComponent(route.id)}`
    default:
      return Object.entries(PLAIN).find(([, view]) => view === route.view)?.[0] ?? ''
  }
}

/** `address`: as in the browser's location, relative to the page's base. */
export function routeOf(address: string): Route {
  const plain = PLAIN[address.replace(/\/$/, '')]
  if (plain !== undefined) return { view: plain } as Route
  const [head = '', ...segments] = address.split('/')
  const rest = segments.map(decoded).join('/')
  if (rest === '') return { view: 'nowhere' }
  if (head === 'actors') return actorRoute(segments)
  if (head === 'machines') return { view: 'machine', logic: rest }
  if (head === 'conversations') return { view: 'conversation', id: rest }
  if (head === 'approvals') return { view: 'approvals', id: rest }
  return { view: 'nowhere' }
}

function actorRoute(segments: readonly string[]): Route {
  const moment = segments.at(-2) === 'at' && /^\d+$/.test(segments.at(-1) as string)
  const at = moment ? Number(segments.at(-1)) : undefined
  const path = (moment ? segments.slice(0, -2) : segments).map(decoded).map((each) => each.replace(/^~(~*at)$/, '$1'))
  return { view: 'actor', path: path.join('/'), at }
}

function segmentOf(segment: string): string {
  return encodeURIComponent(segment.replace(/^(~*at)$/, '~$1'))
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
