import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { encryptedStore } from '../../src/persistence/encrypted-store.js'
import { memoryStore } from '../../src/persistence/memory-store.js'
import type { Store } from '../../src/persistence/store.js'

const SYNC = { sync: true }
const [keyA, keyB] = [randomBytes(32), randomBytes(32)]
const SECRET = Buffer.from('a sentence that nobody but its owner may read')

async function written(): Promise<{ inner: Store; raw: Uint8Array }> {
  const inner = memoryStore()
  await encryptedStore(inner, { key: keyA, keyId: 'a' }).batch([{ type: 'put', key: 'k', value: SECRET }], SYNC)
  return { inner, raw: inner.get('k') as Uint8Array }
}

describe('an encrypted store', () => {
  it('leaves nothing of a value readable underneath', async () => {
    const { raw } = await written()
    expect(Buffer.from(raw).includes('sentence')).toBe(false)
    expect(Buffer.from(raw).includes(SECRET.subarray(0, 4))).toBe(false)
  })

  it('never encrypts alike twice', async () => {
    const inner = memoryStore()
    const store = encryptedStore(inner, { key: keyA, keyId: 'a' })
    const seen = new Set<string>()
    for (let n = 0; n < 600; n++) {
      await store.batch([{ type: 'put', key: 'k', value: SECRET }], SYNC)
      seen.add(Buffer.from(inner.get('k') as Uint8Array).toString('hex'))
    }
    expect(seen.size).toBe(600)
  })

  it('reads values of earlier keys and writes with the current one', async () => {
    const { inner } = await written()
    const store = encryptedStore(inner, { key: keyB, keyId: 'b', previousKeys: { a: keyA } })
    expect(store.get('k')).toEqual(SECRET)
    await store.batch([{ type: 'put', key: 'k', value: SECRET }], SYNC)
    expect(encryptedStore(inner, { key: keyB, keyId: 'b' }).get('k')).toEqual(SECRET)
  })

  it('says that the key is wrong, whether its id is known or not', async () => {
    const { inner } = await written()
    const wrong = expect.objectContaining({ code: 'STORE_KEY_WRONG', address: 'k', details: { key: 'k', keyId: 'a' } })
    expect(() => encryptedStore(inner, { key: keyB, keyId: 'a' }).get('k')).toThrow(wrong)
    expect(() => encryptedStore(inner, { key: keyB, keyId: 'b' }).get('k')).toThrow(wrong)
    const read = async () => {
      for await (const _ of encryptedStore(inner, { key: keyB, keyId: 'b' }).range({ gte: 'a', lt: 'z' }));
    }
    await expect(read()).rejects.toMatchObject({ code: 'STORE_KEY_WRONG' })
  })

  it('refuses a value with its key wherever a bit was flipped or it was cut off', async () => {
    const { raw } = await written()
    const damaged = Array.from({ length: raw.length * 8 }, (_, bit) => {
      const copy = Uint8Array.from(raw)
      copy[bit >> 3]! ^= 1 << (bit & 7)
      return copy
    })
    damaged.push(...Array.from({ length: raw.length }, (_, length) => raw.slice(0, length)))
    const inner = memoryStore()
    const store = encryptedStore(inner, { key: keyA, keyId: 'a' })
    // A flip in the check of the key alone leaves the value intact: GCM still vouches for it.
    const isInCheck = (bit: number) => bit >= 8 && bit < 40
    for (const [index, value] of damaged.entries()) {
      await inner.batch([{ type: 'put', key: 'k', value }], SYNC)
      if (isInCheck(index)) expect(store.get('k')).toEqual(SECRET)
      else expect(() => store.get('k')).toThrow(expect.objectContaining({ code: 'RECORD_CORRUPT', address: 'k' }))
    }
  })

  it('refuses a value that was moved to another key, and one that was never encrypted', async () => {
    const { inner, raw } = await written()
    await inner.batch(
      [
        { type: 'put', key: 'other', value: raw },
        { type: 'put', key: 'plain', value: SECRET },
      ],
      SYNC,
    )
    const store = encryptedStore(inner, { key: keyA, keyId: 'a' })
    for (const key of ['other', 'plain']) {
      expect(() => store.get(key)).toThrow(expect.objectContaining({ code: 'RECORD_CORRUPT', address: key }))
    }
  })

  it.each([
    ['a short key', { key: randomBytes(16), keyId: 'a' }],
    ['a key without id', { key: keyA, keyId: '' }],
    ['a short earlier key', { key: keyA, keyId: 'a', previousKeys: { b: randomBytes(31) } }],
  ])('refuses %s', (_, options) => {
    expect(() => encryptedStore(memoryStore(), options)).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID' }))
  })
})
