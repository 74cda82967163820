/** What will make an actor go on, and what runs for it, read from its cell. Pure. */
import type { ActorPath } from '../core/address.js'
import type { Wait } from '../core/explanation.js'
import type { Pause } from '../core/operator-orders.js'
import type { EndReason } from '../persistence/ending-note.js'
import type { ArmedTimer, Cell } from './cell.js'
import type { EffectHandle } from './held.js'
import { isPaused } from './pause.js'
import type { ChildActor, HostSnapshot } from './xstate/internals.js'
import { isEffectful } from './xstate/logic-kind.js'
import { afterOf, isMachineState } from './xstate/position.js'

export interface WaitFacts {
  /** The ending that covers the actor. */
  readonly ending: { readonly path: ActorPath; readonly reason: EndReason } | undefined
  /** Its supervisor is suspending it. */
  readonly suspension: Wait | undefined
  /** What it does with its children; undefined if it is no supervisor. */
  readonly doings: readonly Wait[] | undefined
}

/**
 * Most pressing first: its end, its pause, its restart, what its supervisor does with it, then timers by due time, effects, children
 * inside it. What a supervisor does with its children it does by effects: `supervisorWaits` tells of those.
 */
export function waitsOf(cell: Cell, now: number, { ending, suspension, doings }: WaitFacts): readonly Wait[] {
  const { supervised, timers = {}, effects, children } = cell
  const { waiting } = supervised ?? {}
  const waits: Wait[] = []
  if (ending !== undefined) waits.push({ kind: 'ending', reason: ending.reason, of: ending.path })
  if (isPaused(cell)) waits.push({ kind: 'pause', ...(cell.paused as Pause) })
  if (cell.status === 'restarting' && waiting !== undefined) {
    const { from, untilMs } = waiting
    waits.push({ kind: 'restart', from, dueInMs: untilMs === null ? undefined : untilMs - now })
  }
  if (suspension !== undefined) waits.push(suspension)
  const armed = Object.values(timers).sort((a, b) => a.dueMs - b.dueMs || a.arm - b.arm)
  for (const timer of armed) waits.push(timerWait(timer, cell, now))
  waits.push(...(doings ?? [...(effects?.values() ?? [])].map((effect) => effectWait(effect, cell))))
  for (const child of children?.values() ?? []) if (isAtWork(child)) waits.push(childWait(child))
  return waits
}

function timerWait({ event, dueMs, source, target }: ArmedTimer, cell: Cell, now: number): Wait {
  const child = cell.children?.get(source)
  const snapshot = source === '' ? cell.snapshot : child?._snapshot
  const { delay, state } = afterIn(snapshot, event.type)
  const to = typeof target === 'string' ? undefined : (target as { readonly address?: string }).address
  return { kind: 'timer', event: event.type, dueInMs: dueMs - now, delay, state, child: child?.id, to }
}

function afterIn(
  snapshot: HostSnapshot | undefined,
  type: string,
): { readonly delay?: string; readonly state?: string } {
  return (isMachineState(snapshot) && afterOf(snapshot, type)) || {}
}

function effectWait({ effectId, attempt, status, kind }: EffectHandle, cell: Cell): Wait {
  const child = cell.children?.get(effectId)
  return {
    kind: 'effect',
    id: child?.id ?? cell.self.id,
    src: child === undefined ? cell.row.name : sourceOf(child),
    effectId,
    attempt,
    status,
    settles: kind === 'settles',
  }
}

/** Effects are told of by their handles; one without a handle doesn't run. */
function isAtWork({ logic, _snapshot }: ChildActor): boolean {
  return _snapshot.status === 'active' && !isEffectful(logic)
}

function childWait(child: ChildActor): Wait {
  return { kind: 'child', id: child.id, src: sourceOf(child), value: child._snapshot.value }
}

/** The name of its logic; XState gives inline logic a name by its place. */
function sourceOf({ src }: ChildActor): string {
  return typeof src === 'string' && !src.startsWith('xstate.invoke.') ? src : 'inline'
}
