/** Why events were not taken, and what would become of others: from what a cell remembers, and its state. Pure. */
import type { EventObject } from 'xstate'
import type { Forecast, UntakenEvent, WhyNot } from '../core/explanation.js'
import type { Cell, StashedEvent } from './cell.js'
import { isPaused } from './pause.js'
import type { UntakenNote } from './untaken.js'
import { isMachineState, type MachineState } from './xstate/position.js'
import { candidatesFor, deferringState, verdictOn } from './xstate/why-not-taken.js'

/** How many types of deferred events are named one by one. */
const MAX_DEFERRED = 4

/** Newest first; what is deferred comes last. */
export function untakenEvents(
  { untaken = [] }: Cell,
  stash: readonly StashedEvent[],
  state: MachineState | undefined,
): readonly UntakenEvent[] {
  return [...untaken.map(untakenEvent), ...deferredEvents(stash, state)]
}

function untakenEvent({ event, count, timeMs, reason }: UntakenNote): UntakenEvent {
  return { event, count, time: timeMs, why: reason.kind === 'ignored' ? whyIgnored(reason) : reason }
}

function whyIgnored({ event, snapshot }: Extract<UntakenNote['reason'], { kind: 'ignored' }>): WhyNot {
  if (!isMachineState(snapshot)) return { kind: 'unclear', state: undefined, candidates: [] }
  const verdict = verdictOn(snapshot, event)
  if (verdict.kind === 'notInState' || verdict.kind === 'guard') return verdict
  return { kind: 'unclear', state: snapshot.value, candidates: candidatesFor(snapshot, event) }
}

function deferredEvents(stash: readonly StashedEvent[], state: MachineState | undefined): readonly UntakenEvent[] {
  const byType = new Map<string, { readonly first: EventObject; count: number }>()
  for (const { event } of stash) {
    const same = byType.get(event.type)
    if (same === undefined) byType.set(event.type, { first: event, count: 1 })
    else same.count++
  }
  return [...byType.values()].slice(0, MAX_DEFERRED).map(({ first, count }) => {
    const by = (state && deferringState(state, first)) ?? ''
    return { event: first.type, count, time: undefined, why: { kind: 'deferred', by } }
  })
}

/** What would become of the event if it came now. */
export function forecastOf(cell: Cell, state: MachineState | undefined, event: EventObject): Forecast['would'] {
  const { status, row } = cell
  if (status === 'restarting' || status === 'starting') return { kind: 'waits' }
  if (status !== 'active')
    return { kind: 'deadLetter', reason: status === 'failed' ? 'actorFailed' : 'actorEnded', error: undefined }
  if ((cell.mailbox?.size ?? 0) >= row.capacity) return { kind: 'deadLetter', reason: 'mailboxFull', error: undefined }
  if (isPaused(cell)) return { kind: 'waits' }
  return state === undefined ? { kind: 'taken', transitions: [] } : verdictOn(state, event)
}
