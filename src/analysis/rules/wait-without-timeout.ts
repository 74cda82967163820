/**
 * Leaves that only an event from outside leads out of.
 *
 * 1. A timeout is an `after` of the state, of one around it, or of a region beside it, that leads out. So is a delayed raise.
 * 2. A state whose effect, when it is done, leads on is at work and doesn't wait. How long an effect may take is its own
 *    business.
 * 3. One that is left by nothing at all is a dead end or a service: a service waits, too.
 */
import { chainOf, nameOf, type StateNode } from '../chart.js'
import type { Edge } from '../flow-graph.js'
import type { Problem, RuleInput } from '../problem.js'
import { isDeadEnd } from './dead-end.js'

const MOVES: ReadonlySet<Edge['cause']> = new Set(['after', 'done', 'completed', 'raised'])

export function waitsWithoutTimeout({ graph: { leaves, edges }, declarations }: RuleInput): Problem[] {
  const isIdle = (state: StateNode): boolean =>
    chainOf(state).some((each) => each.tags.includes('idle') || declarations.of(each).waits === 'forever')
  return leaves
    .filter((leaf) => leaf.type !== 'final' && !isDeadEnd(leaf, edges))
    .filter((leaf) => !edges.some((edge) => edge.leaves(leaf) && isMoving(edge)))
    .flatMap((leaf) => {
      const events = eventsAwaited(leaf, edges)
      return events.length === 0 || isIdle(leaf) ? [] : [waitOf(leaf, events)]
    })
}

function isMoving({ cause, transition }: Edge): boolean {
  return MOVES.has(cause) || (cause === 'always' && transition?.guard === undefined)
}

function eventsAwaited(leaf: StateNode, edges: readonly Edge[]): string[] {
  const own = edges.filter(({ from, cause }) => from === leaf && cause === 'event')
  return [...new Set(own.map(({ event }) => event))]
}

function waitOf(state: StateNode, events: readonly string[]): Problem {
  const message = `${nameOf(state)} waits for ${events.join(' or ')}, and nothing ends the wait if none comes.`
  return { rule: 'wait-without-timeout', state, message }
}
