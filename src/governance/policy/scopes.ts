/**
 * Scopes: what an agent may do, as capability strings such as `read:files:reports`.
 *
 * 1. A scope stands for itself and for everything below it: `read:files` also for `read:files:reports`.
 * 2. A segment `*` stands for any one segment: `read:*` for `read:files`, but not for `read` itself.
 * 3. `covers` is the subset of what they stand for: reflexive, transitive; nothing is gained by narrowing.
 */

const SEGMENT = /^(\*|[A-Za-z0-9_.@/-]+)$/
const MAX_LENGTH = 200

/** Whether `scope` is one: segments joined by `:`, each a `*` or made of letters, digits and `_ . @ / -`; at most 200 characters. */
export function isScope(scope: unknown): scope is string {
  return typeof scope === 'string' && scope.length <= MAX_LENGTH && scope.split(':').every((part) => SEGMENT.test(part))
}

/**
 * Whether who was granted `granted` may do `wanted`.
 *
 * @example
 * ```ts
 * import { covers } from 'roscius'
 *
 * console.log(covers('read:*', 'read:files:reports'), covers('read:files', 'read'))
 * ```
 */
export function covers(granted: string, wanted: string): boolean {
  const given = granted.split(':')
  const asked = wanted.split(':')
  return given.length <= asked.length && given.every((part, index) => part === '*' || part === asked[index])
}

/** Whether there is anything that both stand for. */
export function overlaps(one: string, other: string): boolean {
  const others = other.split(':')
  return one.split(':').every((part, index) => {
    const opposite = others[index]
    return opposite === undefined || part === opposite || part === '*' || opposite === '*'
  })
}

/** Those of `wanted` that nothing of `granted` covers. */
export function missingScopes(granted: readonly string[], wanted: readonly string[]): string[] {
  return wanted.filter((scope) => !granted.some((one) => covers(one, scope)))
}

export interface Narrowed {
  /** What the child gets. */
  readonly granted: readonly string[]
  /** What it asked for and its parent doesn't have. */
  readonly refused: readonly string[]
}

/**
 * The scopes of a child: those of `wanted` that its parent's `granted` cover. A scope of which the parent has only a part is
 * refused as a whole.
 */
export function narrow(granted: readonly string[], wanted: readonly string[]): Narrowed {
  const refused = missingScopes(granted, wanted)
  return { granted: wanted.filter((scope) => !refused.includes(scope)), refused }
}
