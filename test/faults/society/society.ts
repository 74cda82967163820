/** The actors that the fault suites attack, as a logic table: everything that the kernel promises is used by some of them. */
import type { Clock } from '../../../src/core/clock.js'
import { accountMachine } from './account.js'
import type { Outside } from './outside.js'
import { relayMachine, tallyMachine } from './relay.js'
import { sleeperMachine } from './sleeper.js'
import { askerMachine, bossMachine, jobMachine, nestMachine, oracleMachine, workerMachine } from './workers.js'

export function societyLogic(outside: Outside, clock: Clock) {
  const account = accountMachine(outside)
  const job = jobMachine(outside, clock)
  const sleeper = { logic: sleeperMachine(outside, clock), actions: { woke: 'atLeastOnce' } } as const
  const worker = { logic: workerMachine(outside, clock), actions: { told: 'atLeastOnce' } } as const
  return {
    account: { logic: account, keep: 'all' },
    purse: { logic: accountMachine(outside), durability: 'relaxed', keep: 'all' },
    sleeper: { ...sleeper, keep: 'all' },
    dozer: { ...sleeper, logic: sleeperMachine(outside, clock), durability: 'relaxed', keep: 'all' },
    worker: { ...worker, keep: 'all' },
    helper: { ...worker, logic: workerMachine(outside, clock), durability: 'relaxed', keep: 'all' },
    job: { logic: job, keep: 'all' },
    boss: { logic: bossMachine(job), keep: 'all' },
    oracle: { logic: oracleMachine, keep: 'all' },
    asker: { logic: askerMachine, keep: 'all' },
    nest: { logic: nestMachine(outside), keep: 'all' },
    tally: { logic: tallyMachine, keep: 'all' },
    relay: { logic: relayMachine, durability: 'volatile' },
  } as const
}

export type SocietyLogic = ReturnType<typeof societyLogic>
