/**
 * Finds who is alive in subtrees, in memory and in the store, for many subtrees at once.
 *
 * 1. What is in memory counts as it is there. The store is asked for those who are not: it is streamed, and leaves room for
 *    other work.
 * 2. Nobody is missed: whoever leaves memory meanwhile was found there first, and nobody may be started in a subtree that is
 *    being ended.
 */
import { setImmediate as eventLoopRound } from 'node:timers/promises'
import { type ActorPath, parentOf } from '../core/address.js'
import type { Codec } from '../persistence/codec.js'
import { belowRange, headKey, pathInKey } from '../persistence/keys.js'
import { type Head, unpackHead } from '../persistence/records.js'
import type { RefCodec } from '../persistence/storable.js'
import type { Store } from '../persistence/store.js'
import type { Cell, CellStatus } from './cell.js'
import type { LogicRow } from './logic-table.js'
import { takesCancel } from './xstate/cancel-event.js'

/** A living actor of a subtree. */
export interface Member {
  readonly path: ActorPath
  readonly order: number
  readonly isStored: boolean
  readonly takesCancel: boolean
}

/** The actors at and below `path` that were started before the order `before`. */
export interface Subtree {
  readonly path: ActorPath
  readonly before: number
  readonly withItself: boolean
  readonly members: ReadonlyMap<ActorPath, Member>
  /** Those who came to their end while members were looked for: the store may not know yet. */
  readonly gone: ReadonlySet<ActorPath>
  add(member: Member): void
}

export interface SubtreePort {
  readonly options: {
    readonly store: Store
    readonly codec: Codec
    readonly rows: ReadonlyMap<string, LogicRow>
  }
  readonly cells: ReadonlyMap<ActorPath, Cell>
  readonly refs: RefCodec
}

/** How many cells, and how many records of the store, are looked at between two rounds of the event loop. */
const CELLS_A_ROUND = 4_096
const RECORDS_A_ROUND = 256

export function isAlive(status: CellStatus): boolean {
  return status === 'active' || status === 'restarting' || status === 'starting'
}

/** Fills the members of each subtree. */
export async function findMembers(node: SubtreePort, subtrees: readonly Subtree[]): Promise<void> {
  await findInMemory(node, subtrees)
  for (const subtree of subtrees) await findInStore(node, subtree)
}

export function addCell(subtree: Subtree, { path, order, status, durability, row }: Cell): void {
  if (order >= subtree.before || !isAlive(status)) return
  const isStored = durability !== 'volatile'
  subtree.add({ path, order, isStored, takesCancel: takesCancel(row.logic) })
}

/** One walk over the cells of the node, however many subtrees are looked for. */
async function findInMemory({ cells }: SubtreePort, subtrees: readonly Subtree[]): Promise<void> {
  const roots = new Map<ActorPath, Subtree[]>()
  for (const subtree of subtrees) roots.set(subtree.path, [...(roots.get(subtree.path) ?? []), subtree])
  let seen = 0
  for (const cell of cells.values()) {
    if (++seen % CELLS_A_ROUND === 0) await eventLoopRound()
    for (let path: ActorPath | undefined = cell.path; path !== undefined; path = parentOf(path)) {
      for (const subtree of roots.get(path) ?? []) if (path !== cell.path || subtree.withItself) addCell(subtree, cell)
    }
  }
}

async function findInStore(node: SubtreePort, subtree: Subtree): Promise<void> {
  const { store } = node.options
  let seen = 0
  if (subtree.withItself) {
    const key = headKey(subtree.path)
    const bytes = store.get(key)
    if (bytes !== undefined) addStored(node, subtree, key, bytes)
  }
  for await (const [key, bytes] of store.range(belowRange('a', subtree.path))) {
    addStored(node, subtree, key, bytes)
    if (++seen % RECORDS_A_ROUND === 0) await eventLoopRound()
  }
}

function addStored(node: SubtreePort, subtree: Subtree, key: string, bytes: Uint8Array): void {
  const path = pathInKey(key)
  if (subtree.members.has(path) || subtree.gone.has(path)) return
  const cell = node.cells.get(path)
  if (cell !== undefined) {
    addCell(subtree, cell)
    return
  }
  const head = headOf(node, key, bytes)
  if (head?.status !== 'active' || head.order >= subtree.before) return
  const logic = node.options.rows.get(head.logic)?.logic
  const isTaking = logic !== undefined && takesCancel(logic)
  subtree.add({ path, order: head.order, isStored: true, takesCancel: isTaking })
}

/** A head that can't be read belongs to an actor that can't run: nobody has to end it. */
function headOf({ options, refs }: SubtreePort, key: string, bytes: Uint8Array): Head | undefined {
  try {
    return unpackHead(options.codec.decode(bytes, key, refs), key)
  } catch {
    return undefined
  }
}
