/** Each question is answered with its own answer; what was acknowledged to the outside has been applied. */
import type { Breach } from '../../society/ordeal.js'
import type { Line } from '../ledger.js'
import type { Plan } from '../plan.js'

export function answerFaults({ routes }: Plan, lines: readonly Line[]): Breach[] {
  const wrong = lines.flatMap((line) =>
    line.t === 'answered' && line.answer !== line.n
      ? [{ invariant: 'ask', message: `question ${line.n} of ${line.route} was given the answer to ${line.answer}` }]
      : [],
  )
  const delivered = routes.filter(({ manner }) => manner === 'deliver')
  return [...wrong, ...delivered.flatMap(({ id }) => hollow(id, lines))]
}

function hollow(route: string, lines: readonly Line[]): Breach[] {
  const of = (t: 'acknowledged' | 'applied'): number[] =>
    lines.flatMap((line) => (line.t === t && line.route === route ? [line.n] : []))
  const applied = new Set(of('applied'))
  return of('acknowledged')
    .filter((n) => !applied.has(n))
    .map((n) => ({ invariant: 'I2', message: `delivery ${n} of ${route} was acknowledged and never applied` }))
}
