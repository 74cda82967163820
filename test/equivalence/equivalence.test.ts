import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import type { Host } from '../hosts/host.js'
import { hosts } from '../hosts/hosts.js'
import { plainHost } from '../hosts/plain-host.js'
import { machineSpec, stepList } from './arbitrary.js'
import { runScenario } from './run-scenario.js'
import type { MachineSpec, Step } from './spec.js'

/** `EQUIVALENCE_RUNS` machines are generated; `EQUIVALENCE_SEED` repeats a run that failed (fast-check prints it). */
const numRuns = Number(process.env.EQUIVALENCE_RUNS ?? 150)
const seed = process.env.EQUIVALENCE_SEED
const timeout = 60_000 + numRuns * 1_000
const HANGS_AFTER_MS = 10_000

// XState warns of events to actors that have stopped, which generated machines send all the time.
vi.spyOn(console, 'warn').mockImplementation(() => {})

describe.each(hosts)('on $name', (host) => {
  test('any generated machine behaves as on createActor, step by step', { timeout }, async () => {
    await assertSameAsPlain(host, fc.tuple(machineSpec(), stepList()), numRuns)
  })

  // With effects, the events behind may overtake what an effect answers: see docs/concepts/differences-to-xstate.md.
  test('events sent at once are handled as on createActor, where no effects are in play', { timeout }, async () => {
    const cases = fc.tuple(machineSpec({ effects: false, levels: 1 }), stepList({ length: 6, burst: 4 }))
    await assertSameAsPlain(host, cases, Math.ceil(numRuns / 3))
  })
})

async function assertSameAsPlain(
  host: Host,
  cases: fc.Arbitrary<[MachineSpec, Step[]]>,
  numRuns: number,
): Promise<void> {
  const sameAsPlain = fc.asyncProperty(cases, async ([spec, steps]) => {
    const expected = await runScenario(plainHost, spec, steps)
    fc.pre(expected.isSound)
    const { traces } = await runScenario(host, spec, steps)
    for (const [index, trace] of expected.traces.entries()) expect(traces[index]).toEqual(trace)
  })
  // A run that hangs is a failure too; shrinking may take its time, but not for ever.
  await fc.assert(sameAsPlain, {
    numRuns,
    timeout: HANGS_AFTER_MS,
    interruptAfterTimeLimit: timeout - HANGS_AFTER_MS,
    ...(seed && { seed: Number(seed) }),
  })
}
