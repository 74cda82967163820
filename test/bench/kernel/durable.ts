/** How many durable steps a second, beside the group-committed loop written by hand; and how long one step takes alone. */
import { join } from 'node:path'
import type { Bench } from '../harness/bench.js'
import { benchFolder } from '../harness/folder.js'
import { medianMs } from '../harness/latency.js'
import { interleave } from '../harness/rounds.js'
import { type RowSpec, rowOf } from '../harness/row.js'
import { ByHand } from './by-hand.js'
import { countOf, deliver, stepping } from './stepping.js'
import { syncedPuts } from './synced-puts.js'
import { type AgentRef, type AgentSystem, countingStore, openSystem, spawnAgents } from './systems.js'
import { eventOf } from './work.js'

interface Load {
  readonly actors: number
  readonly notesKb: number
  readonly durability: 'durable' | 'relaxed'
}

/** Many actors, one outstanding `deliver` each. */
function together(spec: RowSpec, load: Load): Bench {
  return {
    ids: [spec.id],
    async run({ quick }) {
      const { actors, notesKb, durability } = load
      await using folder = await benchFolder()
      await using system = await openSystem({ store: join(folder.path, 'store'), durability })
      await using hand = await ByHand.open({ path: join(folder.path, 'hand'), sync: durability === 'durable' })
      const refs = await spawnAgents(system, actors, { notesKb })
      const agents = Array.from({ length: actors }, (_, index) => hand.start(`agent-${index}`, notesKb))
      const steps = Math.max(1, Math.round((quick ? 5_000 : 24_000) / actors))
      const outcome = await interleave({
        rounds: quick ? 3 : 9,
        subject: stepping(refs, steps, deliver, countOf),
        baseline: stepping(
          agents,
          steps,
          (one, event, key) => hand.step(one, event, key),
          ({ actor }) => actor.getSnapshot().context.count,
        ),
      })
      return [rowOf(spec, outcome.subject, outcome.baseline)]
    },
  }
}

/** One actor, `deliver` after `deliver`, beside one synced `put` of as many bytes. */
function alone(spec: RowSpec, notesKb: number): Bench {
  return {
    ids: [spec.id],
    async run({ quick }) {
      await using folder = await benchFolder()
      const store = await countingStore(join(folder.path, 'store'))
      await using system = await openSystem({ store, durability: 'durable' })
      const [ref] = await spawnAgents(system, 1, { notesKb })
      if (!ref) throw new Error('no actor was spawned')
      await warmUp(system, notesKb)
      const bytes = await bytesEachStep(ref, store)
      await using puts = await syncedPuts(join(folder.path, 'put'), bytes)
      const steps = quick ? 200 : 600
      let n = 0
      const outcome = await interleave({
        rounds: quick ? 3 : 9,
        subject: () => medianMs(steps, () => deliver(ref, eventOf(n), `key-${n++}`)),
        baseline: () => puts.measure(steps),
      })
      return [rowOf({ ...spec, note: `${bytes} bytes a step` }, outcome.subject, outcome.baseline)]
    },
  }
}

/** Many steps of other actors: a service that answers one caller after the other has long been compiled. */
async function warmUp(system: AgentSystem, notesKb: number): Promise<void> {
  const refs = await spawnAgents(system, 64, { notesKb, prefix: 'warm' })
  await stepping(refs, 400, deliver, countOf)()
}

/** What a step writes, all told, over enough steps to hold the snapshots' share. */
async function bytesEachStep(ref: AgentRef, store: { readonly bytes: number }): Promise<number> {
  const steps = 200
  const before = store.bytes
  for (let n = 0; n < steps; n++) await deliver(ref, eventOf(n), `first-${n}`)
  return Math.round((store.bytes - before) / steps)
}

const rate = { unit: 'steps/s', better: 'higher' } as const
const latency = { unit: 'ms p50', better: 'lower', goal: 1.25 } as const

export const durable: readonly Bench[] = [
  alone({ id: 'kernel.durable-1', ...latency }, 0),
  together({ id: 'kernel.durable-64', ...rate, goal: 1 }, { actors: 64, notesKb: 0, durability: 'durable' }),
  together({ id: 'kernel.durable-1000', ...rate, goal: 1.1 }, { actors: 1_000, notesKb: 0, durability: 'durable' }),
  alone({ id: 'kernel.durable-1-4kb', ...latency }, 4),
  together({ id: 'kernel.durable-64-4kb', ...rate, goal: 1 }, { actors: 64, notesKb: 4, durability: 'durable' }),
  together({ id: 'kernel.durable-1000-4kb', ...rate, goal: 1.1 }, { actors: 1_000, notesKb: 4, durability: 'durable' }),
  together({ id: 'kernel.relaxed-1000', ...rate, goal: 1 }, { actors: 1_000, notesKb: 0, durability: 'relaxed' }),
]
