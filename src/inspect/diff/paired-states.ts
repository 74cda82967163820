/** Which state of one definition is which of another. */
import type { DefinedTransition, StateDefinition } from '../definition/machine-definition.js'
import { describedActions, describedGuard, describedInvokes, jsonText } from './change-text.js'

export interface StatePairs {
  /** Old and new, outer states first. */
  readonly pairs: readonly (readonly [old: StateDefinition, now: StateDefinition])[]
  readonly removed: readonly StateDefinition[]
  readonly added: readonly { readonly state: StateDefinition; readonly isRegion: boolean }[]
  /** From ids in the old definition to paths in the new one; of a state that is gone to its old path. */
  readonly oldPaths: ReadonlyMap<string, readonly string[]>
  readonly newPaths: ReadonlyMap<string, readonly string[]>
}

type Pair = readonly [old: StateDefinition, now: StateDefinition]

/** By key from the root down. What is left over on both sides is one state if nothing but the key differs. */
export function pairedStates(oldRoot: StateDefinition, newRoot: StateDefinition): StatePairs {
  const shapes = { old: new Shapes(oldRoot), now: new Shapes(newRoot) }
  const pairs: Pair[] = []
  const removed: StateDefinition[] = []
  const added: { state: StateDefinition; isRegion: boolean }[] = []
  const visit = (old: StateDefinition, now: StateDefinition): void => {
    pairs.push([old, now])
    const byKey = old.states.flatMap((state): Pair[] => {
      const same = now.states.find(({ key }) => key === state.key)
      return same === undefined ? [] : [[state, same]]
    })
    const gone = old.states.filter((state) => !byKey.some(([one]) => one === state))
    const come = now.states.filter((state) => !byKey.some(([, one]) => one === state))
    const renamed = sameShape(gone, come, shapes)
    for (const [one, other] of inOrder([...byKey, ...renamed], old.states)) visit(one, other)
    removed.push(
      ...without(
        gone,
        renamed.map(([one]) => one),
      ).flatMap(statesOf),
    )
    const isParallel = now.type === 'parallel'
    for (const state of without(
      come,
      renamed.map(([, one]) => one),
    ))
      added.push(...statesOf(state).map((each) => ({ state: each, isRegion: isParallel && each === state })))
  }
  visit(oldRoot, newRoot)
  const newPaths = new Map(statesOf(newRoot).map(({ id, path }) => [id, path]))
  const oldPaths = new Map(statesOf(oldRoot).map(({ id, path }) => [id, path]))
  for (const [old, now] of pairs) oldPaths.set(old.id, now.path)
  return { pairs, removed, added, oldPaths, newPaths }
}

function statesOf(state: StateDefinition): StateDefinition[] {
  return [state, ...state.states.flatMap(statesOf)]
}

function inOrder(pairs: readonly Pair[], states: readonly StateDefinition[]): Pair[] {
  return pairs.toSorted(([one], [other]) => states.indexOf(one) - states.indexOf(other))
}

function without(states: readonly StateDefinition[], some: readonly StateDefinition[]): StateDefinition[] {
  return states.filter((state) => !some.includes(state))
}

/** Only where it is one to one: of two equal states nobody can tell which is which. */
function sameShape(
  gone: readonly StateDefinition[],
  come: readonly StateDefinition[],
  shapes: { readonly old: Shapes; readonly now: Shapes },
): Pair[] {
  return gone.flatMap((old): Pair[] => {
    const shape = shapes.old.of(old)
    const [now, ...others] = come.filter((state) => shapes.now.of(state) === shape)
    const isAlone = gone.every((other) => other === old || shapes.old.of(other) !== shape)
    return now === undefined || others.length > 0 || !isAlone ? [] : [[old, now]]
  })
}

/** All that a definition says of a state but its name, ways into it included. */
class Shapes {
  private readonly known = new Map<StateDefinition, string>()
  private readonly byId: ReadonlyMap<string, StateDefinition>
  private readonly ways: readonly DefinedTransition[]
  private readonly initials: ReadonlySet<string>

  constructor(root: StateDefinition) {
    const states = statesOf(root)
    this.byId = new Map(states.map((state) => [state.id, state]))
    this.ways = states.flatMap(({ transitions }) => transitions)
    this.initials = new Set(states.flatMap(({ initial }) => initial?.target ?? []))
  }

  of(state: StateDefinition): string {
    const known = this.known.get(state)
    if (known !== undefined) return known
    const into = this.ways.filter(({ source, targets }) => targets.includes(state.id) && !this.isWithin(source, state))
    const shape = jsonText([
      this.initials.has(state.id),
      this.inside(state, state),
      into.map((way) => [this.place(way.source, state), wayText(way)]),
    ])
    this.known.set(state, shape)
    return shape
  }

  private inside(state: StateDefinition, top: StateDefinition): unknown {
    const {
      type,
      history,
      historyTargets = [],
      initial,
      entry,
      exit,
      tags,
      output,
      meta,
      description,
      transitions,
      states,
    } = state
    return [
      [
        type,
        history,
        historyTargets.map((id) => this.place(id, top)),
        output,
        meta,
        description,
        tags,
        describedInvokes(state),
      ],
      [describedActions(entry), describedActions(exit), initial && this.place(initial.target, top)],
      transitions.map((way) => [wayText(way), way.targets.map((target) => this.place(target, top))]),
      states.map((child) => [child.key, this.inside(child, top)]),
    ]
  }

  /** Within the state relative to it: its own name does not count. */
  private place(id: string, top: StateDefinition): string {
    const path = this.byId.get(id)?.path ?? [id]
    return jsonText(this.isWithin(id, top) ? ['.', ...path.slice(top.path.length)] : path)
  }

  private isWithin(id: string, top: StateDefinition): boolean {
    const path = this.byId.get(id)?.path ?? []
    return top.path.every((key, index) => path[index] === key)
  }
}

function wayText({ descriptor, kind, guard, actions, reenter }: DefinedTransition): unknown {
  return [kind, descriptor, describedGuard(guard), describedActions(actions), reenter]
}
