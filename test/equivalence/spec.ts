/**
 * The language in which machines are generated: plain data, so that fast-check can shrink it and print it.
 *
 * Every machine that it can say terminates after each step. Events from outside (E) refill a machine's fuel; every
 * transition on anything else (I, delays, `always`, a child's end) costs one and is guarded by there being some.
 */

export const OUTSIDE_EVENTS = ['E0', 'E1', 'E2'] as const
export const INSIDE_EVENTS = ['I0', 'I1', 'I2'] as const
export type OutsideEvent = (typeof OUTSIDE_EVENTS)[number]
export type InsideEvent = (typeof INSIDE_EVENTS)[number]

export interface MachineSpec {
  readonly root: NodeSpec
  /** Logic for children of this machine; theirs have children again, down to an empty list. */
  readonly children: readonly MachineSpec[]
  /** Whether it may have children that are no machines and run outside the actors' own state. */
  readonly effects: boolean
}

export interface NodeSpec {
  /** Without `nodes`, both `compound` and `parallel` are atomic states. */
  readonly kind: 'compound' | 'parallel' | 'final'
  readonly nodes: readonly NodeSpec[]
  /** A history child of a compound or parallel state. */
  readonly history: 'none' | 'shallow' | 'deep'
  readonly on: readonly { readonly event: OutsideEvent | InsideEvent; readonly take: TransitionSpec }[]
  readonly always: readonly TransitionSpec[]
  readonly after: readonly { readonly delayMs: number; readonly take: TransitionSpec }[]
  readonly onDone: TransitionSpec | undefined
  readonly entry: readonly ActionSpec[]
  readonly exit: readonly ActionSpec[]
  readonly invoke: readonly InvokeSpec[]
  readonly tagged: boolean
}

export interface TransitionSpec {
  /** Counts through the machine's states and history states, modulo their number; without one the state stays. */
  readonly target: number | undefined
  readonly reenter: boolean
  readonly guard: GuardSpec
  readonly actions: readonly ActionSpec[]
}

export type GuardSpec =
  | { readonly when: 'always' }
  | { readonly when: 'below'; readonly limit: number }
  | { readonly when: 'in'; readonly state: number }
  | { readonly when: 'not'; readonly guard: GuardSpec }
  | { readonly when: 'and' | 'or'; readonly guards: readonly GuardSpec[] }

export type ActionSpec =
  /** A custom action, named in `setup` with params, or written inline. */
  | { readonly do: 'note'; readonly label: number; readonly inline: boolean }
  | { readonly do: 'add'; readonly by: number }
  | { readonly do: 'raise'; readonly event: InsideEvent; readonly delay: DelaySpec | undefined }
  | { readonly do: 'sendSelf'; readonly event: InsideEvent; readonly delay: DelaySpec | undefined }
  | { readonly do: 'cancel'; readonly id: string }
  | { readonly do: 'spawn'; readonly child: number; readonly via: 'spawnChild' | 'assign'; readonly sync: boolean }
  | { readonly do: 'stop'; readonly child: number }
  | { readonly do: 'tellChild'; readonly child: number; readonly event: InsideEvent; readonly delayMs: number }
  | { readonly do: 'tellParent' | 'tellSibling' | 'tellPeer'; readonly event: InsideEvent; readonly delayMs: number }
  /** Gives the own ref to the peer, which keeps it in its context. */
  | { readonly do: 'meetPeer' }
  | { readonly do: 'emit'; readonly label: number }

export interface DelaySpec {
  readonly ms: number
  readonly id: string
}

export interface InvokeSpec {
  readonly src: 'resolve' | 'reject' | 'callback' | 'observable' | 'counter' | 'child'
  readonly child: number
  /** Sends it an event while entering the state, before it is started. */
  readonly greet: boolean
  readonly onDone: TransitionSpec
  readonly onError: TransitionSpec
  readonly onSnapshot: TransitionSpec | undefined
}

/** What happens to the machines from outside. */
export type Step =
  /** Sent at once, one behind the other. */
  | { readonly send: readonly OutsideEvent[] }
  | { readonly advanceMs: number }
  /** The peer sends to the ref that it was given, if it was. */
  | { readonly nudge: InsideEvent }
