/**
 * A statechart as a graph: leaves, and the edges along which a machine gets from leaf to leaf.
 *
 * Boundary: pure; it runs nothing of the machine's. Everything that the rules say is said of this graph.
 *
 * 1. Regions are not multiplied with each other. A leaf stands for every configuration that holds it, so there are as many
 *    nodes as leaves, and an edge into a parallel state leads to a leaf of each region.
 * 2. Whatever a machine can do is an edge: a state that no edge reaches is never active. The converse doesn't hold: guards
 *    are opaque, and an edge may need another region to be where it never is.
 * 3. A state that is remembered, or a parallel state that is completed, must be reachable otherwise first. So the graph is
 *    grown until nothing is added.
 */
import type { AnyStateMachine } from 'xstate'
import { raisedBy } from './actions.js'
import { areParallel, childrenOf, isLeaf, type StateNode, statesOf, type Transition } from './chart.js'
import { type IsReached, initiallyEntered, outcomesOf } from './entry.js'
import { type Cause, candidatesIn, completionOf, isLeftWith } from './occurrences.js'

export interface Edge {
  readonly cause: Cause | 'start'
  readonly event: string
  /** Undefined for the start. */
  readonly from: StateNode | undefined
  /** The leaves that are entered; none for a transition that leaves everything as it is. */
  readonly to: readonly StateNode[]
  readonly enters: ReadonlySet<StateNode>
  /** Those of `to` that are entered for certain. */
  readonly certain: readonly StateNode[]
  /** States that history brings back: the machine must have been in them before. */
  readonly remembers: readonly StateNode[]
  readonly transition: Transition | undefined
  /** Whether taking it ends `state`, which is active. */
  readonly leaves: (state: StateNode) => boolean
}

export interface FlowGraph {
  readonly machine: AnyStateMachine
  /** Every state that may be active. */
  readonly reached: ReadonlySet<StateNode>
  /** The leaves among them, in the order of the document. */
  readonly leaves: readonly StateNode[]
  /** The start first. */
  readonly edges: readonly Edge[]
}

interface Growth {
  readonly machine: AnyStateMachine
  readonly states: readonly StateNode[]
  readonly reached: Set<StateNode>
  /** Events that the machine itself may have raised, by the leaf in which they are then handled. */
  readonly queued: Map<StateNode, Queue>
}

/** Events that may be waiting, each with whether it may be there twice. */
type Queue = ReadonlyMap<string, boolean>
const NOTHING: Queue = new Map()

/** The graph of `machine`. */
export function flowGraph(machine: AnyStateMachine): FlowGraph {
  const growth: Growth = { machine, states: [...statesOf(machine.root)], reached: new Set(), queued: new Map() }
  let size = -1
  let edges: Edge[] = []
  while (size < sizeOf(growth)) {
    size = sizeOf(growth)
    edges = grow(growth)
  }
  return { machine, reached: growth.reached, leaves: leavesOf(growth), edges }
}

/** One pass over all that can be reached; its edges hold once a pass adds nothing. */
function grow(growth: Growth): Edge[] {
  const isReached: IsReached = (state) => growth.reached.has(state)
  const edges = [startEdge(growth, isReached)]
  const seen = new Set<StateNode>()
  for (let at = 0; at < edges.length; at++) {
    const edge = edges[at]!
    for (const state of edge.enters) growth.reached.add(state)
    queueWith(edge, growth)
    for (const leaf of edge.to) {
      if (seen.has(leaf)) continue
      seen.add(leaf)
      edges.push(...edgesFrom(leaf, growth, isReached))
    }
  }
  return edges
}

function leavesOf({ states, reached }: Growth): StateNode[] {
  return states.filter((state) => reached.has(state) && isLeaf(state))
}

function startEdge({ machine }: Growth, isReached: IsReached): Edge {
  const enters = initiallyEntered(machine.root, isReached)
  const to = [...enters].filter(isLeaf)
  return {
    ...{ cause: 'start', event: '', from: undefined, transition: undefined, remembers: [] },
    ...{ enters, to, certain: to, leaves: () => false },
  }
}

