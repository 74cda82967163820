/** Where a machine is in its statechart, read from a snapshot. Pure. */
import type { AnyStateMachine } from 'xstate'
import type { ActiveState, Position } from '../../core/explanation.js'
import type { StateNode } from '../machine-structure.js'
import type { HostSnapshot } from './internals.js'

/** A snapshot of a machine. */
export interface MachineState extends HostSnapshot {
  readonly machine: AnyStateMachine
}

export function isMachineState(snapshot: HostSnapshot | undefined): snapshot is MachineState {
  return snapshot?.machine !== undefined && snapshot._nodes !== undefined
}

export function positionOf(state: MachineState): Position {
  return { value: state.value, states: activeStates(state), takes: takenEvents(state) }
}

/** The active states, outermost first, without the root. */
function activeStates(state: MachineState): readonly ActiveState[] {
  return activeNodes(state)
    .filter(({ path }) => path.length > 0)
    .sort((a, b) => a.order - b.order)
    .map((node) => ({ path: pathOf(node), description: descriptionOf(node) }))
}

function descriptionOf({ description, meta }: StateNode): string | undefined {
  const text: unknown = description ?? (meta as { readonly description?: unknown } | undefined)?.description
  return typeof text === 'string' ? text : undefined
}

/** Descriptors of the events that the active states have transitions for; XState's own events are left out. */
function takenEvents(state: MachineState): readonly string[] {
  const descriptors = activeNodes(state).flatMap(({ transitions }) => [...transitions.keys()])
  return [...new Set(descriptors)].filter((descriptor) => !descriptor.startsWith('xstate.'))
}

/** Whose `after` the delayed event is, and how its delay is given. */
export function afterOf(
  state: MachineState,
  eventType: string,
): { readonly delay: string; readonly state: string } | undefined {
  for (const node of activeNodes(state)) {
    const [transition] = node.transitions.get(eventType) ?? []
    const { delay } = (transition ?? {}) as { readonly delay?: unknown }
    if (delay !== undefined) return { delay: String(delay), state: pathOf(node) }
  }
  return undefined
}

/** The active states as XState knows them, innermost first. */
export function activeNodes({ _nodes }: MachineState): readonly StateNode[] {
  const nodes = (_nodes ?? []) as unknown as readonly StateNode[]
  return nodes.toSorted((a, b) => b.path.length - a.path.length || a.order - b.order)
}

/** Keys from the root down, joined by dots; `''` for the root. */
export const pathOf = ({ path }: { readonly path: readonly string[] }): string => path.join('.')
