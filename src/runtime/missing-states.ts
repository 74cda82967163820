/**
 * What a stored snapshot refers to and the present machine does not have: the reason for a quarantine.
 *
 * 1. Empty means that XState can restore the snapshot to the very states it was in.
 * 2. A state that is still there but is of another kind now counts as missing: XState would enter states that the actor
 *    was never in, without their entry actions.
 * 3. States and regions that are new in the machine are no reason.
 */
import type { AnyStateMachine } from 'xstate'
import { actorLogic, stateNodeById } from './actor-logic.js'
import { isMachine, type StateNode } from './machine-structure.js'

/** The fields of a machine's persisted snapshot that refer to the machine. */
export interface PersistedStates {
  readonly status?: unknown
  readonly value?: unknown
  readonly children?: Readonly<Record<string, { readonly src: unknown; readonly snapshot?: unknown }>>
  readonly historyValue?: Readonly<Record<string, readonly { readonly id: string }[]>>
}

/**
 * What `persisted` needs and `machine` lacks, for people: paths of states (`editing.title`, `editing (now compound)`,
 * `(root)` for the machine itself), children whose logic is gone (`children.w1 (worker)`), what is missing in a child
 * machine (`children.w1.editing.title`), and remembered states (`history.editing.last (#wizard.editing.title)`).
 */
export function missingStates(machine: AnyStateMachine, persisted: PersistedStates): string[] {
  return [
    ...missingInValue(machine.root, persisted.value),
    ...finishedUnnoticed(machine.root, persisted),
    ...missingInHistory(machine, persisted.historyValue ?? {}),
    ...Object.entries(persisted.children ?? {}).flatMap(([id, child]) => missingInChild(machine, id, child)),
  ]
}

function missingInValue(node: StateNode, value: unknown): string[] {
  if (typeof value === 'string') return missingLeaf(node, value)
  if (!isRecord(value)) return [pathOf(node)]
  const keys = Object.keys(value)
  const missing = keys.flatMap((key) => {
    const child = childOf(node, key)
    return child === undefined ? [pathOf(node, key)] : missingInValue(child, value[key])
  })
  if (missing.length > 0) return missing
  return fits(node, keys) ? [] : [otherKind(node)]
}

/** Whether a node of this kind can have an object with these keys as its value: under a compound one a leaf is a string. */
function fits(node: StateNode, keys: readonly string[]): boolean {
  if (keys.length === 0) return isLeaf(node)
  return node.type === 'parallel' || (keys.length === 1 && !isLeaf(node.states[keys[0]!]!))
}

/** `key` as the active child of `node` that has no children of its own. */
function missingLeaf(node: StateNode, key: string): string[] {
  const child = childOf(node, key)
  if (child === undefined) return [pathOf(node, key)]
  if (node.type !== 'compound') return [otherKind(node)]
  return isLeaf(child) ? [] : [otherKind(child)]
}

/** A running machine is never in a final state of its root: that one has become final since. */
function finishedUnnoticed(root: StateNode, { status, value }: PersistedStates): string[] {
  if (status !== 'active' || typeof value !== 'string') return []
  const child = childOf(root, value)
  return child?.type === 'final' ? [otherKind(child)] : []
}

/** Where a history state is gone, nobody asks for what it remembered. */
function missingInHistory(machine: AnyStateMachine, history: NonNullable<PersistedStates['historyValue']>): string[] {
  return Object.entries(history).flatMap(([id, remembered]) => {
    const node = stateNodeById(machine, id)
    if (node?.type !== 'history') return []
    const missing = remembered.filter((state) => stateNodeById(machine, state.id) === undefined)
    return missing.map((state) => `history.${pathOf(node)} (#${state.id})`)
  })
}

function missingInChild(
  machine: AnyStateMachine,
  id: string,
  child: { readonly src: unknown; readonly snapshot?: unknown },
): string[] {
  const { src, snapshot } = child
  const logic = typeof src === 'string' ? actorLogic(machine, src) : src
  const place = `children.${id}`
  if (typeof logic !== 'object' || logic === null) return [`${place} (${String(src)})`]
  if (!isRecord(snapshot)) return []
  if (isMachine(logic) && !('value' in snapshot)) return [`${place} (${String(src)}, now a machine)`]
  if (isMachine(logic)) return missingStates(logic, snapshot).map((missing) => `${place}.${missing}`)
  const wasMachine = 'value' in snapshot && 'historyValue' in snapshot
  return wasMachine ? [`${place} (${String(src)}, no longer a machine)`] : []
}

function childOf(node: StateNode, key: string): StateNode | undefined {
  return Object.hasOwn(node.states, key) ? node.states[key] : undefined
}

function isLeaf(node: StateNode): boolean {
  return node.type === 'atomic' || node.type === 'final'
}

function otherKind(node: StateNode): string {
  return `${pathOf(node)} (now ${node.type})`
}

function pathOf(node: StateNode, ...keys: readonly string[]): string {
  return [...node.path, ...keys].join('.') || '(root)'
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
