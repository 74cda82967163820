/** Proof that the checks can fail: the same attack on stores that break one promise each. */
import type { Store } from 'roscius'
import type { FaultStore } from 'roscius/testing'
import { describe, expect, test } from 'vitest'
import { attackPower } from './power.suite.js'
import { attackSteps } from './steps.suite.js'

const options = { seed: 7, seeds: 8, log: () => undefined }

/** `sync: true` never reaches the store. */
const unsynced = (store: FaultStore): Store => over(store, (operations) => store.batch(operations, { sync: false }))

/** A batch is said to be durable before it is: what waits for it is released at once. */
const early = (store: FaultStore): Store =>
  over(store, async (operations, { sync }) => {
    store.batch(operations, { sync }).catch(() => undefined)
  })

const faithful = (store: FaultStore): Store => over(store, (operations, { sync }) => store.batch(operations, { sync }))

function over(store: FaultStore, batch: Store['batch']): Store {
  return {
    batch,
    get: (key) => store.get(key),
    range: (range) => store.range(range),
    deleteRange: (range) => store.deleteRange(range),
    close: () => store.close(),
  }
}

describe('the fault suites', () => {
  test('find nothing when the store in between passes everything on', async () => {
    expect((await attackPower(options, faithful)).violations).toEqual([])
  })

  test('find it when batches are not synced: what was acknowledged is gone after a loss of power', async () => {
    const { violations } = await attackPower(options, unsynced)
    expect(violations.filter(({ invariant }) => invariant === 'I2')).not.toEqual([])
  })

  test('find it when effects are released before their batch is durable', async () => {
    const { violations } = await attackPower(options, early)
    expect(violations.filter(({ invariant }) => invariant === 'I2')).not.toEqual([])
  })

  test('do not find a missing sync by killing processes alone, which is why power loss is modelled', async () => {
    const { violations } = await attackSteps({ ...options, seed: 1 }, unsynced, [false])
    expect(violations).toEqual([])
  })
})
