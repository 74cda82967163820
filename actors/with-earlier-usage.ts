/** What several brains have used for one decision. */
import type { Decision, Usage } from '../machines/brain.js'

/** `decision`, with what was used for those before it that were not taken. */
export function withEarlierUsage(decision: Decision, earlier: readonly Decision[]): Decision {
  const known = [...earlier, decision].flatMap(({ usage }) => (usage === undefined ? [] : [usage]))
  return earlier.length === 0 || known.length === 0 ? decision : { ...decision, usage: known.reduce(sum) }
}

function sum(one: Usage, other: Usage): Usage {
  const tokens = {
    inputTokens: one.inputTokens + other.inputTokens,
    outputTokens: one.outputTokens + other.outputTokens,
  }
  if (one.costUsd === undefined && other.costUsd === undefined) return tokens
  return { ...tokens, costUsd: (one.costUsd ?? 0) + (other.costUsd ?? 0) }
}
