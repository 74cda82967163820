/** Who watches an actor of another node is told of its end once, and of nothing that did not happen. */
import type { Breach } from '../../society/ordeal.js'
import type { Line } from '../ledger.js'
import type { Vigil } from '../plan.js'
import { lastLife } from './route-log.js'

export function vigilFaults(vigil: Vigil, lines: readonly Line[]): Breach[] {
  const told = tellings(vigil, lines)
  const faults = [
    ...told.filter(({ nth }) => nth > 1).map(({ nth, reason }) => `was told for the ${nth}th time: ${reason}`),
    ...told.filter(({ reason }) => !isPossible(reason, vigil, lines)).map(({ reason }) => `was told "${reason}"`),
  ]
  return faults.map((message) => ({ invariant: 'watch', message: `the watcher ${vigil.id} ${message}` }))
}

export function vigilDebts(vigil: Vigil, lines: readonly Line[]): Breach[] {
  if (tellings(vigil, lines).length > 0) return []
  return [{ invariant: 'lost', message: `the watcher ${vigil.id} was never told of the end` }]
}

function isPossible(reason: string, { watcher, mortal, durability }: Vigil, lines: readonly Line[]): boolean {
  switch (reason) {
    case 'done':
      return true
    case 'lost':
      return durability === 'volatile' && lastLife(lines, mortal) > 1
    case 'nodeDown':
      // A crash may come between the commit and the telling; then the first is all that is known.
      return lastLife(lines, watcher) > 1 || hasToldOf(mortal, watcher, lines)
    default:
      return false
  }
}

function hasToldOf(peer: string, watcher: string, lines: readonly Line[]): boolean {
  return lines.some(
    (line) => line.t === 'told' && line.node === watcher && line.event === 'nodeDown' && line.peer === peer,
  )
}

function tellings({ id }: Vigil, lines: readonly Line[]): (Line & { readonly t: 'terminated' })[] {
  return lines.filter((line) => line.t === 'terminated').filter((line) => line.vigil === id)
}
