import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Host } from '../hosts/host.js'
import { plainHost } from '../hosts/plain-host.js'
import { machineSpec, stepList } from './arbitrary.js'
import { runScenario } from './run-scenario.js'
import type { MachineSpec, Step } from './spec.js'

/** What is generated: a machine, and what is done to it. */
export type Cases = fc.Arbitrary<[MachineSpec, Step[]]>

/** Any machine, one event after the other. */
export const stepByStep = (): Cases => fc.tuple(machineSpec(), stepList())

/**
 * Machines without effects, several events at once. With effects, the events behind may overtake what an effect answers:
 * see docs/concepts/differences-to-xstate.md.
 */
export const inBursts = (): Cases =>
  fc.tuple(machineSpec({ effects: false, levels: 1 }), stepList({ length: 6, burst: 4 }))

export interface Effort {
  readonly runs: number
  /** Drawn when absent. */
  readonly seed: number | undefined
  /** Shrinking a failure may take its time, but no longer than this. */
  readonly timeLimitMs: number
}

/** A run that takes longer hangs, which is a failure too. */
const HANGS_AFTER_MS = 10_000

/** Runs each case on the host and on plain XState. Answers what is wrong, shrunk and with its seed; undefined if nothing. */
export async function findDifference(host: Host, cases: Cases, effort: Effort): Promise<string | undefined> {
  const sameAsPlain = fc.asyncProperty(cases, async ([spec, steps]) => {
    const expected = await runScenario(plainHost, spec, steps)
    fc.pre(expected.isSound)
    const { traces } = await runScenario(host, spec, steps)
    for (const [index, trace] of expected.traces.entries()) assert.deepEqual(traces[index], trace)
  })
  const details = await fc.check(sameAsPlain, {
    numRuns: effort.runs,
    timeout: HANGS_AFTER_MS,
    interruptAfterTimeLimit: effort.timeLimitMs,
    ...(effort.seed !== undefined && { seed: effort.seed }),
  })
  return details.failed ? fc.defaultReportMessage(details) : undefined
}
