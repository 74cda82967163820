/**
 * Patterns of names and of actor paths.
 *
 * 1. `*` stands for any characters of one name (or of one segment of a path), `**` as a segment for any number of segments.
 * 2. Matching takes time in proportion to pattern times text, whatever the pattern.
 * 3. `*` never occurs in a name or an encoded path. So a pattern that matches another pattern, read as a text, matches all
 *    that the other one does: that is what `…Covers` asks.
 */

/** Whether the whole of `name` is matched. */
export function nameMatches(pattern: string, name: string): boolean {
  let [at, inPattern, star, retryAt] = [0, 0, -1, 0]
  while (at < name.length) {
    if (pattern[inPattern] === '*') {
      star = inPattern++
      retryAt = at
    } else if (pattern[inPattern] === name[at]) {
      inPattern++
      at++
    } else if (star >= 0) {
      // The last star takes one character more; an earlier one never has to.
      inPattern = star + 1
      at = ++retryAt
    } else return false
  }
  while (pattern[inPattern] === '*') inPattern++
  return inPattern === pattern.length
}

/** Whether the whole of `path` (encoded segments joined by `/`) is matched. */
export function pathMatches(pattern: string, path: string): boolean {
  const segments = path.split('/')
  /** Whether the pattern's segments so far match the first n segments. */
  let reached = [true, ...segments.map(() => false)]
  for (const part of pattern.split('/')) reached = part === '**' ? anyFrom(reached) : step(reached, part, segments)
  return reached[segments.length] === true
}

function anyFrom(reached: readonly boolean[]): boolean[] {
  const first = reached.indexOf(true)
  return reached.map((_, count) => first >= 0 && count >= first)
}

function step(reached: readonly boolean[], part: string, segments: readonly string[]): boolean[] {
  return reached.map((_, count) => {
    const segment = segments[count - 1]
    // A `**` is matched by `**` alone: it may also stand for no segment, or for two.
    return segment !== undefined && segment !== '**' && reached[count - 1] === true && nameMatches(part, segment)
  })
}

/** Whether every name that `other` matches is matched by `pattern`. */
export function nameCovers(pattern: string, other: string): boolean {
  return nameMatches(pattern, other)
}

/** Whether every path that `other` matches is matched by `pattern`. May say no where the answer is yes. */
export function pathCovers(pattern: string, other: string): boolean {
  return pathMatches(pattern, other)
}
