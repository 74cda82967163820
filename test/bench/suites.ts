import { agents } from './agents/index.js'
import type { Bench, Effort } from './harness/bench.js'
import type { Row } from './harness/row.js'
import { inspect } from './inspect/index.js'
import { kernel } from './kernel/index.js'
import { remote } from './remote/index.js'
import { supervision } from './supervision/index.js'

/** Every bench of every suite, in the order of the report. */
export const benches: readonly Bench[] = [...kernel, ...supervision, ...agents, ...remote, ...inspect]

/** Runs the bench that yields the row `id`; called in the bench's own process. */
export async function runBench({ id, ...effort }: Effort & { readonly id: string }): Promise<readonly Row[]> {
  const bench = benches.find(({ ids }) => ids.includes(id))
  if (!bench) throw new Error(`no bench yields the row ${id}`)
  return bench.run(effort)
}
