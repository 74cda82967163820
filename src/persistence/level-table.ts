/**
 * Looks through LevelDB's sorted tables for damage.
 *
 * LevelDB stores a checksum with each block and does not look at it when it reads: a flipped bit in a key would make a
 * record disappear, and may end the process in an assertion when tables are merged. Hence this check, which knows the
 * format of tables: blocks of `data type (1) crc32c (4)`, an index of them, an index of filters, and a footer of 48 bytes.
 *
 * 1. Every byte that LevelDB reads is covered: each block of the index, the indexes themselves, the filters.
 * 2. A table that LevelDB removes meanwhile is not damage.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { maskedCrc32c } from './crc32c.js'
import type { LogDamage } from './level-log.js'
import type { Table } from './level-manifest.js'
import { readVarint, uncompressSnappy } from './snappy.js'

const FOOTER_BYTES = 48
/** Of type and checksum, behind each block. */
const TRAILER_BYTES = 5
const MAGIC = 0xdb4775248b80fb57n
const SNAPPY = 1

/** Where in a table, of how many bytes. */
interface Block {
  readonly offset: number
  readonly size: number
}

/** The first damage in these tables of a LevelDB folder; `signal` ends the search early. */
export async function findTableDamage(
  folder: string,
  tables: readonly Table[],
  signal?: AbortSignal,
): Promise<LogDamage | undefined> {
  for (const { number } of tables) {
    if (signal?.aborted) return undefined
    const file = `${String(number).padStart(6, '0')}.ldb`
    const table = await readFile(join(folder, file)).catch(() => undefined)
    const offset = table === undefined ? undefined : damagedAt(table)
    if (offset !== undefined) return { file, offset }
  }
  return undefined
}

/** The offset of the first damaged block of a table; undefined when it is intact. */
function damagedAt(table: Buffer): number | undefined {
  const footer = table.length - FOOTER_BYTES
  if (footer < 0 || table.readBigUInt64LE(table.length - 8) !== MAGIC) return Math.max(0, footer)
  const filters = blockAt(table, footer)
  const index = filters && blockAt(table, filters.next)
  if (filters === undefined || index === undefined) return footer
  for (const { block } of [filters, index]) {
    const listed = isIntact(table, block) ? blocksIn(table, block) : undefined
    if (listed === undefined) return block.offset
    const damaged = listed.find((each) => !isIntact(table, each))
    if (damaged !== undefined) return damaged.offset
  }
  return undefined
}

function blockAt(bytes: Buffer, at: number): { readonly block: Block; readonly next: number } | undefined {
  const offset = readVarint(bytes, at)
  const size = offset && readVarint(bytes, offset.next)
  if (offset === undefined || size === undefined) return undefined
  return { block: { offset: offset.value, size: size.value }, next: size.next }
}

function isIntact(table: Buffer, { offset, size }: Block): boolean {
  const end = offset + size
  if (end + TRAILER_BYTES > table.length) return false
  return maskedCrc32c(table, offset, end + 1) === table.readUInt32LE(end + 1)
}

/** What an index block lists: entries of `shared, unshared and value length, rest of the key, offset and size`. */
function blocksIn(table: Buffer, { offset, size }: Block): Block[] | undefined {
  const raw = table.subarray(offset, offset + size)
  const bytes = table[offset + size] === SNAPPY ? uncompressSnappy(raw) : raw
  if (bytes === undefined || bytes.length < 4) return undefined
  const end = bytes.length - 4 * (bytes.readUInt32LE(bytes.length - 4) + 1)
  const blocks: Block[] = []
  for (let at = 0; at < end; ) {
    const shared = readVarint(bytes, at)
    const unshared = shared && readVarint(bytes, shared.next)
    const length = unshared && readVarint(bytes, unshared.next)
    const listed = length && blockAt(bytes, length.next + unshared.value)
    if (listed === undefined) return undefined
    blocks.push(listed.block)
    at = length!.next + unshared!.value + length!.value
  }
  return blocks
}
