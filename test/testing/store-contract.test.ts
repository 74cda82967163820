import { describe, expect, it } from 'vitest'
import { memoryStore } from '../../src/persistence/memory-store.js'
import type { Store } from '../../src/persistence/store.js'
import { storeContract } from '../../src/testing/store-contract.js'

/** A memory store with one method broken. */
function broken(breakIt: (store: Store) => Partial<Store>): () => Promise<Store> {
  return async () => {
    const store = memoryStore()
    const delegate: Store = {
      get: (key) => store.get(key),
      range: (range) => store.range(range),
      batch: (operations, options) => store.batch(operations, options),
      deleteRange: (range) => store.deleteRange(range),
      close: () => store.close(),
    }
    return { ...delegate, ...breakIt(store) }
  }
}

async function failures(open: () => Promise<Store>): Promise<string[]> {
  const failed: string[] = []
  for (const { title, run } of storeContract(open)) await run().catch(() => failed.push(title))
  return failed
}

describe('the store contract', () => {
  it('is kept by a delegate that breaks nothing', async () => {
    expect(await failures(broken(() => ({})))).toEqual([])
  })

  it.each<[string, (store: Store) => Partial<Store>]>([
    [
      'drops deletes',
      (s) => ({
        batch: (ops, o) =>
          s.batch(
            ops.filter(({ type }) => type === 'put'),
            o,
          ),
      }),
    ],
    ['ignores the limit', (s) => ({ range: ({ limit: _, ...range }) => s.range(range) })],
    ['ignores the direction', (s) => ({ range: ({ reverse: _, ...range }) => s.range(range) })],
    ['deletes nothing in ranges', () => ({ deleteRange: async () => undefined })],
    ['closes twice without a word', () => ({ close: async () => undefined })],
    ['applies batches backwards', (s) => ({ batch: (ops, o) => s.batch(ops.toReversed(), o) })],
    [
      'reads a range late',
      (s) => ({
        range: async function* (range) {
          yield* s.range(range)
        },
      }),
    ],
  ])('is broken by a store that %s', async (_, breakIt) => {
    expect(await failures(broken(breakIt))).not.toEqual([])
  })
})
