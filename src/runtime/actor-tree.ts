/** Puts actors under their parents. Pure: where the actors come from is the caller's affair. */

import type { ActorNode, ActorTree } from '../core/actor-tree.js'
import { type ActorPath, idOf, parentOf } from '../core/address.js'
import { countsOf, treeText } from './tree-text.js'

/** An actor before it has its place; `order` sorts siblings by their start. */
export interface TreeRow extends Omit<ActorNode, 'id' | 'below' | 'children'> {
  readonly order: number
}

/** An actor of which nothing is known. */
export const UNKNOWN: Omit<TreeRow, 'path' | 'status'> = {
  logic: '',
  durability: 'durable',
  isInMemory: false,
  isSupervisor: false,
  strategy: undefined,
  value: undefined,
  restarts: 0,
  isPaused: false,
  pause: undefined,
  mailbox: 0,
  stash: 0,
  effects: 0,
  error: undefined,
  order: 0,
}

/** The tree of the rows; parents that are not among them are put in as `missing`. */
export function growTree(name: string, rows: Iterable<TreeRow>): ActorTree {
  const byPath = new Map([...rows].map((row) => [row.path, row]))
  for (const path of [...byPath.keys()]) addMissing(byPath, parentOf(path))
  const below = childrenOf(byPath.values())
  const children = nodesBelow(undefined, below)
  const facts = { name, counts: countsOf(byPath.values()), children }
  return Object.defineProperty(facts, 'toString', { value: () => treeText(facts) }) as ActorTree
}

function addMissing(rows: Map<ActorPath, TreeRow>, path: ActorPath | undefined): void {
  if (path === undefined || rows.has(path)) return
  rows.set(path, { ...UNKNOWN, path, status: 'missing' })
  addMissing(rows, parentOf(path))
}

function childrenOf(rows: Iterable<TreeRow>): ReadonlyMap<ActorPath | undefined, readonly TreeRow[]> {
  const below = new Map<ActorPath | undefined, TreeRow[]>()
  for (const row of rows) {
    const parent = parentOf(row.path)
    const siblings = below.get(parent)
    if (siblings === undefined) below.set(parent, [row])
    else siblings.push(row)
  }
  return below
}

function nodesBelow(
  path: ActorPath | undefined,
  below: ReadonlyMap<ActorPath | undefined, readonly TreeRow[]>,
): readonly ActorNode[] {
  const rows = below.get(path) ?? []
  return rows.toSorted((a, b) => a.order - b.order || (a.path < b.path ? -1 : 1)).map((row) => nodeOf(row, below))
}

function nodeOf(
  { order: _, ...row }: TreeRow,
  below: ReadonlyMap<ActorPath | undefined, readonly TreeRow[]>,
): ActorNode {
  const children = nodesBelow(row.path, below)
  return { id: idOf(row.path), ...row, below: children.reduce((sum, child) => sum + 1 + child.below, 0), children }
}
