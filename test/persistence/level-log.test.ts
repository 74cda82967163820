import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { levelStore } from '../../src/persistence/level-store.js'

let folder: string
let log: string

/** A store of 400 batches, some larger than a block of the log. */
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'roscius-log-'))
  const store = await levelStore(folder)
  for (let n = 0; n < 400; n++) {
    const value = Buffer.alloc(n % 50 === 0 ? 70_000 : 300, n)
    await store.batch([{ type: 'put', key: `k${String(n).padStart(3, '0')}`, value }], { sync: false })
  }
  await store.close()
  log = join(folder, readdirSync(folder).find((name) => name.endsWith('.log')) ?? '')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function keysOnOpening(): Promise<string[]> {
  const store = await levelStore(folder)
  const keys: string[] = []
  for await (const [key] of store.range({ gte: 'k', lt: 'l' })) keys.push(key)
  await store.close()
  return keys
}

describe('opening a level store', () => {
  it('finds an intact log intact', async () => {
    expect(await keysOnOpening()).toHaveLength(400)
  })

  it('refuses a log with a flipped bit before its end, by file and byte, and leaves the files as they are', async () => {
    const intact = readFileSync(log)
    for (const part of [0.001, 0.25, 0.5, 0.77, 0.99]) {
      const flipped = Buffer.from(intact)
      flipped[Math.floor(flipped.length * part)]! ^= 4
      writeFileSync(log, flipped)
      await expect(levelStore(folder)).rejects.toMatchObject({
        code: 'RECORD_CORRUPT',
        details: { path: folder, file: expect.stringMatching(/\.log$/), offset: expect.any(Number) },
      })
      expect(readFileSync(log).equals(flipped)).toBe(true)
    }
  })

  it('opens after a torn end with everything before it', async () => {
    const intact = readFileSync(log)
    writeFileSync(log, intact.subarray(0, intact.length - 100))
    const keys = await keysOnOpening()
    expect(keys).toHaveLength(399)
    expect(keys.at(-1)).toBe('k398')
  })
})
