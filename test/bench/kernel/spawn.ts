/** How many actors come to life a second, beside `createActor(…).start()`. */
import { join } from 'node:path'
import { createActor } from 'xstate'
import type { Bench } from '../harness/bench.js'
import { benchFolder } from '../harness/folder.js'
import { interleave, perSecond } from '../harness/rounds.js'
import { type RowSpec, rowOf } from '../harness/row.js'
import { type AgentSystem, bystanders, type Durability, openSystem } from './systems.js'
import { agent } from './work.js'

const ACTORS = 10_000
const OUTSTANDING = 1_000

function spawning(spec: RowSpec, durability: Durability): Bench {
  return {
    ids: [spec.id],
    async run({ quick }) {
      await using folder = await benchFolder()
      await using _ = await bystanders(folder.path, durability)
      const rounds = quick ? 3 : 11
      let round = 0
      const subject = async (): Promise<number> => {
        await using system = await openSystem({ store: join(folder.path, `store-${round++}`), durability })
        return await spawnAll(system)
      }
      const outcome = await interleave({ rounds, warmUps: 1, subject, baseline: startPlain })
      return [rowOf(spec, outcome.subject, outcome.baseline)]
    },
  }
}

/** A thousand outstanding at a time; each answer comes after the actor's commit. */
function spawnAll(system: AgentSystem): Promise<number> {
  return perSecond(ACTORS, async () => {
    for (let from = 0; from < ACTORS; from += OUTSTANDING) {
      const spawned = Array.from({ length: OUTSTANDING }, (_, n) =>
        system.spawn('agent', { id: `agent-${from + n}`, input: { notesKb: 0 } }),
      )
      await Promise.all(spawned)
    }
  })
}

function startPlain(): Promise<number> {
  const actors = new Array<object>(ACTORS)
  return perSecond(ACTORS, () => {
    for (let n = 0; n < ACTORS; n++) actors[n] = createActor(agent, { id: `agent-${n}`, input: { notesKb: 0 } }).start()
  })
}

export const spawn: readonly Bench[] = [
  spawning({ id: 'kernel.spawn-volatile', unit: 'spawns/s', better: 'higher', goal: 1.5 }, 'volatile'),
  spawning({ id: 'kernel.spawn-durable', unit: 'spawns/s', better: 'higher', goal: 0.5 }, 'durable'),
]
