/**
 * An explanation in words, for a person who meets the actor for the first time. Pure; every line says one thing, and what
 * there is nothing to say about is left out.
 */
import type { Explanation, SupervisedBy, Wait } from '../core/explanation.js'
import type { Rule } from '../supervision/directive.js'
import { bounded, durationText, errorText, inTime, listText, plural, stateName, stateText, timeAgo } from './phrases.js'
import { forecastLines, untakenLines } from './untaken-text.js'

type Facts = Omit<Explanation, 'toString'>

export function explanationText(facts: Facts): string {
  return [
    ...headLines(facts),
    ...section(
      'What it did not take',
      facts.untaken.flatMap((event) => untakenLines(event, facts.time)),
    ),
    ...section('Why it failed', failureLines(facts)),
    ...section('Failures it survived', survivedLines(facts)),
    ...section('What it waits for', bounded(waitLines(facts))),
    ...section('Who supervises it', supervisionLines(facts)),
    ...section(
      'What would happen',
      facts.forecast === undefined ? [] : forecastLines(facts.forecast, facts.position?.value),
    ),
  ].join('\n')
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)]
}

// --- where it is ---

function headLines(facts: Facts): readonly string[] {
  const { path, logic, position, durability, isInMemory, seqNr, quarantine } = facts
  const { states = [] } = position ?? {}
  const takes = (position?.takes ?? []).filter((descriptor) => !descriptor.startsWith('roscius.'))
  const described = states.filter(({ description }) => description !== undefined)
  const memory = isInMemory ? '' : ', not in memory'
  return [
    `${path} (${logic === '' ? 'unknown logic' : logic}) ${statusText(facts)}`,
    ...supervisesLines(facts),
    ...(quarantine === undefined ? [] : [`  ${quarantine.message}`]),
    ...described.map(({ path: state, description }) => `  ${state}: ${description}`),
    ...(takes.length > 0 && facts.status === 'active' ? [`  It takes ${listText(takes, 'and')}.`] : []),
    `  ${durability}${memory}, ${seqNr} ${durability === 'volatile' ? plural(seqNr, 'event') : plural(seqNr, 'record')}`,
  ]
}

function supervisesLines({ supervises }: Facts): readonly string[] {
  if (supervises === undefined) return []
  const { strategy, maxRestarts, withinMs } = supervises
  const whose = strategy === 'oneForOne' ? 'of each child' : 'of its children together'
  return [`  A supervisor (${strategy}): it bears ${maxRestarts} restarts ${whose} in ${durationText(withinMs)}.`]
}

function statusText({ status, position }: Facts): string {
  const state = position === undefined ? undefined : stateText(position.value)
  switch (status) {
    case 'starting':
      return 'is starting: its start is not durable yet'
    case 'active':
      return state === undefined ? 'is active' : `is active in ${state}`
    case 'restarting':
      return `is waiting to be restarted${state === undefined ? '' : `; its last good state is ${state}`}`
    case 'done':
      return `is done${state === undefined ? '' : ` in ${state}`}`
    case 'failed':
      return `has failed${state === undefined ? '' : `; its last good state is ${state}`}`
    case 'stopped':
      return `was stopped${state === undefined ? '' : ` in ${state}`}`
    case 'quarantined':
      return 'is quarantined: its records are kept, and it does not run'
  }
}

// --- failures ---

function failureLines({ failure, time }: Facts): readonly string[] {
  if (failure === undefined) return []
  return [`${failure.event} made it fail ${timeAgo(time - failure.time)}: ${errorText(failure.error)}`]
}

const RULES: Readonly<Record<Rule, string>> = {
  supervisorEnding: 'its supervisor was ending, so nobody came back',
  cancelled: 'it was cancelled, and what is cancelled stays ended',
  temporary: 'a temporary actor is never restarted',
  transientEnded: 'a transient actor that ends by itself stays ended',
  directiveStop: 'failures of this class stop the actor',
  directiveEscalate: 'failures of this class are for its supervisor to bear',
  directiveResume: 'failures of this class cost the event, not the actor: it went on without it',
  intensityExceeded: 'it had been restarted as often as it may be in that time',
  poison: 'the event had its last try: it became a dead letter, and the actor went on without it',
  redelivery: 'the event was tried again, and failed again',
  permanentEnded: 'a permanent actor that ends is started again',
  failed: 'nothing spoke against a restart',
}

