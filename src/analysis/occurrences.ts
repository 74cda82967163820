/**
 * What can happen while a machine is in a leaf, and which transitions are then candidates.
 *
 * 1. The innermost state is asked first. A candidate without a guard takes the event: nothing behind it, and nothing of the
 *    states around, is ever taken. A guarded one may take it or not.
 * 2. A leaf that an `always` leads out of, whatever the guards say, is left before anything else can happen in it.
 * 3. Any event that some state names may come from outside at any time.
 */
import { areTogether, chainOf, isInside, isWithin, type StateNode, type Transition } from './chart.js'
import { type IsReached, outcomesOf } from './entry.js'

/** `completed`: a state has reached its final state. `raised`: by the machine itself. `event`: from outside. */
export type Cause = 'always' | 'after' | 'done' | 'error' | 'completed' | 'raised' | 'event'

export interface Occurrence {
  readonly cause: Cause
  /** XState's type of the event; `''` for `always`. */
  readonly event: string
}

export interface Candidate extends Occurrence {
  readonly transition: Transition
}

const COMPLETED = 'xstate.done.state.'
const DONE = 'xstate.done.actor.'
const ERROR = 'xstate.error.actor.'

/** Every transition that may be taken in `leaf`; `queued` are the events that the machine may have raised there. */
export function candidatesIn(leaf: StateNode, queued: Iterable<string>, isReached: IsReached): Candidate[] {
  if (endsMachine(leaf)) return []
  const always = untilTaken(leaf, (state) => state.always ?? []).map(
    (transition): Candidate => ({ cause: 'always', event: '', transition }),
  )
  if (isPassedThrough(leaf, always, isReached)) return always
  const happening = [...fromOutside(leaf), ...fromWithin(leaf), ...[...queued].map(asQueued)]
  return [...always, ...happening.flatMap((each) => candidatesFor(leaf, each))]
}

/** The candidates for the error of the effect `id`, as one that is active in `leaf` fails. */
export function errorCandidates(leaf: StateNode, id: string): Candidate[] {
  return candidatesFor(leaf, { cause: 'error', event: ERROR + id })
}

/** Whether a machine that is in `leaf` has ended. */
export function endsMachine({ type, parent }: StateNode): boolean {
  return type === 'final' && parent?.type === 'compound' && parent.parent === undefined
}

export function completionOf(state: StateNode): string {
  return COMPLETED + state.id
}

/** Whether some `always` is taken, and each that may be leads on. After one that changes nothing, events are handled. */
function isPassedThrough(leaf: StateNode, always: readonly Candidate[], isReached: IsReached): boolean {
  const last = always.at(-1)
  // XState asks atomic and final states only: not a parallel one without regions.
  if (leaf.type === 'parallel' || last === undefined || last.transition.guard !== undefined) return false
  return always.every(({ transition }) => leads(transition, leaf, isReached))
}

/** Whether every outcome of `transition` leads out of `leaf`. One that comes back changes nothing, and XState goes on. */
function leads(transition: Transition, leaf: StateNode, isReached: IsReached): boolean {
  const outcomes = outcomesOf(transition, isReached)
  return outcomes.length > 0 && outcomes.every(({ domain, enters }) => !enters.has(leaf) && isLeft(leaf, domain))
}

function isLeft(leaf: StateNode, domain: StateNode | undefined): boolean {
  return domain === undefined || isInside(leaf, domain)
}

function candidatesFor(leaf: StateNode, { cause, event }: Occurrence): Candidate[] {
  return untilTaken(leaf, (state) => matching(state, event)).map((transition) => ({ cause, event, transition }))
}

/** The candidates that a leaf and the states around it have, from the inside out, up to one that nothing gets past. */
function untilTaken(leaf: StateNode, listed: (state: StateNode) => readonly Transition[]): Transition[] {
  const found: Transition[] = []
  for (const transition of chainOf(leaf).flatMap(listed)) {
    found.push(transition)
    if (transition.guard === undefined) break
  }
  return found
}

/** XState's order: the exact descriptor, then wildcards, the longer first. */
function matching(state: StateNode, event: string): Transition[] {
  const wildcards = [...state.transitions.keys()]
    .filter((descriptor) => descriptor !== event && isWildcardFor(descriptor, event))
    .sort((one, other) => other.length - one.length)
  return [event, ...wildcards].flatMap((descriptor) => state.transitions.get(descriptor) ?? [])
}

function isWildcardFor(descriptor: string, event: string): boolean {
  return descriptor === '*' || (descriptor.endsWith('.*') && `${event}.`.startsWith(descriptor.slice(0, -1)))
}

/** A wildcard stands for itself: for some event that nothing more exact knows. */
function fromOutside(leaf: StateNode): Occurrence[] {
  const descriptors = new Set(chainOf(leaf).flatMap((state) => [...state.transitions.keys()]))
  return [...descriptors].flatMap((event): Occurrence[] => {
    if (event.startsWith(COMPLETED)) return []
    if (event.startsWith('xstate.after.')) return [{ cause: 'after', event }]
    if (event.startsWith(DONE)) return [{ cause: 'done', event }]
    if (event.startsWith(ERROR)) return [{ cause: 'error', event }]
    return [{ cause: 'event', event }]
  })
}

/** The ends of effects that no state names: a wildcard may take them. */
function fromWithin(leaf: StateNode): Occurrence[] {
  const chain = chainOf(leaf)
  const isNamed = (event: string): boolean => chain.some((state) => state.transitions.has(event))
  const ends = chain.flatMap(({ invoke }) =>
    invoke.flatMap(({ id }): Occurrence[] => [
      { cause: 'done', event: DONE + id },
      { cause: 'error', event: ERROR + id },
    ]),
  )
  return ends.filter(({ event }) => !isNamed(event))
}

function asQueued(event: string): Occurrence {
  return { cause: event.startsWith(COMPLETED) ? 'completed' : 'raised', event }
}

/** Whether being left with `domain` and `from` ends `state`. */
export function isLeftWith(
  state: StateNode,
  from: StateNode,
  domain: StateNode | undefined,
  isReentered: boolean,
): boolean {
  const isInScope = domain === undefined || (isReentered ? isWithin(state, domain) : isInside(state, domain))
  return isInScope && areTogether(state, from)
}
