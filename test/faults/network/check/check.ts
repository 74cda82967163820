/** Judges a run by its ledger. Pure. */
import type { Breach } from '../../society/ordeal.js'
import type { Line } from '../ledger.js'
import type { Plan } from '../plan.js'
import { answerFaults } from './answers.js'
import { restFaults } from './rests.js'
import { routeDebts, routeFaults, routeLies } from './routes.js'
import { vigilDebts, vigilFaults } from './vigils.js'
import { walkDebts, walkFaults } from './walks.js'

/** What a peer may never be refused for: no store was changed, restored or copied, and every key is right. */
const IMPOSSIBLE: ReadonlySet<string> = new Set([
  'PEER_ROLLED_BACK',
  'STORE_CHANGED',
  'AUTH_FAILED',
  'NAME_MISMATCH',
  'NAME_TAKEN',
  'PERMISSION_DENIED',
])

/** What must still happen. A run is over when nothing must. */
export function debts(plan: Plan, lines: readonly Line[]): Breach[] {
  return [
    ...plan.routes.flatMap((route) => routeDebts(route, lines)),
    ...plan.walks.flatMap((walk) => walkDebts(walk, lines)),
    ...plan.vigils.flatMap((vigil) => vigilDebts(vigil, lines)),
  ]
}

/** All that is wrong with the ledger of a run that is over. */
export function checkNetwork(plan: Plan, lines: readonly Line[]): Breach[] {
  return [
    ...lines.filter((line) => line.t === 'breach'),
    ...debts(plan, lines),
    ...plan.routes.flatMap((route) => [...routeFaults(route, lines), ...routeLies(route, lines)]),
    ...answerFaults(plan, lines),
    ...plan.walks.flatMap((walk) => walkFaults(walk, lines)),
    ...plan.vigils.flatMap((vigil) => vigilFaults(vigil, lines)),
    ...refusals(lines),
    ...restFaults(plan, lines),
  ].map(({ invariant, message }) => ({ invariant, message }))
}

function refusals(lines: readonly Line[]): Breach[] {
  return lines.flatMap((line) =>
    line.t === 'told' && line.code !== undefined && IMPOSSIBLE.has(line.code)
      ? [{ invariant: 'identity', message: `${line.node} and ${line.peer}: ${line.event} with ${line.code}` }]
      : [],
  )
}
