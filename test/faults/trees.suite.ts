/** Random trees of supervisors under random failures, in one process and over crashes of it: what must hold of them afterwards. */
import { planTrial } from '../supervision/trees/plan.js'
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

/** Each seed is run twice: in one process, and over crashes of it. `tamper` forges what was seen, to try the checks. */
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
    for (const isCrashing of [false, true]) {
      const record = tamper(await runTrial(planTrial(seed, { isCrashing })))
      violations.push(...violationsOf(record, seed, isCrashing))
      add(facts, record)
    }
  }
  return { runs: seeds * 2, violations, facts }
}

function violationsOf(record: TrialRecord, seed: number, isCrashing: boolean): readonly Violation[] {
  const how = isCrashing ? `over ${record.crashes} crashes` : 'without a crash'
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
