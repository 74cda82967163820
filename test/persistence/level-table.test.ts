import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seededRandom } from 'roscius/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readManifest, type Table } from '../../src/persistence/level-manifest.js'
import { levelStore } from '../../src/persistence/level-store.js'
import { findTableDamage } from '../../src/persistence/level-table.js'
import { uncompressSnappy } from '../../src/persistence/snappy.js'

/** The index and the filters end here; what follows is padding up to the magic number at the very end. */
const FOOTER_BYTES = 48

const NONE: Table = { number: 0, bytes: 0 }
const nameOf = ({ number }: Table): string => `${String(number).padStart(6, '0')}.ldb`
const pathOf = (table: Table): string => join(folder, nameOf(table))

let folder: string
const liveTables = async () => (await readManifest(folder))?.tables ?? []
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'roscius-table-'))
  const random = seededRandom('tables')
  const store = await levelStore(folder, { writeBufferBytes: 64 * 1_024 })
  for (let n = 0; n < 500; n++) {
    // Half of the values can be compressed, the other half can't.
    const value = n % 2 === 0 ? Buffer.alloc(400, n) : random.bytes(400)
    await store.batch([{ type: 'put', key: `a/${String(n).padStart(4, '0')}`, value }], { sync: false })
  }
  await store.close()
  await (await levelStore(folder)).close()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the search for damaged tables', () => {
  it('finds none in intact tables', async () => {
    const tables = await liveTables()
    expect(tables.reduce((sum, { bytes }) => sum + bytes, 0)).toBeGreaterThan(50_000)
    for (const table of tables) expect(readFileSync(pathOf(table)).length).toBe(table.bytes)
    expect(await findTableDamage(folder, tables)).toBeUndefined()
  })

  it('does not look at what an interrupted merge left behind', async () => {
    writeFileSync(join(folder, '999999.ldb'), 'half a table')
    expect(await findTableDamage(folder, await liveTables())).toBeUndefined()
    await (await levelStore(folder)).close()
  })

  it('knows no tables where there is no store, or none whose manifest can be read', async () => {
    expect(await readManifest(join(folder, 'nowhere'))).toBeUndefined()
    writeFileSync(join(folder, 'CURRENT'), 'MANIFEST-999999\n')
    expect(await liveTables()).toEqual([])
    writeFileSync(join(folder, 'CURRENT'), 'nonsense')
    expect(await readManifest(folder)).toBeUndefined()
  })

  it('finds every flipped bit, wherever it is', async () => {
    const [table = NONE] = await liveTables()
    const intact = readFileSync(pathOf(table))
    const random = seededRandom('flips')
    for (let n = 0; n < 200; n++) {
      const flipped = Buffer.from(intact)
      flipped[Math.floor(random.next() * (intact.length - FOOTER_BYTES))]! ^= 1 << Math.floor(random.next() * 8)
      writeFileSync(pathOf(table), flipped)
      expect(await findTableDamage(folder, [table])).toMatchObject({
        file: nameOf(table),
        offset: expect.any(Number),
      })
    }
  })

  it('finds a torn table', async () => {
    const [table = NONE] = await liveTables()
    const intact = readFileSync(pathOf(table))
    for (const bytes of [0, 20, 5_000, intact.length - 1]) {
      writeFileSync(pathOf(table), intact.subarray(0, bytes))
      expect(await findTableDamage(folder, [table])).toMatchObject({ file: nameOf(table) })
    }
  })

  it('takes a table that is gone for one that was merged', async () => {
    expect(await findTableDamage(folder, [{ number: 999_999, bytes: 1 }])).toBeUndefined()
  })
})

describe('Snappy', () => {
  it('makes literals and copies of each width whole again', () => {
    const literal = (text: string) => [(text.length - 1) << 2, ...Buffer.from(text)]
    expect(text([4, ...literal('abcd')])).toBe('abcd')
    expect(text([10, ...literal('ab'), ((8 - 4) << 2) | 1, 2])).toBe('ababababab')
    expect(text([6, ...literal('abc'), (2 << 2) | 2, 3, 0])).toBe('abcabc')
    expect(text([6, ...literal('abc'), (2 << 2) | 3, 3, 0, 0, 0])).toBe('abcabc')
    expect(text([70, 60 << 2, 69, ...Buffer.alloc(70, 'x')])).toBe('x'.repeat(70))
  })

  it('refuses what is cut off, copies from before the beginning, or is of another length', () => {
    for (const bytes of [[], [4, 12, 97], [4, 0, 97, 1, 9], [3, 0, 97], [0x80], [2, (3 << 2) | 3, 1]]) {
      expect(uncompressSnappy(Buffer.from(bytes))).toBeUndefined()
    }
  })

  const text = (bytes: readonly number[]) => uncompressSnappy(Buffer.from(bytes))?.toString()
})
