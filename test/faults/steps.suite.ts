/** Crashes before and after every batch of a scripted run, with and without loss of power. */
import type { FaultOptions, FaultReport, FaultSuite, Violation } from './fault-suite.js'
import { type Crash, type OrdealOptions, runOrdeal } from './society/ordeal.js'
import { scriptedRounds } from './society/script.js'
import { verdict } from './society/verdict.js'

/** Every how many batches a run with a second crash, soon after the first recovery, is made too. */
const TWICE_EVERY = 8

export const suite: FaultSuite = {
  name: 'steps',
  description: 'crash before and after every batch of a scripted run, recover, drive on, compare with a calm run',
  run: (options) => attackSteps(options),
}

export async function attackSteps(
  { seed = 1, log }: FaultOptions,
  wrap?: OrdealOptions['wrap'],
  powerLosses: readonly boolean[] = [false, true],
): Promise<FaultReport> {
  const rounds = scriptedRounds()
  const calm = await runOrdeal({ rounds, crashes: [] })
  const violations: Violation[] = verdict(calm, calm).map((breach) => ({ ...breach, seed }))
  let runs = 0
  let recoveries = 0
  let repeated = 0
  for (const powerLoss of powerLosses) {
    log(`${calm.batches} batches, each before and after, ${powerLoss ? 'with' : 'without'} loss of power, seed ${seed}`)
    for (const crashes of crashPlans(calm.batches)) {
      const stormy = await runOrdeal({ rounds, crashes, powerLoss, seed: seed + runs, wrap })
      const where = crashes.map(({ batch, when }) => `${when} batch ${batch}`).join(', then ')
      for (const { invariant, message } of verdict(calm, stormy)) {
        violations.push({ invariant, message: `crash ${where}${powerLoss ? ' (power)' : ''}: ${message}`, seed })
      }
      runs++
      recoveries += stormy.lives - 1
      repeated += stormy.outside.deeds.filter(({ attempt }) => attempt > 1).length
    }
  }
  return {
    runs,
    violations,
    facts: { 'batches of the run': calm.batches, recoveries, 'effects started again': repeated },
  }
}

function crashPlans(batches: number): Crash[][] {
  const plans: Crash[][] = []
  for (let batch = 1; batch <= batches; batch++) {
    for (const when of ['before', 'after'] as const) {
      plans.push([{ batch, when }])
      if (batch % TWICE_EVERY === 0)
        for (const soon of [1, 2, 4])
          plans.push([
            { batch, when },
            { batch: soon, when },
          ])
    }
  }
  return plans
}
