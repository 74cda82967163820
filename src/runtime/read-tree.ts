/**
 * Every actor of a running node, in memory or not, for `system.tree()`.
 *
 * 1. Nobody is brought into memory, and the event loop gets its turn now and then, however many there are.
 * 2. Nobody is missed: who leaves memory meanwhile is in the store, which is looked at afterwards.
 */
import { setImmediate as eventLoopRound } from 'node:timers/promises'
import type { ActorTree } from '../core/actor-tree.js'
import type { ActorPath } from '../core/address.js'
import type { JournalReader } from '../persistence/journal.js'
import { kindRange, pathInKey } from '../persistence/keys.js'
import type { Store } from '../persistence/store.js'
import type { Activation } from './activation.js'
import { growTree, type TreeRow } from './actor-tree.js'
import type { Cell } from './cell.js'
import type { LogicRow } from './logic-table.js'
import { rowOfCell, rowOfDamaged, rowOfStored, supervisorFacts } from './tree-rows.js'

export interface TreePort {
  readonly nodeName: string
  readonly options: { readonly store: Store; readonly rows: ReadonlyMap<string, LogicRow> }
  readonly cells: ReadonlyMap<ActorPath, Cell>
  readonly activation: Activation
  readonly journalReader: JournalReader
  /** Throws why the system has stopped. */
  assertRunning(): void
}

/** How many actors are read between two rounds of the event loop. */
const ACTORS_A_ROUND = 256

export async function readTree(node: TreePort): Promise<ActorTree> {
  node.assertRunning()
  const rows = new Map<ActorPath, TreeRow>()
  const add = async (path: ActorPath, row: TreeRow | undefined): Promise<void> => {
    if (row !== undefined) rows.set(path, row)
    if (rows.size % ACTORS_A_ROUND === 0) await eventLoopRound()
  }
  for (const cell of node.cells.values()) await add(cell.path, rowOfCell(cell, failureOf(node, cell)))
  for await (const [key] of node.options.store.range(kindRange('a'))) {
    const path = pathInKey(key)
    if (!rows.has(path)) await add(path, storedRow(node, path))
  }
  return growTree(node.nodeName, rows.values())
}

/** What a failed cell failed with: it knows, or the store. */
function failureOf({ journalReader }: TreePort, { status, path, failure, snapshot }: Cell): unknown {
  if (status !== 'failed') return undefined
  return failure?.error ?? snapshot?.error ?? journalReader.head(path)?.failure?.error
}

/** `undefined`: it has been deleted meanwhile. */
function storedRow(node: TreePort, path: ActorPath): TreeRow | undefined {
  const { activation, journalReader, options } = node
  try {
    const loaded = journalReader.load(path)
    if (loaded === undefined) return undefined
    const { head } = loaded
    const row = rowOfStored(path, loaded, { mailbox: 0, ...supervisorFacts(options.rows.get(head.logic)?.logic) })
    if (head.status === 'active' && activation.isOutdated(head)) activation.examine(path)
    const error = activation.quarantineOf(path)
    return error === undefined ? row : rowOfDamaged(path, error, row)
  } catch (error) {
    return rowOfDamaged(path, error)
  }
}
