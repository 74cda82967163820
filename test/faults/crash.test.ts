import { beforeAll, expect, test } from 'vitest'
import { build } from '../support/build.js'
import { suite } from './crash.suite.js'

beforeAll(() => build().then(() => build('test/faults')), 120_000)

test('fifty kills with SIGKILL at random moments lose nothing, repeat nothing and reorder nothing', async () => {
  const { runs, violations, facts } = await suite.run({ log: console.log })
  expect(violations).toEqual([])
  expect(runs).toBe(50)
  expect(facts?.['steps asked for']).toBeGreaterThan(1_000)
  expect(facts?.effects).toBeGreaterThan(1_000)
}, 180_000)
