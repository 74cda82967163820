/** Numbers of payment cards: 13 to 19 digits, in groups or not, whose check digit (Luhn) is right. */
import type { Span } from './redacted-text.js'

/** Groups of digits with one space or dash between them. */
const RUN = /(?<!\d)(?<!\d\.)\d+(?:[ -]\d+)*/g
const GROUP = /\d+/g
const MIN_DIGITS = 13
const MAX_DIGITS = 19

export function cardNumbers(text: string): Span[] {
  return Array.from(text.matchAll(RUN)).flatMap((run) => (run[0].length < MIN_DIGITS ? [] : cardsIn(run[0], run.index)))
}

/** A card's number begins and ends with a group. */
function cardsIn(run: string, offset: number): Span[] {
  const groups = Array.from(run.matchAll(GROUP), (group) => ({ digits: group[0], at: group.index }))
  const spans: Span[] = []
  for (let first = 0; first < groups.length; first++) {
    const last = lastOfCard(groups, first)
    if (last === undefined) continue
    const { at, digits } = groups[last]!
    spans.push([offset + groups[first]!.at, offset + at + digits.length])
    first = last
  }
  return spans
}

function lastOfCard(groups: readonly { readonly digits: string }[], first: number): number | undefined {
  let digits = ''
  let found: number | undefined
  for (let last = first; last < groups.length; last++) {
    digits += groups[last]!.digits
    if (digits.length > MAX_DIGITS) break
    if (digits.length >= MIN_DIGITS && /^[2-6]/.test(digits) && hasCheckDigit(digits)) found = last
  }
  return found
}

/** Luhn: every second digit from the right counts twice. */
function hasCheckDigit(digits: string): boolean {
  let sum = 0
  for (let index = 0; index < digits.length; index++) {
    const digit = Number(digits[digits.length - 1 - index])
    const weighed = index % 2 === 0 ? digit : digit * 2
    sum += weighed > 9 ? weighed - 9 : weighed
  }
  return sum % 10 === 0
}
