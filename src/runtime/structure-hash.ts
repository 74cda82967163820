import { createHash } from 'node:crypto'
import type { AnyStateMachine } from 'xstate'
import { actorLogic } from './actor-logic.js'
import { isMachine, type StateStructure, statesOf, structureOf, type TransitionStructure } from './machine-structure.js'

const hashes = new WeakMap<AnyStateMachine, string>()

/**
 * A name for a machine's structure: the first 16 hex digits of a SHA-256 over its states, transitions (event, targets,
 * re-entry, guards with what `and`, `or` and `not` combine), delays, invokes, and the same of every machine that it may
 * invoke or spawn by name, since those live in its snapshot. Undefined for logic that is no machine.
 *
 * Actions, context, tags, meta and descriptions don't count. Neither does the order of keys, except where XState acts on
 * it: candidates of one event, invokes, and the regions of a parallel state. Equal in every process; kept with the machine.
 */
export function structureHash(logic: unknown): string | undefined {
  if (!isMachine(logic)) return undefined
  let hash = hashes.get(logic)
  if (hash === undefined) {
    hash = createHash('sha256')
      .update(canonicalJson(society(logic)))
      .digest('hex')
      .slice(0, 16)
    hashes.set(logic, hash)
  }
  return hash
}

/** The machine and all that can be reached from it by the name of an actor, each once (they may refer to each other). */
function society(first: AnyStateMachine): unknown[] {
  const machines = [first]
  const indexOf = (machine: AnyStateMachine): number => {
    const index = machines.indexOf(machine)
    return index >= 0 ? index : machines.push(machine) - 1
  }
  const described: unknown[] = []
  for (let index = 0; index < machines.length; index++) {
    const machine = machines[index]!
    const actors = machineActors(machine).map(([src, actor]) => [src, indexOf(actor)])
    described.push({ state: stateFacts(structureOf(machine).root), actors })
  }
  return described
}

/** The machines among the actors of `machine`, those of inline invokes too, by name in a fixed order. */
function machineActors(machine: AnyStateMachine): [src: string, actor: AnyStateMachine][] {
  const invoked = [...statesOf(structureOf(machine).root)].flatMap(({ invoke }) => invoke.map(({ src }) => src))
  const names = [...new Set([...Object.keys(machine.implementations.actors), ...invoked])].sort()
  return names.flatMap((src): [string, AnyStateMachine][] => {
    const actor = actorLogic(machine, src)
    return isMachine(actor) ? [[src, actor]] : []
  })
}

function stateFacts(state: StateStructure): object {
  const { key, id, type, initial, history, historyTargets, invoke, always, on, after } = state
  const children = type === 'parallel' ? state.states : sortedBy(state.states, (child) => child.key)
  return {
    ...{ key, id, type, initial, history, historyTargets, invoke },
    always: always.map(transitionFacts),
    on: sortedBy(on, ({ event }) => event).map(transitionFacts),
    after: sortedBy(after, ({ event }) => event).map((each) => ({
      ...transitionFacts(each),
      delay: each.delay,
      delayMs: each.delayMs,
    })),
    states: children.map(stateFacts),
  }
}

function transitionFacts({ event, targets, reenter, guard }: TransitionStructure): object {
  return { event, targets, reenter, guard }
}

/** Sorted by code units; items of one name keep their order. */
function sortedBy<T>(items: readonly T[], nameOf: (item: T) => string): T[] {
  return items.toSorted((left, right) => compare(nameOf(left), nameOf(right)))
}

function compare(left: string, right: string): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part
    return Object.fromEntries(sortedBy(Object.entries(part), ([key]) => key))
  })
}
