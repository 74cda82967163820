import { describe, expect, test } from 'vitest'
import { parseArgumentPath, valuesAt } from '../../../src/governance/policy/argument-path.js'

const input = {
  command: 'rm',
  files: [{ name: 'a', size: 1 }, { name: 'b' }],
  'odd.name': 1,
  nested: { name: 'c', url: null },
}

describe('a path into the arguments', () => {
  test.each([
    ['$', [input]],
    ['$.command', ['rm']],
    ['$.files[1].name', ['b']],
    ['$.files[*].name', ['a', 'b']],
    ['$.files.*.size', [1]],
    ["$['odd.name']", [1]],
    ['$..name', ['a', 'b', 'c']],
    ['$.nested.url', [null]],
    ['$.absent.deeper', []],
    ['$.command.length', []],
    ['$.constructor', []],
  ])('%s leads to %j', (path, values) => {
    expect(valuesAt(path, input, { left: 1_000 })?.toSorted()).toEqual(values)
  })

  test('sees every depth with ..*', () => {
    expect(valuesAt('$..*', { a: [1, { b: 2 }] }, { left: 100 })).toHaveLength(4)
  })

  test('comes to an end in arguments that contain themselves', () => {
    const loop: Record<string, unknown> = { name: 'x' }
    loop.self = loop
    expect(valuesAt('$..name', loop, { left: 100 })).toEqual(['x'])
  })

  test('has no answer where there is more to see than the effort allows', () => {
    expect(valuesAt('$..name', Array.from({ length: 100 }), { left: 50 })).toBeUndefined()
    expect(valuesAt('$[*]', Array.from({ length: 100 }), { left: 50 })).toBeUndefined()
  })

  test.each(['', 'command', '$.', '$[-1]', '$[?(@.a)]', '$[0:2]', '$.a b', `$${'.a'.repeat(21)}`])(
    '%j is none',
    (path) => {
      expect(() => parseArgumentPath(path)).toThrow(SyntaxError)
    },
  )
})
