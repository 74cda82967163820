/** A text without what the finders find in it. */

/** From a place in the text up to, not including, another. */
export type Span = readonly [start: number, end: number]

/** Finds secrets; spans may overlap, in any order. */
export type Finder = (text: string) => readonly Span[]

/** What is left around a secret may look like one in turn; more than twice that has never been seen. */
const MAX_ROUNDS = 4

/** What was redacted before is not looked at again, so doing it twice changes nothing. */
export function redactedText(text: string, finders: readonly Finder[], replace: string): string {
  let current = text
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const next = current
      .split(replace)
      .map((piece) => redactedOnce(piece, finders, replace))
      .join(replace)
    if (next === current) break
    current = next
  }
  return current
}

function redactedOnce(text: string, finders: readonly Finder[], replace: string): string {
  const spans = finders.flatMap((find) => find(text)).sort(([one], [other]) => one - other)
  if (spans.length === 0) return text
  let result = ''
  let at = 0
  for (const [start, end] of spans) {
    if (end <= at) continue
    // Spans that touch are one secret.
    if (start > at || at === 0) result += text.slice(at, start) + replace
    at = end
  }
  return result + text.slice(at)
}
