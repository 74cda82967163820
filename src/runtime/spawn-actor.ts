/**
 * New actors and refs from inside a machine (D12): `spawnActor` as an action, `childRef` for `assign` in the same
 * transition.
 */
import type { AnyActorLogic, EventObject, InputFrom, MachineContext } from 'xstate'
import type { RosciusRef } from '../core/actor-ref.js'
import { type ActorPath, childPath } from '../core/address.js'
import { RosciusError } from '../core/errors.js'
import { type ExtraOptions, extrasOf } from '../core/extras.js'
import { ActorHandle } from './actor-handle.js'
import type { Engine } from './engine.js'
import type { LogicRow } from './logic-table.js'
import { type ActionArgs, resolved, type UnitAction, unitAction } from './unit-action.js'

export interface SpawnActorOptions<TLogic extends AnyActorLogic, TContext, TEvent> extends ExtraOptions {
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
): UnitAction<TContext, TEvent> {
  const plan = options as unknown as SpawnPlan
  const extras = extrasOf(options)
  return unitAction(`spawnActor("${String(options.id)}")`, (unit, engine, _child, info) => {
    const row = rowOf(engine, logic, unit.cell.path)
    const path = childPath(unit.cell.path, resolved(plan.id, info))
    unit.spawns.push({ row, path, input: resolved(plan.input, info), systemId: plan.systemId, extras })
    unit.cell.hasChildCells = true
  })
}

/** The options, as a unit that knows no types of the user's sees them. */
interface SpawnPlan {
  readonly id: string | ((args: ActionArgs<unknown, unknown>) => string)
  readonly input: unknown
  readonly systemId: string | undefined
}

function rowOf(engine: Engine, logic: string | object, path: ActorPath): LogicRow {
  const row = engine.rowOf(logic)
  if (row !== undefined) return row
  const name = typeof logic === 'string' ? `"${logic}"` : 'the given logic'
  throw new RosciusError(
    'LOGIC_NOT_FOUND',
    `${path}: spawnActor: ${name} is not in the system's logic table; add it to createSystem({ logic }).`,
    { address: path },
  )
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
