import type { Store } from 'roscius'
import type { FaultStore } from 'roscius/testing'
import { beforeAll, describe, expect, test } from 'vitest'
import { build } from '../support/build.js'
import { runDrill } from './network/memory/drill.js'
import { suite } from './remote.suite.js'

beforeAll(() => build().then(() => build('test/faults')), 120_000)

test('a hundred runs with crashes, cuts and partitions lose nothing, repeat nothing and reorder nothing', async () => {
  const { runs, violations, facts } = await suite.run({ log: console.log })
  console.log(facts)
  expect(violations).toEqual([])
  expect(runs).toBe(100)
  expect(facts?.crashes).toBeGreaterThan(100)
  expect(facts?.kills).toBeGreaterThanOrEqual(16)
  expect(facts?.['messages applied']).toBeGreaterThan(5_000)
}, 300_000)

test('a seed in memory is the same run again, line by line', async () => {
  for (const seed of [3, 8]) {
    const [one, other] = [await runDrill(seed), await runDrill(seed)]
    expect(other.lines).toEqual(one.lines)
  }
})

/** A store that loses what is written under these keys. */
const forgetting =
  (prefix: string) =>
  (store: FaultStore): Store =>
    over(store, (operations, options) =>
      store.batch(
        operations.filter(({ key }) => !key.startsWith(prefix)),
        options,
      ),
    )

const unsynced = (store: FaultStore): Store => over(store, (operations) => store.batch(operations, { sync: false }))

/** A batch is said to be durable before it is. */
const early = (store: FaultStore): Store =>
  over(store, async (operations, options) => {
    store.batch(operations, options).catch(() => undefined)
  })

function over(store: FaultStore, batch: Store['batch']): Store {
  return {
    batch,
    get: (key) => store.get(key),
    range: (range) => store.range(range),
    deleteRange: (range) => store.deleteRange(range),
    close: () => store.close(),
  }
}

describe('runs in memory find it when', () => {
  test.each([
    ['receive positions are not in the store', forgetting('u/remote/i/')],
    ['the outbox is not in the store', forgetting('u/remote/o/')],
    ['numbers are not reserved in the store', forgetting('u/remote/p/')],
    ['nothing is synced', unsynced],
    ['what is not yet durable is told', early],
  ])('%s', async (_, wrap) => {
    let found = 0
    for (let seed = 1; seed <= 12 && found === 0; seed++) found += (await runDrill(seed, wrap)).breaches.length
    expect(found).toBeGreaterThan(0)
  })
})
