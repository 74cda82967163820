/**
 * The same task many times, each time with another seed: how often it succeeds, by what criteria, and which seeds to look at.
 *
 * 1. A trial is a simulation of its own. Trials run one after the other, and depend on the scenario's seed alone.
 */
import { z } from 'zod'
import { RosciusError } from '../../core/errors.js'
import type { System } from '../../create-system.js'
import { type FaultRates, faultRatesSchema, readRates } from '../simulation/fault-rates.js'
import { SocietyRun } from '../simulation/run.js'
import type { SimulatedStep, Simulation, Society } from '../simulation/society.js'
import { reportOf, type ScenarioReport, type Trial, type TrialFailure } from './report.js'

/** Holds unless it answers `false`, or why it does not, in words, or throws. */
export type Criterion<TOutcome> = (outcome: TOutcome) => unknown

export interface ScenarioOptions<TOutcome> {
  readonly name: string
  /** How many. Default 20. */
  readonly trials?: number
  /** Those of the trials are made from it. Default `name`. */
  readonly seed?: number | string
  /** Only these trials, by the seeds that a report names. */
  readonly seeds?: readonly string[]
  /** As that of `simulate`. */
  readonly setup: (simulation: Simulation) => Society
  /** Does what is to be tried, and answers what came of it. Time passes while it waits. */
  readonly drive: (system: System, simulation: Simulation) => Promise<TOutcome> | TOutcome
  readonly criteria: Readonly<Record<string, Criterion<TOutcome>>>
  /** As those of `simulate`, without kills: what waits for an answer would die with the process. */
  readonly faults?: Omit<FaultRates, 'kill' | 'powerLoss'>
  readonly steps?: readonly SimulatedStep[]
  /** Simulated ms after which a trial has failed. Default 24 h. */
  readonly untilMs?: number
}

const schema = z.object({
  name: z.string().min(1),
  trials: z.number().int().min(1).max(1_000_000).default(20),
  seed: z.union([z.string(), z.number()]).optional(),
  seeds: z.array(z.string()).min(1).optional(),
  untilMs: z.number().positive().default(86_400_000),
})

/**
 * Tries something many times in simulations, and tells how often each criterion held, with the seeds of the failures. The
 * report is data (`JSON.stringify`); `scenarioMarkdown` makes a page of it. Rejects with `OPTIONS_INVALID`; what goes wrong in
 * a trial is a failed trial.
 *
 * @example
 * ```ts
 * import { withBudget } from 'roscius'
 * import { defineAgent, fromRules } from 'roscius/actors'
 * import { agentCriteria, agentOutcome, runScenario, scenarioMarkdown } from 'roscius/testing'
 *
 * const rules = fromRules([{ decide: { event: { type: 'FINISH', output: 'hi' }, reason: 'greeted' } }])
 * const report = await runScenario({
 *   name: 'greeting under load',
 *   trials: 50,
 *   setup: (simulation) => ({ logic: { agent: defineAgent({ goal: 'greet', brain: simulation.brain(rules) }) } }),
 *   drive: async (system, simulation) => {
 *     await system.spawn('agent', { id: 'a', ...withBudget({ turns: 5 }) })
 *     return agentOutcome(system, simulation, 'a')
 *   },
 *   criteria: { done: agentCriteria.endsAs('done'), quick: agentCriteria.turnsAtMost(3) },
 *   faults: { brain: { rateLimited: 0.3 } },
 * })
 * console.log(scenarioMarkdown(report))
 * ```
 */
export async function runScenario<TOutcome>(options: ScenarioOptions<TOutcome>): Promise<ScenarioReport> {
  const { name, trials, seed = name, seeds, untilMs } = readRates('runScenario', schema, options)
  readRates('runScenario: faults', faultRatesSchema, options.faults)
  const chosen = seeds ?? Array.from({ length: trials }, (_, number) => `${seed}/${number}`)
  const results: Trial[] = []
  for (const one of chosen) results.push(await tryOnce(options, one, untilMs))
  return reportOf(name, String(seed), Object.keys(options.criteria), results)
}

async function tryOnce<T>(options: ScenarioOptions<T>, seed: string, untilMs: number): Promise<Trial> {
  const { setup, faults, steps, criteria } = options
  let run: SocietyRun | undefined
  try {
    run = new SocietyRun({ seed, setup, faults: faults && { ...faults, kill: 0 }, steps })
    const outcome = await driven(run, options, untilMs)
    return { seed, simulatedMs: run.atMs, failed: failedOf(criteria, outcome) }
  } catch (error) {
    const failed = Object.keys(criteria).map((criterion) => ({ criterion }))
    return { seed, simulatedMs: run?.atMs ?? 0, failed, error: wordsOf(error) }
  } finally {
    await run?.stop()
  }
}

/** Lets things happen until the drive has its outcome. */
async function driven<T>(run: SocietyRun, { drive }: ScenarioOptions<T>, untilMs: number): Promise<T> {
  await run.start()
  let end: { readonly outcome: T } | { readonly error: unknown } | undefined
  const driving = (async () => drive(run.system, run.simulation))()
  driving.then(
    (outcome) => (end = { outcome }),
    (error: unknown) => (end = { error }),
  )
  await run.rest()
  while (end === undefined && run.nextMs !== undefined && run.nextMs <= untilMs) await run.step()
  if (end === undefined) throw new Error(`It came to no end within ${untilMs} ms.`)
  if ('error' in end) throw end.error
  return end.outcome
}

function failedOf<T>(criteria: ScenarioOptions<T>['criteria'], outcome: T): TrialFailure['failed'] {
  return Object.entries(criteria).flatMap(([criterion, holds]) => {
    const said = saidOf(holds, outcome)
    if (typeof said === 'string') return { criterion, why: said }
    return said === false ? { criterion } : []
  })
}

function saidOf<T>(holds: Criterion<T>, outcome: T): unknown {
  try {
    return holds(outcome)
  } catch (error) {
    return wordsOf(error)
  }
}

function wordsOf(error: unknown): string {
  if (error instanceof RosciusError) return `${error.code}: ${error.message}`
  return error instanceof Error ? error.message : String(error)
}
