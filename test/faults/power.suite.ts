/** Random loads, and random crashes with loss of power, several in each run. */
import { seededRandom } from 'roscius/testing'
import type { FaultOptions, FaultReport, FaultSuite, Violation } from './fault-suite.js'
import { type Crash, type OrdealOptions, runOrdeal } from './society/ordeal.js'
import { randomRounds } from './society/script.js'
import { verdict } from './society/verdict.js'

const SEEDS = 30
const MOST_CRASHES = 6
/** Crashes come within as many batches of a handle. */
const REACH = 60

export const suite: FaultSuite = {
  name: 'power',
  description: 'random loads with random losses of power, compared with a calm run of the same load',
  run: (options) => attackPower(options),
}

export async function attackPower(
  { seed: first = drawSeed(), seeds = SEEDS, log }: FaultOptions,
  wrap?: OrdealOptions['wrap'],
): Promise<FaultReport> {
  log(`seeds ${first} to ${first + seeds - 1}`)
  const violations: Violation[] = []
  let recoveries = 0
  let deeds = 0
  for (let seed = first; seed < first + seeds; seed++) {
    const random = seededRandom(seed)
    const rounds = randomRounds(random)
    const calm = await runOrdeal({ rounds, crashes: [] })
    const crashes = randomCrashes(() => random.next())
    const stormy = await runOrdeal({ rounds, crashes, powerLoss: true, seed, wrap })
    for (const breach of [...verdict(calm, calm), ...verdict(calm, stormy)]) violations.push({ ...breach, seed })
    recoveries += stormy.lives - 1
    deeds += stormy.outside.deeds.length
  }
  return { runs: seeds, violations, facts: { recoveries, effects: deeds } }
}

export const drawSeed = (): number => Math.floor(Math.random() * 1_000_000_000)

function randomCrashes(next: () => number): Crash[] {
  return Array.from({ length: 1 + Math.floor(next() * MOST_CRASHES) }, () => ({
    batch: 1 + Math.floor(next() ** 2 * REACH),
    when: next() < 0.5 ? 'before' : 'after',
  }))
}
