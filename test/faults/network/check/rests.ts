/** What is left when all is over: receivers hold what the ledger says they took, nothing waits, nothing was given up. */
import type { Breach } from '../../society/ordeal.js'
import type { Line, Rest } from '../ledger.js'
import type { Plan, Route } from '../plan.js'
import { RouteLog, textOf } from './route-log.js'

/** Actors that go with their process: who writes to one that is gone has written in vain. */
const MORTALS = /^(listener|ghost)/

export function restFaults(plan: Plan, lines: readonly Line[]): Breach[] {
  const rests = new Map(lines.flatMap((line) => (line.t === 'rest' ? [[line.node, line.rest] as const] : [])))
  return plan.nodes.flatMap((node) => {
    const rest = rests.get(node)
    if (rest === undefined) return [{ invariant: 'process', message: `${node} never came to rest` }]
    const routes = plan.routes.filter(({ to, receiver }) => to === node && receiver === 'durable')
    return [
      ...leftFaults(node, rest),
      ...routes.flatMap((route) => memoryFaults(route, rest, lines)),
      ...sightFaults(node, rest, rests),
    ]
  })
}

/** Who subscribes sees the newest in the end. */
function sightFaults(node: string, { observed }: Rest, rests: ReadonlyMap<string, Rest>): Breach[] {
  return Object.entries(observed).flatMap(([peer, seen]) => {
    const taken = Object.values(rests.get(peer)?.got ?? {}).reduce((sum, { length }) => sum + length, 0)
    if (seen === taken) return []
    return [{ invariant: 'observed', message: `${node} last saw that ${peer} had taken ${seen}, and it has ${taken}` }]
  })
}

function leftFaults(node: string, { outbox, letters }: Rest): Breach[] {
  const given = letters.filter(({ path }) => !MORTALS.test(path))
  return [
    ...(outbox === 0 ? [] : [{ invariant: 'lost', message: `${outbox} envelopes wait on ${node} for ever` }]),
    ...given.map(({ path, reason, event }) => ({
      invariant: 'lost',
      message: `${event} to ${path} became a dead letter on ${node}: ${reason}`,
    })),
  ]
}

function memoryFaults(route: Route, { got }: Rest, lines: readonly Line[]): Breach[] {
  const held = (got[route.id] ?? []).map(([sentIn, n]) => textOf({ sentIn, n }))
  const noted = new RouteLog(route, lines).applied.map(textOf)
  const at = noted.findIndex((text, index) => held[index] !== text)
  if (at < 0 && held.length === noted.length) return []
  const place = at < 0 ? noted.length : at
  const message = `route ${route.id}: the receiver holds ${held[place]} as its ${place + 1}th, its ledger says ${noted[place]}`
  return [{ invariant: 'I1', message }]
}
