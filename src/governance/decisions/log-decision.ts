/**
 * How code inside an effect writes into the decision log of its node. Outside an effect, or where there is no log, it does
 * nothing; nor does an attempt that is over.
 */
import { createHash } from 'node:crypto'
import { canonical } from '../../../machines/agent/repetition.js'
import type { BrainRequest, Decision } from '../../../machines/brain.js'
import { currentRun } from '../../runtime/effect-run.js'
import { AuditTrail } from '../audit/audit-trail.js'
import { canonicalText } from '../audit/canonical-text.js'
import { DecisionLog } from './decision-log.js'
import type { DecisionRecord, LoggedToolCall } from './decision-record.js'

/** What a brain was asked, what it answered, and how long it took. */
export interface LoggedDecision {
  readonly request: BrainRequest
  readonly decision: Decision
  readonly ms: number
}

/**
 * Notes a decision of the brain whose effect this is. Durable with the decision's consequences, or before.
 *
 * @example
 * ```ts
 * import { currentEffect, logDecision } from 'roscius'
 * import { type DefinedBrain, defineBrain } from 'roscius/actors'
 *
 * export function withDecisionLog(brain: DefinedBrain): DefinedBrain {
 *   return defineBrain(async (request, context) => {
 *     const clock = currentEffect()?.clock
 *     const startMs = clock?.monotonic() ?? 0
 *     const decision = await brain.decide(request, context)
 *     logDecision({ request, decision, ms: (clock?.monotonic() ?? 0) - startMs })
 *     return decision
 *   })
 * }
 * ```
 */
export function logDecision({ request, decision, ms }: LoggedDecision): void {
  const run = currentRun()
  if (run === undefined || run.isOver) return
  const { path, effectId } = run
  const log = run.extension('decisions')
  const { event, reason, prompt, model, usage } = decision
  const { goal, state, legal, turn, refused } = request
  if (log instanceof DecisionLog) {
    const asked = { goal, state, contextDigest: digestOf(request), legal: legal.map(({ type }) => type) }
    const answered = { decision: plain(event), reason, prompt, model, usage, ms }
    const record: DecisionRecord = { path, turn, effectId, atMs: log.now(), ...asked, ...answered, toolCalls: [] }
    log.decided(record, refused?.at(-1)?.reason)
  }
  const trail = run.extension('audit')
  if (trail instanceof AuditTrail && trail.takesDecisions)
    trail.append('decision', { path, subject: event.type, payload: { turn, event, reason, prompt, model, effectId } })
}

/** A call as its gate knows it. */
export type ToolCallNote = Omit<LoggedToolCall, 'effectId'> & { readonly turn: number }

/** Notes a call of a tool with the decision that led to it: by the effect that calls. */
export function logToolCall({ turn, ...call }: ToolCallNote): void {
  const run = currentRun()
  if (run === undefined || run.isOver) return
  const log = run.extension('decisions')
  if (log instanceof DecisionLog) log.called(run.path, turn, { ...call, effectId: run.effectId })
}

/** SHA-256, 32 hexadecimal digits of it: nobody finds another question that has the same. */
function digestOf(request: BrainRequest): string {
  return createHash('sha256').update(canonical(request)).digest('hex').slice(0, 32)
}

/** A decision may hold what can't be stored: then the agent refuses it, and it is to be seen all the same. */
function plain(value: unknown): unknown {
  return JSON.parse(canonicalText(value))
}
