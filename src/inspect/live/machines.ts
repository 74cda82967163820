/** The machine of an actor, as far as the drawings need it. */
import type { AnyStateMachine } from 'xstate'
import { definitionOf, transitionIds } from '../definition/definition.js'
import { definitionHash } from '../definition/definition-hash.js'

/** Undefined for logic that is no machine. */
export function machineIn(snapshot: object | undefined): AnyStateMachine | undefined {
  return (snapshot as { readonly machine?: AnyStateMachine } | undefined)?.machine
}

export class Machines {
  readonly #hashes = new WeakMap<AnyStateMachine, string>()

  /** Hash of its definition: equal machines have the same chart. */
  hash(machine: AnyStateMachine): string {
    const known = this.#hashes.get(machine)
    if (known !== undefined) return known
    const hash = definitionHash(definitionOf(machine))
    this.#hashes.set(machine, hash)
    return hash
  }

  /** Ids of the transitions in the order in which they were taken, each once. */
  idsOf(machine: AnyStateMachine | undefined, transitions: readonly (readonly object[])[]): string[] {
    if (machine === undefined || transitions.length === 0) return []
    const ids = transitionIds(machine)
    return [...new Set(transitions.flat().flatMap((transition) => ids.get(transition) ?? []))]
  }
}
