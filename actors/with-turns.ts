/** A brain whose turns count in the ledger. */
import { metered } from '../src/index.js'
import { type DefinedBrain, defineBrain } from './define-brain.js'

/**
 * Reserves a turn in the budgets of the asking actor before `brain` is asked. Being asked again in the same turn costs none,
 * and neither does a failure. Rejects with `BUDGET_EXHAUSTED`.
 *
 * @example
 * ```ts
 * import { fromRules, withTurns } from 'roscius/actors'
 *
 * export const brain = withTurns(fromRules([{ decide: { event: { type: 'FINISH' }, reason: 'nothing to do' } }]))
 * ```
 */
export function withTurns(brain: DefinedBrain): DefinedBrain {
  return defineBrain((request, context) => {
    if (request.refused !== undefined) return brain.decide(request, context)
    return metered({ turns: 1 }, async () => {
      try {
        return { value: await brain.decide(request, context), usage: { turns: 1 } }
      } catch (error) {
        if (typeof error === 'object' && error !== null && !('usage' in error)) Object.assign(error, { usage: {} })
        throw error
      }
    })
  })
}
