/** An actor by the path that a request names, and its machine. */
import type { AnyStateMachine } from 'xstate'
import type { RosciusRef } from '../../core/actor-ref.js'
import { type ActorPath, childPath, formatAddress } from '../../core/address.js'
import { RosciusError } from '../../core/errors.js'
import type { ControlledSystem } from '../controlled-system.js'

/**
 * Only of this node, whoever may act here may not act elsewhere in its name; and only actors: a reply address, say, is none.
 * Throws `ADDRESS_INVALID`.
 */
export function actorOf(system: Pick<ControlledSystem, 'name' | 'actor'>, path: string): RosciusRef {
  return system.actor(undefined as never, formatAddress(system.name, checkedPath(path))) as RosciusRef
}

/** The path as the runtime writes it. */
export function checkedPath(path: string): ActorPath {
  return path
    .split('/')
    .reduce<ActorPath | undefined>((parent, segment) => childPath(parent, decoded(segment)), undefined) as ActorPath
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw new RosciusError('ADDRESS_INVALID', `${JSON.stringify(segment)} is no part of an actor's path.`)
  }
}

/** The machine that an actor runs; undefined for other logic, and for one that can't be restored. */
export function machineOf(ref: RosciusRef): AnyStateMachine | undefined {
  try {
    const snapshot = ref.getSnapshot() as { readonly machine?: AnyStateMachine } | undefined
    return snapshot?.machine
  } catch {
    return undefined
  }
}
