/** What the tap tells, as items of the timeline: masked, cut, and small whatever it was. */
import type { Inspected, InspectedPresence, InspectedUnit } from '../../core/inspection.js'
import { stateLine } from '../definition/state-line.js'
import type { TimelineItem } from './shapes.js'
import type { Shown } from './shown.js'

const MAX_SENT = 20

export function itemOf(event: Exclude<Inspected, InspectedPresence>, shown: Shown): TimelineItem {
  if (event.type === 'unit') return unitItem(event, shown)
  if (event.type === 'commit') {
    const { atMs, ms, commit, units, operations, isSynced } = event
    return { kind: 'commit', atMs, ms, commit, units, operations, isSynced }
  }
  const { atMs, path, effectId, id, src, attempt, status, ms } = event
  const item = {
    kind: 'effect' as const,
    atMs,
    path,
    effectId,
    id: shown.word(id),
    src: shown.word(src),
    attempt,
    status,
  }
  return ms === undefined ? item : { ...item, ms }
}

function unitItem(unit: InspectedUnit, shown: Shown): TimelineItem {
  const { atMs, ms, path, logic, seqNr, event, from, cause, outcome, before, snapshot, turn, commit, sent } = unit
  const value = stateValueOf(snapshot)
  const state = value === undefined ? undefined : stateLine(value)
  const item: TimelineItem = {
    kind: 'unit',
    atMs,
    ms,
    path,
    logic,
    seqNr,
    event: shown.event(event),
    outcome,
    isMove: isMove(before, value, state),
    turn,
    commit,
    sent: sent.slice(0, MAX_SENT).map(({ to, event: { type } }) => ({ to: shown.word(to), type: shown.type(type) })),
  }
  if (from !== undefined) item.from = from
  if (cause !== undefined) item.cause = { path: cause.path, seqNr: cause.seqNr }
  if (state !== undefined) item.state = shown.word(state)
  return item
}

/** XState makes the value anew where it has not moved, too. */
function isMove(before: object | undefined, value: unknown, state: string | undefined): boolean {
  const old = stateValueOf(before)
  return old !== value && (old === undefined ? undefined : stateLine(old)) !== state
}

/** XState's state value. */
export function stateValueOf(snapshot: object | undefined): unknown {
  return (snapshot as { readonly value?: unknown } | undefined)?.value
}