function edgesFrom(from: StateNode, { queued }: Growth, isReached: IsReached): Edge[] {
  return candidatesIn(from, (queued.get(from) ?? NOTHING).keys(), isReached).flatMap(
    ({ cause, event, transition }): Edge[] => {
      const edge = { cause, event, from, transition }
      const outcomes = outcomesOf(transition, isReached)
      if (outcomes.length === 0)
        return transition.actions.length === 0
          ? []
          : [{ ...edge, to: [], enters: new Set(), certain: [], remembers: [], leaves: () => false }]
      return outcomes.map(({ domain, isReentered, enters, certain, remembers }) => ({
        ...edge,
        to: [...enters].filter(isLeaf),
        enters,
        certain: certain.filter(isLeaf),
        remembers,
        leaves: (state) => isLeftWith(state, from, domain, isReentered),
      }))
    },
  )
}

function sizeOf({ reached, queued }: Growth): number {
  const events = [...queued.values()].flatMap((queue) => [...queue.values()])
  return reached.size + events.length + events.filter((isTwice) => isTwice).length
}

/** Notes where an event that `edge` raises may be handled: where it leads, or in a region beside. */
function queueWith(edge: Edge, growth: Growth): void {
  const raised = [...actionsOf(edge, growth)].flatMap((action) => raisedBy(growth.machine, action) ?? [])
  const later = raised.filter(({ isDelayed }) => isDelayed).map(({ type }) => type)
  const now = [...raised.filter(({ isDelayed }) => !isDelayed).map(({ type }) => type), ...completions(edge, growth)]
  const waiting = isWithinStep(edge) ? stillQueued(edge, growth) : NOTHING
  if (now.length > 0) for (const leaf of afterwards(edge, growth)) queueIn(leaf, counted(now, waiting), growth)
  // Regions beside have it already, since it was raised: what they do next passes it on for them.
  for (const leaf of edge.to) queueIn(leaf, waiting, growth)
  if (later.length > 0) for (const leaf of leavesOf(growth)) queueIn(leaf, counted(later, NOTHING), growth)
}

function counted(events: readonly string[], waiting: Queue): Queue {
  const isTwice = (event: string): boolean => waiting.has(event) || events.indexOf(event) < events.lastIndexOf(event)
  return new Map(events.map((event) => [event, isTwice(event)]))
}

function queueIn(leaf: StateNode, events: Queue, { queued }: Growth): void {
  const queue = new Map(queued.get(leaf) ?? NOTHING)
  for (const [event, isTwice] of events) queue.set(event, isTwice || queue.get(event) === true)
  queued.set(leaf, queue)
}

/** What is queued where `edge` begins, but for the event that it takes. */
function stillQueued({ from, event }: Edge, { queued }: Growth): Queue {
  return new Map([...(queued.get(from!) ?? NOTHING)].filter(([each, isTwice]) => each !== event || isTwice))
}

/** XState takes no event from outside until what it raised itself is handled. */
function isWithinStep({ cause }: Edge): boolean {
  return cause === 'always' || cause === 'raised' || cause === 'completed'
}

/** The leaves that may be active right after `edge`. */
function afterwards(edge: Edge, growth: Growth): StateNode[] {
  const { from, to, certain } = edge
  const stays = from !== undefined && !edge.leaves(from) ? [from] : []
  const here = [...certain, ...stays]
  const beside = leavesOf(growth).filter((leaf) => here.every((each) => areParallel(each, leaf)))
  return [...to, ...stays, ...beside]
}

function* actionsOf({ enters, transition, leaves, from }: Edge, { states }: Growth): IterableIterator<unknown> {
  if (transition !== undefined) yield* transition.actions
  for (const state of enters) yield* entryActions(state)
  if (from === undefined) return
  for (const state of states) if (state.exit.length > 0 && leaves(state)) yield* state.exit
}

/** With those of the initial transition. */
export function entryActions(state: StateNode): unknown[] {
  return [...state.entry, ...(state.type === 'compound' ? state.initial.actions : [])]
}

/** The `done` events of the states that `edge` may bring to their end. */
function completions({ enters }: Edge, { reached }: Growth): string[] {
  return [...enters]
    .filter(({ type }) => type === 'final')
    .flatMap(completedBy)
    .filter((state) => canComplete(state, reached))
    .map(completionOf)
}

/** The state around a final one, and the parallel states that this may be the last region of. */
function completedBy(final: StateNode): StateNode[] {
  const completed = final.parent === undefined ? [] : [final.parent]
  for (let next = final.parent?.parent; next?.type === 'parallel'; next = next.parent) completed.push(next)
  return completed
}

function canComplete(state: StateNode, reached: ReadonlySet<StateNode>): boolean {
  if (state.type === 'final') return reached.has(state)
  const children = childrenOf(state)
  if (state.type === 'parallel') return children.every((child) => canComplete(child, reached))
  return children.some((child) => child.type === 'final' && reached.has(child))
}
