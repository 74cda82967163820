import { createHash } from 'node:crypto'
import type { Random } from '../core/random.js'

/**
 * Chance that repeats: the same seed gives the same numbers, ids and bytes, in every process.
 *
 * All three draw from one sequence, so the answers depend on the order of the calls. Ids look like those of
 * `systemRandom` (UUIDs of version 4). Never use it for nonces or keys outside tests.
 */
export function seededRandom(seed: number | string): Random {
  const next32 = generator(seed)
  const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => next32() >>> 24)
  return {
    next: () => (next32() * 0x20_0000 + (next32() >>> 11)) / 0x20_0000_0000_0000,
    id: () => uuid(bytes(16)),
    bytes,
  }
}

/** Chris Doty-Humphrey's sfc32, seeded with a hash so that near seeds share nothing; answers unsigned 32-bit numbers. */
function generator(seed: number | string): () => number {
  const state = createHash('sha256').update(String(seed)).digest()
  let a = state.readInt32LE(0)
  let b = state.readInt32LE(4)
  let c = state.readInt32LE(8)
  let counter = 1
  return () => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return sum >>> 0
  }
}

function uuid(bytes: Uint8Array): string {
  bytes[6] = (bytes[6]! & 0x0f) | 0x40
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = Buffer.from(bytes).toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
