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

/** Each round opens the store anew, where all actors are passive, and sends each its first event; durably handled. */
async function storedByRoscius(store: string): Promise<() => Promise<number>> {
  const filled = await openSystem({ store, durability: 'durable' })
  await spawnAgents(filled, ACTORS)
  await filled.stop()
  let round = 0
  return async () => {
    await using system = await openSystem({ store, durability: 'durable' })
    const rate = await perSecond(ACTORS, async () => {
      for (let n = 0; n < ACTORS; n++) system.actor('agent', `agent-${n}`).send(eventOf(n))
      await system.settled()
    })
    round++
    let handled = 0
    for (let n = 0; n < ACTORS; n++) handled += system.actor('agent', `agent-${n}`).getSnapshot().context.count
    expectCount(handled, ACTORS * round)
    return rate
  }
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
        subject: await storedByRoscius(join(folder.path, 'store')),
        baseline: await storedByHand(db),
      })
      await db.close()
      const spec = { id: 'kernel.activate', unit: 'actors/s', better: 'higher', goal: 0.7 } as const
      const note = 'ours includes the durable commit of the event, which the baseline does not make'
      return [rowOf({ ...spec, note }, outcome.subject, outcome.baseline)]
    },
  },
]
