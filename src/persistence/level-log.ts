/**
 * Looks through LevelDB's write-ahead logs before LevelDB does.
 *
 * On opening, LevelDB replays its logs, silently leaves out blocks whose checksum is wrong, goes on with what follows, and
 * deletes the log. A flipped bit would so take some commits from the middle of history. Hence this check, which knows the
 * format of the logs: blocks of 32 KiB, in each records of `crc32c (4) length (2) type (1) data`.
 *
 * 1. Damage with an intact record after it is an error: something that was written is gone.
 * 2. Damage at the very end is not: that is what a loss of power leaves of a batch that was not synced.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

const BLOCK_BYTES = 32_768
const HEADER_BYTES = 7

export interface LogDamage {
  readonly file: string
  /** Offset in bytes of the first damaged record. */
  readonly offset: number
}

/** The first damage in the logs of a LevelDB folder; undefined when they are intact, or there is no folder yet. */
export async function findLogDamage(folder: string): Promise<LogDamage | undefined> {
  const names = await readdir(folder).catch(() => [])
  for (const name of names.filter((each) => /^\d+\.log$/.test(each)).sort()) {
    const offset = damagedAt(await readFile(join(folder, name)))
    if (offset !== undefined) return { file: name, offset }
  }
  return undefined
}

/** The offset of the first damaged record that an intact one follows. */
function damagedAt(log: Buffer): number | undefined {
  let damage: number | undefined
  for (let block = 0; block < log.length; block += BLOCK_BYTES) {
    const end = Math.min(block + BLOCK_BYTES, log.length)
    for (let at = block; at + HEADER_BYTES <= end; ) {
      const length = log.readUInt16LE(at + 4)
      const isPadding = length === 0 && log[at + 6] === 0
      if (isPadding) break
      const next = at + HEADER_BYTES + length
      const isIntact = next <= end && checksum(log, at + 6, next) === log.readUInt32LE(at)
      if (isIntact && damage !== undefined) return damage
      if (!isIntact) damage ??= at
      at = next
    }
  }
  return undefined
}

const CRC32C = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0x82f63b78 ^ (crc >>> 1) : crc >>> 1
  return crc
})

/** CRC-32C of the bytes, in the masked form in which LevelDB stores it. */
function checksum(bytes: Buffer, from: number, to: number): number {
  let crc = -1
  for (let i = from; i < to; i++) crc = CRC32C[(crc ^ bytes[i]!) & 0xff]! ^ (crc >>> 8)
  crc = ~crc
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0
}
