/**
 * Why a machine takes an event in a state, or doesn't: which transitions were candidates, and what each guard said.
 *
 * Boundary: pure. It asks guards (which are pure, too) and changes nothing; nothing of the runtime is known here.
 *
 * 1. The verdict is the one that XState comes to: what is enabled is asked of the machine itself.
 * 2. A guard that throws is an answer, not an error of whoever asked.
 */
import { type AnyMachineSnapshot, type AnyStateMachine, and, type EventObject } from 'xstate'
import type { Candidate, GuardOutcome, WhyNot } from '../../core/explanation.js'
import { type GuardStructure, guardStructure } from '../guard-structure.js'
import type { StateNode } from '../machine-structure.js'
import { isDeferred } from './deferral.js'
import type { HostSnapshot } from './internals.js'
import { activeNodes, type MachineState, pathOf } from './position.js'

export type Verdict =
  | { readonly kind: 'taken'; readonly transitions: readonly Candidate[] }
  | Extract<WhyNot, { readonly kind: 'notInState' | 'guard' | 'deferred' }>

/** What becomes of `event` in this state. */
export function verdictOn(snapshot: MachineState, event: EventObject): Verdict {
  const by = deferringState(snapshot, event)
  if (by !== undefined) return { kind: 'deferred', by }
  const state = snapshot.value
  const candidates = candidatesFor(snapshot, event)
  if (candidates.length === 0) return { kind: 'notInState', state, handledIn: handlersOf(snapshot, event.type) }
  const enabled = enabledBy(snapshot, event)
  if (enabled.length === 0) return { kind: 'guard', state, candidates }
  return { kind: 'taken', transitions: enabled.map((transition) => candidateOf(transition, snapshot, event)) }
}

/** Path of the deepest active state that defers the event; undefined if it is not deferred, or the rule throws. */
export function deferringState(snapshot: MachineState, event: EventObject): string | undefined {
  if (!defers(snapshot, event)) return undefined
  // Asked of each state alone, the rule says which of them it is.
  const alone = (node: StateNode): HostSnapshot => Object.create(snapshot, { _nodes: { value: [node] } })
  const deferring = activeNodes(snapshot).find((node) => defers(alone(node), event))
  return deferring && pathOf(deferring)
}

function defers(snapshot: HostSnapshot, event: EventObject): boolean {
  try {
    return isDeferred(snapshot, event)
  } catch {
    return false
  }
}

/** The transitions of active states for the event, innermost first, with what their guards say. */
export function candidatesFor(snapshot: MachineState, event: EventObject): readonly Candidate[] {
  return activeNodes(snapshot)
    .flatMap((node) => transitionsFor(node, event.type))
    .map((transition) => candidateOf(transition, snapshot, event))
}

/** As XState does: the type itself, `*`, or a prefix that ends with `.*`. */
export function matchesDescriptor(type: string, descriptor: string): boolean {
  if (descriptor === type || descriptor === '*') return true
  if (!descriptor.endsWith('.*')) return false
  const prefix = descriptor.slice(0, -2)
  return type === prefix || type.startsWith(`${prefix}.`)
}

type Transition = Parameters<Parameters<StateNode['transitions']['forEach']>[0]>[0][number]

/** The exact ones first, then the most specific wildcards. */
function transitionsFor({ transitions }: StateNode, type: string): readonly Transition[] {
  return [...transitions.keys()]
    .filter((descriptor) => matchesDescriptor(type, descriptor))
    .sort((a, b) => Number(b === type) - Number(a === type) || b.length - a.length)
    .flatMap((descriptor) => transitions.get(descriptor) ?? [])
}

/** Which states would have a transition for the event, in the order of the document. */
function handlersOf({ machine }: MachineState, type: string): readonly string[] {
  return [...nodesBelow(machine.root)].filter((node) => transitionsFor(node, type).length > 0).map(pathOf)
}

