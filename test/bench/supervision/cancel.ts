/** How long the cancel of a subtree takes, beside stopping as many plain actors. */
import { createActor } from 'xstate'
import type { Bench } from '../harness/bench.js'
import { benchFolder } from '../harness/folder.js'
import { collectGarbage, interleave } from '../harness/rounds.js'
import { type RowSpec, rowOf } from '../harness/row.js'
import type { Durability } from '../kernel/systems.js'
import { agent, expectCount } from '../kernel/work.js'
import { openTreeSystem, plantTree, type TreeSystem } from './tree.js'

const AGENTS = 10_000

function cancelling(spec: RowSpec, durability: Durability): Bench {
  return {
    ids: [spec.id],
    async run({ quick }) {
      await using folder = await benchFolder()
      await using system = await openTreeSystem({ folder: folder.path, agents: AGENTS, durability })
      let round = 0
      const { subject, baseline } = await interleave({
        rounds: quick ? 1 : 7,
        // A durable tree takes seconds to start.
        warmUps: quick && durability === 'durable' ? 0 : 1,
        subject: () => cancelTree(system, `tree-${round++}`),
        baseline: stopPlain,
      })
      return [rowOf(spec, subject, baseline)]
    },
  }
}

async function cancelTree(system: TreeSystem, id: string): Promise<number> {
  const { top } = await plantTree(system, id, AGENTS)
  collectGarbage()
  const start = performance.now()
  await top.cancel()
  const elapsed = performance.now() - start
  expectCount(await livingIn(system), 0)
  return elapsed
}

async function livingIn(system: TreeSystem): Promise<number> {
  let living = 0
  for await (const { status } of system.actors()) if (status === 'active') living++
  return living
}

function stopPlain(): number {
  const actors = Array.from({ length: AGENTS }, () => createActor(agent, { input: { notesKb: 0 } }).start())
  collectGarbage()
  const start = performance.now()
  for (const actor of actors) actor.stop()
  return performance.now() - start
}

export const cancel: readonly Bench[] = [
  cancelling({ id: 'supervision.cancel', unit: 'ms', better: 'lower', goal: 3 }, 'volatile'),
  cancelling({ id: 'supervision.cancel-durable', unit: 'ms', better: 'lower', goal: null }, 'durable'),
]
