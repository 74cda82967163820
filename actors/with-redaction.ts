/** A brain that is not told secrets. */
import type { BrainRequest } from '../machines/brain.js'
import { type DefinedBrain, defineBrain } from './define-brain.js'

/** Takes secrets out of a text, and out of data: see `defineRedaction`. */
export interface BrainRedaction {
  text(text: string): string
  value(value: unknown): unknown
}

/**
 * Asks `brain` with redacted questions: goal, constraints, observations, memory, and what it was refused. What the agent knows
 * stays as it is. A brain can't repeat what it was not told: an argument of a tool that is a secret has to come from the tool.
 *
 * @example
 * ```ts
 * import { defineRedaction } from 'roscius'
 * import { fromRules, withRedaction } from 'roscius/actors'
 *
 * const rules = fromRules([{ decide: ({ goal }) => ({ event: { type: 'FINISH', output: goal }, reason: 'it is simple' }) }])
 * export const brain = withRedaction(rules, defineRedaction())
 * ```
 */
export function withRedaction(brain: DefinedBrain, redaction: BrainRedaction): DefinedBrain {
  return defineBrain((request, context) => brain.decide(redacted(request, redaction), context))
}

function redacted(request: BrainRequest, redaction: BrainRedaction): BrainRequest {
  const { goal, constraints, observations, memory, refused } = request
  const text = (read: string): string => redaction.text(read)
  return {
    ...request,
    goal: text(goal),
    constraints: constraints.map(text),
    observations: observations.map((seen) => ({ ...seen, text: text(seen.text), ...redactedData(seen, redaction) })),
    memory: memory.map(text),
    ...(refused && {
      refused: refused.map(({ decision, reason }) => ({
        decision: redaction.value(decision),
        reason: text(reason),
      })),
    }),
  }
}

function redactedData({ data }: { readonly data?: unknown }, redaction: BrainRedaction): { readonly data?: unknown } {
  return data === undefined ? {} : { data: redaction.value(data) }
}
