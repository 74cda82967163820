/**
 * Matches regular expressions in time that is in proportion to pattern times text: all ways through the pattern at once
 * (Thompson's construction), none of them tried twice at a place. So no pattern and no text can hold the thread for long.
 *
 * 1. A pattern has at most 2 000 states once its repetitions are written out; a bigger one is refused when it is read.
 * 2. Matching takes its steps from an `Effort`; when that is used up, the answer is that there is none.
 * 3. It answers as `new RegExp(source, 'u').test(text)` does (`'iu'` for `ignoreCase`, in ASCII).
 */
import { type Assertion, type CharacterSet, isWordCharacter, parsePattern, type Syntax } from './pattern-syntax.js'

/** How much work a decision may still cost. */
export interface Effort {
  left: number
}

type State =
  | { readonly kind: 'take'; readonly set: CharacterSet; readonly next: number }
  | { readonly kind: 'fork'; readonly nexts: readonly number[] }
  | { readonly kind: 'assert'; readonly what: Assertion; readonly next: number }
  | { readonly kind: 'found' }

export interface Pattern {
  readonly states: readonly State[]
  readonly start: number
  readonly ignoreCase: boolean
}

const MAX_STATES = 2_000

/** The pattern, ready to be matched. Throws a `SyntaxError` for what is none, or is too big. */
export function compilePattern(source: string, ignoreCase = false): Pattern {
  const builder = new PatternBuilder()
  const start = builder.add(parsePattern(source), builder.state({ kind: 'found' }))
  return { states: builder.states, start, ignoreCase }
}

/** Builds from the end: each part is given the state that follows it, and answers its own first one. */
class PatternBuilder {
  readonly states: State[] = []

  state(state: State): number {
    if (this.states.length >= MAX_STATES) throw new SyntaxError(`it has more than ${MAX_STATES} states`)
    return this.states.push(state) - 1
  }

  add(syntax: Syntax, next: number): number {
    switch (syntax.kind) {
      case 'set':
        return this.state({ kind: 'take', set: syntax, next })
      case 'assert':
        return this.state({ kind: 'assert', what: syntax.what, next })
      case 'sequence':
        return syntax.items.reduceRight((following, item) => this.add(item, following), next)
      case 'choice':
        return this.state({ kind: 'fork', nexts: syntax.items.map((item) => this.add(item, next)) })
      case 'repeat':
        return this.#addRepeat(syntax.item, syntax.min, syntax.max, next)
    }
  }

  #addRepeat(item: Syntax, min: number, max: number, next: number): number {
    let first = max === Number.POSITIVE_INFINITY ? this.#addLoop(item, next) : next
    if (max !== Number.POSITIVE_INFINITY)
      for (let count = min; count < max; count++)
        first = this.state({ kind: 'fork', nexts: [this.add(item, first), next] })
    for (let count = 0; count < min; count++) first = this.add(item, first)
    return first
  }

  #addLoop(item: Syntax, next: number): number {
    const nexts = [next]
    const loop = this.state({ kind: 'fork', nexts })
    nexts.push(this.add(item, loop))
    return loop
  }
}

/** Whether the pattern occurs in the text. `undefined`: the effort was used up before it was known. */
export function occursIn(pattern: Pattern, text: string, effort: Effort): boolean | undefined {
  if (text.length > effort.left) return undefined
  const codes = Array.from(text, (character) => character.codePointAt(0)!)
  let current: number[] = []
  for (let at = 0; at <= codes.length; at++) {
    const reached = closure(pattern, [...current, pattern.start], codes, at, effort)
    if (reached === 'found') return true
    if (effort.left < 0) return undefined
    current = reached.flatMap((state) => takes(pattern, state, codes[at], effort))
  }
  return false
}

/** The states that take a character, as far as they are reached without one. */
function closure(
  { states }: Pattern,
  from: readonly number[],
  codes: readonly number[],
  at: number,
  effort: Effort,
): readonly number[] | 'found' {
  const seen = new Set<number>()
  const waiting = [...from]
  const taking: number[] = []
  for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
    if (seen.has(index)) continue
    seen.add(index)
    effort.left--
    const state = states[index]!
    if (state.kind === 'found') return 'found'
    if (state.kind === 'take') taking.push(index)
    else if (state.kind === 'fork') waiting.push(...state.nexts)
    else if (holds(state.what, codes, at)) waiting.push(state.next)
  }
  return taking
}

function holds(what: Assertion, codes: readonly number[], at: number): boolean {
  if (what === 'start') return at === 0
  if (what === 'end') return at === codes.length
  const isBoundary = isWordCharacter(codes[at - 1]) !== isWordCharacter(codes[at])
  return isBoundary === (what === 'boundary')
}

function takes({ states, ignoreCase }: Pattern, index: number, code: number | undefined, effort: Effort): number[] {
  const state = states[index]!
  if (state.kind !== 'take' || code === undefined) return []
  const { ranges, isNegated } = state.set
  effort.left -= ranges.length
  const variants = ignoreCase ? casesOf(code) : [code]
  const isIn = variants.some((one) => ranges.some(([first, last]) => one >= first && one <= last))
  return isIn !== isNegated ? [state.next] : []
}

function casesOf(code: number): number[] {
  const character = String.fromCodePoint(code)
  const [lower, upper] = [character.toLowerCase(), character.toUpperCase()]
  return [character, lower, upper, upper.toLowerCase(), lower.toUpperCase()]
    .filter((one) => [...one].length === 1)
    .map((one) => one.codePointAt(0)!)
}
