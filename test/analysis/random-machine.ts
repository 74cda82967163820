/**
 * Machines at random, for comparing what the check says with what XState does: nested and parallel states, history,
 * `always`, raised events, effects, delays, guards that hold by chance. Each records the states that it enters.
 */
import fc from 'fast-check'
import { type AnyStateMachine, createMachine, fromCallback, raise } from 'xstate'

export interface StateSpec {
  readonly kind: 'compound' | 'parallel' | 'final'
  readonly states: readonly StateSpec[]
  readonly history: 'none' | 'shallow' | 'deep'
  readonly isDanger: boolean
  readonly isInvoking: boolean
  readonly transitions: readonly TransitionSpec[]
  readonly raises: (typeof RAISED)[number] | undefined
}

export interface TransitionSpec {
  readonly on: (typeof TRIGGERS)[number]
  /** Counts through the states and history states, modulo their number. */
  readonly target: number | undefined
  readonly reenter: boolean
  readonly guard: 'none' | 'chance' | 'approved' | 'person' | 'withinTurns'
  readonly raises: (typeof RAISED)[number] | undefined
}

const RAISED = ['R0', 'R1'] as const
const TRIGGERS = ['E0', 'E1', 'APPROVE', '*', ...RAISED, 'always', 'after', 'onDone', 'invoked', 'failed'] as const
const OUTSIDE = ['E0', 'E1', 'E9', ...RAISED] as const

const raises = fc.option(fc.constantFrom(...RAISED), { nil: undefined, freq: 3 })

const transition: fc.Arbitrary<TransitionSpec> = fc.record({
  on: fc.constantFrom(...TRIGGERS),
  target: fc.option(fc.nat({ max: 20 }), { nil: undefined, freq: 5 }),
  reenter: fc.boolean(),
  guard: fc.oneof(
    { weight: 3, arbitrary: fc.constant('none' as const) },
    { weight: 2, arbitrary: fc.constant('chance' as const) },
    { weight: 1, arbitrary: fc.constantFrom('approved' as const, 'person' as const, 'withinTurns' as const) },
  ),
  raises,
})

function state(depth: number): fc.Arbitrary<StateSpec> {
  return fc.record({
    kind: fc.oneof(
      { weight: 5, arbitrary: fc.constant('compound' as const) },
      { weight: 2, arbitrary: fc.constant('parallel' as const) },
      { weight: 1, arbitrary: fc.constant('final' as const) },
    ),
    states: depth === 0 ? fc.constant([]) : fc.array(state(depth - 1), { maxLength: 3 }),
    history: fc.constantFrom('none', 'none', 'shallow', 'deep'),
    isDanger: fc.boolean(),
    isInvoking: fc.boolean(),
    transitions: fc.array(transition, { maxLength: 3 }),
    raises,
  })
}

export const machineSpec: fc.Arbitrary<StateSpec> = state(3).filter(
  ({ kind, states }) => kind !== 'final' && states.length > 0,
)

/** What decides a guard. */
export type Chance = () => boolean

export function buildMachine(spec: StateSpec, chance: Chance): AnyStateMachine {
  const targets = targetIds(spec, 's')
  const config = { ...stateConfig(spec, 's', targets), options: { maxIterations: 100 }, id: 's' }
  const no = (): boolean => false
  return createMachine(config as Parameters<typeof createMachine>[0], {
    guards: { chance, approved: no, person: no, withinTurns: no },
    actors: { effect: fromCallback(() => undefined) },
    actions: { enter: () => undefined },
  })
}

/** The events that it may get, whoever sends them. */
export function eventsOf(spec: StateSpec, id = 's'): string[] {
  const own = [`xstate.after.10.${id}`, `xstate.done.actor.effect-${id}`, `xstate.error.actor.effect-${id}`]
  const inner = childrenOf(spec).flatMap((child, index) => eventsOf(child, `${id}${index}`))
  return [...(id === 's' ? OUTSIDE : []), ...own, ...inner]
}

function childrenOf({ kind, states }: StateSpec): readonly StateSpec[] {
  return kind === 'final' ? [] : states
}

function targetIds(spec: StateSpec, id: string): string[] {
  const children = childrenOf(spec)
  const history = children.length > 0 && spec.history !== 'none' ? [`${id}h`] : []
  return [id, ...history, ...children.flatMap((child, index) => targetIds(child, `${id}${index}`))]
}

function stateConfig(spec: StateSpec, id: string, targets: readonly string[]): Record<string, unknown> {
  const children = childrenOf(spec).map((child, index) => [`${id}${index}`, child] as const)
  const states = Object.fromEntries(children.map(([key, child]) => [key, stateConfig(child, key, targets)]))
  const history =
    spec.history === 'none' ? {} : { [`${id}h`]: { id: `${id}h`, type: 'history', history: spec.history } }
  const raised = spec.raises === undefined ? [] : [raise({ type: spec.raises })]
  const common = {
    id,
    entry: [{ type: 'enter', params: { id } }, ...raised],
    ...(spec.isDanger ? { tags: 'danger' } : {}),
  }
  if (spec.kind === 'final') return { ...common, type: 'final' }
  const nested = children.length === 0 ? {} : { ...typeOf(spec, id), states: { ...states, ...history } }
  return { ...common, ...nested, ...transitionsOf(spec, id, targets) }
}

function typeOf({ kind }: StateSpec, id: string): Record<string, unknown> {
  return kind === 'parallel' ? { type: 'parallel' } : { initial: `${id}0` }
}

function transitionsOf(spec: StateSpec, id: string, targets: readonly string[]): Record<string, unknown> {
  const taking = (trigger: TransitionSpec['on']): unknown[] =>
    spec.transitions.filter(({ on }) => on === trigger).map((each) => transitionConfig(each, targets))
  const isNested = childrenOf(spec).length > 0
  return {
    on: Object.fromEntries(
      ['E0', 'E1', 'APPROVE', '*', ...RAISED].flatMap((event) => {
        const candidates = taking(event as TransitionSpec['on'])
        return candidates.length === 0 ? [] : [[event, candidates]]
      }),
    ),
    always: taking('always'),
    after: taking('after').length === 0 ? {} : { 10: taking('after') },
    ...(isNested && id !== 's' ? { onDone: taking('onDone') } : {}),
    ...(spec.isInvoking
      ? { invoke: { id: `effect-${id}`, src: 'effect', onDone: taking('invoked'), onError: taking('failed') } }
      : {}),
  }
}

function transitionConfig(
  { target, guard, reenter, raises: event }: TransitionSpec,
  targets: readonly string[],
): unknown {
  return {
    ...(target === undefined ? {} : { target: `#${targets[target % targets.length]}` }),
    ...(guard === 'none' ? {} : { guard }),
    ...(guard === 'person' ? { meta: { roscius: { approval: true } } } : {}),
    ...(event === undefined ? {} : { actions: raise({ type: event }) }),
    reenter,
  }
}
