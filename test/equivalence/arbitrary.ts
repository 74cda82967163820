import fc from 'fast-check'
import {
  type ActionSpec,
  type DelaySpec,
  type GuardSpec,
  INSIDE_EVENTS,
  type InvokeSpec,
  type MachineSpec,
  type NodeSpec,
  OUTSIDE_EVENTS,
  type Step,
  type TransitionSpec,
} from './spec.js'

const insideEvent = fc.constantFrom(...INSIDE_EVENTS)
const outsideEvent = fc.constantFrom(...OUTSIDE_EVENTS)
const anyEvent = fc.oneof({ weight: 2, arbitrary: outsideEvent }, { weight: 1, arbitrary: insideEvent })
const index = fc.nat({ max: 12 })
const delayMs = fc.constantFrom(5, 10, 20, 30)
const maybeDelayMs = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: delayMs })
const delayId = fc.constantFrom('d0', 'd1')

const delay: fc.Arbitrary<DelaySpec | undefined> = fc.option(fc.record({ ms: delayMs, id: delayId }), {
  nil: undefined,
})

function tell<Do extends 'tellParent' | 'tellSibling' | 'tellPeer'>(kind: Do) {
  return fc.record({ do: fc.constant(kind), event: insideEvent, delayMs: maybeDelayMs })
}

const action: fc.Arbitrary<ActionSpec> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('note' as const), label: index, inline: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('add' as const), by: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('raise' as const), event: insideEvent, delay }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('sendSelf' as const), event: insideEvent, delay }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), id: delayId }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('spawn' as const),
      child: index,
      via: fc.constantFrom('spawnChild' as const, 'assign' as const),
      sync: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('stop' as const), child: index }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('tellChild' as const),
      child: index,
      event: insideEvent,
      delayMs: maybeDelayMs,
    }),
  },
  { weight: 2, arbitrary: tell('tellParent') },
  { weight: 1, arbitrary: tell('tellSibling') },
  { weight: 1, arbitrary: tell('tellPeer') },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('meetPeer' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('emit' as const), label: index }) },
)

const actions = fc.array(action, { maxLength: 3 })

const { guard } = fc.letrec<{ guard: GuardSpec }>((tie) => ({
  guard: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 5, arbitrary: fc.record({ when: fc.constant('always' as const) }) },
    { weight: 2, arbitrary: fc.record({ when: fc.constant('below' as const), limit: fc.integer({ min: 1, max: 6 }) }) },
    { weight: 1, arbitrary: fc.record({ when: fc.constant('in' as const), state: index }) },
    { weight: 1, arbitrary: fc.record({ when: fc.constant('not' as const), guard: tie('guard') }) },
    {
      weight: 1,
      arbitrary: fc.record({
        when: fc.constantFrom('and' as const, 'or' as const),
        guards: fc.array(tie('guard'), { minLength: 1, maxLength: 2 }),
      }),
    },
  ),
}))

const transition: fc.Arbitrary<TransitionSpec> = fc.record({
  target: fc.option(index, { nil: undefined }),
  reenter: fc.boolean(),
  guard,
  actions,
})

const maybeTransition = fc.option(transition, { nil: undefined })

const WITHIN_STATE = ['counter', 'child'] as const
const ANY_SOURCE = ['resolve', 'reject', 'callback', 'observable', ...WITHIN_STATE] as const

function invoke(effects: boolean): fc.Arbitrary<InvokeSpec> {
  return fc.record({
    src: fc.constantFrom(...(effects ? ANY_SOURCE : WITHIN_STATE)),
    child: index,
    greet: fc.boolean(),
    onDone: transition,
    onError: transition,
    onSnapshot: maybeTransition,
  })
}

/** A state with at most `depth` levels of states below it. */
function node(depth: number, effects: boolean): fc.Arbitrary<NodeSpec> {
  const nodes = depth === 0 ? fc.constant([]) : fc.array(node(depth - 1, effects), { maxLength: 3 })
  return fc.record({
    kind: fc.oneof(
      { weight: 5, arbitrary: fc.constant('compound' as const) },
      { weight: 2, arbitrary: fc.constant('parallel' as const) },
      { weight: 1, arbitrary: fc.constant('final' as const) },
    ),
    nodes,
    history: fc.constantFrom('none', 'shallow', 'deep'),
    on: fc.array(fc.record({ event: anyEvent, take: transition }), { minLength: 1, maxLength: 4 }),
    always: rarely(transition),
    after: rarely(fc.record({ delayMs, take: transition })),
    onDone: maybeTransition,
    entry: actions,
    exit: actions,
    invoke: rarely(invoke(effects)),
    tagged: fc.boolean(),
  })
}

function rarely<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant<T[]>([]) },
    { weight: 1, arbitrary: fc.array(arbitrary, { maxLength: 2 }) },
  )
}

/** A machine with at most `levels` levels of child machines below it. */
export function machineSpec({ levels = 2, effects = true } = {}): fc.Arbitrary<MachineSpec> {
  const children = (): fc.Arbitrary<MachineSpec[]> =>
    fc.array(machineSpec({ levels: levels - 1, effects }), { maxLength: 2 })
  return fc.record({
    root: node(levels === 2 ? 3 : 2, effects).filter(({ kind, nodes }) => kind !== 'final' && nodes.length > 0),
    children: levels === 0 ? fc.constant([]) : children(),
    effects: fc.constant(effects),
  })
}

/** What is done to the machines, one after the other; at most `burst` events are sent at once. */
export function stepList({ length = 12, burst = 1 } = {}): fc.Arbitrary<Step[]> {
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 6, arbitrary: fc.record({ send: fc.array(outsideEvent, { minLength: 1, maxLength: burst }) }) },
    { weight: 3, arbitrary: fc.record({ advanceMs: fc.constantFrom(5, 10, 25, 60) }) },
    { weight: 1, arbitrary: fc.record({ nudge: insideEvent }) },
  )
  return fc.array(step, { minLength: length, maxLength: length, size: 'max' })
}
