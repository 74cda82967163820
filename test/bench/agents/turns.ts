/** What it costs to govern an agent: its turns a second, beside those of the same statechart with nothing around it. */
import { join } from 'node:path'
import { createSystem, defineTool, withBudget, withPermissions } from 'roscius'
import { defineAgent, defineBrain } from 'roscius/actors'
import { createAgentMachine, type ToolCall } from 'roscius/machines'
import { fromPromise } from 'xstate'
import { z } from 'zod'
import type { Bench } from '../harness/bench.js'
import { benchFolder } from '../harness/folder.js'
import { interleave, perSecond } from '../harness/rounds.js'
import { rowOf } from '../harness/row.js'

const AGENTS = 64
const TURNS = 10
const LIMITS = { turns: TURNS + 1 }

/** Calls a tool turn by turn, with arguments of its own each time, and then finishes. */
const brain = defineBrain(({ turn }) => {
  if (turn > TURNS) return { event: { type: 'FINISH', output: turn }, reason: 'All turns are taken.' }
  return { event: { type: 'USE_TOOL', tool: 'look', input: { at: turn } }, reason: 'There is more to see.' }
})

/** How often the governed tool has run: a refused call would be a cheap one. */
let looks = 0

const look = defineTool({
  name: 'look',
  version: '1.0.0',
  description: 'Looks at something.',
  input: z.object({ at: z.number() }),
  output: z.object({ seen: z.number() }),
  risk: 'read',
  scopes: ['read:things'],
  execute: ({ input }) => {
    looks++
    return { seen: input.at }
  },
})

const governed = defineAgent({ brain, tools: [look], limits: LIMITS })
const bare = createAgentMachine({
  brain,
  tools: [{ name: 'look', description: 'Looks at something.', risk: 'read' }],
  tool: fromPromise(async ({ input }: { input: ToolCall }) => ({ seen: input.input })),
  limits: LIMITS,
})

const GOVERNANCE = {
  ...withBudget({ turns: 1_000, toolCalls: 1_000 }),
  ...withPermissions({ scopes: ['read:things'] }),
}

/** All agents from their start to their end; answers with the turns a second. */
function running(folder: string, kind: 'governed' | 'bare'): () => Promise<number> {
  let round = 0
  return async () => {
    const store = join(folder, `${kind}-${round++}`)
    await using system = await createSystem({
      name: 'bench',
      store,
      logic: { governed, bare },
      development: false,
      audit: kind === 'bare' ? false : {},
    })
    const options = kind === 'bare' ? {} : GOVERNANCE
    const expected = looks + (kind === 'bare' ? 0 : AGENTS * TURNS)
    return await perSecond(AGENTS * TURNS, async () => {
      const refs = Array.from({ length: AGENTS }, (_, n) =>
        system.spawn(kind, { id: `a-${n}`, input: { goal: 'look' }, ...options }),
      )
      const outputs = await Promise.all(refs.map(async (ref) => (await ref).result()))
      if (outputs.some(({ status }) => status !== 'done')) throw new Error('an agent did not finish')
      if (looks !== expected) throw new Error(`the tool ran ${looks} times instead of ${expected}`)
    })
  }
}

export const turns: readonly Bench[] = [
  {
    ids: ['agents.turn'],
    async run({ quick }) {
      await using folder = await benchFolder()
      const { subject, baseline } = await interleave({
        rounds: quick ? 3 : 9,
        subject: running(folder.path, 'governed'),
        baseline: running(folder.path, 'bare'),
      })
      const note = 'governed: gate, ledger, audit trail, decision log; baseline: the statechart alone, durable'
      return [rowOf({ id: 'agents.turn', unit: 'turns/s', better: 'higher', goal: 0.5, note }, subject, baseline)]
    },
  },
]
