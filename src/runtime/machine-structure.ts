/**
 * What a machine looks like: its states, transitions, guards, delays and invokes as plain JSON, for the hash that tells a
 * changed machine, for drawings and for people.
 *
 * Boundary: it reads `machine.root` and what is data among the implementations; it runs nothing of the machine's.
 *
 * 1. Only XState machines have a structure; other logic has none.
 * 2. The raise and cancel actions that XState adds for `after` are not shown: the delayed transition is.
 * 3. An inline guard or invoke is named by its position. The name of an inline function (which a bundler may change) is
 *    shown for actions only, and those don't count in the hash.
 */
import type { AnyStateMachine } from 'xstate'
import { type GuardStructure, guardStructure } from './guard-structure.js'

export interface MachineStructure {
  readonly id: string
  /** `machine.version`; absent when the machine has none. */
  readonly version?: string
  readonly root: StateStructure
}

export type StateType = 'atomic' | 'compound' | 'parallel' | 'final' | 'history'

export interface StateStructure {
  readonly key: string
  readonly id: string
  /** Keys from the root down, joined by dots; `''` for the root. */
  readonly path: string
  readonly type: StateType
  /** Key of the initial child; of compound states only. */
  readonly initial?: string
  /** Of history states only, with the default targets as they are written in the machine. */
  readonly history?: 'shallow' | 'deep'
  readonly historyTargets?: readonly string[]
  readonly tags: readonly string[]
  readonly entry: readonly string[]
  readonly exit: readonly string[]
  readonly invoke: readonly InvokeStructure[]
  readonly always: readonly TransitionStructure[]
  /** Transitions on events, `onDone` and `onError` among them under XState's event names; candidates in order. */
  readonly on: readonly TransitionStructure[]
  readonly after: readonly DelayedTransitionStructure[]
  readonly states: readonly StateStructure[]
}

export interface InvokeStructure {
  readonly id: string
  /** Name of the logic; `xstate.invoke.<index>.<state id>` when it is inline. */
  readonly src: string
}

export interface TransitionStructure {
  /** Event descriptor; `''` for `always`. */
  readonly event: string
  /** Ids of the target states; empty for a transition without target. */
  readonly targets: readonly string[]
  readonly reenter: boolean
  readonly guard?: GuardStructure
  readonly actions: readonly string[]
}

export interface DelayedTransitionStructure extends TransitionStructure {
  /** In ms, or the name of a delay. */
  readonly delay: number | string
  /** What the named delay stands for, in ms, where that is a number and not a function. */
  readonly delayMs?: number
}

export type StateNode = AnyStateMachine['root']
type Transition = Parameters<Parameters<StateNode['transitions']['forEach']>[0]>[0][number]
type DelayedTransition = Transition & { readonly delay: unknown }

const structures = new WeakMap<AnyStateMachine, MachineStructure>()

/** Whether `logic` is an XState machine (of any copy of XState 5). */
export function isMachine(logic: unknown): logic is AnyStateMachine {
  return typeof logic === 'object' && logic !== null && '__xstatenode' in logic && 'root' in logic
}

/** The structure of a machine as JSON, read once and kept with it. Ask `isMachine` first: other logic has none. */
export function structureOf(machine: AnyStateMachine): MachineStructure {
  let structure = structures.get(machine)
  if (structure === undefined) {
    const version = machine.version === undefined ? {} : { version: machine.version }
    structure = { id: machine.id, ...version, root: stateStructure(machine.root) }
    structures.set(machine, structure)
  }
  return structure
}

/** The states of a structure, each before its children. */
export function* statesOf(state: StateStructure): IterableIterator<StateStructure> {
  yield state
  for (const child of state.states) yield* statesOf(child)
}

function stateStructure(node: StateNode): StateStructure {
  const transitions = [...node.transitions.values()]
  const after = transitions.map((candidates) => candidates.filter(isDelayed))
  const on = transitions.map((candidates) => candidates.filter((each) => !isDelayed(each)))
  const hidden = new Set(after.flat().map((each) => each.eventType))
  const isShown = (action: unknown) => !isAddedForDelay(action, hidden)
  return {
    key: node.key,
    id: node.id,
    path: node.path.join('.'),
    type: node.type,
    ...(node.type === 'compound' ? { initial: node.initial.target?.[0]?.key } : {}),
    ...historyOf(node),
    tags: [...node.tags],
    entry: node.entry.filter(isShown).map(actionName),
    exit: node.exit.filter(isShown).map(actionName),
    invoke: node.invoke.map(({ id, src }) => ({ id, src: String(src) })),
    always: (node.always ?? []).map(transitionStructure),
    on: on.flatMap((candidates) => candidates.map(transitionStructure)),
    after: after.flatMap((candidates) => candidates.map(delayedTransitionStructure)),
    states: Object.values(node.states).map(stateStructure),
  }
}

function historyOf(node: StateNode): Pick<StateStructure, 'history' | 'historyTargets'> {
  if (node.type !== 'history') return {}
  const target: unknown = node.config.target
  const targets = target === undefined ? [] : [target].flat().map(String)
  return { history: node.history === 'deep' ? 'deep' : 'shallow', historyTargets: targets }
}

function transitionStructure(transition: Transition, index: number): TransitionStructure {
  const { source, eventType, guard, target, reenter, actions } = transition
  const position = `inline:${source.path.join('.')}/${eventType}/${index}`
  return {
    event: eventType,
    targets: (target ?? []).map(({ id }) => id),
    reenter,
    ...(guard === undefined ? {} : { guard: guardStructure(guard, source.machine, position) }),
    actions: actions.map(actionName),
  }
}

function isDelayed(transition: Transition): transition is DelayedTransition {
  return 'delay' in transition && transition.delay !== undefined
}

function delayedTransitionStructure(transition: DelayedTransition, index: number): DelayedTransitionStructure {
  const delay = typeof transition.delay === 'number' ? transition.delay : String(transition.delay)
  const delays: Readonly<Record<string, unknown>> = transition.source.machine.implementations.delays
  const delayMs = typeof delay === 'string' && Object.hasOwn(delays, delay) ? delays[delay] : undefined
  return {
    ...transitionStructure(transition, index),
    delay,
    ...(typeof delayMs === 'number' ? { delayMs } : {}),
  }
}

/** Names that JavaScript gives a function for the property it is written at: they say nothing about it. */
const PROPERTY_NAMES = new Set(['', 'entry', 'exit', 'actions'])

function actionName(action: unknown): string {
  if (typeof action === 'string') return action
  if (hasField(action, 'type')) return String(action.type)
  return typeof action === 'function' && !PROPERTY_NAMES.has(action.name) ? action.name : 'inline'
}

function isAddedForDelay(action: unknown, delayedEvents: ReadonlySet<string>): boolean {
  if (!hasField(action, 'type')) return false
  if (action.type === 'xstate.raise') return hasField(action, 'id') && delayedEvents.has(String(action.id))
  return action.type === 'xstate.cancel' && hasField(action, 'sendId') && delayedEvents.has(String(action.sendId))
}

function hasField<K extends string>(value: unknown, key: K): value is Record<K, unknown> {
  return ((typeof value === 'object' && value !== null) || typeof value === 'function') && key in value
}
