/**
 * What is worth recalling, and what may go. Pure.
 *
 * The score is the weighted sum of recency, importance and relevance of "Generative Agents: Interactive Simulacra of Human
 * Behavior" (Park et al. 2023, https://arxiv.org/abs/2304.03442), recency with its decay of 0.995 an hour and all weights 1. (The
 * authors' code, joonspk-research/generative_agents `retrieve.py`, decays by rank instead of by hour, and weighs otherwise.)
 *
 * Three things are different here: the sum is divided by the weights, so that it is 0 to 1; each part is 0 to 1 by itself
 * instead of scaled over all candidates; and recency counts from when it was remembered, not from when it was last recalled,
 * so that recalling writes nothing.
 */
import type { MemoryKind } from './memory-store.js'

export interface Weights {
  readonly recency: number
  readonly importance: number
  readonly relevance: number
}

export interface ScoreRules {
  readonly weights: Weights
  readonly decayPerHour: number
}

export interface Scored {
  readonly kind: MemoryKind
  readonly atMs: number
  readonly importance: number
}

const HOUR_MS = 3_600_000

/** 0 to 1. Facts don't age: of them only importance and relevance count. */
export function scoreOf(item: Scored, relevance: number, nowMs: number, { weights, decayPerHour }: ScoreRules): number {
  const parts = item.importance * weights.importance + relevance * weights.relevance
  const whole = weights.importance + weights.relevance
  if (item.kind === 'semantic') return parts / whole
  const hours = Math.max(0, nowMs - item.atMs) / HOUR_MS
  return (parts + decayPerHour ** hours * weights.recency) / (whole + weights.recency)
}

/** What an index has found: the text's score without a scale, the cosine if it is known. */
export interface Match {
  readonly text: number
  readonly similarity: number | undefined
}

/** 0 to 1: the text against the best text found, and the cosine, in equal parts where both are known. */
export function relevanceOf({ text, similarity }: Match, bestText: number): number {
  const share = bestText > 0 ? text / bestText : 0
  return similarity === undefined ? share : (share + Math.max(0, similarity)) / 2
}

/** The `count` items that nobody will miss most: the lowest scores, without a question; of equals the oldest. */
export function leastUseful<T extends Scored>(
  items: Iterable<T>,
  count: number,
  nowMs: number,
  rules: ScoreRules,
): readonly T[] {
  return [...items]
    .map((item) => ({ item, score: scoreOf(item, 0, nowMs, rules) }))
    .sort((one, other) => one.score - other.score || one.item.atMs - other.item.atMs)
    .slice(0, count)
    .map(({ item }) => item)
}
