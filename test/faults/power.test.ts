import { expect, test } from 'vitest'
import { suite } from './power.suite.js'

test('random losses of power leave every invariant whole', async () => {
  const { runs, violations, facts } = await suite.run({ log: console.log })
  expect(violations).toEqual([])
  expect(runs).toBe(30)
  expect(facts?.recoveries).toBeGreaterThan(30)
})
