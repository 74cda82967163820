/**
 * The contract of `Store` as runnable cases, for any driver and any test runner.
 *
 * ```ts
 * for (const { title, run } of storeContract(() => levelStore(newFolder()))) it(title, run)
 * ```
 *
 * What it can't show is what survives a crash: test a driver's `sync: true` with its own means.
 */
import assert from 'node:assert/strict'
import type { Entry, KeyRange, Operation, Store } from '../persistence/store.js'

export interface ContractCase {
  readonly title: string
  readonly run: () => Promise<void>
}

/** The cases that every store passes. `open` gives a new, empty store each time; a case closes the one it was given. */
export function storeContract(open: () => Promise<Store>): ContractCase[] {
  return CASES.map(([title, check]) => ({ title, run: () => withStore(open, check) }))
}

async function withStore(open: () => Promise<Store>, check: (store: Store) => Promise<void>): Promise<void> {
  const store = await open()
  let isClosed = false
  try {
    await check(store)
    isClosed = await closes(store)
  } finally {
    if (!isClosed) await closes(store)
  }
}

async function closes(store: Store): Promise<true> {
  await store.close().catch((error: unknown) => {
    assert.equal((error as { code?: unknown }).code, 'STORE_CLOSED')
  })
  return true
}

const SYNC = { sync: true }
const LAST_KEY = '\u{10ffff}'
/** In the order of their UTF-8 bytes, which is not that of JavaScript's `<`. */
const ORDERED = [
  '!',
  '0',
  '10',
  '9',
  'Z',
  'a',
  'a\0',
  'a!',
  'aa',
  'é',
  '€',
  '\ud7ff',
  '\ue000',
  '\uffff',
  '😀',
  LAST_KEY,
]

