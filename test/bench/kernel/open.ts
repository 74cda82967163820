/** How long a store of 100 000 idle actors takes from opening to the first answer, beside one of 1 000. */
import { join } from 'node:path'
import type { Bench } from '../harness/bench.js'
import { inChild } from '../harness/child.js'
import { benchFolder } from '../harness/folder.js'
import { interleave } from '../harness/rounds.js'
import { rowOf } from '../harness/row.js'
import { openSystem, spawnAgents } from './systems.js'
import { eventOf } from './work.js'

interface Stored {
  readonly store: string
  readonly actors: number
}

/** Fills a store and stops its system in order. */
export async function fillStore({ store, actors }: Stored): Promise<void> {
  await using system = await openSystem({ store, durability: 'durable' })
  await spawnAgents(system, actors)
}

/** Opens the store and waits until one of its actors has answered; ms. */
export async function openToFirstAnswer({ store, actors }: Stored): Promise<number> {
  const start = performance.now()
  await using system = await openSystem({ store, durability: 'durable' })
  await system.actor('agent', `agent-${Math.floor(actors / 2)}`).deliver(eventOf(0))
  return performance.now() - start
}

function call<Result>(work: (stored: Stored) => Promise<Result>, stored: Stored): Promise<Result> {
  return inChild<Result>({ module: import.meta.url, name: work.name, argument: stored })
}

export const open: readonly Bench[] = [
  {
    ids: ['kernel.open'],
    async run({ quick }) {
      await using folder = await benchFolder()
      const many = { store: join(folder.path, 'many'), actors: quick ? 20_000 : 100_000 }
      const few = { store: join(folder.path, 'few'), actors: 1_000 }
      await call(fillStore, many)
      await call(fillStore, few)
      const subject = (): Promise<number> => call(openToFirstAnswer, many)
      const baseline = (): Promise<number> => call(openToFirstAnswer, few)
      const outcome = await interleave({ rounds: quick ? 3 : 9, subject, baseline })
      return [rowOf({ id: 'kernel.open', unit: 'ms', better: 'lower', goal: 2 }, outcome.subject, outcome.baseline)]
    },
  },
]
