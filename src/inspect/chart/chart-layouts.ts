/**
 * Placed statecharts, each made once.
 *
 * 1. A definition is laid out once, however many ask, and however often; the last hundred are kept.
 * 2. One is laid out at a time, in a thread, in the order in which they were asked for.
 * 3. One that failed is not kept: asking again tries again.
 */
import { RosciusError } from '../../core/errors.js'
import { definitionHash } from '../definition/definition-hash.js'
import type { MachineDefinition } from '../definition/machine-definition.js'
import { type Chart, chartOf } from './chart.js'
import { graphOf, placedFrom } from './chart-layout.js'
import { drawn, NAME_LENGTH } from './chart-words.js'
import { type ElkOptions, type ElkWorker, elkWorker } from './elk-worker.js'
import type { PlacedChart, ToldChart } from './placed-chart.js'

export interface ChartLayouts {
  /** The whole chart of a machine. Rejects with `CHART_FAILED`. */
  placed(definition: MachineDefinition): Promise<ToldChart>
  /** Any chart, which is not kept. */
  place(chart: Chart): Promise<PlacedChart>
  /** Ends the thread; what it has not done is rejected. */
  close(): void
}

const MOST_KEPT = 100

export interface ChartLayoutOptions extends ElkOptions {
  /** Takes the place of the thread. */
  readonly worker?: ElkWorker
}

/** A place to lay out charts: one thread for all of them, which ends when nothing waits; the last hundred are kept by definition. */
export function createChartLayouts(options: ChartLayoutOptions = {}): ChartLayouts {
  const worker = options.worker ?? elkWorker(options)
  const kept = new Map<string, Promise<ToldChart>>()
  let isClosed = false
  let waiting = 0
  let last: Promise<unknown> = Promise.resolve()

  const placeNow = async (chart: Chart): Promise<PlacedChart> => {
    if (isClosed) throw new RosciusError('CHART_FAILED', 'The statecharts are closed: nothing is laid out any more.')
    try {
      return placedFrom(chart, await worker.place(graphOf(chart)))
    } finally {
      if (--waiting === 0) worker.end()
    }
  }
  const place = (chart: Chart): Promise<PlacedChart> => {
    waiting++
    const placed = last.then(() => placeNow(chart))
    last = placed.catch(() => undefined)
    return placed
  }
  const told = async (definition: MachineDefinition, hash: string): Promise<ToldChart> => {
    const placed = await place(chartOf(definition))
    return { hash, name: drawn(definition.id, NAME_LENGTH), ...placed }
  }
  return {
    place,
    placed(definition) {
      const hash = definitionHash(definition)
      const known = kept.get(hash)
      if (known !== undefined) return known
      const made = told(definition, hash)
      kept.set(hash, made)
      made.catch(() => kept.delete(hash))
      for (const oldest of kept.keys()) if (kept.size > MOST_KEPT) kept.delete(oldest)
      return made
    },
    close() {
      isClosed = true
      worker.end()
    },
  }
}
