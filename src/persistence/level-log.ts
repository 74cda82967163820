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
import { maskedCrc32c } from './crc32c.js'

const BLOCK_BYTES = 32_768
const HEADER_BYTES = 7
/** Records are whole, or the first (2), a middle (3) or the last part of one. */
const WHOLE = 1
const LAST_TYPE = 4

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
      if (damage === undefined && isPadding(log, at)) break
      const next = endOfRecord(log, at, end)
      if (next !== undefined && damage !== undefined) return damage
      if (next === undefined) damage ??= at
      // Behind a damaged record its length can't be trusted: the next intact one may begin anywhere.
      at = next ?? at + 1
    }
  }
  return undefined
}

/** The records of an intact log in order, put together from their parts; ends at the first damage. */
export function* recordsOfLog(log: Buffer): Generator<Buffer> {
  let parts: Buffer[] = []
  for (let block = 0; block < log.length; block += BLOCK_BYTES) {
    const end = Math.min(block + BLOCK_BYTES, log.length)
    for (let at = block; at + HEADER_BYTES <= end && !isPadding(log, at); ) {
      const next = endOfRecord(log, at, end)
      if (next === undefined) return
      const type = log[at + 6]
      parts.push(log.subarray(at + HEADER_BYTES, next))
      if (type === WHOLE || type === LAST_TYPE) {
        yield Buffer.concat(parts)
        parts = []
      }
      at = next
    }
  }
}

const isPadding = (log: Buffer, at: number): boolean => log.readUInt16LE(at + 4) === 0 && log[at + 6] === 0

/** Where the record at `at` ends; undefined if it is not an intact one. */
function endOfRecord(log: Buffer, at: number, end: number): number | undefined {
  const next = at + HEADER_BYTES + log.readUInt16LE(at + 4)
  const type = log[at + 6]!
  if (next > end || type < 1 || type > LAST_TYPE) return undefined
  return maskedCrc32c(log, at + 6, next) === log.readUInt32LE(at) ? next : undefined
}
