import { randomBytes, randomUUID } from 'node:crypto'

/** The port for chance and identity: seeded in tests, the operating system's in production. */
export interface Random {
  /** A number in [0, 1). */
  next(): number
  /** A new unique identifier: URL-safe, at least 96 bits of chance. */
  id(): string
  /** `length` bytes of chance, for nonces. */
  bytes(length: number): Uint8Array
}

/** Chance from the operating system. */
export function systemRandom(): Random {
  return { next: Math.random, id: randomUUID, bytes: (length) => randomBytes(length) }
}
