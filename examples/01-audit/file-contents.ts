import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'

/** The longest text that is kept in memory and searched; longer files are hashed and counted only. */
export const MAX_SEARCHED_BYTES = 4 * 1024 * 1024
/** A NUL byte among the first bytes makes a file binary, as it does for Git. */
const SNIFFED_BYTES = 8_000
const CHUNK_BYTES = 256 * 1024

/** Not through a symbolic link, and without waiting for the writer of a FIFO (Windows knows neither flag). */
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/** What one pass over a file's bytes tells; `text` is there for a text that is short enough to be searched. */
export interface FileContents {
  readonly bytes: number
  /** SHA-256 in hex. */
  readonly hash: string
  readonly isBinary: boolean
  readonly newlines: number
  readonly endsWithNewline: boolean
  readonly text: string | undefined
}

/**
 * Reads a file once, in chunks: a file of any size takes at most `MAX_SEARCHED_BYTES` and a chunk of memory. Rejects with the
 * system's error, with `ENXIO` for what is no regular file, and with the signal's reason once aborted.
 */
export async function readContents(file: string, signal?: AbortSignal): Promise<FileContents> {
  const hash = createHash('sha256')
  const kept: Buffer[] = []
  let [bytes, newlines, isBinary, last] = [0, 0, false, -1]
  for await (const chunk of chunksOf(file, signal)) {
    hash.update(chunk)
    if (bytes < SNIFFED_BYTES) isBinary ||= chunk.subarray(0, SNIFFED_BYTES - bytes).includes(0)
    bytes += chunk.length
    if (!isBinary) newlines += countNewlines(chunk)
    if (isBinary || bytes > MAX_SEARCHED_BYTES) kept.length = 0
    else kept.push(Buffer.from(chunk))
    last = chunk.at(-1) ?? last
  }
  const text = isBinary || bytes > MAX_SEARCHED_BYTES ? undefined : decode(kept)
  return { bytes, hash: hash.digest('hex'), isBinary, newlines, endsWithNewline: last === 10, text }
}

/** The file's bytes, in one buffer that each chunk overwrites. */
async function* chunksOf(file: string, signal: AbortSignal | undefined): AsyncIterable<Buffer> {
  await using handle = await open(file, OPEN_FLAGS)
  const stat = await handle.stat()
  if (!stat.isFile()) throw Object.assign(new Error('no regular file'), { code: 'ENXIO' })
  const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, Math.max(stat.size + 1, 4_096)))
  for (;;) {
    signal?.throwIfAborted()
    const { bytesRead } = await handle.read(buffer, 0, buffer.length)
    if (bytesRead === 0) return
    yield buffer.subarray(0, bytesRead)
  }
}

/** Bytes that are no UTF-8 become U+FFFD, a leading byte order mark goes. */
function decode(chunks: readonly Buffer[]): string {
  return new TextDecoder().decode(Buffer.concat(chunks))
}

function countNewlines(chunk: Buffer): number {
  let count = 0
  for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) count += 1
  return count
}
