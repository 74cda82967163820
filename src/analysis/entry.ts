/**
 * What a transition leaves and what it enters, as XState's microstep does it, for one region at a time.
 *
 * 1. A transition to a history state has one outcome for its default and one for each state that may be remembered. What
 *    may be remembered is what can be active at all, so that is asked for.
 * 2. Regions that the target says nothing of are entered by default. With a remembered state they would be remembered too:
 *    the outcome then names more than is entered, never less.
 */
import { chainOf, childrenOf, isInside, isLeaf, isWithin, type StateNode, statesOf, type Transition } from './chart.js'

export interface Outcome {
  /** Everything active within it is left. Undefined: the whole machine is. */
  readonly domain: StateNode | undefined
  /** The domain itself is left, too. */
  readonly isReentered: boolean
  readonly enters: ReadonlySet<StateNode>
  /** Those of `enters` that are entered for certain; beside a remembered state, other regions may be remembered as well. */
  readonly certain: readonly StateNode[]
  /** What must have been active before, since it is only brought back. */
  readonly remembers: readonly StateNode[]
}

export type IsReached = (state: StateNode) => boolean

/** What `transition` may do to the states; empty for one without a target. */
export function outcomesOf(transition: Transition, isReached: IsReached): Outcome[] {
  const { target = [], source, reenter } = transition
  if (target.length === 0) return []
  return combinations(target.map((node) => effectiveTargets(node, isReached))).map((choices) => {
    const targets = choices.flatMap((choice) => choice.states)
    const remembers = choices.flatMap((choice) => (choice.isRemembered ? choice.states : []))
    const domain = domainOf(source, targets, reenter)
    const isReentered = reenter && domain === source
    const enters = enteredBy(transition, targets, domain, isReached)
    const isRemembered = target.some(({ type }) => type === 'history')
    const certain = [...enters].filter((state) => !isRemembered || targets.some((each) => isWithin(state, each)))
    return { domain, isReentered, enters, certain, remembers }
  })
}

/** What is entered when the machine starts. */
export function initiallyEntered(root: StateNode, isReached: IsReached): ReadonlySet<StateNode> {
  const entered = new Set([root])
  descend(root, entered, isReached)
  return entered
}

interface Choice {
  readonly states: readonly StateNode[]
  readonly isRemembered: boolean
}

/** What a target stands for; a history state, for its default or for what it may remember. */
function effectiveTargets(target: StateNode, isReached: IsReached): Choice[] {
  if (target.type !== 'history') return [{ states: [target], isRemembered: false }]
  const remembered = rememberedBy(target, isReached).map((state) => ({ states: [state], isRemembered: true }))
  return [{ states: defaultOf(target, isReached), isRemembered: false }, ...remembered]
}

function defaultOf(history: StateNode, isReached: IsReached): StateNode[] {
  const parent = history.parent!
  const written: unknown = history.config.target
  const targets = written === undefined ? [] : [written].flat().map((path) => resolved(parent, path))
  if (targets.length > 0) return targets
  return parent.type === 'parallel' ? [parent] : initialOf(parent, isReached)
}

function resolved(from: StateNode, target: unknown): StateNode {
  if (typeof target !== 'string') return target as StateNode
  if (target.startsWith('#')) return from.machine.getStateNodeById(target)
  const keys = target.split('.').filter((key) => key !== '')
  return keys.reduce((state, key) => state.states[key]!, from)
}

function rememberedBy(history: StateNode, isReached: IsReached): StateNode[] {
  const parent = history.parent!
  const candidates = history.history === 'deep' ? [...statesOf(parent)].filter(isLeaf) : childrenOf(parent)
  return candidates.filter((state) => state !== parent && isReached(state))
}

/** The initial child; what it may stand for, where it is a history state. */
function initialOf(state: StateNode, isReached: IsReached): StateNode[] {
  const initial = state.initial.target[0]
  if (initial === undefined) return []
  if (initial.type !== 'history') return [initial]
  const named = initial.config.target === undefined ? [] : defaultOf(initial, isReached)
  return [...named, ...rememberedBy(initial, isReached)]
}

/** The state within which everything is left; undefined when that is the root and the root is left, too. */
function domainOf(source: StateNode, targets: readonly StateNode[], reenter: boolean): StateNode | undefined {
  const isOwn = targets.every((target) => target === source || isInside(target, source))
  if (!reenter && isOwn) return source
  const [first, ...rest] = [...targets, source]
  const common = chainOf(first!)
    .slice(1)
    .find((ancestor) => rest.every((state) => isInside(state, ancestor)))
  return common ?? (reenter ? undefined : source.machine.root)
}

function enteredBy(
  { source, reenter, target: written = [] }: Transition,
  targets: readonly StateNode[],
  domain: StateNode | undefined,
  isReached: IsReached,
): Set<StateNode> {
  const entered = new Set<StateNode>()
  for (const target of targets) {
    // What a history state stands for is entered even where it is the source itself, and never left.
    const isWritten = written.includes(target)
    const stays = isWritten && target === source && domain === source && !reenter
    if (!stays) entered.add(target)
    descend(target, entered, isReached)
  }
  for (const target of targets) {
    for (const ancestor of chainOf(target).slice(1)) {
      const isAround = domain !== undefined && !isInside(ancestor, domain)
      if (!isAround) entered.add(ancestor)
      if (ancestor.type === 'parallel' && (!isAround || ancestor === domain)) descend(ancestor, entered, isReached)
      if (isAround) break
    }
  }
  return entered
}

/** Enters what lies within `state` by default, except for regions that are entered already. */
function descend(state: StateNode, entered: Set<StateNode>, isReached: IsReached): void {
  const children = state.type === 'parallel' ? childrenOf(state) : initialOfCompound(state, isReached)
  for (const child of children) {
    const isDone = state.type === 'parallel' && [...entered].some((each) => isInside(each, child))
    if (isDone) continue
    entered.add(child)
    descend(child, entered, isReached)
  }
}

function initialOfCompound(state: StateNode, isReached: IsReached): StateNode[] {
  if (state.type !== 'compound') return []
  const initial = initialOf(state, isReached)
  // A default of a history state may lie deeper than a child: what is on the way is entered with it.
  return initial.flatMap((target) =>
    chainOf(target)
      .filter((each) => isInside(each, state))
      .reverse(),
  )
}

function combinations<T>(choices: readonly T[][]): T[][] {
  return choices.reduce<T[][]>((all, next) => all.flatMap((one) => next.map((other) => [...one, other])), [[]])
}
