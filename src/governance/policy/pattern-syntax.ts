/**
 * Reads the regular expressions of policies: the part of JavaScript's syntax that can be matched without backtracking.
 *
 * There are: characters and escapes, `.`, classes, groups, `|`, `* + ? {n} {n,} {n,m}`, `^ $ \b \B`. There are not:
 * back-references, look-around, named groups, flags. Characters are code points, as with the flag `u`.
 */

export type Range = readonly [first: number, last: number]

/** One character of a kind. */
export interface CharacterSet {
  readonly kind: 'set'
  readonly ranges: readonly Range[]
  readonly isNegated: boolean
}

export type Assertion = 'start' | 'end' | 'boundary' | 'notBoundary'

export type Syntax =
  | CharacterSet
  | { readonly kind: 'sequence' | 'choice'; readonly items: readonly Syntax[] }
  | { readonly kind: 'repeat'; readonly item: Syntax; readonly min: number; readonly max: number }
  | { readonly kind: 'assert'; readonly what: Assertion }

const DIGITS: readonly Range[] = [[48, 57]]
const WORD: readonly Range[] = [
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
]
const SPACE: readonly Range[] = [
  [9, 13],
  [32, 32],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
]
const LINE_ENDS: readonly Range[] = [
  [10, 10],
  [13, 13],
  [0x2028, 0x2029],
]
const LAST = 0x10ffff

const CLASSES: Readonly<Record<string, readonly Range[]>> = {
  d: DIGITS,
  D: complement(DIGITS),
  w: WORD,
  W: complement(WORD),
  s: SPACE,
  S: complement(SPACE),
}
const CONTROLS: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11, 0: 0 }
const ASSERTIONS: Readonly<Record<string, Assertion>> = { b: 'boundary', B: 'notBoundary' }
const MAX_REPEAT = 1_000

/** The characters of `WORD`, for `\b`. */
export function isWordCharacter(code: number | undefined): boolean {
  return code !== undefined && WORD.some(([first, last]) => code >= first && code <= last)
}

function complement(ranges: readonly Range[]): Range[] {
  const bounds = [-1, ...ranges.flat(), LAST + 1]
  return ranges
    .map((_, index): Range => [bounds[2 * index]! + 1, bounds[2 * index + 1]! - 1])
    .concat([[bounds.at(-2)! + 1, LAST]])
    .filter(([first, last]) => first <= last)
}

/** The pattern's syntax tree. Throws a `SyntaxError` that says where and why. */
export function parsePattern(source: string): Syntax {
  return new PatternParser(source).parse()
}

class PatternParser {
  readonly #characters: readonly string[]
  #at = 0

  constructor(source: string) {
    this.#characters = [...source]
  }

  parse(): Syntax {
    const all = this.#choice()
    if (this.#peek() !== undefined) this.#fail('a ")" without "("')
    return all
  }

  #peek(): string | undefined {
    return this.#characters[this.#at]
  }

