/** What three levels of supervisors cost actors that don't fail: durable steps a second, beside the same actors at the top. */
import { join } from 'node:path'
import type { Bench } from '../harness/bench.js'
import { benchFolder } from '../harness/folder.js'
import { interleave } from '../harness/rounds.js'
import { rowOf } from '../harness/row.js'
import { countOf, deliver, stepping } from '../kernel/stepping.js'
import { openSystem, spawnAgents } from '../kernel/systems.js'
import { openTreeSystem, plantTree } from './tree.js'

const AGENTS = 1_000

export const step: readonly Bench[] = [
  {
    ids: ['supervision.step'],
    async run({ quick }) {
      await using folder = await benchFolder()
      await using system = await openTreeSystem({ folder: folder.path, agents: AGENTS, durability: 'durable' })
      await using plain = await openSystem({ store: join(folder.path, 'plain'), durability: 'durable' })
      const { agents } = await plantTree(system, 'tree', AGENTS)
      const refs = await spawnAgents(plain, AGENTS)
      const steps = quick ? 5 : 24
      const { subject, baseline } = await interleave({
        rounds: quick ? 3 : 15,
        subject: stepping(agents, steps, deliver, countOf),
        baseline: stepping(refs, steps, deliver, countOf),
      })
      return [rowOf({ id: 'supervision.step', unit: 'steps/s', better: 'higher', goal: 0.97 }, subject, baseline)]
    },
  },
]
