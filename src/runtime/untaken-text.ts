/** Why an event was not taken, or what would become of it, in words. Pure. */
import type { Candidate, Forecast, GuardOutcome, UntakenEvent, WhyNot } from '../core/explanation.js'
import { bounded, listText, stateName, stateText, timeAgo } from './phrases.js'

/** `now` is on the clock of the event's time. */
export function untakenLines({ event, count, time, why }: UntakenEvent, now: number): readonly string[] {
  const often = count === 1 ? '' : `, ${count} times`
  const when = time === undefined ? '' : `, ${count === 1 ? '' : 'the last '}${timeAgo(now - time)}`
  const [first, ...rest] = whyLines(why, 'was')
  return [`${event}${often}${when}: ${first}`, ...rest.map((line) => `    ${line}`)]
}

type Tense = 'is' | 'was'

/** The first line goes on behind a colon. */
function whyLines(why: WhyNot, tense: Tense): readonly string[] {
  switch (why.kind) {
    case 'notInState':
      return [notInStateText(why.state, why.handledIn, tense)]
    case 'guard':
      return guardLines(why.candidates, tense)
    case 'unclear':
      return [
        `it was ignored in ${stateText(why.state)}, though its guards let it through now: they depend on more than context and event, and should not.`,
      ]
    case 'deferred':
      return [`${stateName(why.by)} defers it; it comes back in a state that doesn't.`]
    case 'deadLetter':
      return [deadLetterText(why.reason, why.error)]
    case 'duplicate':
      return [`its idempotency key ${JSON.stringify(why.key)} had been handled already, as record ${why.seqNr}.`]
  }
}

function notInStateText(state: unknown, handledIn: readonly string[], tense: Tense): string {
  const where = stateText(state)
  const has = tense === 'is' ? 'has' : 'had'
  if (handledIn.length === 0) return `no state of the machine has a transition for it (it ${tense} in ${where}).`
  const others = handledIn.length === 1 ? 'Another state has' : `${handledIn.length} other states have`
  return `${where} ${has} no transition for it. ${others}: ${listText(handledIn, 'and')}.`
}

function guardLines(candidates: readonly Candidate[], tense: Tense): readonly string[] {
  const [only] = candidates
  if (candidates.length === 1 && only !== undefined)
    return [`${guardText(only.guard, tense)}, so ${stateName(only.state)} did not take it${targetText(only)}.`]
  return [
    `none of its ${candidates.length} transitions ${tense} allowed.`,
    ...bounded(
      candidates.map((each) => `in ${stateName(each.state)}${targetText(each)}: ${guardText(each.guard, tense)}`),
    ),
  ]
}

function targetText({ targets }: Candidate): string {
  return targets.length === 0 ? '' : ` (to ${listText(targets, 'and')})`
}

function guardText(guard: GuardOutcome | undefined, tense: Tense): string {
  if (guard === undefined) return 'it has no guard'
  const { name, holds, error } = guard
  const its = name === 'inline guard' ? 'an inline guard' : `the guard ${name}`
  if (error !== undefined) return `${its} ${tense === 'is' ? 'throws' : 'threw'} ${JSON.stringify(error)}`
  const reasons = culprits(guard)
  const because =
    reasons.length === 0 ? '' : `: ${reasons.map((each) => `${each.name} ${tense} ${each.holds}`).join(', ')}`
  return `${its} ${tense} ${holds}${because}`
}

/** The simple guards that made a combination false: the false ones, or in a `not` the true one. */
function culprits({ parts }: GuardOutcome): readonly GuardOutcome[] {
  const isFalse = parts.filter(({ holds }) => !holds)
  return (isFalse.length > 0 ? isFalse : parts).flatMap((part) => (part.parts.length === 0 ? [part] : culprits(part)))
}

const DEAD_LETTERS: Readonly<Record<Extract<WhyNot, { kind: 'deadLetter' }>['reason'], string>> = {
  actorNotFound: 'there was no such actor',
  actorEnded: 'the actor has ended',
  actorFailed: 'the actor has failed',
  actorQuarantined: 'the actor is quarantined',
  poison: 'it failed the actor as often as an event is tried',
  mailboxFull: 'the mailbox was full',
  stashFull: 'the stash was full',
  peerUnknown: 'there is no link to its node',
  outboxFull: 'too much waited for its node',
  expired: 'its deadline had passed',
  hopLimit: 'it had been passed on too often',
  storeGone: 'its node has another store',
  notSendable: 'it could not be sent',
  peerRefused: 'its node did not let this one',
  mayBeHandled: 'the former process of its node may have handled it',
}

function deadLetterText(reason: keyof typeof DEAD_LETTERS, error: string | undefined): string {
  return `it became a dead letter: ${DEAD_LETTERS[reason]}${error === undefined ? '' : `, with ${error}`}.`
}

/** `state` is the state value now. */
export function forecastLines({ event, would }: Forecast, state: unknown): readonly string[] {
  switch (would.kind) {
    case 'waits':
      return [`${event} would wait in the mailbox until the actor runs.`]
    case 'taken':
      return takenLines(event, would.transitions, state)
    case 'deadLetter':
      return [`${event} would become a dead letter: ${DEAD_LETTERS[would.reason]}.`]
    case 'deferred':
      return [`${event} would be deferred by ${stateName(would.by)}, until a state doesn't defer it.`]
    default: {
      const [first, ...rest] = whyLines(would, 'is')
      return [`${event} would be ignored: ${first}`, ...rest.map((line) => `    ${line}`)]
    }
  }
}

function takenLines(event: string, transitions: readonly Candidate[], state: unknown): readonly string[] {
  if (transitions.length === 0) return [`${event} would be taken: this logic takes every event.`]
  return transitions.map((each) => {
    const guard = each.guard === undefined ? '' : `, because ${guardText(each.guard, 'is')}`
    const to =
      each.targets.length === 0 ? `and stay in ${stateText(state)}` : `and go to ${listText(each.targets, 'and')}`
    return `${stateName(each.state)} would take ${event} ${to}${guard}.`
  })
}
