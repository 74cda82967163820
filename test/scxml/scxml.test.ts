import { describe, expect, test, vi } from 'vitest'
import { hosts } from '../hosts/hosts.js'
import { plainHost } from '../hosts/plain-host.js'
import { allCases } from './cases.js'
import { runCase } from './run-case.js'
import { skipped } from './skipped.js'

const cases = allCases()
const skippedIds = new Set(Object.values(skipped).flat())
const runnable = cases.filter(({ id }) => !skippedIds.has(id))

/** Its data model holds a function, which a store can't keep. */
const NEEDS_MEMORY = 'w3c-ecma/test453'

// XState warns of events to actors that have stopped, which some of the cases send.
vi.spyOn(console, 'warn').mockImplementation(() => {})

describe.each(hosts)('on $name', (host) => {
  test.each(runnable.filter(({ id }) => !host.stores || id !== NEEDS_MEMORY))(
    '$id does what SCXML says',
    async (scxmlCase) => {
      await runCase(host, scxmlCase)
    },
  )

  test.runIf(host.stores)('a function in the data model is refused', async () => {
    const scxmlCase = runnable.find(({ id }) => id === NEEDS_MEMORY)!
    await expect(runCase(host, scxmlCase)).rejects.toThrow(/can't be stored: it is a function/)
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
