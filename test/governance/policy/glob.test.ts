import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nameCovers, nameMatches, pathCovers, pathMatches } from '../../../src/governance/policy/glob.js'

const name = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 6 })
const namePattern = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 5 })
const path = fc.array(fc.constantFrom('a', 'ab', 'b'), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'))
const pathPattern = fc
  .array(fc.constantFrom('a', 'a*', '*', '**', 'b'), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join('/'))

test.each([
  ['audit/workers/*', 'audit/workers/w1', true],
  ['audit/workers/*', 'audit/workers', false],
  ['audit/workers/*', 'audit/workers/w1/t', false],
  ['audit/**', 'audit', true],
  ['audit/**', 'audit/workers/w1', true],
  ['**/w*', 'audit/workers/w1', true],
  ['**', 'x', true],
  ['audit', 'auditor', false],
])('the path pattern %s and %s: %s', (pattern, actor, expected) => {
  expect(pathMatches(pattern, actor)).toBe(expected)
})

describe('a pattern of names', () => {
  test('matches as the regular expression does that it stands for', () => {
    fc.assert(
      fc.property(namePattern, name, (pattern, text) => {
        expect(nameMatches(pattern, text)).toBe(new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(text))
      }),
    )
  })

  test('that covers another one matches all that the other matches', () => {
    fc.assert(
      fc.property(namePattern, namePattern, name, (one, other, text) => {
        if (nameCovers(one, other) && nameMatches(other, text)) expect(nameMatches(one, text)).toBe(true)
      }),
    )
  })
})

describe('a pattern of paths', () => {
  test('matches as the regular expression does that it stands for', () => {
    const regExpOf = (pattern: string): RegExp =>
      new RegExp(
        `^${pattern
          .split('/')
          .map((part) => (part === '**' ? '([^/]+/)*' : `${part.replaceAll('*', '[^/]*')}/`))
          .join('')}$`,
      )
    fc.assert(
      fc.property(pathPattern, path, (pattern, text) => {
        expect(pathMatches(pattern, text)).toBe(regExpOf(pattern).test(`${text}/`))
      }),
    )
  })

  test('that covers another one matches all that the other matches', () => {
    fc.assert(
      fc.property(pathPattern, pathPattern, path, (one, other, text) => {
        if (pathCovers(one, other) && pathMatches(other, text)) expect(pathMatches(one, text)).toBe(true)
      }),
    )
  })
})
