/** The tree of a running system, out of the rows that it tells of its actors. */
import type { ControlClient } from '../../control/client/control-client.js'
import type { ActorRow } from '../../control/protocol/actors.js'
import type { ActorTree } from '../../core/actor-tree.js'
import type { Pause } from '../../core/operator-orders.js'
import { growTree, type TreeRow } from '../../runtime/actor-tree.js'

const A_PAGE = 10_000
/** Of more than so many, who has paused the others is not asked. */
const MOST_PAUSED = 100

export async function runningTree(system: ControlClient): Promise<ActorTree> {
  const { name } = await system.node()
  const rows = new Map<string, TreeRow>()
  for (let offset = 0; ; offset += A_PAGE) {
    const page = await system.actors({ sort: 'path', offset, limit: A_PAGE })
    for (const row of page.rows) rows.set(row.path, treeRow(row))
    if (page.rows.length < A_PAGE) break
  }
  const paused = [...rows.values()].filter(({ isPaused }) => isPaused).slice(0, MOST_PAUSED)
  for (const row of paused) rows.set(row.path, { ...row, pause: await pauseOf(row.path, system) })
  return growTree(name, rows.values())
}

/** `undefined` if it has been resumed, or is gone, meanwhile. */
async function pauseOf(path: string, system: ControlClient): Promise<Pause | undefined> {
  const { explanation } = await system.explanation({ path }).catch(() => ({ explanation: {} }) as const)
  const { waitsFor = [] } = explanation as { readonly waitsFor?: readonly { readonly kind: string }[] }
  const pause = waitsFor.find(({ kind }) => kind === 'pause') as (Pause & { readonly kind: string }) | undefined
  return pause && { by: pause.by, reason: pause.reason, sinceMs: pause.sinceMs }
}

/** Its state value comes in one line. */
function treeRow(row: ActorRow): TreeRow {
  const { path, logic, status, durability, isInMemory, isSupervisor, isPaused, error, order } = row
  const { restarts, mailbox, stash, effects } = row
  const value = row.state === '' ? {} : row.state
  const counts = { restarts, mailbox, stash, effects }
  const place = { path, logic, status, durability, isInMemory, isSupervisor, strategy: undefined, order }
  return { ...place, value, ...counts, isPaused, pause: undefined, error }
}
