/** Tokens: 32 random bytes, compared in a time that tells nothing of them. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

const BYTES = 32
/** Shorter ones could be guessed. */
export const MIN_TOKEN_CHARS = 32

export function newToken(): string {
  return randomBytes(BYTES).toString('base64url')
}

/** Hashes have the same length whatever they are of. */
export function isSameToken(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected))
}

/** Under which a session is remembered: the memory of the process holds no cookie that could be used. */
export function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
