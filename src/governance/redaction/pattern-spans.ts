/**
 * Where a pattern occurs in a text: for redacting, every character that is part of some match.
 *
 * One pass over the text with all states at once; each state remembers where the earliest way to it began. So it takes time
 * in proportion to pattern times text. A text that would take too long is all one span: rather too much than too little.
 */
import type { Pattern } from '../policy/pattern.js'
import { isWordCharacter } from '../policy/pattern-syntax.js'
import type { Span } from './redacted-text.js'

const MAX_STEPS = 20_000_000

/** Each state that takes a character, with the place where the way to it began. */
type Ways = Map<number, number>

interface Place {
  readonly before: number | undefined
  readonly after: number | undefined
}

export function spansOf(pattern: Pattern, text: string): readonly Span[] {
  if (text.length * pattern.states.length > MAX_STEPS) return [[0, text.length]]
  const spans: Span[] = []
  let ways: Ways = new Map()
  let at = 0
  let before: number | undefined
  for (;;) {
    const after = text.codePointAt(at)
    const { taking, found } = closure(pattern, ways, at, { before, after })
    if (found !== undefined && found < at) spans.push([found, at])
    if (after === undefined) return spans
    ways = taken(pattern, taking, after)
    before = after
    at += after > 0xffff ? 2 : 1
  }
}

/** Follows what takes no character. Ways that began first go first, so that each state is reached by the earliest. */
function closure({ states, start }: Pattern, ways: Ways, at: number, place: Place): { taking: Ways; found?: number } {
  const taking: Ways = new Map()
  const seen = new Set<number>()
  let found: number | undefined
  for (const [first, began] of [...[...ways].sort(([, one], [, other]) => one - other), [start, at] as const]) {
    const waiting = [first]
    for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
      if (seen.has(index)) continue
      seen.add(index)
      const state = states[index]!
      if (state.kind === 'found') found ??= began
      else if (state.kind === 'take') taking.set(index, began)
      else if (state.kind === 'fork') waiting.push(...state.nexts)
      else if (holds(state.what, place)) waiting.push(state.next)
    }
  }
  return found === undefined ? { taking } : { taking, found }
}

function holds(what: 'start' | 'end' | 'boundary' | 'notBoundary', { before, after }: Place): boolean {
  if (what === 'start') return before === undefined
  if (what === 'end') return after === undefined
  return (isWordCharacter(before) !== isWordCharacter(after)) === (what === 'boundary')
}

function taken({ states, ignoreCase }: Pattern, taking: Ways, code: number): Ways {
  const next: Ways = new Map()
  const variants = ignoreCase ? casesOf(code) : [code]
  for (const [index, began] of taking) {
    const state = states[index]!
    if (state.kind !== 'take') continue
    const { ranges, isNegated } = state.set
    const isIn = variants.some((one) => ranges.some(([first, last]) => one >= first && one <= last))
    if (isIn !== isNegated) next.set(state.next, Math.min(began, next.get(state.next) ?? began))
  }
  return next
}

function casesOf(code: number): number[] {
  const character = String.fromCodePoint(code)
  return [character, character.toLowerCase(), character.toUpperCase()]
    .filter((one) => [...one].length === 1)
    .map((one) => one.codePointAt(0)!)
}