function* nodesBelow(node: StateNode): IterableIterator<StateNode> {
  for (const child of Object.values(node.states)) {
    yield child
    yield* nodesBelow(child)
  }
}

function enabledBy(snapshot: MachineState, event: EventObject): readonly Transition[] {
  try {
    return snapshot.machine.getTransitionData(snapshot as unknown as AnyMachineSnapshot, event) as readonly Transition[]
  } catch {
    return []
  }
}

function candidateOf(transition: Transition, snapshot: MachineState, event: EventObject): Candidate {
  const { source, eventType, target, guard } = transition
  return {
    state: pathOf(source),
    descriptor: eventType,
    targets: (target ?? []).map(pathOf),
    guard: guard === undefined ? undefined : outcomeOf(guard, snapshot, event),
  }
}

// --- guards ---

function outcomeOf(guard: unknown, snapshot: MachineState, event: EventObject): GuardOutcome {
  return outcome(guard, guardStructure(guard, snapshot.machine, ''), snapshot, event)
}

function outcome(guard: unknown, structure: GuardStructure, snapshot: MachineState, event: EventObject): GuardOutcome {
  const parts = partsOf(guard, structure, snapshot.machine)
  return {
    name: nameOf(guard, structure),
    ...answerOf(guard, snapshot, event),
    parts: parts.map(([part, its]) => outcome(part, its, snapshot, event)),
  }
}

type Check = (snapshot: HostSnapshot, args: object, guard: { readonly guards: readonly unknown[] }) => boolean

/** How XState asks a guard of any form: as the only part of an `and`. */
const ask = (and([]) as unknown as { readonly check: Check }).check

function answerOf(guard: unknown, snapshot: MachineState, event: EventObject): Pick<GuardOutcome, 'holds' | 'error'> {
  try {
    return { holds: ask(snapshot, { context: snapshot.context, event }, { guards: [guard] }), error: undefined }
  } catch (error) {
    return { holds: false, error: error instanceof Error ? error.message : String(error) }
  }
}

type Part = readonly [guard: unknown, structure: GuardStructure]

/** What a guard is put together from, also where a name stands for a combination. */
function partsOf(guard: unknown, structure: GuardStructure, machine: AnyStateMachine): readonly Part[] {
  if (structure.kind === 'named' && structure.means !== undefined) {
    const { guards } = machine.implementations as { readonly guards: Readonly<Record<string, unknown>> }
    return partsOf(guards[structure.name], structure.means, machine)
  }
  if (structure.kind !== 'and' && structure.kind !== 'or' && structure.kind !== 'not') return []
  const { guards } = guard as { readonly guards: readonly unknown[] }
  return structure.guards.map((its, index) => [guards[index], its])
}

/** Names that JavaScript gives a function for the place it is written at. */
const PLACES = new Set(['', 'guard'])

function nameOf(guard: unknown, structure: GuardStructure): string {
  switch (structure.kind) {
    case 'named':
      return structure.params === undefined ? structure.name : `${structure.name}(${JSON.stringify(structure.params)})`
    case 'inline':
      return typeof guard === 'function' && !PLACES.has(guard.name) ? guard.name : 'inline guard'
    case 'stateIn':
      return `in state ${typeof structure.state === 'string' ? structure.state : JSON.stringify(structure.state)}`
    case 'not':
      return `not ${combined(guard, structure.guards, '')}`
    default:
      return combined(guard, structure.guards, ` ${structure.kind} `)
  }
}

function combined(guard: unknown, structures: readonly GuardStructure[], word: string): string {
  const { guards } = guard as { readonly guards: readonly unknown[] }
  return structures.map((its, index) => inBrackets(guards[index], its)).join(word)
}

function inBrackets(guard: unknown, structure: GuardStructure): string {
  const name = nameOf(guard, structure)
  return structure.kind === 'and' || structure.kind === 'or' ? `(${name})` : name
}
