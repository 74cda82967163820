/**
 * States that nothing leads out of, in which nothing happens, and which are no end.
 *
 * 1. A state that answers events without being left, or runs an effect, is a service and no dead end.
 * 2. A final state ends the machine or the region it is in. One that ends a nested state which has no `onDone` ends nothing.
 */
import { nameOf, type StateNode } from '../chart.js'
import { transitionsOf } from '../declarations.js'
import type { Edge } from '../flow-graph.js'
import { endsMachine } from '../occurrences.js'
import type { Problem, RuleInput } from '../problem.js'

export function deadEnds({ graph: { leaves, edges } }: RuleInput): Problem[] {
  return leaves
    .filter((leaf) => isDeadEnd(leaf, edges))
    .map((leaf) => ({ rule: 'dead-end', state: leaf, message: messageFor(leaf) }))
}

export function isDeadEnd(leaf: StateNode, edges: readonly Edge[]): boolean {
  if (leaf.type === 'final' ? isEnd(leaf) : isService(leaf)) return false
  return !edges.some((edge) => edge.leaves(leaf))
}

function isEnd(final: StateNode): boolean {
  return endsMachine(final) || final.parent?.type === 'parallel' || final.parent?.parent?.type === 'parallel'
}

function isService(leaf: StateNode): boolean {
  const answers = transitionsOf(leaf).some(({ actions, target = [] }) => actions.length > 0 || target.length > 0)
  return answers || leaf.invoke.length > 0
}

function messageFor(leaf: StateNode): string {
  if (leaf.type !== 'final') return `Nothing leads out of ${nameOf(leaf)}, nothing happens in it, and it is not final.`
  return `${nameOf(leaf)} ends ${nameOf(leaf.parent!)}, and nothing leads out of that: it has no onDone.`
}
