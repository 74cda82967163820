/**
 * New actors and refs from inside a machine (D12): `spawnActor` as an action, `childRef` for `assign` in the same
 * transition.
 */
import type { AnyActorLogic, EventObject, InputFrom, MachineContext } from 'xstate'
import type { RosciusRef } from '../core/actor-ref.js'
import { childPath } from '../core/address.js'
import { RosciusError } from '../core/errors.js'
import { ActorHandle } from './actor-handle.js'

const PLAN = Symbol('roscius.spawnActor')

interface ActionArgs<TContext, TEvent> {
  readonly context: TContext
  readonly event: TEvent
  readonly self: object
}

/** What the host reads off a `spawnActor` action. */
export interface SpawnPlan {
  readonly logic: string | AnyActorLogic
  readonly id: string | ((args: ActionArgs<unknown, unknown>) => string)
  readonly input: unknown
  readonly systemId: string | undefined
}

export interface SpawnActorOptions<TLogic extends AnyActorLogic, TContext, TEvent> {
  /** The last segment of the new actor's path, or how to make it from context and event. */
  readonly id: string | ((args: ActionArgs<TContext, TEvent>) => string)
  readonly input?: InputFrom<TLogic> | ((args: ActionArgs<TContext, TEvent>) => InputFrom<TLogic>)
  readonly systemId?: string
}

/**
 * An action that starts a new actor: a cell of its own, child of this one, part of the same commit. `logic` is a name in
 * the system's logic table or the logic itself (found in the table by identity). The transition fails with
 * `LOGIC_NOT_FOUND` if it is not there, with `ACTOR_EXISTS` if the id is taken. When the child ends, this actor gets
 * `xstate.done.actor.<id>`, or `xstate.error.actor.<id>` when it has failed for good.
 *
 * @example
 * ```ts
 * import { spawnActor } from 'roscius'
 * import { createMachine, setup } from 'xstate'
 *
 * const worker = createMachine({})
 * const boss = setup({}).createMachine({ entry: spawnActor(worker, { id: 'w1' }) })
 * ```
 */
export function spawnActor<TLogic extends AnyActorLogic, TContext extends MachineContext, TEvent extends EventObject>(
  logic: TLogic | string,
  options: SpawnActorOptions<TLogic, TContext, TEvent>,
): (args: { context: TContext; event: TEvent; self: object }, params: unknown) => void {
  const action = (): void => {
    throw new RosciusError(
      'NOT_IN_SYSTEM',
      `spawnActor("${String(options.id)}") ran outside a Roscius system; use spawnChild with createActor.`,
    )
  }
  const plan: SpawnPlan = { logic, id: options.id as SpawnPlan['id'], input: options.input, systemId: options.systemId }
  return Object.assign(action, { [PLAN]: plan })
}

/** The plan behind an action made by `spawnActor`, if it is one. */
export function spawnPlanOf(action: object): SpawnPlan | undefined {
  return (action as { readonly [PLAN]?: SpawnPlan })[PLAN]
}

/**
 * The typed ref of this actor's child `id`, whether or not it exists yet; pure, so that `assign` may keep it in the same
 * transition that spawns it. `_logic` only gives the type. Throws `NOT_IN_SYSTEM` outside a Roscius system.
 */
export function childRef<TLogic extends AnyActorLogic>(
  self: object,
  _logic: TLogic | string,
  id: string,
): RosciusRef<TLogic> {
  if (!(self instanceof ActorHandle)) {
    throw new RosciusError(
      'NOT_IN_SYSTEM',
      `childRef("${id}") needs the "self" of an actor's own machine in a Roscius system.`,
    )
  }
  return self.engine.refAt(childPath(self.path, id)) as RosciusRef<TLogic>
}
