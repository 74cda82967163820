/**
 * Findings that somebody knows of and wants, each with a reason.
 *
 * 1. A suppression on a state covers it and all within. One on the root covers the machine.
 * 2. A suppression that hides nothing is itself a finding: what it was for is gone, or it was never there.
 */
import { isWithin, nameOf, type StateNode, statesOf } from './chart.js'
import type { CheckOptions } from './check-options.js'
import type { Declarations } from './declarations.js'
import type { Problem } from './problem.js'

interface Suppression {
  readonly rule: string
  /** Undefined: the options name a state that the machine doesn't have. */
  readonly state: StateNode | undefined
  readonly where: string
}

export interface Suppressions {
  /** Takes out what is suppressed. */
  readonly without: (problems: readonly Problem[]) => Problem[]
  /** The states of `problems` whose suppression hides them. */
  readonly hiding: (problems: readonly Problem[]) => StateNode[]
  /** What has hidden nothing so far, as problems. */
  readonly unused: (root: StateNode) => Problem[]
}

export function suppressionsOf(root: StateNode, declarations: Declarations, options: CheckOptions): Suppressions {
  const all = [...ownSuppressions(root, declarations), ...givenSuppressions(root, options)]
  const used = new Set<Suppression>()
  const hides = ({ rule, state }: Suppression, problem: Problem, about: StateNode): boolean =>
    rule === problem.rule && state !== undefined && isWithin(about, state)
  const hiding = (problems: readonly Problem[]): StateNode[] =>
    problems.flatMap((problem) =>
      aboutOf(problem).filter((about) => {
        const found = all.filter((each) => hides(each, problem, about))
        for (const each of found) used.add(each)
        return found.length > 0
      }),
    )
  return {
    hiding,
    without: (problems) => problems.filter((problem) => hiding([problem]).length === 0),
    unused: () => all.filter((each) => !used.has(each)).map((each) => unusedProblem(each, root)),
  }
}

function aboutOf({ state, about }: Problem): readonly StateNode[] {
  return about ?? [state]
}

function ownSuppressions(root: StateNode, declarations: Declarations): Suppression[] {
  return [...statesOf(root)].flatMap((state) =>
    (declarations.of(state).suppress ?? []).map(({ rule }) => ({ rule, state, where: 'meta.roscius.suppress' })),
  )
}

function givenSuppressions(root: StateNode, { suppress = [] }: CheckOptions): Suppression[] {
  return suppress.map(({ rule, state: path }) => ({
    rule,
    state: [...statesOf(root)].find((state) => nameOf(state) === path),
    where: `suppress (${path})`,
  }))
}

function unusedProblem({ rule, state, where }: Suppression, root: StateNode): Problem {
  const why = state === undefined ? 'there is no such state' : 'there is nothing to suppress'
  return { rule: 'declaration', state: state ?? root, message: `${where}: ${rule}: ${why}. Delete it.` }
}
