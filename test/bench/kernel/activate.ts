/** How many passivated actors a second handle their first event, beside reading and restoring them by hand. */
import { join } from 'node:path'
import { ClassicLevel } from 'classic-level'
import { Packr } from 'msgpackr'
import { createActor, type Snapshot } from 'xstate'
import type { Bench } from '../harness/bench.js'
import { benchFolder } from '../harness/folder.js'
import { interleave, perSecond } from '../harness/rounds.js'
import { rowOf } from '../harness/row.js'
import { LEVEL_OPTIONS } from './by-hand.js'
import { openSystem, spawnAgents } from './systems.js'
import { agent, eventOf, expectCount } from './work.js'

const ACTORS = 10_000

/** Each round fills a store, opens it anew (so that all its actors are passive), and sends each its first event. */
function storedByRoscius(folder: string): () => Promise<number> {
  let round = 0
  return async () => {
    const store = join(folder, `store-${round++}`)
    await fill(store)
    await using system = await openSystem({ store, durability: 'durable' })
    const refs = Array.from({ length: ACTORS }, (_, n) => system.actor('agent', `agent-${n}`))
    const rate = await perSecond(ACTORS, async () => {
      for (const [n, ref] of refs.entries()) ref.send(eventOf(n))
      await system.settled()
    })
    const handled = refs.reduce((sum, ref) => sum + ref.getSnapshot().context.count, 0)
    expectCount(handled, ACTORS)
    return rate
  }
}

async function fill(store: string): Promise<void> {
  await using system = await openSystem({ store, durability: 'durable' })
  await spawnAgents(system, ACTORS)
}

/** `getSync`, unpack, `createActor({ snapshot }).start()`, `send`. */
async function storedByHand(db: ClassicLevel<string, Uint8Array>): Promise<() => Promise<number>> {
  const packr = new Packr({ structures: [] })
  const input = { notesKb: 0 }
  const batch = db.batch()
  for (let n = 0; n < ACTORS; n++) {
    batch.put(`s!agent-${n}`, packr.pack(createActor(agent, { input }).start().getPersistedSnapshot()))
  }
  await batch.write({ sync: true })
  return async () => {
    let handled = 0
    const rate = await perSecond(ACTORS, () => {
      for (let n = 0; n < ACTORS; n++) {
        const stored = db.getSync(`s!agent-${n}`)
        const snapshot = packr.unpack(stored ?? new Uint8Array()) as Snapshot<unknown>
        const actor = createActor(agent, { input, snapshot }).start()
        actor.send(eventOf(n))
        handled += actor.getSnapshot().context.count
      }
    })
    expectCount(handled, ACTORS)
    return rate
  }
}

export const activate: readonly Bench[] = [
  {
    ids: ['kernel.activate'],
    async run({ quick }) {
      await using folder = await benchFolder()
      const db = new ClassicLevel<string, Uint8Array>(join(folder.path, 'hand'), LEVEL_OPTIONS)
      await db.open(LEVEL_OPTIONS)
      const outcome = await interleave({
        rounds: quick ? 3 : 9,
        subject: storedByRoscius(folder.path),
        baseline: await storedByHand(db),
      })
      await db.close()
      const spec = { id: 'kernel.activate', unit: 'actors/s', better: 'higher', goal: 0.7 } as const
      const note = 'ours includes the durable commit of the event, which the baseline does not make'
      return [rowOf({ ...spec, note }, outcome.subject, outcome.baseline)]
    },
  },
]
