/** A brain whose turns count in the ledger. */
import type { Decision } from '../machines/index.js'
import { type Metered, metered } from '../src/index.js'
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
  return defineBrain(async (request, context) => {
    if (request.refused !== undefined) return brain.decide(request, context)
    const outcome = await metered({ turns: 1 }, () => attempted(() => brain.decide(request, context)))
    if ('error' in outcome) throw outcome.error
    return outcome.decision
  })
}

type Outcome = { readonly decision: Decision } | { readonly error: unknown }

/** What an error says of its usage is about the call that failed, which has settled it: it must not count here once more. */
async function attempted(decide: () => Decision | Promise<Decision>): Promise<Metered<Outcome>> {
  try {
    return { value: { decision: await decide() }, usage: { turns: 1 } }
  } catch (error) {
    return { value: { error }, usage: {} }
  }
}
