import { describe, expect, it } from 'vitest'
import type { Store } from '../../src/persistence/store.js'
import { type FaultStore, faultStore } from '../../src/testing/fault-store.js'

const SYNCED = { sync: true }
const UNSYNCED = { sync: false }

const write = (store: Store, key: string, options = SYNCED) =>
  store.batch([{ type: 'put', key, value: Buffer.from(key) }], options)

async function keys(store: Store): Promise<string> {
  const found: string[] = []
  for await (const [key] of store.range({ gte: '', lt: '~' })) found.push(key)
  return found.join('')
}

function reopened(store: FaultStore, powerLoss: boolean): FaultStore {
  store.crash({ powerLoss })
  return store.reopen()
}

describe('a fault store that fails a batch', () => {
  it('has not taken it when it failed before, has when after, and goes on', async () => {
    const store = faultStore()
    store.failBatch(2, 'before')
    store.failBatch(3, 'after')
    await write(store, 'a')
    await expect(write(store, 'b')).rejects.toMatchObject({
      code: 'STORE_FAILED',
      details: { batch: 2, when: 'before' },
    })
    await expect(write(store, 'c')).rejects.toMatchObject({
      code: 'STORE_FAILED',
      details: { batch: 3, when: 'after' },
    })
    await write(store, 'd')
    expect(await keys(store)).toBe('acd')
    expect(store.written).toEqual({ batches: 3, synced: 3, bytes: 6 })
  })

  it('fails with ENOSPC when the disk is full, until it is made larger', async () => {
    const store = faultStore({ diskBytes: 5 })
    await write(store, 'a')
    await write(store, 'b')
    await expect(write(store, 'c')).rejects.toMatchObject({ code: 'STORE_FAILED', cause: { code: 'ENOSPC' } })
    store.resizeDisk(6)
    await write(store, 'd')
    expect(await keys(store)).toBe('abd')
  })
})

describe('a fault store that delays', () => {
  it('lets no batch take effect while it is held, then all in order', async () => {
    const store = faultStore()
    const release = store.hold()
    const done = Promise.all([write(store, 'a'), write(store, 'b')])
    await new Promise(setImmediate)
    expect(await keys(store)).toBe('')
    release()
    await done
    expect(await keys(store)).toBe('ab')
  })

  it('waits for the delay of each batch, and keeps their order', async () => {
    const order: number[] = []
    const store = faultStore({
      delay: async (batch) => {
        if (batch === 1) await new Promise(setImmediate)
        order.push(batch)
      },
    })
    await Promise.all([write(store, 'a'), write(store, 'b'), write(store, 'c')])
    expect(order).toEqual([1, 2, 3])
  })

  it('rejects what is held when it crashes, and loses it', async () => {
    const store = faultStore()
    store.hold()
    const held = write(store, 'a')
    const refused = expect(held).rejects.toMatchObject({ code: 'STORE_CLOSED' })
    expect(await keys(reopened(store, false))).toBe('')
    await refused
  })
})

describe('a fault store that crashes', () => {
  it.each([
    ['before', 'a'],
    ['after', 'ab'],
  ] as const)('right %s a batch has %s afterwards', async (when, expected) => {
    const store = faultStore()
    store.crashAtBatch(2, when)
    await write(store, 'a')
    await expect(write(store, 'b')).rejects.toMatchObject({ code: 'STORE_CLOSED' })
    await store.crashed
    await expect(write(store, 'c')).rejects.toMatchObject({ code: 'STORE_CLOSED' })
    expect(() => store.get('a')).toThrow(expect.objectContaining({ code: 'STORE_CLOSED' }))
    expect(await keys(store.reopen())).toBe(expected)
  })

  it('keeps what was not synced when only the process ends', async () => {
    const store = faultStore()
    await write(store, 'a')
    await write(store, 'b', UNSYNCED)
    expect(await keys(reopened(store, false))).toBe('ab')
  })

  it('loses what was not synced from a random point on when the power fails', async () => {
    const outcomes = new Set<string>()
    for (const chance of [0, 0.3, 0.5, 0.8, 0.999]) {
      const store = faultStore({ random: { next: () => chance } })
      await write(store, 'a', UNSYNCED)
      await write(store, 'b', SYNCED)
      await write(store, 'c', UNSYNCED)
      await write(store, 'd', UNSYNCED)
      await store.deleteRange({ gte: 'a', lt: 'b' })
      outcomes.add(await keys(reopened(store, true)))
    }
    expect([...outcomes]).toEqual(['ab', 'abc', 'abcd', 'bcd'])
  })

  it('still may lose what was never synced when the power fails after a restart', async () => {
    const store = faultStore({ random: { next: () => 0 } })
    await write(store, 'a', SYNCED)
    await write(store, 'b', UNSYNCED)
    const second = reopened(store, false)
    expect(await keys(second)).toBe('ab')
    expect(await keys(reopened(second, true))).toBe('a')
  })

  it('cuts at the same point in every run with the same chance', async () => {
    const run = async () => {
      const store = faultStore()
      for (const key of 'abcdefgh') await write(store, key, UNSYNCED)
      return keys(reopened(store, true))
    }
    expect(await run()).toBe(await run())
  })

  it('opens several times from one crash, each on its own', async () => {
    const store = faultStore()
    await write(store, 'a')
    const first = reopened(store, false)
    await write(first, 'b')
    expect(await keys(store.reopen())).toBe('a')
    expect(first.written.batches).toBe(1)
  })

  it('is not reopened while it is open, and is after an orderly close', async () => {
    const store = faultStore()
    expect(() => store.reopen()).toThrow(expect.objectContaining({ code: 'STORE_LOCKED' }))
    await write(store, 'a', UNSYNCED)
    await store.close()
    expect(await keys(store.reopen())).toBe('a')
  })
})
