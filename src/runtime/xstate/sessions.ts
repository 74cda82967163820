/**
 * Sessions: what an actor inside a cell is called, the same over restarts. `path#1-4.3` is the third that its cell has made in
 * the life `1-4` (the fourth of the store's first incarnation), so no two are ever the same; the cell's own logic has the path alone.
 */
import type { ActorPath } from '../../core/address.js'
import { RosciusError } from '../../core/errors.js'
import { ActorHandle } from '../actor-handle.js'
import type { Cell } from '../cell.js'
import type { Unit } from '../unit.js'
import type { ChildActor } from './internals.js'

/** The unit that is being run. Throws `NOT_IN_SYSTEM` outside one. */
export function unitOf(engine: { readonly unit: Unit | undefined }): Unit {
  const { unit } = engine
  if (unit !== undefined) return unit
  throw new RosciusError('NOT_IN_SYSTEM', 'Actor logic of a Roscius cell was called outside its turn.')
}

/** The session of number `n` of a cell: 0 is the cell's own logic where that is itself an effect. */
export function sessionOfNumber(engine: { nextLife(): string }, cell: Cell, n: number): string {
  cell.life ??= engine.nextLife()
  return `${cell.path}#${cell.life}.${n}`
}

/** Whether a session is that of the cell's own logic. */
export function isOwnSession(session: string): boolean {
  return session.endsWith('.0')
}

/** The cell that a session belongs to. */
export function pathOfSession(sessionId: string): ActorPath {
  return sessionId.slice(0, sessionId.indexOf('#'))
}

/** The session of an actor of the cell; `''` for the cell's own logic. */
export function sessionOf(actor: object, cell: Cell): string {
  return actor === cell.self || actor instanceof ActorHandle ? '' : (actor as ChildActor).sessionId
}

/** Where a delayed event goes, in the form in which it is stored. */
export function timerTarget(target: object, cell: Cell): string | object {
  if (!(target instanceof ActorHandle))
    return pathOfSession((target as ChildActor).sessionId) === cell.path ? (target as ChildActor).sessionId : target
  return target.path === cell.path && target.child === undefined ? '' : target
}

/** Who sends, as the store names it: a path, perhaps with a session. */
export function sourceAddress(source: object | undefined, path: ActorPath): string {
  return source === undefined ? path : ((source as { readonly sessionId?: string }).sessionId ?? path)
}
