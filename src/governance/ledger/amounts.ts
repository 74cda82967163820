/**
 * What agents spend, dimension by dimension. Amounts are whole numbers, money in millionths of a dollar, so that sums are
 * exact.
 */

/** What is counted, and what a budget may limit. `tokens` is input and output tokens together. */
export const DIMENSIONS = [
  'turns',
  'modelCalls',
  'inputTokens',
  'outputTokens',
  'tokens',
  'costMicroUsd',
  'toolCalls',
  'spawned',
] as const

export type Dimension = (typeof DIMENSIONS)[number]

/** Absent is 0. */
export type Amounts = Readonly<Partial<Record<Dimension, number>>>

/** What one call may use, or has used, as users say it. */
export interface Usage {
  readonly turns?: number
  readonly modelCalls?: number
  readonly inputTokens?: number
  readonly outputTokens?: number
  /** US dollars. */
  readonly costUsd?: number
  readonly toolCalls?: number
}

const MICRO = 1_000_000

/** Money is rounded up: what is reserved is never less than what was said. */
export function amountsOf({ costUsd = 0, ...rest }: Usage): Amounts {
  const tokens = (rest.inputTokens ?? 0) + (rest.outputTokens ?? 0)
  return withoutZeros({ ...rest, tokens, costMicroUsd: microUsd(costUsd) })
}

/** 1.5 → 1 500 000. A fraction of a millionth counts as one; one that floating point made doesn't. */
export function microUsd(usd: number): number {
  return Math.ceil(Number((usd * MICRO).toFixed(3)))
}

export function usd(micro: number): number {
  return micro / MICRO
}

export function plus(a: Amounts, b: Amounts): Amounts {
  return combine(a, b, (x, y) => x + y)
}

export function minus(a: Amounts, b: Amounts): Amounts {
  return combine(a, b, (x, y) => x - y)
}

/** What of `a` is over `b`. */
export function excess(a: Amounts, b: Amounts): Amounts {
  return combine(a, b, (x, y) => Math.max(0, x - y))
}

function combine(a: Amounts, b: Amounts, by: (x: number, y: number) => number): Amounts {
  const result: Partial<Record<Dimension, number>> = {}
  for (const dimension of DIMENSIONS) {
    const value = by(a[dimension] ?? 0, b[dimension] ?? 0)
    if (value !== 0) result[dimension] = value
  }
  return result
}

function withoutZeros(amounts: Amounts): Amounts {
  return combine(amounts, {}, (x) => x)
}
