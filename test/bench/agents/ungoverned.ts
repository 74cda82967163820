/** What governance costs actors that it has nothing to do with: their durable steps a second, with the audit trail and without. */
import { join } from 'node:path'
import { createSystem } from 'roscius'
import type { Bench } from '../harness/bench.js'
import { benchFolder } from '../harness/folder.js'
import { interleave } from '../harness/rounds.js'
import { rowOf } from '../harness/row.js'
import { countOf, deliver, stepping } from '../kernel/stepping.js'
import { spawnAgents } from '../kernel/systems.js'
import { agent } from '../kernel/work.js'

const ACTORS = 1_000

const systemOf = (folder: string, name: string, audit: false | Record<string, never>) =>
  createSystem({
    name: 'bench',
    store: join(folder, name),
    logic: { agent: { logic: agent, durability: 'durable' } },
    passivation: { idleMs: 86_400_000, maxActive: Number.MAX_SAFE_INTEGER },
    development: false,
    audit,
  })

export const ungoverned: readonly Bench[] = [
  {
    ids: ['agents.audit'],
    async run({ quick }) {
      await using folder = await benchFolder()
      await using watched = await systemOf(folder.path, 'watched', {})
      await using plain = await systemOf(folder.path, 'plain', false)
      const [actors, others] = [await spawnAgents(watched, ACTORS), await spawnAgents(plain, ACTORS)]
      const steps = quick ? 5 : 24
      const { subject, baseline } = await interleave({
        rounds: quick ? 3 : 15,
        subject: stepping(actors, steps, deliver, countOf),
        baseline: stepping(others, steps, deliver, countOf),
      })
      const note = 'nothing is recorded: what it costs to look'
      return [rowOf({ id: 'agents.audit', unit: 'steps/s', better: 'higher', goal: 0.97, note }, subject, baseline)]
    },
  },
]
