/** Ids for the state nodes of a machine, each its own. */
import type { AnyStateMachine } from 'xstate'
import type { StateNode } from '../../runtime/machine-structure.js'

/** A name that is not taken yet: itself, or with ` (2)`, ` (3)`, ... behind it. Takes it. */
export function ownName(name: string, taken: Set<string>): string {
  let own = name
  for (let count = 2; taken.has(own); count++) own = `${name} (${count})`
  taken.add(own)
  return own
}

/** XState keeps an id that is given twice for the later state; here both have one. In document order. */
export function nodeIds(machine: AnyStateMachine): ReadonlyMap<StateNode, string> {
  const ids = new Map<StateNode, string>()
  const taken = new Set<string>()
  const visit = (node: StateNode): void => {
    ids.set(node, ownName(node.id, taken))
    for (const child of childNodes(node)) visit(child)
  }
  visit(machine.root)
  return ids
}

/** By the config: XState puts a state called `__proto__` where `Object.values` does not see it. */
export function childNodes(node: StateNode): StateNode[] {
  return Object.keys(node.config.states ?? {}).flatMap((key) => node.states[key] ?? [])
}

export function childNode(node: StateNode, key: string): StateNode | undefined {
  return Object.hasOwn(node.config.states ?? {}, key) ? node.states[key] : undefined
}
