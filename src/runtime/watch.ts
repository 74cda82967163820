/**
 * Watching from inside a machine, as actions: they are planned in the unit and count with its commit (`watches.ts`).
 */
import type { EventObject, MachineContext } from 'xstate'
import type { ActorPath } from '../core/address.js'
import { RosciusError } from '../core/errors.js'
import { bareAddress, isForeign, parseForeign } from '../core/foreign-address.js'
import { ActorHandle } from './actor-handle.js'
import type { Engine } from './engine.js'
import type { Unit } from './unit.js'
import { type ActionArgs, resolved, type UnitAction, unitAction } from './unit-action.js'
import { isTerminated } from './watches.js'

/** A ref of an actor with an address of its own: what `spawn`, `system.actor`, `childRef` and events give. */
export interface Watchable {
  readonly address: string
  readonly sessionId: string
}

/** The actor that is meant, or how to find its ref from context and event. */
export type WatchTarget<TContext, TEvent> = Watchable | ((args: ActionArgs<TContext, TEvent>) => Watchable)

/**
 * An action that asks to be told when another actor ends, for good: a restart is no end. The watcher gets exactly one
 * `TerminatedEvent`, also over crashes of either or of the process, also when the target has ended before (then at once), also
 * when its mailbox is full. Watching an actor that is watched already changes nothing; an actor that watches itself is told
 * nothing. A machine invoked or spawned inside an actor gets the event itself.
 *
 * The watch is part of the transition's commit and ends with the event, with `unwatch`, or with the watcher. That of a volatile
 * watcher is in memory only, as it is. An actor of another node can be watched as well; when that node is not heard any more,
 * the event comes with `nodeDown`. The transition fails with `ADDRESS_INVALID` if the target is no ref of this system, or is
 * a child inside a cell (its parent gets `xstate.done.actor.<id>`), and under plain `createActor` with `NOT_IN_SYSTEM`.
 *
 * @example
 * ```ts
 * import { type RosciusRef, type TerminatedEvent, watch } from 'roscius'
 * import { setup } from 'xstate'
 *
 * const guest = setup({
 *   types: { context: {} as { host: RosciusRef }, input: {} as { host: RosciusRef }, events: {} as TerminatedEvent },
 * }).createMachine({
 *   context: ({ input }) => input,
 *   entry: watch(({ context }) => context.host),
 *   initial: 'staying',
 *   states: { staying: { on: { terminated: 'leaving' } }, leaving: { type: 'final' } },
 * })
 * ```
 */
export function watch<TContext extends MachineContext, TEvent extends EventObject>(
  target: WatchTarget<TContext, TEvent>,
): UnitAction<TContext, TEvent> {
  return unitAction('watch', (unit, engine, child, info) => {
    const ref = pathOf('watch', resolveTarget(target, info), unit, engine)
    const path = bareAddress(ref)
    const isGone = isForeign(ref) && engine.abroad.isGone(ref)
    // Nobody can be told of its own end.
    if (path !== unit.cell.path)
      unit.watches.push({ target: path, watcher: child ?? unit.cell.path, isWatching: true, isGone })
  })
}

/**
 * An action that takes a `watch` back: this actor is told nothing more of that target. A `terminated` of it that waits already
 * (in the mailbox, or deferred) is withdrawn. Does nothing if the target is not watched. Fails as `watch` does.
 *
 * @example
 * ```ts
 * import { type RosciusRef, unwatch, watch } from 'roscius'
 * import { setup } from 'xstate'
 *
 * const guest = setup({
 *   types: { context: {} as { host: RosciusRef }, input: {} as { host: RosciusRef } },
 * }).createMachine({
 *   context: ({ input }) => input,
 *   entry: watch(({ context }) => context.host),
 *   on: { LEAVE: { actions: unwatch(({ context }) => context.host) } },
 * })
 * ```
 */
export function unwatch<TContext extends MachineContext, TEvent extends EventObject>(
  target: WatchTarget<TContext, TEvent>,
): UnitAction<TContext, TEvent> {
  return unitAction('unwatch', (unit, engine, child, info) => {
    const path = bareAddress(pathOf('unwatch', resolveTarget(target, info), unit, engine))
    unit.watches.push({ target: path, watcher: child ?? unit.cell.path, isWatching: false })
    // The stash is part of the state that the unit records.
    if (child === undefined) unit.cell.stash = withoutTerminated(unit, path)
  })
}

function resolveTarget<TContext, TEvent>(
  target: WatchTarget<TContext, TEvent>,
  info: ActionArgs<unknown, unknown>,
): unknown {
  return resolved(target as Watchable | ((args: ActionArgs<unknown, unknown>) => Watchable), info)
}

/** The path of the target. Throws `ADDRESS_INVALID` for what can't be watched. */
function pathOf(action: string, target: unknown, { cell }: Unit, engine: Engine): ActorPath {
  const problem = problemWith(target, engine)
  if (problem === undefined) return (target as ActorHandle).path
  throw new RosciusError('ADDRESS_INVALID', `${cell.path}: ${action}: ${problem}`, { address: cell.path })
}

function problemWith(target: unknown, engine: Engine): string | undefined {
  if (!(target instanceof ActorHandle) && !isChild(target))
    return 'its target must be the ref of an actor, as spawn, system.actor(...), childRef or an event gives it.'
  if (!(target instanceof ActorHandle) || target.child !== undefined)
    return 'a child inside an actor has no address of its own and can\'t be watched; its parent gets "xstate.done.actor.<id>".'
  if (target.engine !== engine) return `${target.address} is an actor of another system, which can't be watched.`
  if (pathOnNode(target.path).startsWith('$')) return 'a reply address is no actor, and never ends.'
  return undefined
}

function pathOnNode(path: ActorPath): ActorPath {
  return isForeign(path) ? parseForeign(path).path : path
}

/** Whether it is an XState actor. */
function isChild(target: unknown): boolean {
  return typeof target === 'object' && target !== null && 'sessionId' in target
}

function withoutTerminated({ cell: { stash } }: Unit, target: ActorPath): Unit['cell']['stash'] {
  if (!stash?.some((deferred) => isTerminated(deferred, target))) return stash
  const kept = stash.filter((deferred) => !isTerminated(deferred, target))
  return kept.length === 0 ? undefined : kept
}
