/** A whole society, run from one seed, with invariants that are looked at all the time. */
import { z } from 'zod'
import { RosciusError } from '../../core/errors.js'
import type { LogicTable } from '../../runtime/logic-table.js'
import { type FaultRates, readRates } from './fault-rates.js'
import { SocietyRun } from './run.js'
import type { Invariant, Moment, SimulatedCall, SimulatedStep, Simulation, Society } from './society.js'

interface SharedOptions {
  /** The same seed gives the same run. */
  readonly seed: number | string
  /** What happens from outside, and when. */
  readonly steps?: readonly SimulatedStep[]
  /** What goes wrong, and how often. Default: nothing; answers take 1 to 50 ms. */
  readonly faults?: FaultRates
  /** Simulated ms after which it ends at the latest. Default 1 h. */
  readonly untilMs?: number
  /** Ends it before that. Default: when nothing is left to happen. */
  readonly until?: (moment: Moment) => boolean
  /** Steps after which it has failed: it is always busy, and gets nowhere. Default 100 000. */
  readonly maxSteps?: number
  /** Checked after each step. */
  readonly always?: Readonly<Record<string, Invariant>>
  /** Checked at the end. */
  readonly finally?: Readonly<Record<string, Invariant>>
}

export type SimulateOptions = SharedOptions &
  (
    | { readonly setup: (simulation: Simulation) => Society; readonly logic?: never }
    | { readonly logic: LogicTable; readonly setup?: never }
  )

export interface SimulationResult {
  readonly seed: string
  /** What happened, a line for each: simulated ms, what, details. The same in every run with this seed. */
  readonly trace: readonly string[]
  /** Simulated ms from the start to the end. */
  readonly atMs: number
  readonly steps: number
  readonly kills: number
  /** The calls of brains and tools that went through the simulation. */
  readonly calls: readonly SimulatedCall[]
}

/**
 * Runs a society from one seed: its clock, the order in which answers and timers that are due are let in, what goes wrong with
 * brains and tools, when the process is killed. The same seed gives the same run, line by line of its trace, as long as
 * nothing in it waits for real time, real I/O or real chance.
 *
 * Rejects with `SIMULATION_FAILED`, whose message has the seed and the trace, when an invariant is broken, when the society
 * never comes to rest, when no process lives long enough to open, or when the start throws; with `OPTIONS_INVALID` for faults
 * that are no probabilities, and bounds that are none.
 *
 * @example
 * ```ts
 * import { defineAgent, fromRules } from 'roscius/actors'
 * import { simulate } from 'roscius/testing'
 *
 * const rules = fromRules([{ decide: { event: { type: 'FINISH', output: 'hi' }, reason: 'greeted' } }])
 * const { trace } = await simulate({
 *   seed: 7,
 *   setup: (simulation) => ({
 *     logic: { agent: defineAgent({ goal: 'greet', brain: simulation.brain(rules) }) },
 *     start: (system) => system.spawn('agent', { id: 'a' }),
 *   }),
 *   faults: { brain: { rateLimited: 0.2 }, kill: 0.05 },
 *   finally: { 'everybody greets': ({ system }) => system.actor('agent', 'a').getSnapshot().status === 'done' },
 * })
 * console.log(trace.join('\n'))
 * ```
 */
export async function simulate(options: SimulateOptions): Promise<SimulationResult> {
  const bounds = readRates('simulate', boundsSchema, options)
  const { seed, faults, steps, setup = () => ({ logic: options.logic as LogicTable }) } = options
  const run = new SocietyRun({ seed, setup, faults, steps })
  try {
    const taken = await live(run, options, bounds)
    return {
      seed: String(seed),
      trace: run.trace.lines,
      atMs: run.atMs,
      steps: taken,
      kills: run.kills,
      calls: run.calls,
    }
  } catch (error) {
    throw failed(run, error)
  } finally {
    await run.stop()
  }
}

const boundsSchema = z.object({
  untilMs: z.number().nonnegative().default(3_600_000),
  maxSteps: z.number().int().positive().default(100_000),
})

async function live(
  run: SocietyRun,
  { always = {}, finally: atLast = {}, until = () => false }: SimulateOptions,
  { untilMs, maxSteps }: z.output<typeof boundsSchema>,
): Promise<number> {
  await run.start()
  await check(run, always)
  const goesOn = (): boolean => run.nextMs !== undefined && run.nextMs <= untilMs && !until(run)
  let taken = 0
  for (; goesOn(); taken++) {
    if (taken === maxSteps) throw endless(run, maxSteps)
    await run.step()
    await check(run, always)
  }
  await check(run, atLast)
  return taken
}

async function check(moment: Moment, invariants: Readonly<Record<string, Invariant>>): Promise<void> {
  for (const [name, holds] of Object.entries(invariants)) if (!(await isHeld(name, holds, moment))) throw broken(name)
}

async function isHeld(name: string, holds: Invariant, moment: Moment): Promise<boolean> {
  try {
    return (await holds(moment)) !== false
  } catch (cause) {
    throw broken(name, cause)
  }
}

function endless({ atMs }: SocietyRun, maxSteps: number): RosciusError {
  return new RosciusError('SIMULATION_FAILED', `It has not ended after ${maxSteps} steps, at ${atMs} ms`)
}

function broken(name: string, cause?: unknown): RosciusError {
  const why = cause instanceof Error ? `: ${cause.message}` : ''
  return new RosciusError('SIMULATION_FAILED', `"${name}" does not hold${why}`, { cause })
}

/** With all that is needed to see what happened and to run it again. */
function failed({ simulation: { seed }, trace }: SocietyRun, error: unknown): RosciusError {
  const problem = error instanceof Error ? error.message : String(error)
  const message = `Seed ${JSON.stringify(seed)}: ${problem}\n\nWhat happened (simulated ms):\n${trace.text()}`
  const details = { seed, problem, trace: [...trace.lines] }
  return new RosciusError('SIMULATION_FAILED', message, { details, cause: error })
}
