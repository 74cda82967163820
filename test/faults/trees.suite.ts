/** Random trees of supervisors under random failures, in one process and over crashes of it: what must hold of them afterwards. */
import { planTrial, type Weather } from '../supervision/trees/plan.js'
import type { TrialRecord } from '../supervision/trees/record.js'
import { draw } from '../supervision/trees/tree.js'
import { runTrial } from '../supervision/trees/trial.js'
import { verdict } from '../supervision/trees/verdict.js'
import type { FaultOptions, FaultReport, FaultSuite, Violation } from './fault-suite.js'
import { drawSeed } from './power.suite.js'

const SEEDS = 200
/** So many are run between two lines of progress. */
const SEEDS_A_LINE = 100

export const suite: FaultSuite = {
  name: 'trees',
  description:
    'random trees of supervisors, random failures, calm and with crashes: who runs, in which order, how often',
  run: (options) => attackTrees(options),
}

const WEATHERS: readonly Weather[] = [
  { isCrashing: false },
  { isCrashing: true },
  { isCrashing: true, isOrdering: true },
]

/**
 * Each seed is run in each weather: in one process, over crashes of it, and with an operator's orders besides. `tamper` forges
 * what was seen, to try the checks.
 */
export async function attackTrees(
  { seed: first = drawSeed(), seeds = SEEDS, log }: FaultOptions,
  tamper: (record: TrialRecord) => TrialRecord = (record) => record,
): Promise<FaultReport> {
  log(`seeds ${first} to ${first + seeds - 1}`)
  const violations: Violation[] = []
  const facts = { failures: 0, restarts: 0, groupRestarts: 0, escalations: 0, crashes: 0, events: 0 }
  for (let seed = first; seed < first + seeds; seed++) {
    if (seed > first && (seed - first) % SEEDS_A_LINE === 0)
      log(`${seed - first} seeds, ${violations.length} violations`)
    for (const weather of WEATHERS) {
      const record = tamper(await runTrial(planTrial(seed, weather)))
      violations.push(...violationsOf(record, seed, weather))
      add(facts, record)
    }
  }
  return { runs: seeds * WEATHERS.length, violations, facts }
}

function violationsOf(record: TrialRecord, seed: number, { isCrashing, isOrdering }: Weather): readonly Violation[] {
  const how = `${isCrashing ? `over ${record.crashes} crashes` : 'without a crash'}${isOrdering === true ? ', with orders' : ''}`
  return verdict(record).map(({ what, message }) => ({
    invariant: what,
    message: `${how}: ${message} (npm run faults -- trees --seed ${seed} --seeds 1)\n${draw(record.root)}`,
    seed,
  }))
}

const COUNTED = {
  childFailed: 'failures',
  childRestarted: 'restarts',
  groupRestarting: 'groupRestarts',
  intensityExceeded: 'escalations',
} as const

type Facts = Record<(typeof COUNTED)[keyof typeof COUNTED] | 'crashes' | 'events', number>

function add(facts: Facts, { log, crashes, tellings }: TrialRecord): void {
  facts.crashes += crashes
  facts.events += tellings.length
  for (const seen of log) {
    if (seen.kind !== 'told' || !(seen.event.type in COUNTED)) continue
    facts[COUNTED[seen.event.type as keyof typeof COUNTED]]++
  }
}
