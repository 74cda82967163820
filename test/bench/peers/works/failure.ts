/** The failure: an agent throws. How long it takes until it answers again. */

import { percentile } from '../../harness/row.js'
import type { Service } from '../../harness/second-process.js'
import type { Work } from './work.js'

export interface FailureService extends Service {
  readonly calls: {
    /**
     * Makes an agent throw, as often as that or for `ms`, whichever ends first, but once at least; each time once it has answered.
     * Resolves with the time from each throw to the answer to whatever is asked first, in ms.
     */
    fail(failures: Failures): Promise<readonly number[]>
  }
}

export interface Failures {
  readonly times: number
  readonly ms: number
}

/** Calls `fail` for as long as there are failures to come; it resolves with the ms from throw to answer. */
export async function failing({ times, ms }: Failures, fail: () => Promise<number>): Promise<readonly number[]> {
  const end = performance.now() + ms
  const figures: number[] = []
  do figures.push(await fail())
  while (figures.length < times && performance.now() < end)
  return figures
}

export const failure: Work<FailureService> = {
  asks: 'memory',
  measures: {
    'failure.p50': { label: 'from a throw to the next answer', unit: 'ms p50', better: 'lower' },
    'failure.p99': { label: 'from a throw to the next answer, 99th percentile', unit: 'ms p99', better: 'lower' },
  },
  rounds: (quick) => (quick ? 1 : 3),
  async measure(site, { quick }) {
    const agents = await site.start()
    await agents.call('fail', { times: quick ? 500 : 2_000, ms: quick ? 250 : 2_000 })
    const times = await agents.call('fail', { times: quick ? 500 : 3_000, ms: quick ? 800 : 3_000 })
    await agents.close()
    return { 'failure.p50': percentile(times, 0.5), 'failure.p99': percentile(times, 0.99) }
  },
}
