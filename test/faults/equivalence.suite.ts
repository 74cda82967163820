/** Generated machines, on plain XState beside Roscius actors that are restarted or passivated between their events. */
import { findDifference, inBursts, stepByStep } from '../equivalence/same-as-plain.js'
import { hosts } from '../hosts/hosts.js'
import type { FaultOptions, FaultReport, FaultSuite, Violation } from './fault-suite.js'

/** Machines for each seed, on each host. */
const MACHINES = 100
const ONE_HOUR_MS = 3_600_000

export const suite: FaultSuite = {
  name: 'equivalence',
  description: 'generated machines behave as under createActor, also recovered or passivated after each step',
  run: attackEquivalence,
}

async function attackEquivalence({
  seeds = 5,
  seed = Date.now() % 1_000_000,
  log,
}: FaultOptions): Promise<FaultReport> {
  const violations: Violation[] = []
  const warn = console.warn
  // XState warns of events to actors that have stopped, which generated machines send all the time.
  console.warn = () => undefined
  try {
    for (let current = seed; current < seed + seeds; current++) {
      log(`${MACHINES} machines on each of ${hosts.length} hosts, seed ${current}`)
      violations.push(...(await compareAll(current)))
    }
  } finally {
    console.warn = warn
  }
  return { runs: seeds * hosts.length * MACHINES, violations }
}

async function compareAll(seed: number): Promise<Violation[]> {
  const violations: Violation[] = []
  for (const host of hosts) {
    for (const cases of [stepByStep(), inBursts()]) {
      const message = await findDifference(host, cases, { runs: MACHINES / 2, seed, timeLimitMs: ONE_HOUR_MS })
      if (message !== undefined) violations.push({ invariant: 'I7', message: `${host.name}: ${message}`, seed })
    }
  }
  return violations
}
