/** Events that an actor has a transition for where it is now, with what is known of their fields. */
import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate'
import type { RosciusRef } from '../../core/actor-ref.js'
import { definitionOf, stateIdsOf } from '../../inspect/definition/definition.js'
import type { DefinedTransition, StateDefinition } from '../../inspect/definition/machine-definition.js'
import type { EnabledEvent } from '../protocol/actors.js'
import { machineOf } from './actor-of.js'
import { eventSchema, jsonSchemaOf } from './event-schemas.js'

const INTERNAL = /^(?:xstate|roscius)\./

/** Those of inner states first: they take an event before outer ones do. Nothing for logic that is no machine. */
export function enabledEvents(ref: RosciusRef): EnabledEvent[] {
  const machine = machineOf(ref)
  if (machine === undefined) return []
  const snapshot = ref.getSnapshot() as unknown as AnyMachineSnapshot
  if (snapshot.status !== 'active') return []
  const byType = new Map<string, DefinedTransition[]>()
  for (const transition of transitionsFrom(machine, snapshot)) {
    const known = byType.get(transition.event)
    if (known === undefined) byType.set(transition.event, [transition])
    else known.push(transition)
  }
  return [...byType].map(([type, transitions]) => enabled(type, transitions, machine, snapshot))
}

function transitionsFrom(machine: AnyStateMachine, snapshot: AnyMachineSnapshot): readonly DefinedTransition[] {
  const active = new Set(stateIdsOf(machine, snapshot.value))
  const found: DefinedTransition[] = []
  const visit = (state: StateDefinition): void => {
    for (const below of state.states) visit(below)
    if (active.has(state.id)) found.push(...state.transitions.filter(isFromOutside))
  }
  visit(definitionOf(machine).root)
  return found
}

function isFromOutside({ kind, event }: DefinedTransition): boolean {
  return kind === 'event' && !INTERNAL.test(event)
}

function enabled(
  type: string,
  transitions: readonly DefinedTransition[],
  machine: AnyStateMachine,
  snapshot: AnyMachineSnapshot,
): EnabledEvent {
  const schema = eventSchema(machine, type)
  const description = transitions.find((one) => one.description !== undefined)?.description
  return {
    type,
    takes: takes(type, transitions, snapshot),
    transitions: transitions.map(({ id }) => id),
    schema: schema && jsonSchemaOf(schema),
    description,
  }
}

/**
 * Without a guard it is taken whatever its fields. A guard is asked with the type alone: a yes is no more than a guess where it
 * might look at fields, and so is a no.
 */
function takes(
  type: string,
  transitions: readonly DefinedTransition[],
  snapshot: AnyMachineSnapshot,
): EnabledEvent['takes'] {
  if (type.includes('*')) return 'unknown'
  if (transitions.some(({ guard }) => guard === undefined)) return 'yes'
  try {
    return snapshot.can({ type }) ? 'yes' : 'no'
  } catch {
    return 'unknown'
  }
}
