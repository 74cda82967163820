/**
 * A machine as data: its states, transitions, guards, delays, actions and invokes, complete.
 *
 * Boundary: it reads `machine.root` and what is data among the implementations; it runs nothing of the machine's.
 * (`machine.toJSON()` leaves out `always`, and guards and actions that are functions.)
 *
 * 1. Every transition of the machine is in it once. What XState adds for itself (the timers behind `after`) is left out.
 * 2. Every state and every transition has an id of its own; equal machines give equal ids.
 * 3. Equal machines give equal definitions. Read once, and kept with the machine.
 */
import type { AnyStateMachine } from 'xstate'
import { guardStructure } from '../../runtime/guard-structure.js'
import type { StateNode } from '../../runtime/machine-structure.js'
import { definedAction, isAddedForDelay } from './action-definition.js'
import { activeStateIds } from './active-states.js'
import { guardText } from './guard-text.js'
import { invokeText, type Trigger, triggerOf } from './invoke-names.js'
import type {
  DefinedAction,
  DefinedInvoke,
  DefinedTransition,
  MachineDefinition,
  StateDefinition,
} from './machine-definition.js'
import { childNode, childNodes, nodeIds, ownName } from './node-ids.js'
import { plainData } from './plain-data.js'

type Transition = Parameters<Parameters<StateNode['transitions']['forEach']>[0]>[0][number]

interface Reading {
  readonly definition: MachineDefinition
  /** From XState's transition definition to its id. */
  readonly transitionIds: Map<object, string>
}

const readings = new WeakMap<AnyStateMachine, Reading>()

/** Everything that `machine` says of itself, as plain JSON. */
export function definitionOf(machine: AnyStateMachine): MachineDefinition {
  return reading(machine).definition
}

/**
 * Ids of a machine's transitions, by XState's transition definitions: those that its inspector tells of, and that
 * `machine.root` holds.
 */
export function transitionIds(machine: AnyStateMachine): ReadonlyMap<object, string> {
  return reading(machine).transitionIds
}

/** Ids of the states that are active in a state value, outer states first; what the machine has not is left out. */
export function stateIdsOf(machine: AnyStateMachine, value: unknown): string[] {
  return activeStateIds(definitionOf(machine), value)
}

function reading(machine: AnyStateMachine): Reading {
  const known = readings.get(machine)
  if (known !== undefined) return known
  const read = new Reader(machine).read()
  readings.set(machine, read)
  return read
}

class Reader {
  private readonly stateIds: ReadonlyMap<StateNode, string>
  private readonly transitionIds = new Map<object, string>()
  private readonly taken = new Set<string>()

  constructor(private readonly machine: AnyStateMachine) {
    this.stateIds = nodeIds(machine)
  }

  read(): Reading {
    const { id, version, root } = this.machine
    const definition = { id, ...(version === undefined ? {} : { version }), root: this.state(root) }
    return { definition, transitionIds: this.transitionIds }
  }

  private state(node: StateNode): StateDefinition {
    const transitions = transitionsOf(node)
    const delayed = new Set(transitions.filter(isDelayed).map(({ eventType }) => eventType))
    const actions = (all: readonly unknown[]): DefinedAction[] =>
      all.filter((action) => !isAddedForDelay(action, delayed)).map(definedAction)
    return {
      id: this.idOf(node),
      key: node.key,
      path: node.path,
      type: node.type,
      ...textsOf(node),
      tags: [...node.tags],
      ...this.initial(node),
      ...this.history(node),
      entry: actions(node.entry),
      exit: actions(node.exit),
      invokes: node.invoke.map((invoke): DefinedInvoke => {
        const { id, src, systemId } = invoke
        const { input } = invoke as { readonly input?: unknown }
        const given = input === undefined ? {} : { input: plainData(input) }
        const text = invokeText(this.machine, invoke)
        return { id, src: String(src), text, ...given, ...(systemId === undefined ? {} : { systemId }) }
      }),
      ...(node.output === undefined ? {} : { output: plainData(node.output) }),
      transitions: this.transitions(node, transitions),
      states: childNodes(node).map((child) => this.state(child)),
    }
  }

  private initial(node: StateNode): Pick<StateDefinition, 'initial'> {
    if (node.type !== 'compound') return {}
    const [target] = node.initial.target ?? []
    if (target === undefined) return {}
    return { initial: { target: this.idOf(target), actions: node.initial.actions.map(definedAction) } }
  }

  private history(node: StateNode): Pick<StateDefinition, 'history' | 'historyTargets'> {
    if (node.type !== 'history') return {}
    const history = node.history === 'deep' ? 'deep' : 'shallow'
    const targets = [(node.config as { target?: unknown }).target ?? []].flat().flatMap((target) => {
      const found = typeof target === 'string' ? this.targetOf(node, target) : undefined
      return found === undefined ? [] : [this.idOf(found)]
    })
    return targets.length === 0 ? { history } : { history, historyTargets: targets }
  }

  /** A history's target as XState finds it: by `#id`, or by keys from its parent down. */
  private targetOf({ parent }: StateNode, target: string): StateNode | undefined {
    if (target.startsWith('#')) return [...this.stateIds.keys()].findLast(({ id }) => id === target.slice(1))
    const keys = target.replace(/^\./, '').split('.')
    return keys.reduce<StateNode | undefined>((node, key) => node && childNode(node, key), parent)
  }

  private transitions(node: StateNode, transitions: readonly Transition[]): DefinedTransition[] {
    const counts = new Map<string, number>()
    return transitions.map((transition) => {
      const trigger = triggerOf(this.machine, node, transition)
      const index = counts.get(trigger.descriptor) ?? 0
      counts.set(trigger.descriptor, index + 1)
      const id = ownName(`${this.idOf(node)}|${trigger.descriptor}|${index}`, this.taken)
      this.transitionIds.set(transition, id)
      return this.transition(id, transition, trigger)
    })
  }

  private transition(id: string, transition: Transition, trigger: Trigger): DefinedTransition {
    const { source, eventType, target, guard, actions, reenter } = transition
    return {
      id,
      source: this.idOf(source),
      targets: (target ?? []).map((node) => this.idOf(node)),
      ...trigger,
      event: eventType,
      ...this.guard(guard, id),
      actions: actions.map(definedAction),
      reenter,
      ...textsOf(transition),
    }
  }

  private guard(guard: unknown, position: string): Pick<DefinedTransition, 'guard'> {
    if (guard === undefined) return {}
    const structure = guardStructure(guard, this.machine, position)
    return { guard: { text: guardText(guard, structure), structure } }
  }

  private idOf(node: StateNode): string {
    return this.stateIds.get(node) ?? node.id
  }
}

/** A state called `__proto__` has none: XState does not come to it when it reads the transitions. */
function transitionsOf(node: StateNode): Transition[] {
  return [...[...(node.transitions?.values() ?? [])].flat(), ...(node.always ?? [])]
}

function isDelayed(transition: Transition): boolean {
  return 'delay' in transition && transition.delay !== undefined
}

function textsOf({ description, meta }: { readonly description?: string; readonly meta?: unknown }): {
  description?: string
  meta?: unknown
} {
  return {
    ...(description === undefined ? {} : { description }),
    ...(meta === undefined ? {} : { meta: plainData(meta) }),
  }
}
