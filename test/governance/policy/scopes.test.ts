import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { covers, isScope, missingScopes, narrow, overlaps } from '../../../src/governance/policy/scopes.js'

const scope = fc
  .array(fc.constantFrom('*', 'a', 'b', 'c'), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join(':'))

/** What a scope stands for, among the capabilities of up to four plain segments. */
function standsFor(one: string): string[] {
  const all = [['a'], ['b'], ['c'], ['d']]
  const paths = [1, 2, 3, 4].flatMap((length) =>
    Array.from({ length }).reduce<string[][]>(
      (paths) => paths.flatMap((path) => all.map((next) => [...path, ...next])),
      [[]],
    ),
  )
  const parts = one.split(':')
  return paths
    .filter((path) => parts.length <= path.length && parts.every((part, at) => part === '*' || part === path[at]))
    .map((path) => path.join(':'))
}

test.each([
  ['read:files', 'read:files', true],
  ['read:files', 'read:files:reports', true],
  ['read:files', 'read', false],
  ['read:files', 'read:filesystem', false],
  ['read:*', 'read:files:reports', true],
  ['read:*', 'read', false],
  ['read:*', 'write:files', false],
  ['*:files', 'write:files', true],
  ['*', 'write:files', true],
  ['read:files', 'read:*', false],
  ['read:*', 'read:*', true],
])('%s covers %s: %s', (granted, wanted, expected) => {
  expect(covers(granted, wanted)).toBe(expected)
})

describe('a scope covers another', () => {
  test('exactly if it stands for everything that the other stands for', () => {
    fc.assert(
      fc.property(scope, scope, (one, other) => {
        const given = new Set(standsFor(one))
        expect(covers(one, other)).toBe(standsFor(other).every((each) => given.has(each)))
      }),
    )
  })

  test('or overlaps with it exactly if there is something that both stand for', () => {
    fc.assert(
      fc.property(scope, scope, (one, other) => {
        const given = new Set(standsFor(one))
        expect(overlaps(one, other)).toBe(standsFor(other).some((each) => given.has(each)))
      }),
    )
  })

  test('also if there is a third one between them', () => {
    fc.assert(
      fc.property(scope, scope, scope, (a, b, c) => {
        if (covers(a, b) && covers(b, c)) expect(covers(a, c)).toBe(true)
      }),
    )
  })
})

describe('narrowing', () => {
  test('gives a child what its parent has, and names the rest', () => {
    expect(narrow(['read:files', 'write:report'], ['read:files:src', 'write', 'write:report'])).toEqual({
      granted: ['read:files:src', 'write:report'],
      refused: ['write'],
    })
  })

  test('never gives a child what its parent could not do', () => {
    fc.assert(
      fc.property(fc.array(scope), fc.array(scope), scope, (parents, wanted, use) => {
        const { granted } = narrow(parents, wanted)
        if (missingScopes(granted, [use]).length === 0) expect(missingScopes(parents, [use])).toEqual([])
      }),
    )
  })
})

test.each(['', ':', 'a:', 'a b', 'a:**', `a:${'b'.repeat(200)}`, 7])('%j is no scope', (text) => {
  expect(isScope(text)).toBe(false)
})
