import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { levelStore } from '../../src/persistence/level-store.js'

const SYNC = { sync: true }
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'roscius-level-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const entry = (key: string, value: string) => ({ type: 'put' as const, key, value: Buffer.from(value) })

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

  it('says that a table is damaged when what it reads fails its checksum', async () => {
    const store = await levelStore(folder, { writeBufferBytes: 64 * 1_024 })
    const keys = Array.from({ length: 400 }, (_, n) => `k${n}`)
    for (const key of keys) await store.batch([entry(key, key.repeat(300))], { sync: false })
    await store.close()
    await (await levelStore(folder)).close()
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.ldb'))) {
      const bytes = readFileSync(join(folder, name))
      writeFileSync(join(folder, name), bytes.fill(0xff, 100, 900))
    }
    const damaged = await levelStore(folder)
    const readAll = async () => {
      for await (const [key, value] of damaged.range({ gte: 'k', lt: 'l' })) {
        expect(Buffer.from(value).toString()).toBe(key.repeat(300))
      }
      for (const key of keys) expect(damaged.get(key)).toBeDefined()
    }
    await expect(readAll()).rejects.toMatchObject({ code: 'RECORD_CORRUPT' })
    await damaged.close()
  })

  it('says why a folder can not be opened', async () => {
    const file = join(folder, 'file')
    writeFileSync(file, '')
    await expect(levelStore(file)).rejects.toMatchObject({ code: 'STORE_FAILED', details: { path: file } })
  })
})
