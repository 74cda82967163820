/**
 * Actions of Roscius's own that run *within* the unit: what they plan there counts only if the unit succeeds, and is part of
 * its commit. Any other custom action is held until after it (I2).
 *
 * 1. The action is a plain function for XState, so that machines stay as they are; outside a Roscius system it throws.
 * 2. What it does in a unit hangs on a symbol, so that the host needs to know none of them.
 */
import type { EventObject } from 'xstate'
import { RosciusError } from '../core/errors.js'
import type { Engine } from './engine.js'
import type { Unit } from './unit.js'

const WITHIN_UNIT = Symbol('roscius.unitAction')

/** What an action sees of the actor that runs it. */
export interface ActionArgs<TContext, TEvent> {
  readonly context: TContext
  readonly event: TEvent
  readonly self: object
}

/** What an action made here is to XState. */
export type UnitAction<TContext, TEvent extends EventObject> = (
  args: { context: TContext; event: TEvent; self: object },
  params: unknown,
) => void

/**
 * What it does: in which unit, on which node, for which child inside the cell (its session; `undefined` for the cell's own
 * logic). `info` is what any action gets. What it throws fails the unit.
 */
export type WithinUnit = (
  unit: Unit,
  engine: Engine,
  child: string | undefined,
  info: ActionArgs<unknown, unknown>,
  params: unknown,
) => void

/** The action called `name` that does `act` in the unit of its transition. Run by a plain XState actor it throws `NOT_IN_SYSTEM`. */
export function unitAction<TContext, TEvent extends EventObject>(
  name: string,
  act: WithinUnit,
): UnitAction<TContext, TEvent> {
  const action = (): void => {
    throw new RosciusError(
      'NOT_IN_SYSTEM',
      `${name} ran outside a Roscius system: it works only in actors that system.spawn or spawnActor has started.`,
    )
  }
  return Object.assign(action, { [WITHIN_UNIT]: act })
}

/** What an action made by `unitAction` does in a unit; `undefined` for any other. */
export function unitActionOf(action: object): WithinUnit | undefined {
  return (action as { readonly [WITHIN_UNIT]?: WithinUnit })[WITHIN_UNIT]
}

/** A value given as it is, or as a function of context and event. */
export function resolved<T>(
  value: T | ((args: ActionArgs<unknown, unknown>) => T),
  info: ActionArgs<unknown, unknown>,
): T {
  return typeof value === 'function' ? (value as (args: ActionArgs<unknown, unknown>) => T)(info) : value
}
