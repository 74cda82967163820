/** Why an actor failed or was restarted, and what was decided about it, in words. Pure. */
import type { Explanation } from '../core/explanation.js'
import type { DecisionKind, Rule } from '../core/supervision-terms.js'
import { errorText, plural, timeAgo } from './phrases.js'

type Facts = Pick<Explanation, 'failure' | 'failures' | 'status' | 'time'>

export function failureLines({ failure, time }: Facts): readonly string[] {
  if (failure === undefined) return []
  const { error, event, failureClass, decision, rule } = failure
  const what = `${event} made it fail ${timeAgo(time - failure.time)}: ${errorText(error)}`
  if (decision === undefined || rule === undefined) return [what]
  return [`${what} (class ${failureClass}).`, decisionText(decision, rule)]
}

const DECISIONS: Readonly<Record<DecisionKind, string>> = {
  restart: 'to restart it',
  resume: 'to let it go on',
  stop: 'to stop it',
  escalate: 'to escalate',
}

function decisionText(decision: DecisionKind, rule: Rule): string {
  return `The decision was ${DECISIONS[decision]}, by the rule "${rule}": ${RULES[rule]}.`
}

const RULES: Readonly<Record<Rule, string>> = {
  neverStarted: 'its first start failed, and only what has been up is restarted',
  supervisorEnding: 'its supervisor was ending: it comes back with its siblings, or not at all',
  cancelled: 'it was cancelled, and what is cancelled stays ended',
  temporary: 'a temporary actor is never restarted',
  transientEnded: 'a transient actor that ends by itself stays ended',
  directiveStop: 'failures of this class stop the actor',
  directiveEscalate: 'failures of this class are for its supervisor to bear',
  directiveResume: 'failures of this class cost the event, not the actor: it went on without it',
  intensityExceeded: 'it had been restarted as often as it may be in that time',
  backoffExhausted: 'it had been restarted in a row as often as its backoff allows',
  poison: 'the event had its last try: it became a dead letter, and the actor went on without it',
  redelivery: 'the event was tried again, and failed again',
  permanentEnded: 'a permanent actor that ends is started again',
  failed: 'nothing spoke against a restart',
}

export function survivedLines({ failures, status, time }: Facts): readonly string[] {
  if (failures === undefined) return []
  const { restarts, last } = failures
  const times = `Restarted ${restarts} ${plural(restarts, 'time')} in all`
  if (last === undefined) return [status === 'failed' ? `${times}.` : `${times}, never for a failure of its own.`]
  return [
    `${times}.`,
    `The last failure, ${timeAgo(time - last.time)}: ${last.event} made it throw ${last.error} (class ${last.failureClass}).`,
    decisionText(last.decision, last.rule),
  ]
}