function survivedLines({ failures, time }: Facts): readonly string[] {
  if (failures === undefined) return []
  const { restarts, last } = failures
  const often = `Restarted ${restarts} ${plural(restarts, 'time')} in all.`
  if (last === undefined) return [often]
  const rule = RULES[last.rule as Rule] ?? ''
  return [
    often,
    `The last failure, ${timeAgo(time - last.time)}: ${last.event} made it throw ${last.error} (class ${last.failureClass}).`,
    `The directive was to ${last.directive}, by the rule "${last.rule}": ${rule}.`,
  ]
}

// --- what it waits for ---

function waitLines(facts: Facts): readonly string[] {
  const { waitsFor, mailbox, stash, status } = facts
  const lines = waitsFor.map((wait) => waitText(wait, facts))
  if (mailbox > 0) lines.push(`${mailbox} ${plural(mailbox, 'event')} in its mailbox`)
  if (stash > 0) lines.push(`${stash} deferred ${plural(stash, 'event')}`)
  if (lines.length === 0 && status === 'active') lines.push('an event: it is at rest')
  return lines
}

const ENDINGS = {
  stopped: 'it is being stopped',
  cancelled: 'it is being cancelled',
  shutdown: 'its supervisor stops it',
}

function waitText(wait: Wait, { supervision }: Facts): string {
  switch (wait.kind) {
    case 'ending':
      return `its end: ${ENDINGS[wait.reason]}, with all below ${wait.of}`
    case 'restart':
      return restartText(wait, supervision)
    case 'timer':
      return timerText(wait)
    case 'effect': {
      const does =
        wait.status === 'held' ? 'starts when its commit is durable' : wait.settles ? 'has not settled' : 'runs'
      return `the effect ${wait.id} (${wait.src}), attempt ${wait.attempt}, which ${does}`
    }
    case 'child':
      return `the actor ${wait.id} (${wait.src}) inside it${wait.value === undefined ? '' : `, which is in ${stateText(wait.value)}`}`
  }
}

function restartText(
  { from, dueInMs }: Extract<Wait, { kind: 'restart' }>,
  supervision: SupervisedBy | undefined,
): string {
  const state = from === 'lastGood' ? 'from its last good state' : 'from its initial state'
  if (dueInMs !== undefined) return `its restart ${state}, ${inTime(dueInMs)}`
  return supervision?.kind === 'supervisor'
    ? `its restart ${state}, when ${supervision.parent} lets it go on`
    : `its restart ${state}, when all below it have ended`
}

function timerText({ event, delay, state, child, to, dueInMs }: Extract<Wait, { kind: 'timer' }>): string {
  const whose = child === undefined ? '' : ` of ${child}`
  const where = to === undefined ? '' : ` for ${to}`
  if (delay === undefined) return `the delayed event ${event}${whose}${where}, ${inTime(dueInMs)}`
  const time = /^\d+$/.test(delay) ? durationText(Number(delay)) : delay
  return `the delay ${time} of ${stateName(state ?? '')}${whose}, ${inTime(dueInMs)}`
}

// --- supervision ---

function supervisionLines({ supervision, status }: Facts): readonly string[] {
  if (supervision === undefined || status === 'done' || status === 'stopped') return []
  const { strategy, restart, restartFrom, used, maxRestarts, withinMs } = supervision
  const from = restartFrom === 'lastGood' ? 'its last good state' : 'its initial state'
  const group = strategy === 'oneForOne' ? '' : ', counted for all its siblings together'
  return [
    `${supervisorText(supervision)}; it is ${restart}, and restarts from ${from}.`,
    `${used} of ${maxRestarts} restarts in ${durationText(withinMs)} are used up${group}.`,
  ]
}

function supervisorText({ kind, parent, strategy }: SupervisedBy): string {
  if (kind === 'supervisor') return `${parent} (${strategy})`
  return parent === undefined ? 'The guardian of the system' : `The guardian, because ${parent} is no supervisor`
}
