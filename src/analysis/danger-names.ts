/** The names in a machine that danger can be told by: those of its actions, and of what it invokes or spawns. */
import { actionName, spawnedBy } from './actions.js'
import { effectsOf, type StateNode, statesOf } from './chart.js'
import type { CheckNames, CheckOptions } from './check-options.js'
import { transitionsOf } from './declarations.js'
import { entryActions } from './flow-graph.js'

export interface DangerNames {
  readonly dangerActions: readonly string[]
  readonly dangerActors: readonly string[]
}

/** Of `names`, the dangers that the machine of `root` has (`known`), and those that it has not. */
export function splitDangers(
  root: StateNode,
  names: CheckNames | CheckOptions,
): Record<'known' | 'unknown', DangerNames> {
  const { dangerActions = [], dangerActors = [] } = names
  const states = [...statesOf(root)]
  const all = states.flatMap(actionsOf)
  const actions = new Set(all.map(actionName))
  const actors = new Set([
    ...states.flatMap(effectsOf).map(({ src }) => src),
    ...all.map((action) => spawnedBy(root.machine, action)),
  ])
  const having = (isThere: boolean): DangerNames => ({
    dangerActions: dangerActions.filter((name) => actions.has(name) === isThere),
    dangerActors: dangerActors.filter((name) => actors.has(name) === isThere),
  })
  return { known: having(true), unknown: having(false) }
}

function actionsOf(state: StateNode): unknown[] {
  return [...entryActions(state), ...state.exit, ...transitionsOf(state).flatMap(({ actions }) => actions)]
}
