import type { SimulatedClock } from 'roscius/testing'
import type { AnyActor, AnyActorRef, AnyMachineSnapshot, Snapshot } from 'xstate'

/**
 * Whether the states that a machine believes to be active are those of its state value, in it and all its children.
 *
 * After some transitions to a history state of a parallel state, XState 5 forgets states that its value still names. A
 * restore, XState's own or that of Roscius, heals it.
 */
export function isConsistent(snapshot: Snapshot<unknown>): boolean {
  if (!('machine' in snapshot)) return true
  const { machine, value, context, children, _nodes: active } = snapshot as AnyMachineSnapshot
  const named = machine.resolveState({ value, context })._nodes
  if (named.length !== new Set(active).size || !named.every((node) => active.includes(node))) return false
  return Object.values(children as Record<string, AnyActorRef>).every((child) => isConsistent(child.getSnapshot()))
}

/**
 * Whether XState still knows each delay that runs on the clock.
 *
 * A delay whose id is armed again while it runs is not known any more, and when it fires, the newer one can't be cancelled.
 * XState 5 does so by itself where it enters a state again without leaving it, by way of a history state.
 */
export function hasNoLostDelays(clock: SimulatedClock, actors: readonly AnyActor[]): boolean {
  const known = actors.map((actor) => Object.keys(actor.system.getSnapshot()._scheduledEvents).length)
  return clock.pending === known.reduce((sum, count) => sum + count, 0)
}

/**
 * Whether each actor that runs is known to its parent. Entered again without leaving, a state of XState 5 invokes anew and
 * forgets the child that it had, which runs on; nothing of it can be stored.
 */
export function hasNoLostChildren(actors: readonly AnyActorRef[]): boolean {
  return actors.every((actor) => {
    const { _parent: parent, _processingStatus: status } = actor as unknown as Internals
    return parent === undefined || status === STOPPED || parent.getSnapshot().children[actor.id] === actor
  })
}

interface Internals {
  readonly _parent: AnyActor | undefined
  readonly _processingStatus: number
}

/** `Actor._processingStatus` of one that was stopped. */
const STOPPED = 2
