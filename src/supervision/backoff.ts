/** How long a restart waits. All fields have defaults; see `DEFAULT_BACKOFF`. */
export interface Backoff {
  /** The first wait, in ms. Default 200. */
  readonly initialMs: number
  /** By how much each further wait is longer. Default 2. */
  readonly factor: number
  /** The longest wait before jitter, in ms. Default 30 000. */
  readonly maxMs: number
  /** The share of a wait, 0 to 1, by which chance lengthens or shortens it. Default 0.2. */
  readonly jitter: number
  /** After so many ms without a failure the next wait is the first again. Default 30 000. */
  readonly resetMs: number
  /**
   * After so many restarts in a row, without a quiet time of `resetMs` between them, the next failure escalates. Default: no
   * bound.
   */
  readonly maxRestarts?: number
}

export const DEFAULT_BACKOFF: Backoff = { initialMs: 200, factor: 2, maxMs: 30_000, jitter: 0.2, resetMs: 30_000 }

/**
 * The wait before a restart, in whole ms: `min(maxMs, initialMs × factor^streak) × (1 ± jitter)`, gRPC's connection
 * backoff (https://github.com/grpc/grpc/blob/master/doc/connection-backoff.md) with its symmetric jitter. The jitter
 * comes after the bound, so that many actors at the bound still come back at different times: the longest wait is
 * `maxMs × (1 + jitter)`.
 *
 * `streak` counts the failures before this one (0: this is the first), `chance` is a number in [0, 1).
 */
export function backoffDelayMs({ initialMs, factor, maxMs, jitter }: Backoff, streak: number, chance: number): number {
  // 0 × Infinity, a wait of nothing after a very long streak, is NaN.
  const plainMs = Math.min(maxMs, initialMs * factor ** streak || 0)
  return Math.max(0, Math.floor(plainMs * (1 + jitter * (2 * chance - 1))))
}
