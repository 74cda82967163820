/**
 * What a statechart says, as plain data: the states of a machine and the arrows between them, in words to draw.
 *
 * Boundary: it is made from a definition; it knows neither places nor colours.
 *
 * 1. Every transition is in the chart once for each of its targets, as an arrow; without a target as a line (`does`) of its
 *    state. Arrows that differ only in what sets them off are one.
 * 2. Every text is one line without control characters, and no longer than a reader would read (chart-words.ts): what names a
 *    machine has does not decide how large its picture gets.
 */

import type { StateType } from '../../runtime/machine-structure.js'
import type { DefinedTransition, MachineDefinition, StateDefinition } from '../definition/machine-definition.js'
import { actionWords, drawn, few, NAME_LENGTH, stateLines, triggerWords } from './chart-words.js'

export interface Chart {
  readonly root: ChartState
  readonly transitions: readonly ChartTransition[]
}

export interface ChartState {
  readonly id: string
  readonly name: string
  readonly type: StateType
  /** Whether it is one of the regions of a parallel state. */
  readonly isRegion: boolean
  readonly history?: 'shallow' | 'deep'
  /** Lines inside of the state: entry and exit actions, transitions without a target, deferred events, tags. */
  readonly does: readonly string[]
  /** The actor logic that runs while the state is active. */
  readonly invokes: readonly string[]
  readonly description?: string
  readonly initial?: string
  readonly states: readonly ChartState[]
}

export interface ChartTransition {
  /** Ids of the definition's transitions; none for the way on from a history that has nothing to remember. */
  readonly ids: readonly string[]
  readonly source: string
  readonly target: string
  /** The events, delays or ends that set it off; any one of them does. */
  readonly triggers: readonly string[]
  readonly guard?: string
  readonly actions: readonly string[]
}

const DESCRIPTION_LENGTH = 400

/** The statechart of a machine. */
export function chartOf({ root }: MachineDefinition): Chart {
  return { root: chartState(root, undefined), transitions: merged(statesOf(root).flatMap(arrowsOf)) }
}

/** A state and all states in it, outer ones first. */
export function chartStates(state: ChartState): ChartState[] {
  return [state, ...state.states.flatMap(chartStates)]
}

function chartState(state: StateDefinition, parent: StateDefinition | undefined): ChartState {
  const { id, key, type, history, description, initial, invokes, states } = state
  return {
    id,
    name: drawn(key, NAME_LENGTH),
    type,
    isRegion: parent?.type === 'parallel' && type !== 'history',
    ...(history === undefined ? {} : { history }),
    does: stateLines(state),
    invokes: few(invokes.map(({ text }) => drawn(text))),
    ...(description === undefined ? {} : { description: drawn(description, DESCRIPTION_LENGTH) }),
    ...(initial === undefined ? {} : { initial: initial.target }),
    states: states.map((child) => chartState(child, state)),
  }
}

function statesOf(state: StateDefinition): StateDefinition[] {
  return [state, ...state.states.flatMap(statesOf)]
}

function arrowsOf(state: StateDefinition): ChartTransition[] {
  const onward = (state.historyTargets ?? []).map((target) => {
    return { ids: [], source: state.id, target, triggers: [], actions: [] }
  })
  return [...onward, ...state.transitions.flatMap(arrowsTo)]
}

function arrowsTo(transition: DefinedTransition): ChartTransition[] {
  const { id, source, targets, guard, actions } = transition
  return targets.map((target) => ({
    ids: [id],
    source,
    target,
    triggers: [triggerWords(transition)],
    ...(guard === undefined ? {} : { guard: drawn(guard.text) }),
    actions: actionWords(actions),
  }))
}

/** Transitions that differ in nothing but what sets them off become one. */
function merged(transitions: readonly ChartTransition[]): ChartTransition[] {
  const byRest = new Map<string, ChartTransition>()
  for (const transition of transitions) {
    const { ids, triggers, ...rest } = transition
    const key = JSON.stringify(rest)
    const twin = byRest.get(key)
    const both = twin && { ...twin, ids: [...twin.ids, ...ids], triggers: [...twin.triggers, ...triggers] }
    byRest.set(key, both ?? transition)
  }
  return [...byRest.values()].map((each) => ({ ...each, triggers: few(each.triggers) }))
}
