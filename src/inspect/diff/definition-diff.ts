/**
 * What differs between two definitions of a machine: states and transitions that are new, gone, renamed, lead elsewhere or do
 * something else.
 *
 * Boundary: pure; it sees what a definition says. What happens within functions (actions, guards, effects) is not in it: a guard
 * that keeps its name is the same guard.
 *
 * 1. States are told apart by their paths, as stored states are; ids may change. One is renamed if nothing but its key differs.
 * 2. Transitions of a state belong together by what sets them off, then by what else is equal; an `after` also by its target.
 * 3. A target that was renamed is the same target. Transitions of states that are new or gone are not told beside the state.
 */
import type { MachineDefinition, StateDefinition } from '../definition/machine-definition.js'
import type { Change, DefinitionDiff, StateAspect } from './change.js'
import { describedActions, describedInvokes, jsonText, pathText } from './change-text.js'
import { pairedStates, type StatePairs } from './paired-states.js'
import { transitionChanges } from './transition-changes.js'

/** What has to change in `from` to make `to` of it. */
export function diffDefinitions(from: MachineDefinition, to: MachineDefinition): DefinitionDiff {
  const states = pairedStates(from.root, to.root)
  const changes: Change[] = [
    ...machineChange('id', from.id, to.id),
    ...machineChange('version', from.version ?? '', to.version ?? ''),
    ...states.pairs.flatMap(([old, now]) => [
      ...renamed(old, now),
      ...stateChanges(old, now, states),
      ...transitionChanges(old, now, states),
    ]),
    ...states.removed.map(({ path }): Change => ({ kind: 'stateRemoved', state: path })),
    ...states.added.map(({ state: { path }, isRegion }): Change => ({ kind: 'stateAdded', state: path, isRegion })),
  ]
  return { isSame: changes.length === 0, changes }
}

function machineChange(what: 'id' | 'version', from: string, to: string): Change[] {
  return from === to ? [] : [{ kind: 'machineChanged', what, from, to }]
}

/** A state in a renamed one keeps its own key. */
function renamed(old: StateDefinition, now: StateDefinition): Change[] {
  if (old.path.length === 0 || old.key === now.key) return []
  return [{ kind: 'stateRenamed', state: old.path, to: now.path }]
}

type Words = Readonly<Record<StateAspect, (state: StateDefinition) => string>>

function stateChanges(old: StateDefinition, now: StateDefinition, { oldPaths, newPaths }: StatePairs): Change[] {
  const [from, to] = [wordsWith(oldPaths), wordsWith(newPaths)]
  return (Object.keys(from) as StateAspect[]).flatMap((what): Change[] => {
    const [before, after] = [from[what](old), to[what](now)]
    return before === after ? [] : [{ kind: 'stateChanged', state: old.path, what, from: before, to: after }]
  })
}

/** `paths`: of the states by their ids, all as they are called in the new definition. */
function wordsWith(paths: StatePairs['newPaths']): Words {
  const target = (id: string): string => pathText(paths.get(id) ?? [id])
  return {
    type: ({ type }) => type,
    initial: ({ initial }) =>
      initial === undefined
        ? ''
        : [target(initial.target), describedActions(initial.actions)].join(' / ').replace(/ \/ $/, ''),
    history: ({ history, historyTargets = [] }) => [history ?? '', ...historyTargets.map(target)].join(' '),
    entry: ({ entry }) => describedActions(entry),
    exit: ({ exit }) => describedActions(exit),
    invokes: describedInvokes,
    tags: ({ tags }) => tags.join(', '),
    output: ({ output }) => jsonText(output),
    meta: ({ meta }) => jsonText(meta),
    description: ({ description = '' }) => description,
  }
}
