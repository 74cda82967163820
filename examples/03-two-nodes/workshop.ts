/** The other of the two processes: where the workers are. It listens, and lets the office start workers and give them jobs. */
import { setTimeout as pause } from 'node:timers/promises'
import { createSystem, currentEffect, type System } from 'roscius'
import { fromPromise } from 'xstate'
import { noteDeed } from './ledger.js'
import { linkOptions } from './link.js'
import { type Account, countOf, takeOrders, tell } from './notice.js'
import { type CraftInput, workerMachine } from './worker.js'

/** How long a job takes. */
const WORK_MS = 60

type Workshop = System<ReturnType<typeof createLogic>>

export async function runWorkshop(store: string, ledger: string): Promise<void> {
  const system = await createSystem({
    name: 'workshop',
    store,
    logic: createLogic(ledger),
    listen: { port: 0 },
    peers: {
      office: {
        allow: {
          spawn: [{ logic: ['worker'], paths: ['*'] }],
          send: [{ paths: ['*'], events: ['JOB'] }],
          watch: ['*'],
        },
      },
    },
    ...linkOptions(),
  })
  takeOrders(
    () => accountOf(system),
    () => system.stop(),
  )
  const { jobs } = await accountOf(system)
  tell({ type: 'open', found: Object.values(jobs).flat().length, address: system.listening })
}

function createLogic(ledger: string) {
  const craft = fromPromise<void, CraftInput>(async ({ input: { worker, job } }) => {
    const { effectId = '', attempt = 1 } = currentEffect() ?? {}
    noteDeed(ledger, { effectId, attempt, worker, job })
    await pause(WORK_MS)
  })
  return { worker: workerMachine.provide({ actors: { craft } }) }
}

async function accountOf(system: Workshop): Promise<Account> {
  const jobs: Record<string, readonly number[]> = {}
  for await (const { path } of system.actors()) jobs[path] = system.actor('worker', path).getSnapshot().context.done
  return { jobs, reported: [], deadLetters: await countOf(system.deadLetters.list()) }
}