  #next(): string {
    const character = this.#characters[this.#at++]
    return character ?? this.#fail('it ends too early')
  }

  #take(text: string): boolean {
    const found = this.#characters.slice(this.#at, this.#at + text.length).join('') === text
    if (found) this.#at += text.length
    return found
  }

  #fail(why: string): never {
    throw new SyntaxError(`at character ${Math.min(this.#at, this.#characters.length)}: ${why}`)
  }

  #choice(): Syntax {
    const items = [this.#sequence()]
    while (this.#take('|')) items.push(this.#sequence())
    return items.length === 1 ? items[0]! : { kind: 'choice', items }
  }

  #sequence(): Syntax {
    const items: Syntax[] = []
    for (let next = this.#peek(); next !== undefined && next !== '|' && next !== ')'; next = this.#peek())
      items.push(this.#repeated(this.#atom()))
    return { kind: 'sequence', items }
  }

  #repeated(item: Syntax): Syntax {
    const count = this.#count()
    if (count === undefined) return item
    if (item.kind === 'assert') this.#fail('nothing to repeat')
    // Whether it takes as few or as many as it can makes no difference to whether it matches.
    this.#take('?')
    if (this.#count() !== undefined) this.#fail('nothing to repeat')
    return { kind: 'repeat', item, ...count }
  }

  #count(): { readonly min: number; readonly max: number } | undefined {
    if (this.#take('*')) return { min: 0, max: Number.POSITIVE_INFINITY }
    if (this.#take('+')) return { min: 1, max: Number.POSITIVE_INFINITY }
    if (this.#take('?')) return { min: 0, max: 1 }
    return this.#take('{') ? this.#countInBraces() : undefined
  }

  #countInBraces(): { readonly min: number; readonly max: number } {
    const min = this.#number() ?? this.#fail('"{" needs a number')
    const max = this.#take(',') ? (this.#number() ?? Number.POSITIVE_INFINITY) : min
    if (!this.#take('}')) this.#fail('"{" without "}"')
    if (max < min) this.#fail('the numbers in {} are out of order')
    return { min, max }
  }

  #number(): number | undefined {
    let digits = ''
    while (/^\d$/.test(this.#peek() ?? '')) digits += this.#next()
    if (Number(digits) > MAX_REPEAT) this.#fail(`more than ${MAX_REPEAT} repetitions`)
    return digits === '' ? undefined : Number(digits)
  }

  #atom(): Syntax {
    const character = this.#next()
    if (character === '(') return this.#group()
    if (character === '[') return this.#class()
    if (character === '.') return { kind: 'set', ranges: LINE_ENDS, isNegated: true }
    if (character === '^') return { kind: 'assert', what: 'start' }
    if (character === '$') return { kind: 'assert', what: 'end' }
    if (character === '\\') return this.#escape()
    if ('*+?{}]'.includes(character)) this.#fail(`"${character}" must be escaped here`)
    return only(character.codePointAt(0)!)
  }

  #group(): Syntax {
    if (this.#peek() === '?' && !this.#take('?:')) this.#fail('only the groups (…) and (?:…) are known')
    const inside = this.#choice()
    if (!this.#take(')')) this.#fail('"(" without ")"')
    return inside
  }

  #escape(): Syntax {
    const assertion = ASSERTIONS[this.#peek() ?? '']
    if (assertion === undefined) return { kind: 'set', ranges: this.#escapedRanges(), isNegated: false }
    this.#at++
    return { kind: 'assert', what: assertion }
  }

  /** What stands behind a backslash, in a class or outside. */
  #escapedRanges(): readonly Range[] {
    const character = this.#next()
    const named = CLASSES[character]
    if (named !== undefined) return named
    const code = CONTROLS[character] ?? this.#hex(character) ?? character.codePointAt(0)!
    const isKnown = code !== character.codePointAt(0) || /^[\^$\\.*+?()[\]{}|/-]$/.test(character)
    if (!isKnown) this.#fail(`the escape \\${character} is not known`)
    return [[code, code]]
  }

  #hex(character: string): number | undefined {
    if (character === 'x') return this.#hexDigits(2)
    if (character !== 'u') return undefined
    if (!this.#take('{')) return this.#hexDigits(4)
    let digits = ''
    while (!this.#take('}')) digits += this.#next()
    return this.#codeOf(digits)
  }

  #hexDigits(count: number): number {
    return this.#codeOf(Array.from({ length: count }, () => this.#next()).join(''))
  }

  #codeOf(digits: string): number {
    const code = /^[0-9a-fA-F]{1,6}$/.test(digits) ? Number.parseInt(digits, 16) : Number.NaN
    return code <= LAST ? code : this.#fail('no such character')
  }

  #class(): Syntax {
    const isNegated = this.#take('^')
    const ranges: Range[] = []
    while (!this.#take(']')) ranges.push(...this.#classItem())
    return { kind: 'set', ranges, isNegated }
  }

  #classItem(): readonly Range[] {
    const first = this.#classCharacters()
    // A minus at the end of the class is a minus.
    if (this.#peek() !== '-' || this.#characters[this.#at + 1] === ']') return first
    this.#at++
    const last = this.#classCharacters()
    const [from, to] = [codeOfOne(first), codeOfOne(last)]
    if (from === undefined || to === undefined || to < from) this.#fail('no range')
    return [[from, to]]
  }

  #classCharacters(): readonly Range[] {
    const character = this.#next()
    if (character !== '\\') return only(character.codePointAt(0)!).ranges
    // In a class, \b is the backspace.
    return this.#take('b') ? only(8).ranges : this.#escapedRanges()
  }
}

function only(code: number): CharacterSet {
  return { kind: 'set', ranges: [[code, code]], isNegated: false }
}

function codeOfOne(ranges: readonly Range[]): number | undefined {
  const [range] = ranges
  return ranges.length === 1 && range![0] === range![1] ? range![0] : undefined
}
