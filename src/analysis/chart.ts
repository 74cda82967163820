/**
 * The states of a machine and how they lie: in, beside, or apart from each other.
 *
 * Boundary: it reads `machine.root`; `machine.toJSON()` leaves out `always` and drops guards that are functions.
 *
 * 1. A leaf is a state without states in it, final or not. A configuration is a set of leaves with all that is around them.
 * 2. History states are no states one can be in: nothing here lists them.
 */
import type { AnyStateMachine } from 'xstate'

export type StateNode = AnyStateMachine['root']
export type Transition = Parameters<Parameters<StateNode['transitions']['forEach']>[0]>[0][number]

/** Whether `value` is an XState machine (of any copy of XState 5). */
export function isMachine(value: unknown): value is AnyStateMachine {
  return typeof value === 'object' && value !== null && '__xstatenode' in value && 'root' in value
}

/** `state` and all states in it, each before its children. */
export function* statesOf(state: StateNode): IterableIterator<StateNode> {
  yield state
  for (const child of childrenOf(state)) yield* statesOf(child)
}

export function childrenOf(state: StateNode): StateNode[] {
  return Object.values(state.states).filter(({ type }) => type !== 'history')
}

export function isLeaf(state: StateNode): boolean {
  return childrenOf(state).length === 0
}

/** `state` and what is around it, up to the root. */
export function chainOf(state: StateNode): StateNode[] {
  return state.parent === undefined ? [state] : [state, ...chainOf(state.parent)]
}

/** Whether `state` lies within `outer`, and is not it. */
export function isInside(state: StateNode, outer: StateNode): boolean {
  for (let around = state.parent; around !== undefined; around = around.parent) if (around === outer) return true
  return false
}

export function isWithin(state: StateNode, outer: StateNode): boolean {
  return state === outer || isInside(state, outer)
}

/** Whether a machine can be in both at once, though neither lies in the other: in two regions of a parallel state. */
export function areParallel(one: StateNode, other: StateNode): boolean {
  if (isWithin(one, other) || isWithin(other, one)) return false
  let common = other.parent
  while (common !== undefined && !isInside(one, common)) common = common.parent
  return common?.type === 'parallel'
}

/** Whether a machine can be in both at once. */
export function areTogether(one: StateNode, other: StateNode): boolean {
  return isWithin(one, other) || isWithin(other, one) || areParallel(one, other)
}

export interface Effect {
  readonly id: string
  /** Name of the logic; of an inline one, what XState calls it. */
  readonly src: string
  /** For people: an inline one is known by its id only if somebody gave it one. */
  readonly name: string
}

/** What `state` invokes. */
export function effectsOf(state: StateNode): Effect[] {
  return state.invoke.map(({ id, src: logic }, index) => {
    const src = String(logic)
    const unnamed = id === `${index}.${state.id}` ? 'an unnamed effect' : id
    return { id, src, name: src.startsWith('xstate.invoke.') ? unnamed : src }
  })
}

/** The path of a state for people: keys joined by dots; `(root)` for the machine itself. */
export function nameOf(state: StateNode): string {
  return state.path.length === 0 ? '(root)' : state.path.join('.')
}
