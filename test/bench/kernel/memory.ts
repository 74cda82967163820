/** What an idle actor weighs on the heap: `heapUsed` plus `external` after a forced collection, over 100 000 actors. */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createActor } from 'xstate'
import type { Bench } from '../harness/bench.js'
import { inChild } from '../harness/child.js'
import { benchFolder } from '../harness/folder.js'
import { interleave } from '../harness/rounds.js'
import { type RowSpec, rowOf } from '../harness/row.js'
import { heapUsed } from './heap.js'
import { type AgentSystem, openSystem, spawnAgents } from './systems.js'
import { agent } from './work.js'

function weighing(spec: RowSpec, weigh: (actors: number) => Promise<number>): Bench {
  return {
    ids: [spec.id],
    async run({ quick }) {
      const actors = quick ? 20_000 : 100_000
      const call = ({ name }: { readonly name: string }) =>
        inChild<number>({ module: import.meta.url, name, argument: actors })
      const outcome = await interleave({
        rounds: quick ? 1 : 3,
        warmUps: 0,
        subject: () => call(weigh),
        baseline: () => call(plainActors),
      })
      return [rowOf(spec, outcome.subject, outcome.baseline)]
    },
  }
}

/** Bytes of heap for each of so many plain actors. */
export async function plainActors(count: number): Promise<number> {
  const before = heapUsed()
  const actors = Array.from({ length: count }, () => createActor(agent, { input: { notesKb: 0 } }).start())
  return (heapUsed() - before) / actors.length
}

/** Bytes of heap for each of so many durable actors that are in memory, with the refs that their user holds. */
export async function activeActors(count: number): Promise<number> {
  await using folder = await benchFolder()
  await using system = await openSystem({ store: join(folder.path, 'store'), durability: 'durable' })
  await spawnAgents(system, 1)
  const before = heapUsed()
  const refs = await spawnAgents(system, count, { prefix: 'weighed' })
  await system.settled()
  return (heapUsed() - before) / refs.length
}

/** Bytes of heap for each of so many durable actors that have left memory. */
export async function passiveActors(count: number): Promise<number> {
  await using folder = await benchFolder()
  await using system = await openSystem({ store: join(folder.path, 'store'), durability: 'durable', idleMs: 10 })
  await spawnAgents(system, 1)
  const before = heapUsed()
  await spawnAgents(system, count, { prefix: 'weighed' })
  await allPassive(system)
  return (heapUsed() - before) / count
}

async function allPassive(system: AgentSystem): Promise<void> {
  for (;;) {
    await sleep(200)
    let active = 0
    for await (const { isInMemory } of system.actors()) if (isInMemory) active++
    if (active === 0) return
  }
}

export const memory: readonly Bench[] = [
  weighing({ id: 'kernel.memory-active', unit: 'B/actor', better: 'lower', goal: 0.5 }, activeActors),
  weighing({ id: 'kernel.memory-passive', unit: 'B/actor', better: 'lower', goal: 0.03 }, passiveActors),
]
