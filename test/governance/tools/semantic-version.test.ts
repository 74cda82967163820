import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareVersions, isPrerelease, isVersion } from '../../../src/governance/tools/semantic-version.js'

/** In the order of https://semver.org, section 11. */
const ORDER = [
  '0.9.10',
  '1.0.0-alpha',
  '1.0.0-alpha.1',
  '1.0.0-alpha.beta',
  '1.0.0-beta',
  '1.0.0-beta.2',
  '1.0.0-beta.11',
  '1.0.0-rc.1',
  '1.0.0',
  '1.0.2',
  '1.0.10',
  '1.2.0',
  '1.10.0',
  '10.0.0',
]

describe('versions', () => {
  test('have the order of the specification', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(ORDER), (versions) => {
        expect(versions.toSorted(compareVersions)).toEqual(ORDER.filter((version) => versions.includes(version)))
      }),
    )
  })

  test('are equal whatever their build', () => {
    expect(compareVersions('1.0.0+a', '1.0.0+b')).toBe(0)
  })

  test('before a release are known as such', () => {
    expect(['1.0.0-rc.1', '1.0.0', '1.0.0+x-y'].map(isPrerelease)).toEqual([true, false, false])
  })

  test.each(['1', '1.0', 'v1.0.0', '1.0.0-', '01.0.0', '1.0.0-01', '', `1.0.0-${'a'.repeat(100)}`])(
    '%j is none',
    (text) => {
      expect(isVersion(text)).toBe(false)
    },
  )
})
