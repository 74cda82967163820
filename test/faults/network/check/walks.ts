/** A token comes to each of its stations, on the right node, once. */
import type { Breach } from '../../society/ordeal.js'
import type { Line } from '../ledger.js'
import type { Walk } from '../plan.js'

export function walkFaults({ id, stations }: Walk, lines: readonly Line[]): Breach[] {
  const faults = passings(id, lines).flatMap(({ station, node, nth }) => [
    ...(stations[station] === node ? [] : [`came to ${node} at station ${station}, which is ${stations[station]}`]),
    ...(nth === 1 ? [] : [`came to station ${station} ${nth} times`]),
  ])
  return faults.map((message) => ({ invariant: 'I3', message: `token ${id} ${message}` }))
}

export function walkDebts({ id, stations }: Walk, lines: readonly Line[]): Breach[] {
  const found = new Set(passings(id, lines).map(({ station }) => station))
  const missing = stations.findIndex((_, station) => !found.has(station))
  return missing < 0 ? [] : [{ invariant: 'lost', message: `token ${id} never came to station ${missing}` }]
}

function passings(walk: string, lines: readonly Line[]): (Line & { readonly t: 'passed' })[] {
  return lines.filter((line) => line.t === 'passed').filter((line) => line.walk === walk)
}