const CASES: readonly (readonly [title: string, check: (store: Store) => Promise<void>])[] = [
  ['answers undefined for a key that was never written', async (store) => assert.equal(store.get('absent'), undefined)],
  [
    'reads what a batch wrote, synced or not',
    async (store) => {
      await store.batch([put('a', 'one')], SYNC)
      await store.batch([put('b', 'two')], { sync: false })
      assert.deepEqual([text(store.get('a')), text(store.get('b'))], ['one', 'two'])
    },
  ],
  [
    'keeps every byte, also of empty and of large values',
    async (store) => {
      const all = Uint8Array.from({ length: 256 }, (_, i) => i)
      const large = new Uint8Array(3_000_000).fill(7)
      const values = { all, large, empty: new Uint8Array(0) }
      await store.batch(
        Object.entries(values).map(([key, value]) => ({ type: 'put', key, value })),
        SYNC,
      )
      for (const [key, value] of Object.entries(values))
        assert.ok(Buffer.from(value).equals(store.get(key) as Uint8Array))
    },
  ],
  [
    'takes the bytes as they were at the call: changing the buffer later changes nothing',
    async (store) => {
      const value = Buffer.from('before')
      const written = store.batch([{ type: 'put', key: 'k', value }], SYNC)
      value.fill('x')
      await written
      assert.equal(text(store.get('k')), 'before')
    },
  ],
  [
    'takes a part of a larger buffer for that part only',
    async (store) => {
      await store.batch([{ type: 'put', key: 'k', value: Buffer.from('abcdef').subarray(2, 4) }], SYNC)
      assert.equal(text(store.get('k')), 'cd')
    },
  ],
  [
    'applies the operations of a batch in order: the last one on a key counts',
    async (store) => {
      await store.batch([put('k', '1'), put('k', '2'), { type: 'del', key: 'k' }, put('k', '3')], SYNC)
      assert.equal(text(store.get('k')), '3')
      await store.batch([put('k', '4'), { type: 'del', key: 'k' }, { type: 'del', key: 'absent' }], SYNC)
      assert.equal(store.get('k'), undefined)
    },
  ],
  [
    'applies batches in the order of the calls, without waiting for each',
    async (store) => {
      const batches = Array.from({ length: 20 }, (_, n) => store.batch([put('k', `${n}`), put(`n${n}`, '')], SYNC))
      await Promise.all(batches)
      assert.equal(text(store.get('k')), '19')
    },
  ],
  [
    'takes an empty batch',
    async (store) => {
      await store.batch([], SYNC)
      assert.deepEqual(await keys(store), [])
    },
  ],
  [
    'orders keys by their UTF-8 bytes, whatever the order of writing',
    async (store) => {
      await store.batch(
        ORDERED.toReversed().map((key) => put(key, key)),
        SYNC,
      )
      assert.deepEqual(await keys(store), ORDERED.slice(0, -1))
      assert.deepEqual(await keys(store, { reverse: true }), ORDERED.slice(0, -1).toReversed())
      for (const key of ORDERED) assert.equal(text(store.get(key)), key)
    },
  ],
  [
    'ranges from gte (inclusive) to lt (exclusive), also between keys that exist',
    async (store) => {
      await store.batch(
        ['a', 'b', 'c', 'd'].map((key) => put(key, key)),
        SYNC,
      )
      assert.deepEqual(await keys(store, { gte: 'b', lt: 'd' }), ['b', 'c'])
      assert.deepEqual(await keys(store, { gte: 'aa', lt: 'cc' }), ['b', 'c'])
      assert.deepEqual(await keys(store, { gte: 'b', lt: 'd', reverse: true }), ['c', 'b'])
      assert.deepEqual(await keys(store, { gte: 'c', lt: 'c' }), [])
      assert.deepEqual(await keys(store, { gte: 'd', lt: 'a' }), [])
    },
  ],
  [
    'stops at the limit, from either end',
    async (store) => {
      await store.batch(
        ['a', 'b', 'c'].map((key) => put(key, key)),
        SYNC,
      )
      assert.deepEqual(await keys(store, { limit: 2 }), ['a', 'b'])
      assert.deepEqual(await keys(store, { limit: 2, reverse: true }), ['c', 'b'])
      assert.deepEqual(await keys(store, { limit: 9 }), ['a', 'b', 'c'])
      assert.deepEqual(await keys(store, { limit: 0 }), [])
    },
  ],
  [
    'gives the values with the keys, over more entries than one fetch holds',
    async (store) => {
      const names = Array.from({ length: 2_500 }, (_, n) => `k${String(n).padStart(5, '0')}`)
      await store.batch(
        names.map((key) => put(key, `value of ${key}`)),
        SYNC,
      )
      const entries = await collect(store, {})
      assert.deepEqual(
        entries.map(([key]) => key),
        names,
      )
      for (const [key, value] of entries) assert.equal(text(value), `value of ${key}`)
    },
  ],
  [
    'shows a range as of the call, whatever is written while it is read',
    async (store) => {
      await store.batch(
        ['a', 'b', 'c'].map((key) => put(key, 'old')),
        SYNC,
      )
      const range = store.range({ gte: 'a', lt: 'z' })
      await store.batch([put('a', 'new'), { type: 'del', key: 'b' }, put('bb', 'new')], SYNC)
      const seen: string[] = []
      for await (const [key, value] of range) seen.push(`${key}=${text(value)}`)
      assert.deepEqual(seen, ['a=old', 'b=old', 'c=old'])
    },
  ],
  [
    'lets a range be left early',
    async (store) => {
      await store.batch(
        ['a', 'b', 'c'].map((key) => put(key, key)),
        SYNC,
      )
      for await (const [key] of store.range({ gte: 'a', lt: 'z' })) {
        assert.equal(key, 'a')
        break
      }
      assert.deepEqual(await keys(store), ['a', 'b', 'c'])
    },
  ],
  [
    'deletes exactly a range, and is content to find nothing',
    async (store) => {
      await store.batch(
        ['a', 'b', 'bb', 'c', 'd'].map((key) => put(key, key)),
        SYNC,
      )
      await store.deleteRange({ gte: 'b', lt: 'c' })
      await store.deleteRange({ gte: 'b', lt: 'c' })
      await store.deleteRange({ gte: 'x', lt: 'e' })
      assert.deepEqual(await keys(store), ['a', 'c', 'd'])
      assert.equal(store.get('bb'), undefined)
    },
  ],
  [
    'keeps a key that is written again after its deletion, once',
    async (store) => {
      for (let n = 0; n < 5; n++) {
        await store.batch([put('a', `${n}`), put('b', `${n}`)], SYNC)
        assert.deepEqual(await keys(store), ['a', 'b'])
        await store.batch([{ type: 'del', key: 'a' }], SYNC)
        await store.deleteRange({ gte: 'b', lt: 'c' })
        assert.deepEqual(await keys(store), [])
      }
    },
  ],
  ['answers like a sorted map through a long mixture of calls', checkAgainstModel],
  [
    'throws or rejects with STORE_CLOSED once it is closed',
    async (store) => {
      await store.batch([put('a', 'a')], SYNC)
      await store.close()
      assert.throws(() => store.get('a'), CLOSED)
      await assert.rejects(store.batch([put('a', 'a')], SYNC), CLOSED)
      await assert.rejects(store.deleteRange({ gte: 'a', lt: 'b' }), CLOSED)
      await assert.rejects(() => collect(store, {}), CLOSED)
      await assert.rejects(store.close(), CLOSED)
    },
  ],
  [
    'ends an open range with STORE_CLOSED when it is closed',
    async (store) => {
      await store.batch(
        Array.from({ length: 5_000 }, (_, n) => put(`k${n}`, 'x'.repeat(500))),
        SYNC,
      )
      const entries = store.range({ gte: 'k', lt: 'l' })[Symbol.asyncIterator]()
      assert.equal((await entries.next()).done, false)
      await store.close()
      await assert.rejects(async () => {
        while (!(await entries.next()).done);
      }, CLOSED)
    },
  ],
]

