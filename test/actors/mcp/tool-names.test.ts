import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { namesFor } from '../../../actors/mcp/tool-names.js'

describe('the names of imported tools', () => {
  test('are those of the server, as far as models take them', () => {
    expect([...namesFor(['read', 'files.read', 'ö'], 'x_')]).toEqual([
      ['read', 'x_read'],
      ['files.read', 'x_files_read'],
      ['ö', 'x__'],
    ])
  })

  test('tell two apart that would be the same, and keep the one that needed no change', () => {
    const names = namesFor(['a.b', 'a_b', 'a/b'], '')
    expect(names.get('a_b')).toBe('a_b')
    expect(names.get('a.b')).toMatch(/^a_b_[0-9a-f]{8}$/)
    expect(new Set(names.values()).size).toBe(3)
  })

  test('are legal, one for each tool, and the same in whatever order the server lists them', () => {
    const some = fc.uniqueArray(
      fc.string({ minLength: 1, maxLength: 80, unit: fc.constantFrom('a', '_', '.', '/', 'é') }),
    )
    fc.assert(
      fc.property(some, fc.constantFrom('', 'desk_'), (listed, prefix) => {
        const names = namesFor(listed, prefix)
        for (const name of names.values()) expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}$/)
        expect(new Set(names.values()).size).toBe(listed.length)
        const turned = namesFor([...listed].reverse(), prefix)
        for (const name of listed) expect(turned.get(name)).toBe(names.get(name))
      }),
    )
  })
})
