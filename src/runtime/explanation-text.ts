/**
 * An explanation in words, for a person who meets the actor for the first time. Pure; every line says one thing, and what
 * there is nothing to say about is left out.
 */
import type { Explanation, SupervisedBy, Trouble } from '../core/explanation.js'
import type { Strategy } from '../core/supervision-terms.js'
import { failureLines, survivedLines } from './failure-text.js'
import { bounded, durationText, listText, plural, stateText } from './phrases.js'
import { forecastLines, untakenLines } from './untaken-text.js'
import { pause, suspension, waitLines } from './wait-text.js'

type Facts = Omit<Explanation, 'toString'>

export function explanationText(facts: Facts): string {
  return [
    ...headLines(facts),
    ...section(
      'What it did not take',
      facts.untaken.flatMap((event) => untakenLines(event, facts.time)),
    ),
    ...section('Why it failed', failureLines(facts)),
    ...section(facts.failures?.last === undefined ? 'Its restarts' : 'Failures it survived', survivedLines(facts)),
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
    ...(takes.length > 0 && facts.status === 'active' && suspension(facts) === undefined && pause(facts) === undefined
      ? [`  It takes ${listText(takes, 'and')}.`]
      : []),
    `  ${durability}${memory}, ${seqNr} ${durability === 'volatile' ? plural(seqNr, 'event') : plural(seqNr, 'record')}`,
  ]
}

function supervisesLines({ supervises }: Facts): readonly string[] {
  if (supervises === undefined) return []
  const { strategy, maxRestarts, withinMs, trouble } = supervises
  const whose = strategy === 'oneForOne' ? 'of each child' : 'of its children together'
  return [
    `  A supervisor (${strategy}): it bears ${maxRestarts} ${plural(maxRestarts, 'restart')} ${whose} in ${durationText(withinMs)}.`,
    ...(trouble === undefined ? [] : [`  ${troubleText(trouble, strategy)}`]),
  ]
}

function troubleText({ child, why, error }: Trouble, strategy: Strategy): string {
  const how = error === undefined ? 'has ended' : `failed with ${error}`
  const what = strategy === 'oneForAll' ? 'all its children' : `${child} and those started after it`
  switch (why) {
    case 'group':
      return `It restarts ${what}, because ${child} ${how}.`
    case 'intensity':
      return `It gives up, because ${child} ${how}, more often than it bears.`
    case 'backoff':
      return `It gives up, because ${child} ${how}, more often in a row than its backoff allows.`
    case 'directive':
      return `It gives up, because ${child} ${how}, and failures of that class are for the supervisor to bear.`
    case 'start':
      return `It gives up, because ${child} failed to start${error === undefined ? '' : `: ${error}`}.`
  }
}

function statusText(facts: Facts): string {
  const { status, position } = facts
  const state = position === undefined ? undefined : stateText(position.value)
  if (suspension(facts) !== undefined) return `is being suspended${state === undefined ? '' : ` in ${state}`}`
  switch (status) {
    case 'starting':
      return 'is starting: its start is not durable yet'
    case 'active':
      return `is ${pause(facts) === undefined ? 'active' : 'paused'}${state === undefined ? '' : ` in ${state}`}`
    case 'restarting':
      return `is ${pause(facts) === undefined ? '' : 'paused, and '}waiting to be restarted${state === undefined ? '' : `; its last good state is ${state}`}`
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

// --- supervision ---

function supervisionLines({ supervision, status }: Facts): readonly string[] {
  if (supervision === undefined || status === 'done' || status === 'stopped') return []
  const { strategy, isOrphan, restart, restartFrom, used, maxRestarts, withinMs } = supervision
  if (restart === 'temporary') return [`${supervisorText(supervision)}; it is temporary, and never restarted.`]
  const from = restartFrom === 'lastGood' ? 'its last good state' : 'its initial state'
  const group = strategy === 'oneForOne' || isOrphan ? '' : ', counted for all its siblings together'
  return [
    `${supervisorText(supervision)}; it is ${restart}, and restarts from ${from}.`,
    `${used} of ${maxRestarts} restarts in ${durationText(withinMs)} are used up${group}.`,
  ]
}

function supervisorText({ kind, parent, strategy, isOrphan }: SupervisedBy): string {
  if (isOrphan) return `${parent} (${strategy}), whose definition no longer has it: it stands alone`
  if (kind === 'supervisor') return `${parent} (${strategy})`
  return parent === undefined ? 'The guardian of the system' : `The guardian, because ${parent} is no supervisor`
}