const CLOSED = { code: 'STORE_CLOSED' }

function put(key: string, value: string): Operation {
  return { type: 'put', key, value: Buffer.from(value) }
}

function text(value: Uint8Array | undefined): string | undefined {
  return value && Buffer.from(value).toString()
}

async function collect(store: Store, range: Partial<KeyRange>): Promise<Entry[]> {
  const entries: Entry[] = []
  for await (const entry of store.range({ gte: '', lt: LAST_KEY, ...range })) entries.push(entry)
  return entries
}

async function keys(store: Store, range: Partial<KeyRange> = {}): Promise<string[]> {
  return (await collect(store, range)).map(([key]) => key)
}

/** Writes, deletes and reads by a fixed pattern that revisits keys, beside a Map that says what must be there. */
async function checkAgainstModel(store: Store): Promise<void> {
  const model = new Map<string, string>()
  for (let step = 1; step <= 300; step++) {
    const key = `k${(step * 7_919) % 41}`
    const next = `k${(step * 104_729) % 41}`
    if (step % 11 === 0) {
      await store.deleteRange({ gte: key, lt: next })
      for (const each of model.keys()) if (each >= key && each < next) model.delete(each)
    } else {
      await store.batch([put(key, `${step}`), { type: 'del', key: next }], { sync: step % 50 === 0 })
      model.set(key, `${step}`)
      model.delete(next)
    }
    if (step % 5 === 0) await compare(store, model)
  }
}

async function compare(store: Store, model: ReadonlyMap<string, string>): Promise<void> {
  const expected = [...model].sort(([a], [b]) => (a < b ? -1 : 1))
  const found = await collect(store, {})
  assert.deepEqual(
    found.map(([key, value]) => [key, text(value)]),
    expected,
  )
}
