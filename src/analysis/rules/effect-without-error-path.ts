/** Invokes whose error may find no transition: there is none, or only guarded ones. */
import { type Effect, effectsOf, isWithin, nameOf, type StateNode } from '../chart.js'
import { errorCandidates } from '../occurrences.js'
import type { Problem, RuleInput } from '../problem.js'

export function effectsWithoutErrorPath({ graph: { reached, leaves } }: RuleInput): Problem[] {
  return [...reached].flatMap((state) =>
    effectsOf(state).flatMap((effect): Problem[] => {
      const message = messageFor(state, effect, leaves)
      return message === undefined ? [] : [{ rule: 'effect-without-error-path', state, message }]
    }),
  )
}

function messageFor(state: StateNode, { id, name }: Effect, leaves: readonly StateNode[]): string | undefined {
  const candidates = leaves.filter((leaf) => isWithin(leaf, state)).map((leaf) => errorCandidates(leaf, id))
  const open = candidates.find((each) => each.every(({ transition }) => transition.guard !== undefined))
  if (open === undefined) return undefined
  if (open.length === 0) return `${nameOf(state)} invokes ${name}, and nothing takes its error.`
  return `${nameOf(state)} invokes ${name}, and its error is taken only where a guard holds.`
}
