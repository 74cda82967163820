/**
 * Proofs by shared secrets: made with one key, believed with any of several, so that keys can be changed in turns.
 *
 * 1. Comparing takes as long whichever byte is wrong, and all keys are tried whichever is right.
 * 2. Whether a key or a node is known can't be told from an answer: for one that is not, a decoy is used.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'

export interface SharedKey {
  /** Names the secret in the open; 1 to 128 characters. */
  readonly id: string
  /** At least 16 bytes; 32 of chance are best. */
  readonly secret: Uint8Array
}

/** So many proofs are computed at least, so that one key takes as long as none. */
const LEAST_TRIES = 4

export function macOf(secret: Uint8Array, transcript: Uint8Array): Buffer {
  return createHmac('sha256', secret).update(transcript).digest()
}

/** The key that `mac` was made with, if it is one of `keys`. */
export function keyOf(
  mac: Uint8Array,
  transcript: Uint8Array,
  keys: readonly SharedKey[],
  decoy: SharedKey,
): SharedKey | undefined {
  let found: SharedKey | undefined
  for (let i = 0; i < Math.max(keys.length, LEAST_TRIES); i++) {
    const key = keys[i] ?? decoy
    const isRight = timingSafeEqual(macOf(key.secret, transcript), mac)
    if (isRight && key !== decoy) found ??= key
  }
  return found
}
