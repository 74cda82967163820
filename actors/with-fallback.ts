/** Several brains, the next one asked where one fails. */
import type { BrainRequest, Decision } from '../machines/brain.js'
import { brainError } from './brain-error.js'
import { isAborted, isOverBudget } from './brain-failure.js'
import { type DefinedBrain, defineBrain } from './define-brain.js'
import { withEarlierUsage } from './with-earlier-usage.js'

export interface FallbackOptions {
  /** Whether the next brain is asked after this error. Default: unless the budget is spent: the agent's policy decides then. */
  readonly isPassedOn?: (error: unknown) => boolean
}

/**
 * A brain that asks each of `brains` in order until one decides something that is legal. If none does, it answers what the last
 * one said: its error, or its decision, which is then refused by who asks. Its usage is that of all decisions heard. Throws `OPTIONS_INVALID` without brains.
 *
 * @example
 * ```ts
 * import { defineBrain, fromRules, withFallback } from 'roscius/actors'
 *
 * const model = defineBrain(async () => {
 *   throw new Error('no network')
 * })
 * const rules = fromRules([{ decide: { event: { type: 'GIVE_UP', reason: 'no model' }, reason: 'no model' } }])
 * export const brain = withFallback([model, rules])
 * ```
 */
export function withFallback(
  brains: readonly DefinedBrain[],
  { isPassedOn = (error) => !isOverBudget(error) }: FallbackOptions = {},
): DefinedBrain {
  if (brains.length === 0)
    throw brainError('OPTIONS_INVALID', 'withFallback: brains must not be empty.', { field: 'brains' })
  return defineBrain(async (request, context) => {
    const illegal: Decision[] = []
    for (const brain of brains.slice(0, -1)) {
      try {
        const decision = await brain.decide(request, context)
        if (isLegal(decision, request)) return withEarlierUsage(decision, illegal)
        illegal.push(decision)
      } catch (error) {
        if (context.signal.aborted || isAborted(error) || !isPassedOn(error)) throw error
      }
    }
    return withEarlierUsage(await brains.at(-1)!.decide(request, context), illegal)
  })
}

/** Whether its event is one of the legal ones; whether it is written rightly is for the asking machine to say. */
function isLegal(decision: Decision, { legal }: BrainRequest): boolean {
  return legal.some(({ type }) => type === decision?.event?.type)
}
