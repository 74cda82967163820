/** The logic table of every node of the network suite. What notes a commit in the ledger is run again if a crash came between. */
import type { System } from 'roscius'
import type { Scribe } from '../scribe.js'
import { mortalMachine, receiverMachine, relayMachine, watcherMachine } from './receivers.js'
import { askerMachine, tellerMachine, timerMachine, workerMachine } from './senders.js'

const sent = { sent: 'atLeastOnce' } as const
const applied = { applied: 'atLeastOnce' } as const

export function networkLogic(scribe: Scribe) {
  return {
    teller: { logic: tellerMachine(scribe), actions: sent },
    talker: { logic: tellerMachine(scribe), durability: 'volatile' },
    timer: { logic: timerMachine(scribe), actions: sent },
    worker: { logic: workerMachine(scribe), actions: sent },
    asker: { logic: askerMachine(scribe), actions: { ...sent, answered: 'atLeastOnce' } },
    receiver: { logic: receiverMachine(scribe), actions: applied },
    listener: { logic: receiverMachine(scribe), durability: 'volatile' },
    relay: { logic: relayMachine(scribe), actions: { passed: 'atLeastOnce' } },
    mortal: { logic: mortalMachine },
    ghost: { logic: mortalMachine, durability: 'volatile' },
    watcher: { logic: watcherMachine(scribe), actions: { told: 'atLeastOnce' } },
  } as const
}

export type NetworkLogic = ReturnType<typeof networkLogic>
export type NetworkSystem = System<NetworkLogic>
