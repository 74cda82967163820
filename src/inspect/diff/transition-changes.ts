/** What differs between the transitions of a state that both definitions have. */
import type { DefinedTransition, StateDefinition } from '../definition/machine-definition.js'
import type { Change, ToldTransition, TransitionAspect } from './change.js'
import { describedActions, describedGuard, jsonText, pathText } from './change-text.js'
import type { StatePairs } from './paired-states.js'

/** A transition, with its targets as they are called in the new definition. */
interface Way {
  readonly transition: DefinedTransition
  readonly targets: readonly string[]
  readonly order: number
}

type Pair = readonly [old: Way, now: Way]

export function transitionChanges(old: StateDefinition, now: StateDefinition, pairs: StatePairs): Change[] {
  const state = old.path
  const from = waysOf(old, pairs.oldPaths)
  const to = waysOf(now, pairs.newPaths)
  const groups = [...new Set([...from, ...to].map(groupOf))]
  return groups.flatMap((group) => {
    const [before, after] = [from, to].map((ways) => ways.filter((way) => groupOf(way) === group)) as [Way[], Way[]]
    const matched = pairedWays(before, after)
    return [
      ...matched.flatMap((pair) => changesOf(state, pair)),
      ...orderChange(state, matched),
      ...before
        .filter((way) => !matched.some(([one]) => one === way))
        .map((way): Change => ({ kind: 'transitionRemoved', state, transition: told(way) })),
      ...after
        .filter((way) => !matched.some(([, one]) => one === way))
        .map((way): Change => ({ kind: 'transitionAdded', state, transition: told(way) })),
    ]
  })
}

function waysOf({ transitions }: StateDefinition, paths: StatePairs['newPaths']): Way[] {
  return transitions.map((transition, order) => {
    const targets = transition.targets.map((id) => pathText(paths.get(id) ?? [id]))
    return { transition, targets, order }
  })
}

/** A delayed transition whose delay differs is still that one; of events the type says which it is. */
function groupOf({ transition: { kind, descriptor } }: Way): string {
  return kind === 'after' ? 'after' : `${kind} ${descriptor}`
}

/** The most alike first. */
function pairedWays(before: readonly Way[], after: readonly Way[]): Pair[] {
  const all = before.flatMap((old) => after.map((now) => ({ old, now, likeness: likeness(old, now) })))
  const matched: Pair[] = []
  for (const { old, now, likeness: score } of all.toSorted((one, other) => other.likeness - one.likeness))
    if (score >= 0 && !matched.some(([one, other]) => one === old || other === now)) matched.push([old, now])
  return matched.toSorted(([one], [other]) => one.order - other.order)
}

/** Negative for what is not the same transition: delays that differ, and lead elsewhere too. */
function likeness(old: Way, now: Way): number {
  const sameDelay = old.transition.descriptor === now.transition.descriptor
  const sameTargets = jsonText(old.targets) === jsonText(now.targets)
  if (!sameDelay && !sameTargets) return -1
  const [guard, actions] = [ASPECTS.guard, ASPECTS.actions].map((of) => of(old.transition) === of(now.transition))
  return (sameDelay ? 8 : 0) + (guard ? 4 : 0) + (sameTargets ? 2 : 0) + (actions ? 1 : 0)
}

const ASPECTS: Readonly<Record<Exclude<TransitionAspect, 'order'>, (transition: DefinedTransition) => string>> = {
  delay: ({ delay, delayMs }) => [delay ?? '', ...(delayMs === undefined ? [] : [`= ${delayMs}`])].join(' '),
  guard: ({ guard }) => describedGuard(guard),
  actions: ({ actions }) => describedActions(actions),
  reenter: ({ reenter }) => (reenter ? 'reenters' : ''),
  meta: ({ meta }) => jsonText(meta),
  description: ({ description = '' }) => description,
}

function changesOf(state: readonly string[], [old, now]: Pair): Change[] {
  const transition = told(now)
  const isElsewhere = jsonText(old.targets) !== jsonText(now.targets)
  const aspects = Object.entries(ASPECTS) as [keyof typeof ASPECTS, (each: DefinedTransition) => string][]
  return [
    ...(isElsewhere
      ? [{ kind: 'transitionRetargeted', state, transition, from: old.targets, to: now.targets } as const]
      : []),
    ...aspects.flatMap(([what, of]): Change[] => {
      const [from, to] = [of(old.transition), of(now.transition)]
      return from === to ? [] : [{ kind: 'transitionChanged', state, transition, what, from, to }]
    }),
  ]
}

/** The first candidate whose guard holds is taken: another order is another machine. Of delays it means nothing. */
function orderChange(state: readonly string[], matched: readonly Pair[]): Change[] {
  const now = matched.map(([, way]) => way)
  const [first] = now
  if (first === undefined || first.transition.kind === 'after') return []
  const sorted = now.toSorted((one, other) => one.order - other.order)
  if (sorted.every((way, index) => way === now[index])) return []
  const words = (ways: readonly Way[]): string => ways.map(wayText).join(', ')
  const change = { what: 'order', from: words(now), to: words(sorted) } as const
  return [{ kind: 'transitionChanged', state, transition: told(sorted[0]!), ...change }]
}

function wayText({ transition: { guard }, targets }: Way): string {
  return [...(guard === undefined ? [] : [`[${guard.text}]`]), `→ ${targets.join(', ') || '(none)'}`].join(' ')
}

function told({ transition: { id, descriptor, guard }, targets }: Way): ToldTransition {
  return { id, descriptor, ...(guard === undefined ? {} : { guard: guard.text }), targets }
}
