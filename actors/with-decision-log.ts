/** A brain whose decisions are kept: `system.decisions(address)`. */
import { logDecision } from '../src/index.js'
import { type DefinedBrain, defineBrain } from './define-brain.js'
import { effectClock } from './effect-clock.js'

/**
 * Logs each decision of `brain` with what it was asked, why, and how long that took. Outside a system it logs nothing.
 *
 * @example
 * ```ts
 * import { fromRules, withDecisionLog } from 'roscius/actors'
 *
 * export const brain = withDecisionLog(fromRules([{ decide: { event: { type: 'FINISH' }, reason: 'nothing to do' } }]))
 * ```
 */
export function withDecisionLog(brain: DefinedBrain): DefinedBrain {
  const clock = effectClock()
  return defineBrain(async (request, context) => {
    const startMs = clock.monotonic()
    const decision = await brain.decide(request, context)
    logDecision({ request, decision, ms: clock.monotonic() - startMs })
    return decision
  })
}
