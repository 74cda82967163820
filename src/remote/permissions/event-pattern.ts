/**
 * Patterns of events' types, as XState's: `PAY` is that type, `order.*` is `order` and all that begins with `order.`, `*` is
 * every type.
 *
 * 1. What the runtime tells actors (`xstate.*`, `roscius.*`, `terminated`) matches nothing: who could send it could end an
 *    invoked child, fire a timer, or pretend a death. Nor do `*` and the empty type, which XState keeps for itself.
 */

const ANY = '*'

export class EventPatterns {
  private readonly isAny: boolean
  private readonly exact: ReadonlySet<string>
  private readonly prefixes: readonly string[]

  /** `patterns` without a problem. */
  constructor(patterns: readonly string[]) {
    const families = patterns.filter(isFamily).map((pattern) => pattern.slice(0, -2))
    this.isAny = patterns.includes(ANY)
    this.exact = new Set([...patterns.filter((pattern) => !isFamily(pattern)), ...families])
    this.prefixes = families.map((family) => `${family}.`)
  }

  matches(type: string): boolean {
    if (isReserved(type)) return false
    return this.isAny || this.exact.has(type) || this.prefixes.some((prefix) => type.startsWith(prefix))
  }
}

/** Why no type can match it; undefined if one can. */
export function problemOfEventPattern(pattern: string): string | undefined {
  if (pattern === ANY) return undefined
  const name = isFamily(pattern) ? pattern.slice(0, -2) : pattern
  if (isReserved(name)) return 'names what only the runtime itself tells an actor'
  if (name.includes('*')) return '"*" stands alone or at the end, as in "order.*"'
  return undefined
}

function isFamily(pattern: string): boolean {
  return pattern.endsWith('.*')
}

/** Types that no event of a peer may have. */
function isReserved(type: string): boolean {
  return (
    type === '' ||
    type === ANY ||
    type === 'terminated' ||
    type === 'xstate' ||
    type === 'roscius' ||
    type.startsWith('xstate.') ||
    type.startsWith('roscius.')
  )
}
