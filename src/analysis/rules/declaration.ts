/** What the machine says to the check and the check can not use: fields that are wrong, danger that nothing bears. */
import { nameOf, type StateNode } from '../chart.js'
import { splitDangers } from '../danger-names.js'
import type { Problem, RuleInput } from '../problem.js'

export function faultyDeclarations({ graph: { machine }, declarations, given }: RuleInput): Problem[] {
  const unreadable = declarations.problems.map(
    ({ state, field, problem }): Problem => ({ rule: 'declaration', state, message: `${field}: ${problem}.` }),
  )
  const own = unknownDangers(machine.root, declarations.names, 'meta.roscius.check.')
  return [...unreadable, ...own, ...unknownDangers(machine.root, given, 'options.')]
}

/** A danger whose name is mistyped would be none at all. Other names that nothing bears only make the check stricter. */
function unknownDangers(root: StateNode, names: RuleInput['given'], where: string): Problem[] {
  const { dangerActions, dangerActors } = splitDangers(root, names).unknown
  const problems = [
    ...dangerActions.map((name) => `dangerActions: no action of ${nameOf(root)} is called ${name}`),
    ...dangerActors.map((name) => `dangerActors: nothing in ${nameOf(root)} invokes or spawns ${name}`),
  ]
  return problems.map((problem) => ({ rule: 'declaration', state: root, message: `${where}${problem}.` }))
}
