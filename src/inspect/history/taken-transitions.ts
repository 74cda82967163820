/**
 * Which transitions of the machine of today led from one stored state to the next: found by letting it handle the event again,
 * beside everything that runs.
 *
 * 1. Nothing of it gets out: no action is executed, nothing is sent, started or armed. Guards and assigners are called (they are
 *    pure), and may throw.
 * 2. If the machine gets elsewhere than the record says, it was another one, or is not pure: then only its first step is told.
 */
import type { AnyActorLogic, AnyStateMachine, EventObject } from 'xstate'
import { isMachine } from '../../runtime/machine-structure.js'
import { type Frame, toPersisted } from '../../runtime/xstate/frame.js'
import { transitionIds } from '../definition/definition.js'
import { Effort, isSame } from './difference.js'
import { stateValueOf } from './frames.js'
import { givenBy } from './given-events.js'
import { inertScope, restored } from './inert-machine.js'
import type { Seen } from './moments.js'

/** Records that no machine has handled. */
const OF_THE_RUNTIME = new Set(['failure', 'supervision', 'migration', 'stop'])
/** Events in a row that a machine sends to itself. */
const MAX_EVENTS = 100

/** Ids of the transitions, in the order in which they were taken; `before` is undefined at a start. */
export function takenTransitions(logic: AnyActorLogic | undefined, seen: Seen, before: Frame | undefined): string[] {
  const { kind, outcome } = seen.record
  if (logic === undefined || !isMachine(logic) || OF_THE_RUNTIME.has(kind) || outcome !== 'handled') return []
  if (before === undefined && kind !== 'start') return []
  const ids = transitionIds(logic)
  try {
    const { value, taken } =
      kind === 'start' || before === undefined ? started(logic, seen.record.event) : handled(logic, seen, before)
    const isRight = isSame(value, stateValueOf(seen.frame), new Effort())
    return (isRight ? taken : taken.slice(0, 1)).flat().flatMap((transition) => ids.get(transition) ?? [])
  } catch {
    return []
  }
}

interface Handled {
  readonly value: unknown
  /** One list for each microstep. */
  readonly taken: readonly (readonly object[])[]
}

function started(machine: AnyStateMachine, event: EventObject): Handled {
  const { scope, taken } = inertScope()
  const { input } = event as { readonly input?: unknown }
  const snapshot = machine.getInitialSnapshot(scope, input as never)
  return { value: snapshot.value, taken }
}

function handled(machine: AnyStateMachine, seen: Seen, before: Frame): Handled {
  const { scope, taken, sent } = inertScope()
  let state = restored(machine, toPersisted(before.snapshot))
  const logicOf = (id: string): unknown => (state.children[id] as { readonly logic?: unknown } | undefined)?.logic
  const events = givenBy(seen, before, { machine, shown: (value) => value, logicOf }).map(({ event }) => event)
  for (let n = 0; n < Math.min(events.length, MAX_EVENTS); n++) {
    state = machine.transition(state, events[n] as never, scope) as typeof state
    events.splice(n + 1, 0, ...sent.splice(0).flatMap(({ to, event }) => (to === 'self' ? [event] : [])))
  }
  return { value: state.value, taken }
}
