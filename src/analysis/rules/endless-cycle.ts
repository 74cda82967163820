/**
 * Cycles that a machine can go round by itself, without an event from outside and without a guard that bounds them.
 *
 * 1. What moves a machine by itself: `always`, `after`, the end or error of an effect, a completed state, a raised event.
 * 2. An edge whose guard requires a bounding guard is taken out; what still goes round is unbounded.
 * 3. A timer runs once, and an effect ends once, for each time its state is entered. An edge that lives on one of a state
 *    that the cycle never enters anew goes round once at most, and is no part of an endless one.
 * 4. Each group of states that can all reach each other is told by its shortest cycle.
 */
import type { AnyStateMachine } from 'xstate'
import { isChanging, raisedBy } from '../actions.js'
import { chainOf, nameOf, type StateNode } from '../chart.js'
import { cyclicComponents } from '../components.js'
import { stepOf } from '../edge-text.js'
import type { Edge } from '../flow-graph.js'
import { requiresGuard } from '../guards.js'
import { cycleThrough, outgoing, type Way } from '../paths.js'
import type { Problem, RuleInput } from '../problem.js'

const OWN: ReadonlySet<Edge['cause']> = new Set(['always', 'after', 'done', 'error', 'completed', 'raised'])

/** Cycles that pass none of the `accepted` leaves. */
export function endlessCycles({ graph, names }: RuleInput, accepted: ReadonlySet<StateNode>): Problem[] {
  const isBounded = ({ transition }: Edge): boolean =>
    requiresGuard(graph.machine, transition?.guard, names.boundingGuards)
  const edges = graph.edges
    .filter((edge) => OWN.has(edge.cause) && !isBounded(edge) && !accepted.has(edge.from!))
    .map((edge) => asLoop(edge, graph.machine))
  return cyclesOf(edges).map(problemOf)
}

/** Where nothing is entered, XState comes back to an `always` if it changed something, and to an event if it raised one. */
function asLoop(edge: Edge, machine: AnyStateMachine): Edge {
  const { actions = [] } = edge.transition ?? {}
  const isAgain =
    edge.cause === 'always'
      ? actions.some((action) => isChanging(machine, action))
      : edge.cause === 'raised' && actions.some((action) => raisedBy(machine, action) !== undefined)
  return edge.to.length === 0 && isAgain ? { ...edge, to: [edge.from!] } : edge
}

function cyclesOf(edges: readonly Edge[]): Way[] {
  const byLeaf = outgoing(edges)
  const nextOf = (leaf: StateNode): StateNode[] => (byLeaf.get(leaf) ?? []).flatMap(({ to }) => to)
  const nodes = [...new Set([...byLeaf.keys(), ...edges.flatMap(({ to }) => to)])]
  return cyclicComponents(nodes, nextOf).flatMap((part) => {
    const inside = withinPart(edges, new Set(part))
    const lasting = inside.filter((edge) => isRepeatable(edge, inside))
    return lasting.length < inside.length ? cyclesOf(lasting) : [shortestCycle(part, inside)]
  })
}

function withinPart(edges: readonly Edge[], part: ReadonlySet<StateNode>): Edge[] {
  return edges.flatMap((edge) => {
    const to = edge.to.filter((leaf) => part.has(leaf))
    return part.has(edge.from!) && to.length > 0 ? [{ ...edge, to }] : []
  })
}

function isRepeatable(edge: Edge, part: readonly Edge[]): boolean {
  const owner = chainOf(edge.from!).find((state) => owns(state, edge))
  return owner === undefined || part.some(({ enters }) => enters.has(owner))
}

/** Whether the timer or the effect behind `edge` is one of `state`. */
function owns({ transitions, invoke }: StateNode, { cause, event }: Edge): boolean {
  if (cause === 'after') return transitions.has(event)
  return (cause === 'done' || cause === 'error') && invoke.some(({ id }) => event === `xstate.${cause}.actor.${id}`)
}

function shortestCycle(part: readonly StateNode[], edges: readonly Edge[]): Way {
  const cycles = part.flatMap((leaf) => [cycleThrough(leaf, edges) ?? []]).filter(({ length }) => length > 0)
  const [shortest] = cycles.sort((one, other) => one.length - other.length || firstOrder(one) - firstOrder(other))
  return shortest!
}

function firstOrder(way: Way): number {
  return way[0]!.edge.from!.order
}

function problemOf(way: Way): Problem {
  const state = way[0]!.edge.from!
  const round = [...way.map(({ edge }) => nameOf(edge.from!)), nameOf(state)].join(' → ')
  return {
    rule: 'endless-cycle',
    state,
    message: `${round} goes round by itself, and passes no guard that bounds it.`,
    path: way.map(({ edge, to }) => stepOf(edge, to)),
    about: way.map(({ edge }) => edge.from!),
  }
}
