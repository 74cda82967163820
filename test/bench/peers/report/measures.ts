import type { WorkName } from '../peer.js'
import { works } from '../works/index.js'
import type { Measure } from '../works/work.js'

/** All measures of all works, in the order of the report. */
export const measures: ReadonlyMap<string, Measure & { readonly work: WorkName }> = new Map(
  Object.entries(works).flatMap(([work, { measures }]) =>
    Object.entries<Measure>(measures).map(([name, measure]) => [name, { ...measure, work: work as WorkName }] as const),
  ),
)

export function measureOf(name: string): Measure & { readonly work: WorkName } {
  const measure = measures.get(name)
  if (measure === undefined) throw new Error(`no work measures ${name}`)
  return measure
}
