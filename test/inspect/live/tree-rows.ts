import type { ActorNode, ActorTree } from 'roscius'
import { stateLine } from '../../../src/inspect/definition/state-line.js'
import type { ActorRow } from '../../../src/inspect/live/shapes.js'

type TreeRow = Omit<ActorRow, 'seqNr' | 'order' | 'rate' | 'last' | 'approvals' | 'budget'>

/** What the rows of these actors must say, in the order of the tree. */
export function rowsOfTree({ children }: Pick<ActorTree, 'children'>): TreeRow[] {
  return children.flatMap((node) => [rowOfNode(node), ...rowsOfTree(node)])
}

function rowOfNode(node: ActorNode): TreeRow {
  const { path, id, logic, status, durability, isInMemory, isSupervisor, isPaused, restarts, mailbox, stash } = node
  const { effects, error, value } = node
  return {
    path,
    id,
    logic,
    status,
    durability,
    isInMemory,
    isSupervisor,
    isPaused,
    restarts,
    mailbox,
    stash,
    // What a supervisor keeps its children by is not shown.
    effects: isSupervisor ? 0 : effects,
    ...(value !== undefined && { state: stateLine(value) }),
    ...(error !== undefined && { error }),
  }
}

/** The same of a row: without what the tree does not tell. */
export function treeRow({ seqNr: _, order: __, rate: ___, last: ____, approvals: _____, ...row }: ActorRow): TreeRow {
  const { budget: ______, ...rest } = row
  return rest
}
