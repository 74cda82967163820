import { expect, test } from 'vitest'
import { suite } from './steps.suite.js'

test('a crash before or after any batch, with or without loss of power, changes neither the end nor the effects', async () => {
  const { runs, violations, facts } = await suite.run({ log: console.log })
  expect(violations).toEqual([])
  expect(facts?.['batches of the run']).toBeGreaterThan(40)
  expect(runs).toBeGreaterThan(160)
}, 120_000)
