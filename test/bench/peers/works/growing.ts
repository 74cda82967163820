/** The growing agent: steps that each add a message of 500 bytes to the agent's history, which is kept whole. */

import { median } from '../../harness/row.js'
import type { Service } from '../../harness/second-process.js'
import type { Work } from './work.js'

export interface GrowingService extends Service {
  readonly calls: {
    /** Adds so many messages to one agent's history, each durably, one after the other. Resolves with how long each took, in ms. */
    grow(steps: number): Promise<readonly number[]>
    /** How many messages the agent's history holds now, as it would be read back. */
    length(): Promise<number>
  }
}

const MESSAGE_BYTES = 500

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/'

/** The n-th message: 500 bytes, unlike the others, of letters that no store can make much shorter. */
export function longMessageOf(n: number): string {
  let text = `${n}-`
  // The generator of Numerical Recipes, with n as its seed: the same message in each run.
  for (let seed = n; text.length < MESSAGE_BYTES; text += LETTERS[seed >>> 26])
    seed = (seed * 1_664_525 + 1_013_904_223) >>> 0
  return text
}

/** Adds messages one after the other and times each; `add` resolves with the history's length once that is kept. */
export async function growth(steps: number, add: (message: string) => Promise<number>): Promise<readonly number[]> {
  const times: number[] = []
  for (let n = 0; n < steps; n++) {
    const start = performance.now()
    const length = await add(longMessageOf(n))
    times.push(performance.now() - start)
    if (length !== n + 1) throw new Error(`the history holds ${length} messages after ${n + 1} steps`)
  }
  return times
}

/** Steps at either end whose median is told. */
const ENDS = 100

export const growing: Work<GrowingService> = {
  asks: 'durable',
  measures: {
    'growing.bytes': { label: 'on disk after 2,000 steps of 500 bytes', unit: 'MB', better: 'lower' },
    'growing.first': { label: 'a step at the start', unit: 'ms p50', better: 'lower' },
    'growing.last': { label: 'a step at the end', unit: 'ms p50', better: 'lower' },
  },
  rounds: () => 1,
  async measure(site, { quick }) {
    const steps = quick ? 250 : 2_000
    const before = await site.bytes()
    const agents = await site.start()
    const times = await agents.call('grow', steps)
    await agents.close()
    const bytes = (await site.bytes()) - before
    const again = await site.start()
    const length = await again.call('length')
    await again.close()
    if (length !== steps) throw new Error(`${length} of ${steps} messages are there after a restart`)
    return {
      'growing.bytes': bytes / 1e6,
      'growing.first': median(times.slice(0, ENDS)),
      'growing.last': median(times.slice(-ENDS)),
    }
  },
}
