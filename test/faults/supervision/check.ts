/** Judges what the ledger tells of a tree: the properties of supervision, over all lives. Pure. */
import type { Breach } from '../society/ordeal.js'
import { childBreaches } from './check-children.js'
import { intensityBreaches } from './check-intensity.js'
import { mailBreaches } from './check-mail.js'
import { runBreaches } from './check-runs.js'
import type { Line } from './ledger.js'

export function checkTree(lines: readonly Line[]): Breach[] {
  const rest = lines.flatMap((line) => (line.t === 'rest' ? [line.rest] : []))
  return [
    ...lines.flatMap((line) =>
      line.t === 'breach' ? [{ ...line, message: `life ${line.life}: ${line.message}` }] : [],
    ),
    ...childBreaches(lines),
    ...runBreaches(lines),
    ...rest.flatMap((seen) => [
      ...mailBreaches(lines, seen),
      ...intensityBreaches(seen),
      ...[...seen.leftovers, ...seen.damages].map((what) => ({ invariant: 'I1', message: `at rest there is ${what}` })),
    ]),
  ]
}
