/** What a supervisor is dealing with, read from its statechart and the cells of its children. Pure. */
import type { SupervisorContext } from '../../machines/supervisor.js'
import { type ActorPath, childPath, idOf, parentOf } from '../core/address.js'
import type { Supervises, Trouble, Wait } from '../core/explanation.js'
import type { Cell } from './cell.js'
import { errorText } from './phrases.js'
import { definitionOf } from './supervisor-definition.js'

/** What is known about the children of a supervisor. */
export interface ChildrenPort {
  readonly cells: ReadonlyMap<ActorPath, Cell>
  readonly lifecycle: { isEnding(path: ActorPath): boolean }
  cellAt(path: ActorPath): Cell | undefined
}

/** Undefined if the actor is no supervisor. */
export function supervisesOf(cell: Cell, cellAt: (path: ActorPath) => Cell | undefined): Supervises | undefined {
  const definition = definitionOf(cell.row.logic)
  if (definition === undefined) return undefined
  return { strategy: definition.strategy, ...definition.intensity, trouble: troubleOf(cell, cellAt) }
}

function troubleOf(
  { path, status, snapshot }: Cell,
  cellAt: (path: ActorPath) => Cell | undefined,
): Trouble | undefined {
  const { failedId, failure } = (snapshot?.context ?? {}) as Partial<SupervisorContext>
  if (status !== 'active') return undefined
  if (snapshot?.value === 'escalating' && failure !== undefined) {
    const { id, why, error } = failure
    // What a start failed with says no more than its cause does, and says who it was.
    const thrown = (why === 'start' && (error as { readonly cause?: unknown } | undefined)?.cause) || error
    return { child: id, why, error: thrown === undefined ? undefined : errorText(thrown) }
  }
  if (failedId === undefined || !isRestarting(snapshot?.value)) return undefined
  const error = cellAt(childPath(path, failedId))?.supervised?.last?.error
  return { child: failedId, why: 'group', error: error === undefined ? undefined : errorText(error) }
}

const isRestarting = (value: unknown): boolean => typeof value === 'object' && value !== null && 'restarting' in value

/** What it does with its children before it goes on; undefined if it is no supervisor. */
export function doingsOf(cell: Cell, node: ChildrenPort): readonly Wait[] | undefined {
  if (definitionOf(cell.row.logic) === undefined) return undefined
  const doing = doingIn(cell.snapshot?.value)
  return doing === undefined ? [] : [{ kind: 'children', doing, children: onTheirWay(cell.path, node) }]
}

function doingIn(value: unknown): Extract<Wait, { kind: 'children' }>['doing'] | undefined {
  const phase = isRestarting(value) ? (value as { readonly restarting: unknown }).restarting : value
  if (phase === 'starting') return 'starting'
  if (value === 'stopping') return 'ending'
  return phase === 'stopping' || phase === 'escalating' ? 'stopping' : undefined
}

/** Whoever is being started or stopped is in memory. */
function onTheirWay(path: ActorPath, { cells, lifecycle }: ChildrenPort): readonly string[] {
  const children = [...cells.values()].filter((cell) => parentOf(cell.path) === path)
  return children.filter((cell) => isOnItsWay(cell, lifecycle)).map((cell) => idOf(cell.path))
}

function isOnItsWay(cell: Cell, lifecycle: ChildrenPort['lifecycle']): boolean {
  const { path, status, ending, snapshot } = cell
  if (status === 'starting') return true
  if (status !== 'active') return false
  const isComingUp = definitionOf(cell.row.logic) !== undefined && snapshot?.value === 'starting'
  return ending === 'frozen' || isComingUp || lifecycle.isEnding(path)
}

/** What the supervisor does with one of its children: it waits for the effects of that, before it suspends it. */
export function suspensionOf(
  { path, ending, endReason }: Cell,
  shutdownMs: number | 'infinity' | 'kill',
): Wait | undefined {
  const of = parentOf(path)
  // One that is ended for good says so otherwise.
  if (of === undefined || ending !== 'frozen' || endReason !== undefined || shutdownMs === 'kill') return undefined
  return { kind: 'suspension', of, shutdownMs }
}
