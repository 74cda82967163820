import {
  type AnyActorLogic,
  type AnyActorRef,
  type AnyStateMachine,
  and,
  assign,
  type EventObject,
  fromCallback,
  fromObservable,
  fromPromise,
  fromTransition,
  not,
  type Observer,
  or,
  type Subscription,
  sendTo,
  setup,
  stateIn,
} from 'xstate'
import { type AnyAction, type Context, kidId, type Place, toActions, writeNote } from './build-actions.js'
import {
  type GuardSpec,
  INSIDE_EVENTS,
  type InvokeSpec,
  type MachineSpec,
  type NodeSpec,
  OUTSIDE_EVENTS,
  type TransitionSpec,
} from './spec.js'

type Config = Record<string, unknown>

/** What the states of one machine are built against. */
interface Site extends Place {
  readonly childNames: readonly string[]
  /** Ids of all states that a transition can name. */
  readonly targets: readonly string[]
  readonly stateIds: readonly string[]
}

const FUEL = 4

/** What the machines of one run share: the log of custom actions, and the effects' turn to speak. */
export type Run = Pick<Place, 'note' | 'answer'>

/** A real machine for a generated spec.  */
export function buildMachine(spec: MachineSpec, run: Run, hasParent = false): AnyStateMachine {
  const children = Object.fromEntries(
    spec.children.map((child, index) => [`machine${index}`, buildMachine(child, run, true)] as const),
  )
  const childNames = Object.keys(children)
  const site: Site = {
    ...run,
    hasParent,
    childNames,
    spawnable: [...childNames, 'counter', ...(spec.effects ? ['callback'] : [])],
    targets: idsOf(spec.root, 'm', true).slice(1),
    stateIds: idsOf(spec.root, 'm', false),
  }
  return setup({
    types: {} as { context: Context; events: EventObject },
    actors: { ...leavesOf(run), ...children } as Record<string, AnyActorLogic>,
    actions: {
      note: (args, { label }: { label: number }) => writeNote(site, args as never, `named${label}`),
    },
    guards: {
      fueled: ({ context }) => context.fuel > 0,
      below: ({ context }, { limit }: { limit: number }) => context.n < limit,
    },
  }).createMachine({
    ...rootOf(spec.root, site),
    context: ({ input }: { input: Partial<Context> | undefined }) => ({
      n: 0,
      fuel: FUEL,
      seen: [],
      kids: [],
      refs: {},
      peer: input?.peer,
      sibling: input?.sibling,
    }),
  } as never) as unknown as AnyStateMachine
}

/** Children that are no machines; each does the same however often it is started. */
function leavesOf({ answer }: Run): Record<string, AnyActorLogic> {
  return {
    resolve: fromPromise(({ input }) => new Promise((resolve) => answer(() => resolve(input)))),
    reject: fromPromise(() => new Promise((_, reject) => answer(() => reject(new Error('refused'))))),
    callback: fromCallback<EventObject>(({ receive, sendBack }) => {
      receive(() => answer(() => sendBack({ type: 'I0' })))
    }),
    observable: fromObservable(() => ({
      subscribe: (observer: unknown) => emitTwice(observer as Observer<number>, answer),
    })),
    counter: fromTransition((count: number) => count + 1, 0),
  }
}

function emitTwice(observer: Observer<number>, answer: Run['answer']): Subscription {
  let isOpen = true
  const give = (say: () => void): void => answer(() => isOpen && say())
  give(() => observer.next?.(1))
  give(() => observer.next?.(2))
  give(() => observer.complete?.())
  return {
    unsubscribe: () => {
      isOpen = false
    },
  }
}

function idsOf(node: NodeSpec, id: string, withHistory: boolean): string[] {
  if (isAtomic(node)) return [id]
  const below = node.nodes.flatMap((child, index) => idsOf(child, `${id}_${index}`, withHistory))
  return [id, ...below, ...(withHistory && node.history !== 'none' ? [`${id}_h`] : [])]
}

function isAtomic({ kind, nodes }: NodeSpec): boolean {
  return kind === 'final' || nodes.length === 0
}

function rootOf(root: NodeSpec, site: Site): Config {
  const config = nodeOf(root, 'm', site)
  const reports = site.spawnable.flatMap((_, kid) =>
    ['snapshot', 'done.actor', 'error.actor'].map((kind) => `xstate.${kind}.${kidId(kid, site)}`),
  )
  const onReport = costly(
    { target: undefined, reenter: false, guard: { when: 'always' }, actions: [{ do: 'add', by: 1 }] },
    site,
  )
  return {
    ...config,
    on: { ...(config.on as Config), ...Object.fromEntries(reports.map((type) => [type, [onReport, {}]])) },
    output: ({ context }: { context: Context }) => ({ n: context.n }),
  }
}

