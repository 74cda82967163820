import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seededRandom } from 'roscius/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readManifest } from '../../src/persistence/level-manifest.js'
import { levelStore } from '../../src/persistence/level-store.js'

const SYNC = { sync: true }
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'roscius-level-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const entry = (key: string, value: string) => ({ type: 'put' as const, key, value: Buffer.from(value) })

/** Puts as many values of 1 200 bytes, and closes the store when they are in tables. */
async function fill(count: number, writeBufferBytes: number): Promise<void> {
  const store = await levelStore(folder, { writeBufferBytes })
  for (let n = 0; n < count; n++) {
    const value = Buffer.from(seededRandom(n).bytes(1_200)).toString('latin1')
    await store.batch([entry(`k${n}`, value)], { sync: false })
  }
  await store.close()
  await (await levelStore(folder)).close()
}

async function damageOneTable(): Promise<string> {
  const [{ number } = { number: 0 }] = (await readManifest(folder))?.tables ?? []
  const table = `${String(number).padStart(6, '0')}.ldb`
  const bytes = readFileSync(join(folder, table))
  bytes[bytes.length >> 1]! ^= 1
  writeFileSync(join(folder, table), bytes)
  return table
}

describe('a level store', () => {
  it('has after reopening what was written before', async () => {
    const path = join(folder, 'made', 'on', 'the', 'way')
    const store = await levelStore(path)
    await store.batch([entry('k', 'v')], SYNC)
    await store.close()
    const again = await levelStore(path)
    expect(Buffer.from(again.get('k') ?? []).toString()).toBe('v')
    await again.close()
  })

  it('refuses a folder that is open already, by name', async () => {
    const store = await levelStore(folder)
    await expect(levelStore(folder)).rejects.toMatchObject({
      code: 'STORE_LOCKED',
      message: expect.stringContaining(folder),
      details: { path: folder },
    })
    await store.close()
    await (await levelStore(folder)).close()
  })

  it('says that its files are damaged instead of opening empty', async () => {
    const store = await levelStore(folder)
    await store.batch([entry('k', 'v')], SYNC)
    await store.close()
    const manifest = readdirSync(folder).find((name) => name.startsWith('MANIFEST'))
    writeFileSync(join(folder, manifest ?? ''), 'no manifest at all, but long enough to be read as one')
    await expect(levelStore(folder)).rejects.toMatchObject({
      code: 'RECORD_CORRUPT',
      message: expect.stringContaining(folder),
    })
  })

  it('refuses to open on a damaged table, by file and byte', async () => {
    await fill(400, 64 * 1_024)
    const table = await damageOneTable()
    await expect(levelStore(folder)).rejects.toMatchObject({
      code: 'RECORD_CORRUPT',
      details: { path: folder, file: table, offset: expect.any(Number) },
    })
  })

  it('opens a large store at once, and fails every call when a table is then found to be damaged', async () => {
    await fill(5_000, 256 * 1_024)
    const table = await damageOneTable()
    const store = await levelStore(folder)
    const find = async (): Promise<never> => {
      for (;;) {
        store.get('no such key')
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    await expect(find()).rejects.toMatchObject({ code: 'RECORD_CORRUPT', details: { file: table } })
    expect(() => store.range({ gte: 'a', lt: 'b' })).toThrow(table)
    await expect(store.batch([], SYNC)).rejects.toThrow(table)
    await store.close()
  })

  it('says why a folder can not be opened', async () => {
    const file = join(folder, 'file')
    writeFileSync(file, '')
    await expect(levelStore(file)).rejects.toMatchObject({ code: 'STORE_FAILED', details: { path: file } })
  })
})
