/**
 * Dangerous states and actions that some path reaches without an edge that an approval grants.
 *
 * 1. Approved edges are taken out; what can still be reached needs no approval. One approval covers all that lies behind it.
 * 2. An edge is approved if it says so, if its event is one of an approval, or if its guard holds only with one.
 * 3. The state that every such path passes last (its nearest dominator) is where one approval would cover them all.
 */
import { actionName, spawnedBy } from '../actions.js'
import { effectsOf, nameOf, type StateNode, statesOf, type Transition } from '../chart.js'
import { dominatorsOf } from '../dominators.js'
import { labelOf, stepOf } from '../edge-text.js'
import { type Edge, entryActions } from '../flow-graph.js'
import { requiresGuard } from '../guards.js'
import { endsMachine } from '../occurrences.js'
import { outgoing, taken, type Way, waysFromStart } from '../paths.js'
import type { Problem, RuleInput } from '../problem.js'

/** Something dangerous, and the edges on which it happens. */
interface Danger {
  readonly state: StateNode
  readonly what: string
  readonly happensOn: (edge: Edge) => boolean
}

export function dangersWithoutApproval(input: RuleInput): Problem[] {
  const open = taken(input.graph.edges.filter((edge) => !isApproved(edge, input)))
  // A path that needs no history says more: what is brought back was reached on another path before.
  const ways = new Map([...waysFromStart(open), ...waysFromStart(open.filter(isPlain))])
  const byLeaf = outgoing(open)
  const nextOf = (leaf: StateNode): StateNode[] => (byLeaf.get(leaf) ?? []).flatMap(({ to }) => to)
  const { nearestOf } = dominatorsOf(open.find(({ from }) => from === undefined)!.to, nextOf)
  return dangersOf(input).flatMap((danger) => {
    const edges = open.filter(danger.happensOn)
    if (edges.length === 0) return []
    const gate = edges.some(({ from }) => from === undefined) ? undefined : nearestOf(edges.map(({ from }) => from!))
    return [problemOf(danger, shortest(edges, ways), gate)]
  })
}

function isPlain({ remembers }: Edge): boolean {
  return remembers.length === 0
}

function isApproved({ event, cause, transition }: Edge, { graph, names, declarations }: RuleInput): boolean {
  if (transition === undefined) return false
  if (declarations.ofTransition(transition).approval === true) return true
  const isByEvent = cause === 'event' && names.approvalEvents.some((pattern) => matches(event, pattern))
  return isByEvent || requiresGuard(graph.machine, transition.guard, names.approvalGuards)
}

function matches(event: string, pattern: string): boolean {
  return pattern.endsWith('*') ? event.startsWith(pattern.slice(0, -1)) && event !== '*' : event === pattern
}

function dangersOf(input: RuleInput): Danger[] {
  const states = [...statesOf(input.graph.machine.root)]
  return [
    ...states.flatMap((state) => entryDangers(state, input)),
    ...states.flatMap((state) => exitDangers(state, input)),
    ...transitionDangers(input),
  ]
}

function entryDangers(state: StateNode, input: RuleInput): Danger[] {
  const reason = dangerIn(state, input)
  return reason === undefined ? [] : [{ state, what: reason, happensOn: ({ enters }) => enters.has(state) }]
}

function dangerIn(state: StateNode, input: RuleInput): string | undefined {
  const { names, declarations } = input
  if (state.tags.includes('danger') || declarations.of(state).danger === true) return `${nameOf(state)} is dangerous`
  const invoked = effectsOf(state).find(({ src }) => names.dangerActors.has(src))
  if (invoked !== undefined) return `${nameOf(state)} invokes the dangerous ${invoked.src}`
  const action = dangerousAction(entryActions(state), input)
  return action === undefined ? undefined : `${nameOf(state)} runs the dangerous ${action} on entry`
}

function exitDangers(state: StateNode, input: RuleInput): Danger[] {
  const action = dangerousAction(state.exit, input)
  if (action === undefined) return []
  const what = `${nameOf(state)} runs the dangerous ${action} on exit`
  // A machine that ends leaves all its states.
  const isEnd = ({ to, from }: Edge): boolean =>
    to.some(endsMachine) && (from === undefined || state.parent === undefined)
  const isFinal = ({ to }: Edge): boolean => endsMachine(state) && to.includes(state)
  return [{ state, what, happensOn: (edge) => edge.leaves(state) || isEnd(edge) || isFinal(edge) }]
}

function transitionDangers(input: RuleInput): Danger[] {
  const dangers = new Map<Transition, Danger>()
  for (const edge of input.graph.edges) {
    const { transition } = edge
    if (transition === undefined || dangers.has(transition)) continue
    const isDeclared = input.declarations.ofTransition(transition).danger === true
    const action = dangerousAction(transition.actions, input)
    if (!isDeclared && action === undefined) continue
    const what = `${labelOf(edge)} in ${nameOf(transition.source)} ${isDeclared ? 'is dangerous' : `runs the dangerous ${action}`}`
    dangers.set(transition, { state: transition.source, what, happensOn: (each) => each.transition === transition })
  }
  return [...dangers.values()]
}

function dangerousAction(actions: readonly unknown[], { graph: { machine }, names }: RuleInput): string | undefined {
  for (const action of actions) {
    const name = actionName(action)
    if (name !== undefined && names.dangerActions.has(name)) return name
    const spawned = spawnedBy(machine, action)
    if (spawned !== undefined && names.dangerActors.has(spawned)) return spawned
  }
  return undefined
}

type Last = { readonly edge: Edge; readonly before: Way }

function shortest(edges: readonly Edge[], ways: ReadonlyMap<StateNode, Way>): Last {
  const all = edges.map((edge): Last => ({ edge, before: edge.from === undefined ? [] : ways.get(edge.from)! }))
  const plain = all.filter(({ edge }) => isPlain(edge))
  const candidates = plain.length > 0 ? plain : all
  return candidates.reduce((best, next) => (next.before.length < best.before.length ? next : best))
}

function problemOf({ state, what }: Danger, { edge, before }: Last, gate: StateNode | undefined): Problem {
  const where =
    gate === undefined
      ? ''
      : ` Every way there passes ${nameOf(gate)}: an approval on the way out of it covers them all.`
  const isEntered = edge.enters.has(state)
  return {
    rule: 'danger-without-approval',
    state,
    message: `${what}, and is reached without an approval.${where}`,
    path: [...before.map((step) => stepOf(step.edge, step.to)), stepOf(edge, isEntered ? state : undefined)],
  }
}
