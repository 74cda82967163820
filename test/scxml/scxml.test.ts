import { describe, expect, test } from 'vitest'
import { hosts } from '../hosts/hosts.js'
import { plainHost } from '../hosts/plain-host.js'
import { allCases } from './cases.js'
import { runCase } from './run-case.js'
import { skipped } from './skipped.js'

const cases = allCases()
const skippedIds = new Set(Object.values(skipped).flat())
const runnable = cases.filter(({ id }) => !skippedIds.has(id))

describe.each(hosts)('on $name', (host) => {
  test.each(runnable)('$id does what SCXML says', async (scxmlCase) => {
    await runCase(host, scxmlCase)
  })
})

describe('what is skipped', () => {
  test('each skipped case exists', () => {
    const known = new Set(cases.map(({ id }) => id))
    expect([...skippedIds].filter((id) => !known.has(id))).toEqual([])
  })

  test.each(cases.filter(({ id }) => skippedIds.has(id)))('XState itself can not do $id', async (scxmlCase) => {
    await expect(runCase(plainHost, scxmlCase)).rejects.toThrow()
  })

  test('more cases run than the 169 of XState itself', () => {
    expect(runnable.length).toBeGreaterThan(169)
  })
})
