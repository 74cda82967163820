import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findJsonProblem } from '../../../examples/01-audit/json-syntax.js'

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

describe('the place where JSON stops being JSON', () => {
  test('exists exactly where JSON.parse throws', () => {
    const fragment = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"',
      '1',
      '-',
      '.5',
      'e1',
      '01',
      'true',
      'nul',
      ' ',
      '\n',
      '\\',
      '\t',
      '//',
    )
    const soup = fc.array(fragment, { maxLength: 9 }).map((parts) => parts.join(''))
    const damaged = fc
      .tuple(fc.json(), fc.nat(), fragment)
      .map(([json, at, part]) => json.slice(0, at % (json.length + 1)) + part + json.slice(at % (json.length + 1)))
    fc.assert(
      fc.property(fc.oneof(soup, damaged, fc.json()), (text) => {
        expect(findJsonProblem(text) === null).toBe(isJson(text))
      }),
      { numRuns: 3_000, seed: 7 },
    )
  })

  test.each([
    ['{\n  "a": 1,\n  b: 2\n}', 3, 3, 'expected a key in double quotes'],
    ['[1, 2', 1, 6, 'ends early, expected "," or the closing bracket'],
    ['{"a" 1}', 1, 6, 'expected ":"'],
    ['{} x', 1, 4, 'expected the end of the file'],
    ['', 1, 1, 'ends early, expected a value'],
    ['[1,]', 1, 4, 'expected a value'],
  ])('is named with line and column: %j', (text, line, column, message) => {
    expect(findJsonProblem(text)).toEqual({ line, column, message })
  })

  test('is none for comments and trailing commas where the reader is lenient', () => {
    const text = '// c\n{ /* d */ "a": [1, 2,], // e\n}\n'
    expect(findJsonProblem(text, { lenient: true })).toBeNull()
    expect(findJsonProblem(text)).toMatchObject({ line: 1, column: 1 })
    expect(findJsonProblem('{"a":,}', { lenient: true })).not.toBeNull()
    expect(findJsonProblem('[1,{"a":]', { lenient: true })).not.toBeNull()
  })
})