function nodeOf(node: NodeSpec, id: string, site: Site): Config {
  const base = {
    id,
    entry: toActions(node.entry, site),
    exit: toActions(node.exit, site),
    ...(node.tagged && { tags: [`tag-${id}`] }),
  }
  if (node.kind === 'final') return { ...base, type: 'final', output: { from: id } }
  return {
    ...base,
    entry: [...node.invoke.flatMap((invoke, index) => greetingOf(invoke, `${id}-i${index}`)), ...base.entry],
    ...(isAtomic(node) ? {} : nestedOf(node, id, site)),
    on: eventsOf(node, site),
    always: node.always.map((take) => costly(take, site)),
    after: Object.fromEntries(node.after.map(({ delayMs, take }) => [delayMs, costly(take, site)])),
    invoke: node.invoke.map((invoke, index) => invokeOf(invoke, `${id}-i${index}`, site)),
    ...(node.onDone && !isAtomic(node) && { onDone: costly(node.onDone, site) }),
  }
}

function nestedOf(node: NodeSpec, id: string, site: Site): Config {
  const states = Object.fromEntries(
    node.nodes.map((child, index) => [`s${index}`, nodeOf(child, `${id}_${index}`, site)] as const),
  )
  const history = node.history !== 'none' && { h: { id: `${id}_h`, type: 'history', history: node.history } }
  return {
    ...(node.kind === 'parallel' ? { type: 'parallel' } : { initial: 's0' }),
    states: { ...states, ...history },
  }
}

function eventsOf(node: NodeSpec, site: Site): Config {
  const on: Record<string, Config[]> = {}
  for (const { event, take } of node.on) on[event] = [...(on[event] ?? []), onEvent(event, take, site)]
  return on
}

function onEvent(event: string, take: TransitionSpec, site: Site): Config {
  return isOutside(event) ? transitionOf(take, site, { guards: [], first: refill }) : costly(take, site)
}

const isOutside = (event: string): boolean => OUTSIDE_EVENTS.some((outside) => outside === event)

const refill = assign<Context, EventObject, undefined, EventObject, never>({ fuel: FUEL })
const spend = assign<Context, EventObject, undefined, EventObject, never>({ fuel: ({ context }) => context.fuel - 1 })

/** A transition on something from inside, which costs fuel, so that every machine comes to rest. */
function costly(take: TransitionSpec, site: Site): Config {
  return transitionOf(take, site, { guards: ['fueled'], first: spend })
}

interface Frame {
  readonly guards: readonly unknown[]
  readonly first: AnyAction
}

function transitionOf(
  { target, reenter, guard, actions }: TransitionSpec,
  site: Site,
  { guards, first }: Frame,
): Config {
  return {
    ...(target !== undefined && { target: `#${site.targets[target % site.targets.length]}`, reenter }),
    guard: and([...guards, guardOf(guard, site)] as never),
    actions: [first, ...toActions(actions, site)],
  }
}

function guardOf(spec: GuardSpec, site: Site): unknown {
  switch (spec.when) {
    case 'always':
      return () => true
    case 'below':
      return { type: 'below', params: { limit: spec.limit } }
    case 'in':
      return stateIn(`#${site.stateIds[spec.state % site.stateIds.length]}`)
    case 'not':
      return not(guardOf(spec.guard, site) as never)
    case 'and':
      return and(spec.guards.map((guard) => guardOf(guard, site)) as never)
    case 'or':
      return or(spec.guards.map((guard) => guardOf(guard, site)) as never)
  }
}

function greetingOf({ greet }: InvokeSpec, id: string): AnyAction[] {
  return greet ? [sendTo(id, { type: INSIDE_EVENTS[0] })] : []
}

function invokeOf({ src, child, onDone, onError, onSnapshot }: InvokeSpec, id: string, site: Site): Config {
  const machine = site.childNames[child % Math.max(site.childNames.length, 1)]
  return {
    id,
    src: src === 'child' ? (machine ?? 'counter') : src,
    input: ({ context }: { context: Context }): { peer: AnyActorRef | undefined } => ({ peer: context.peer }),
    onDone: costly(onDone, site),
    // An error that no transition takes would fail the machine: a fallback that does nothing takes it.
    onError: [costly(onError, site), {}],
    ...(onSnapshot && { onSnapshot: costly(onSnapshot, site) }),
  }
}
