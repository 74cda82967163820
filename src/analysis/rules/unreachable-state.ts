/** States that no path leads to, whatever the guards say. Of nested ones only the outermost is named. */
import { nameOf, statesOf } from '../chart.js'
import type { Problem, RuleInput } from '../problem.js'

export function unreachableStates({ graph: { machine, reached } }: RuleInput): Problem[] {
  return [...statesOf(machine.root)]
    .filter((state) => !reached.has(state) && state.parent !== undefined && reached.has(state.parent))
    .map((state) => ({
      rule: 'unreachable-state',
      state,
      message: `No transition, taken from a state that can be reached, leads to ${nameOf(state)}.`,
    }))
}
