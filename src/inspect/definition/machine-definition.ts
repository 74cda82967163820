/** What `definitionOf` answers: everything that an XState machine says of itself without being run, as plain JSON. */
import type { GuardStructure } from '../../runtime/guard-structure.js'
import type { StateType } from '../../runtime/machine-structure.js'

export interface MachineDefinition {
  /** The machine's own id. */
  readonly id: string
  readonly version?: string
  readonly root: StateDefinition
}

export interface StateDefinition {
  /** XState's id of the state node; where a machine has given it twice, the later ones end in ` (2)`, ` (3)`, ... */
  readonly id: string
  readonly key: string
  /** Keys from the root down; empty for the root. */
  readonly path: readonly string[]
  readonly type: StateType
  readonly description?: string
  readonly tags: readonly string[]
  readonly meta?: unknown
  /** Of compound states: where it begins, and what it does on the way there. */
  readonly initial?: { readonly target: string; readonly actions: readonly DefinedAction[] }
  readonly history?: 'shallow' | 'deep'
  /** Of history states: where it leads when there is nothing to remember; absent where the machine does not say. */
  readonly historyTargets?: readonly string[]
  readonly entry: readonly DefinedAction[]
  readonly exit: readonly DefinedAction[]
  readonly invokes: readonly DefinedInvoke[]
  /** Of final states and the root; a function is `[function]`. */
  readonly output?: unknown
  /** Those that leave from this state, candidates for one event in the order in which they are tried. */
  readonly transitions: readonly DefinedTransition[]
  readonly states: readonly StateDefinition[]
}

export type TransitionKind = 'event' | 'always' | 'after' | 'done' | 'actorDone' | 'actorError' | 'actorSnapshot'

export interface DefinedTransition {
  /** `<state id>|<descriptor>|<index>`: the index counts the transitions of the state with this descriptor, from 0. */
  readonly id: string
  readonly source: string
  /** Ids of states; empty for a transition that stays where it is. */
  readonly targets: readonly string[]
  readonly kind: TransitionKind
  /** For people: the event type, `always`, `after <delay>`, `onDone`, `done: <src>`, `error: <src>`, `snapshot: <src>`. */
  readonly descriptor: string
  /** What XState calls it: the event type or its pattern, as `order.*`; `''` for `always`. */
  readonly event: string
  /** Of `after`: in ms, or the name of a delay. */
  readonly delay?: number | string
  /** What the named delay stands for, in ms, where that is a number and not a function. */
  readonly delayMs?: number
  readonly guard?: DefinedGuard
  readonly actions: readonly DefinedAction[]
  /** Whether it leaves and enters its source when the target lies within. */
  readonly reenter: boolean
  readonly description?: string
  readonly meta?: unknown
}

export interface DefinedGuard {
  /** `isOpen and not (isEmpty or isOld)`, `in working.asking`; `…` for a function without a name. */
  readonly text: string
  readonly structure: GuardStructure
}

export interface DefinedAction {
  /** Its name, or XState's for what it brings (`xstate.assign`, `xstate.raise`, ...), or `inline`. */
  readonly type: string
  /** `log`, `assign tries`, `raise PING in 5 s`, `send ORDER to shop`; `…` for a function without a name. */
  readonly text: string
  /** Its parameters; of XState's own actions what they are made with, functions as `[function]`. */
  readonly params?: unknown
}

export interface DefinedInvoke {
  readonly id: string
  /** Name of the logic; `xstate.invoke.<index>.<state id>` when it is written in place. */
  readonly src: string
  /** For people: the name of the logic, or the machine's or the invoke's id where that is written in place. */
  readonly text: string
  /** What it is started with; a function is `[function]`. */
  readonly input?: unknown
  readonly systemId?: string
}
