/**
 * What a machine was asked on its way, read from where it was, what came, and which transitions it took. Pure; no guard is
 * called.
 *
 * XState asks the innermost active states first, and the states around them only where none of those inside took the event; of
 * one state it takes the first candidate that holds. So whatever stands before the one that was taken, and has a guard, was
 * refused by it.
 */
import type { AnyStateMachine } from 'xstate'
import type { StateNode } from '../../runtime/machine-structure.js'
import { matchesDescriptor } from '../../runtime/xstate/why-not-taken.js'
import { definitionOf, stateIdsOf, transitionIds } from '../definition/definition.js'
import type { DefinedTransition, StateDefinition } from '../definition/machine-definition.js'
import { childNode } from '../definition/node-ids.js'

type Transition = Parameters<Parameters<StateNode['transitions']['forEach']>[0]>[0][number]

/** Ids of the transitions whose guards said no to the event. `value`: the state that it met. */
export function refusedBy(
  machine: AnyStateMachine,
  value: unknown,
  event: string,
  taken: ReadonlySet<string>,
): string[] {
  return new Asking(machine, taken, (node) => candidatesFor(node, event)).refused(value)
}

/** Of the transitions without an event those whose guards said no when the machine came to rest in this state. */
export function refusedAtRest(machine: AnyStateMachine, value: unknown, taken: ReadonlySet<string>): string[] {
  return new Asking(machine, taken, ({ always = [] }) => always).refused(value)
}

/** Ids of the states that these transitions lead to. A history is none: where it leads is seen by where the machine is. */
export function targetsOf(machine: AnyStateMachine, taken: ReadonlySet<string>): readonly string[] {
  if (taken.size === 0) return []
  return [...definedIn(definitionOf(machine).root)].flatMap(({ id, targets }) => (taken.has(id) ? targets : []))
}

function* definedIn(state: StateDefinition): Generator<DefinedTransition> {
  yield* state.transitions
  for (const child of state.states) yield* definedIn(child)
}

/** Ids of the states that were entered: those that are new, and those that transitions led to, also only in passing. */
export function enteredStates(
  machine: AnyStateMachine,
  before: unknown,
  after: unknown,
  targets: Iterable<string>,
): ReadonlySet<string> {
  const entered = new Set(targets)
  if (before === after) return entered
  const old = new Set(before === undefined ? [] : stateIdsOf(machine, before))
  for (const id of stateIdsOf(machine, after)) if (!old.has(id)) entered.add(id)
  return entered
}

class Asking {
  readonly #ids: ReadonlyMap<object, string>
  readonly #found: string[] = []

  constructor(
    private readonly machine: AnyStateMachine,
    private readonly taken: ReadonlySet<string>,
    private readonly candidates: (node: StateNode) => readonly Transition[],
  ) {
    this.#ids = transitionIds(machine)
  }

  refused(value: unknown): string[] {
    this.#ask(this.machine.root, value)
    return this.#found
  }

  /** Whether the state, or one inside of it, took the event. */
  #ask(node: StateNode, value: unknown): boolean {
    const inside = Object.entries(typeof value === 'string' ? { [value]: undefined } : (value ?? {}))
    const answers = inside.map(([key, below]) => {
      const child = childNode(node, key)
      return child !== undefined && this.#ask(child, below)
    })
    return answers.includes(true) || this.#askItself(node)
  }

  #askItself(node: StateNode): boolean {
    for (const candidate of this.candidates(node)) {
      const id = this.#ids.get(candidate)
      if (id === undefined) continue
      if (this.taken.has(id)) return true
      // Without a guard it would have been taken: another machine, or another event, than was said.
      if (candidate.guard === undefined) return true
      this.#found.push(id)
    }
    return false
  }
}

/** As XState orders them: the exact descriptor, then the longest pattern. */
function candidatesFor({ transitions }: StateNode, type: string): readonly Transition[] {
  return [...(transitions?.keys() ?? [])]
    .filter((descriptor) => matchesDescriptor(type, descriptor))
    .sort((a, b) => Number(b === type) - Number(a === type) || b.length - a.length)
    .flatMap((descriptor) => transitions.get(descriptor) ?? [])
}
