/**
 * What a statechart says, as plain data: the states of a machine and the transitions between them, in words to draw.
 *
 * Boundary: reads a machine's state nodes and nothing else; knows neither places nor colours.
 *
 * 1. Every transition of the machine is in the chart once: between two states as a `ChartTransition`, without a
 *    target as a line (`does`) of its state.
 * 2. What XState adds for itself (the timers behind `after`) is left out.
 * 3. The chart is JSON: equal machines give equal charts.
 */
import type { AnyStateMachine, StateNode, TransitionDefinition } from 'xstate'
import { actionName, delayName, guardName } from './chart-names.js'

export interface Chart {
  readonly root: ChartState
  readonly transitions: readonly ChartTransition[]
}

export interface ChartState {
  readonly id: string
  readonly name: string
  readonly type: 'atomic' | 'compound' | 'parallel' | 'final' | 'history'
  /** Whether it is one of the regions of a parallel state. */
  readonly isRegion: boolean
  readonly history?: 'shallow' | 'deep'
  /** Lines inside of the state: entry and exit actions, transitions without a target, deferred events. */
  readonly does: readonly string[]
  /** The actor logic that runs while the state is active. */
  readonly invokes: readonly string[]
  readonly initial?: string
  readonly states: readonly ChartState[]
}

export interface ChartTransition {
  readonly source: string
  readonly target: string
  /** The events, delays or ends that set it off; any one of them does. */
  readonly triggers: readonly string[]
  readonly guard?: string
  readonly actions: readonly string[]
}

type Node = StateNode
type Transition = TransitionDefinition<never, never, never>

/** The statechart of a machine. */
export function chartOf(machine: AnyStateMachine): Chart {
  const root = machine.root as unknown as Node
  return { root: stateOf(root), transitions: merged(nodesOf(root).flatMap(drawnTransitions)) }
}

function stateOf(node: Node): ChartState {
  const { id, key, type } = node
  return {
    id,
    name: key,
    type,
    isRegion: node.parent?.type === 'parallel' && type !== 'history',
    ...(node.history === false ? {} : { history: node.history }),
    does: linesOf(node),
    invokes: node.invoke.map(({ src }) => logicName(src)),
    ...(type === 'compound' ? { initial: node.initial.target?.[0]?.id } : {}),
    states: Object.values(node.states).map(stateOf),
  }
}

function nodesOf(node: Node): Node[] {
  return [node, ...Object.values(node.states).flatMap(nodesOf)]
}

function transitionsOf(node: Node): Transition[] {
  return [...[...node.transitions.values()].flat(), ...(node.always ?? [])] as unknown as Transition[]
}

function linesOf(node: Node): string[] {
  const entry = actionNames(node.entry)
  const exit = actionNames(node.exit)
  return [
    ...(entry.length > 0 ? [`entry / ${entry.join(', ')}`] : []),
    ...(exit.length > 0 ? [`exit / ${exit.join(', ')}`] : []),
    ...transitionsOf(node)
      .filter(({ target }) => target === undefined)
      .map((transition) => lineOf(node, transition)),
    ...deferred(node),
  ]
}

function lineOf(node: Node, transition: Transition): string {
  const guard = transition.guard === undefined ? '' : ` [${guardName(transition.guard)}]`
  const actions = actionNames(transition.actions)
  return `${triggerOf(node, transition)}${guard} / ${actions.length > 0 ? actions.join(', ') : 'nothing'}`
}

/** `meta.defer` names the events that a state stashes; a function can't be drawn. */
function deferred(node: Node): string[] {
  const defer: unknown = (node.meta as { defer?: unknown } | undefined)?.defer
  if (defer === undefined) return []
  return [`defer ${Array.isArray(defer) ? defer.join(', ') : '…'}`]
}

function drawnTransitions(node: Node): ChartTransition[] {
  return transitionsOf(node).flatMap((transition) =>
    ((transition.target ?? []) as readonly { id: string }[]).map((target) => ({
      source: node.id,
      target: target.id,
      triggers: [triggerOf(node, transition)],
      ...(transition.guard === undefined ? {} : { guard: guardName(transition.guard) }),
      actions: actionNames(transition.actions),
    })),
  )
}

/** Transitions that differ in nothing but what sets them off become one. */
function merged(transitions: readonly ChartTransition[]): ChartTransition[] {
  const byRest = new Map<string, ChartTransition>()
  for (const transition of transitions) {
    const { triggers, ...rest } = transition
    const key = JSON.stringify(rest)
    const twin = byRest.get(key)
    byRest.set(key, twin === undefined ? transition : { ...twin, triggers: [...twin.triggers, ...triggers] })
  }
  return [...byRest.values()]
}

function triggerOf(node: Node, { eventType, delay }: { eventType: string; delay?: unknown }): string {
  if (delay !== undefined) return `after ${delayName(delay)}`
  if (eventType === '') return 'always'
  if (eventType === '*') return 'any event'
  if (eventType.startsWith('xstate.done.state.')) return 'done'
  const actor = /^xstate\.(done|error|snapshot)(?:\.actor)?\.(.+)$/.exec(eventType)
  if (actor === null) return eventType
  const invoked = node.invoke.find(({ id }) => id === actor[2])
  return `${actor[1]}: ${invoked === undefined ? actor[2] : logicName(invoked.src)}`
}

function actionNames(actions: readonly unknown[]): string[] {
  return actions.map(actionName).filter((name) => name !== undefined)
}

/** An inline invoke has a generated name, which says nothing to a reader. */
function logicName(src: unknown): string {
  return typeof src !== 'string' || src.startsWith('xstate.invoke.') ? 'inline logic' : src
}
