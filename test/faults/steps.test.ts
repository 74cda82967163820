import { expect, test } from 'vitest'
import { suite } from './steps.suite.js'

test('a crash before or after any batch, with or without loss of power, changes neither the end nor the effects', async () => {
  const { runs, violations, facts } = await suite.run({ log: console.log })
  console.log(runs, facts, violations.length)
  expect(violations.slice(0, 20)).toEqual([])
  expect(runs).toBeGreaterThan(100)
}, 100_000)
