/** The waits between dials, and their jitter without chance: so a life can be repeated, and no two pairs dial in step. */
import type { AssociationSettings } from './options.js'

/**
 * `min(maxMs, initialMs × factor^(streak - 1)) × (1 ± jitter)` in whole ms, gRPC's connection backoff
 * (https://github.com/grpc/grpc/blob/master/doc/connection-backoff.md). `streak` counts failures in a row, this one included.
 */
export function reconnectDelayMs(
  { initialMs, factor, maxMs, jitter }: AssociationSettings['backoff'],
  streak: number,
  chance: number,
): number {
  const plainMs = Math.min(maxMs, initialMs * factor ** Math.max(0, streak - 1))
  return Math.max(1, Math.floor(plainMs * (1 + jitter * (2 * chance - 1))))
}

/** A number in [0, 1) that looks like chance, and is the same for the same text (FNV-1a, with the last step of murmur3). */
export function chanceOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}
