/** How many passivated actors a second handle their first event, beside reading and restoring them by hand. */
import { join } from 'node:path'
import { ClassicLevel } from 'classic-level'
import { Packr } from 'msgpackr'
import { type Actor, createActor, type Snapshot } from 'xstate'
import type { Bench } from '../harness/bench.js'
import { benchFolder } from '../harness/folder.js'
import { interleave, perSecond } from '../harness/rounds.js'
import { type Row, type RowSpec, rowOf } from '../harness/row.js'
import { LEVEL_OPTIONS } from './by-hand.js'
import { type AgentRef, bystanders, openSystem, spawnAgents } from './systems.js'
import { agent, eventOf, expectCount } from './work.js'

/** Passive actors of a round. */
const ACTORS = 5_000

/** Actors a second. */
interface Figures {
  readonly activated: number
  readonly committed: number
}

/** Each round fills a store, opens it anew (so that all its actors are passive), and sends each its first event. */
function storedByRoscius(folder: string): () => Promise<Figures> {
  let round = 0
  return async () => {
    const store = join(folder, `store-${round++}`)
    await fill(store)
    await using system = await openSystem({ store, durability: 'durable' })
    const actorOf = (n: number): AgentRef => system.actor('agent', `agent-${n}`)
    const rate = await perSecond(ACTORS, async () => {
      for (let n = 0; n < ACTORS; n++) actorOf(n).send(eventOf(n))
      await system.settled()
    })
    expectCount(handledBy(Array.from({ length: ACTORS }, (_, n) => actorOf(n))), ACTORS)
    return { activated: rate, committed: rate }
  }
}

async function fill(store: string): Promise<void> {
  await using system = await openSystem({ store, durability: 'durable' })
  await spawnAgents(system, ACTORS)
}

/** Stored actors as an expert restores them, with the next event handled and, for the second figure, stored again. */
async function storedByHand(db: ClassicLevel<string, Uint8Array>): Promise<() => Promise<Figures>> {
  const packr = new Packr({ structures: [] })
  const input = { notesKb: 0 }
  const store = async (actors: readonly Actor<typeof agent>[]): Promise<void> => {
    const batch = db.batch()
    for (const [n, actor] of actors.entries()) batch.put(`s!agent-${n}`, packr.pack(actor.getPersistedSnapshot()))
    await batch.write({ sync: true })
  }
  const wake = (): Actor<typeof agent>[] =>
    Array.from({ length: ACTORS }, (_, n) => {
      const stored = db.getSync(`s!agent-${n}`) ?? new Uint8Array()
      const snapshot = packr.unpack(stored) as Snapshot<unknown>
      const actor = createActor(agent, { input, snapshot }).start()
      actor.send(eventOf(n))
      return actor
    })
  await store(Array.from({ length: ACTORS }, () => createActor(agent, { input }).start()))
  let round = 0
  return async () => {
    const activated = await perSecond(ACTORS, () => void wake())
    const committed = await perSecond(ACTORS, async () => {
      const actors = wake()
      await store(actors)
      expectCount(handledBy(actors), ACTORS * (round + 1))
    })
    round++
    return { activated, committed }
  }
}

function handledBy(actors: readonly { getSnapshot(): { context: { count: number } } }[]): number {
  return actors.reduce((sum, actor) => sum + actor.getSnapshot().context.count, 0)
}

export const activate: readonly Bench[] = [
  {
    ids: ['kernel.activate', 'kernel.activate-committed'],
    async run({ quick }) {
      await using folder = await benchFolder()
      await using _ = await bystanders(folder.path, 'durable')
      const db = new ClassicLevel<string, Uint8Array>(join(folder.path, 'hand'), LEVEL_OPTIONS)
      await db.open(LEVEL_OPTIONS)
      const { subject, baseline } = await interleave({
        rounds: quick ? 2 : 9,
        subject: storedByRoscius(folder.path),
        baseline: await storedByHand(db),
      })
      await db.close()
      const row = (spec: RowSpec, figure: keyof Figures): Row =>
        rowOf(
          spec,
          subject.map((figures) => figures[figure]),
          baseline.map((figures) => figures[figure]),
        )
      const spec = { unit: 'actors/s', better: 'higher' } as const
      const note = 'ours commits the event durably, which the baseline does not do'
      return [
        row({ id: 'kernel.activate', ...spec, goal: 0.7, note }, 'activated'),
        row({ id: 'kernel.activate-committed', ...spec, goal: null, note: 'the baseline commits too' }, 'committed'),
      ]
    },
  },
]
