/** All actors at one moment, and which is below which. */
import type { ActorRow } from '../../control/protocol/actors.js'

export interface RosterPicture {
  readonly rows: ReadonlyMap<string, ActorRow>
  /** Paths of the children of each path, in their order; of `''` those at the top. */
  readonly below: ReadonlyMap<string, readonly string[]>
  readonly isWhole: boolean
  readonly shape: number
}

export function treeOf(rows: ReadonlyMap<string, ActorRow>): Map<string, string[]> {
  const below = new Map<string, string[]>()
  for (const path of rows.keys()) {
    const parent = path.slice(0, Math.max(path.lastIndexOf('/'), 0))
    // Of an actor whose parent is not told the place is the top.
    const place = parent === '' || rows.has(parent) ? parent : ''
    const siblings = below.get(place)
    if (siblings === undefined) below.set(place, [path])
    else siblings.push(path)
  }
  const orderOf = (path: string): number => rows.get(path)?.order ?? 0
  for (const siblings of below.values()) siblings.sort((a, b) => orderOf(a) - orderOf(b) || (a < b ? -1 : 1))
  return below
}
