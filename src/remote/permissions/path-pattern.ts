/**
 * Patterns of actors' paths: `pool/w1` is that path, `*` stands for one segment, `**` for one or more.
 *
 * 1. Segments are compared as they are written in paths, encoded, with case. A path that no actor can have, such as one
 *    that is encoded in another way, climbs, or is a reply address, matches nothing.
 * 2. What it costs grows with the lengths of the path and of the patterns, whatever they hold.
 */
import { childPath, idOf } from '../../core/address.js'

const ONE = '*'
const SOME = '**'
const MAX_LENGTH = 8_192
const MAX_SEGMENTS = 64

/** The path of an actor, taken apart once for all patterns. */
export interface Place {
  readonly path: string
  readonly segments: readonly string[]
}

/** Where `path` leads, also that of a child inside an actor (`pool/w1#1-4.2#timer`); undefined: no actor can be there. */
export function placeOf(path: string): Place | undefined {
  const fragment = path.indexOf('#')
  // As the runtime reads a ref.
  const ownPath = fragment < 0 ? path : path.slice(0, fragment)
  const segments = ownPath.split('/')
  return segments.every(isSegment) ? { path: ownPath, segments } : undefined
}

export class PathPatterns {
  private readonly exact: ReadonlySet<string>
  private readonly wild: readonly (readonly string[])[]

  /** `patterns` without a problem. */
  constructor(patterns: readonly string[]) {
    const isWild = (pattern: string): boolean => pattern.includes('*')
    this.exact = new Set(patterns.filter((pattern) => !isWild(pattern)))
    this.wild = patterns.filter(isWild).map((pattern) => pattern.split('/'))
  }

  matches(place: Place | undefined): boolean {
    if (place === undefined) return false
    return this.exact.has(place.path) || this.wild.some((pattern) => isMatch(pattern, place.segments))
  }
}

/** Why no path can match it; undefined if one can. */
export function problemOfPathPattern(pattern: string): string | undefined {
  if (pattern.includes('://')) return 'must be the path of an actor, without scheme and node'
  const segments = pattern.split('/')
  if (pattern.length > MAX_LENGTH || segments.length > MAX_SEGMENTS) {
    return `must not be longer than ${MAX_LENGTH} characters or ${MAX_SEGMENTS} segments`
  }
  return segments.map(problemOfSegment).find((problem) => problem !== undefined)
}

function problemOfSegment(segment: string): string | undefined {
  if (segment === ONE || segment === SOME || isSegment(segment)) return undefined
  if (segment === '') return 'must not begin or end with "/", or hold an empty segment'
  if (segment.startsWith('$')) return 'reply addresses, which begin with "$", need no permission'
  if (segment.includes('#')) return 'must not hold "#": a child inside an actor is judged by the path of that actor'
  if (segment.includes('*')) return '"*" stands for a whole segment, "**" for one or more'
  return `"${segment}" is no segment of a path: ids are percent-encoded there, see ref.path`
}

/** Whether some id is written so. */
function isSegment(segment: string): boolean {
  try {
    return childPath(undefined, idOf(segment)) === segment
  } catch {
    return false
  }
}

/** Goes back to the last `**` only: an earlier one can't do better. */
function isMatch(pattern: readonly string[], segments: readonly string[]): boolean {
  let at = 0
  let some = -1
  let someEnds = 0
  for (let n = 0; n < segments.length; ) {
    if (pattern[at] === SOME) {
      some = at++
      someEnds = ++n
    } else if (pattern[at] === ONE || pattern[at] === segments[n]) {
      at++
      n++
    } else if (some >= 0) {
      at = some + 1
      n = ++someEnds
    } else return false
  }
  return at === pattern.length
}
