import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compilePattern, occursIn } from '../../../src/governance/policy/pattern.js'

const PLENTY = 100_000_000

function matches(source: string, text: string, ignoreCase = false): boolean | undefined {
  return occursIn(compilePattern(source, ignoreCase), text, { left: PLENTY })
}

const { pattern: anyPattern } = fc.letrec<{ pattern: string; piece: string }>((tie) => ({
  piece: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(
      'a',
      'b',
      'é',
      '😀',
      '.',
      '[ab]',
      '[^a]',
      '[a-c-]',
      '\\d',
      '\\W',
      '\\s',
      '[\\w-]',
      '^',
      '$',
      '\\b',
      '\\B',
      '\\.',
      '[]',
      '[^]',
    ),
    tie('pattern').map((inside) => `(?:${inside})`),
    fc
      .tuple(tie('pattern'), fc.constantFrom('*', '+', '?', '{2}', '{1,}', '{0,2}', '*?'))
      .map(([inside, count]) => `(${inside})${count}`),
  ),
  pattern: fc.oneof(
    tie('piece'),
    fc.tuple(tie('piece'), tie('piece')).map((pieces) => pieces.join('')),
    fc.tuple(tie('piece'), tie('piece')).map((pieces) => pieces.join('|')),
  ),
}))
const anyText = fc.string({
  unit: fc.constantFrom('a', 'A', 'b', 'c', '1', '-', '.', ' ', '\n', 'é', '😀'),
  maxLength: 10,
})

describe('a pattern', () => {
  test('matches whatever the same regular expression of JavaScript matches', () => {
    fc.assert(
      fc.property(anyPattern, anyText, fc.boolean(), (source, text, ignoreCase) => {
        // Anchored: V8 otherwise looks for a match in the middle of a surrogate pair.
        const same = new RegExp(`^[^]*?(?:${source})`, ignoreCase ? 'iu' : 'u')
        expect(matches(source, text, ignoreCase)).toBe(same.test(text))
      }),
      { numRuns: 3_000 },
    )
  })

  test.each([
    ['^rm\\b', 'rm -rf /', true],
    ['\\x41\\u0042\\u{43}', 'ABC', true],
    ['[\\x41-\\x43]', 'B', true],
    ['[\\b]', '\b', true],
    ['\\t\\/\\-', '\t/-', true],
    ['^.*$', 'a\nb', false],
  ])('%s in %j: %s', (source, text, expected) => {
    expect(matches(source, text)).toBe(expected)
  })

  test.each([
    ['(a+)+$', 'a'.repeat(20_000).concat('!')],
    ['(a|a)*b', 'a'.repeat(20_000)],
    ['(.*)*(.*)*(.*)*x', 'y'.repeat(20_000)],
  ])('%s costs steps in proportion to the text', (source, text) => {
    const effort = { left: PLENTY }
    expect(occursIn(compilePattern(source), text, effort)).toBe(false)
    expect(PLENTY - effort.left).toBeLessThan(text.length * 30)
  })

  test('has no answer once the effort is used up', () => {
    expect(occursIn(compilePattern('a*b'), 'a'.repeat(1_000), { left: 1_500 })).toBeUndefined()
    expect(occursIn(compilePattern('a'), 'a'.repeat(1_000), { left: 10 })).toBeUndefined()
  })
})

test.each([
  ['(a', 'at character 2: "(" without ")"'],
  ['a)', 'at character 1: a ")" without "("'],
  ['[a', 'at character 2: it ends too early'],
  ['*a', 'at character 1: "*" must be escaped here'],
  ['a**', 'at character 3: nothing to repeat'],
  ['^*', 'at character 2: nothing to repeat'],
  ['a{2,1}', 'at character 6: the numbers in {} are out of order'],
  ['a{9999}', 'at character 6: more than 1000 repetitions'],
  ['(a{999}){999}', 'it has more than 2000 states'],
  ['(?=a)', 'at character 1: only the groups (…) and (?:…) are known'],
  ['(?<n>a)', 'at character 1: only the groups (…) and (?:…) are known'],
  ['(a)\\1', 'at character 5: the escape \\1 is not known'],
  ['\\q', 'at character 2: the escape \\q is not known'],
  ['\\u{110000}', 'at character 10: no such character'],
  ['[b-a]', 'at character 4: no range'],
  ['[\\d-x]', 'at character 5: no range'],
])('refuses %s: %s', (source, message) => {
  expect(() => compilePattern(source)).toThrow(new SyntaxError(message))
})
