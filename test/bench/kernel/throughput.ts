/** How many events volatile actors handle a second, beside XState's own `send`. */
import { join } from 'node:path'
import { createActor } from 'xstate'
import type { Bench } from '../harness/bench.js'
import { benchFolder } from '../harness/folder.js'
import { interleave, perSecond } from '../harness/rounds.js'
import { type RowSpec, rowOf } from '../harness/row.js'
import { type AgentSystem, openSystem, spawnAgents } from './systems.js'
import { agent, eventOf, expectCount } from './work.js'

/** Sent before the next wait for all to be handled: well within a mailbox, which holds 10 000. */
const CHUNK = 1_000

function volatile(spec: RowSpec, actors: number): Bench {
  return {
    ids: [spec.id],
    async run({ quick }) {
      await using folder = await benchFolder()
      await using system = await openSystem({ store: join(folder.path, 'store'), durability: 'volatile' })
      const events = quick ? 30_000 : 100_000
      const subject = await hostedActors(system, actors, events)
      const baseline = plainActors(actors, events)
      const outcome = await interleave({ rounds: quick ? 3 : 11, subject, baseline })
      return [rowOf(spec, outcome.subject, outcome.baseline)]
    },
  }
}

/** Spawns `count` agents; each call has them handle so many events, and answers with how many a second. */
export async function hostedActors(system: AgentSystem, count: number, events: number): Promise<() => Promise<number>> {
  const refs = await spawnAgents(system, count)
  let sent = 0
  return async () => {
    const rate = await perSecond(events, async () => {
      for (let n = 0; n < events; n++) {
        refs[n % count]?.send(eventOf(n))
        if (n % CHUNK === CHUNK - 1) await system.settled()
      }
      await system.settled()
    })
    sent += events
    expectCount(handledBy(refs), sent)
    return rate
  }
}

function plainActors(count: number, events: number): () => Promise<number> {
  const actors = Array.from({ length: count }, () => createActor(agent, { input: { notesKb: 0 } }).start())
  let sent = 0
  return async () => {
    const rate = await perSecond(events, () => {
      for (let n = 0; n < events; n++) actors[n % count]?.send(eventOf(n))
    })
    sent += events
    expectCount(handledBy(actors), sent)
    return rate
  }
}

function handledBy(actors: readonly { getSnapshot(): { context: { count: number } } }[]): number {
  return actors.reduce((sum, actor) => sum + actor.getSnapshot().context.count, 0)
}

export const throughput: readonly Bench[] = [
  volatile({ id: 'kernel.volatile-1', unit: 'events/s', better: 'higher', goal: 0.85 }, 1),
  volatile({ id: 'kernel.volatile-10k', unit: 'events/s', better: 'higher', goal: 1 }, 10_000),
]
