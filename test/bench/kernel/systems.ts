/** The Roscius side of the rows: systems of agents on LevelDB, as a user makes them. */
import { join } from 'node:path'
import { createSystem, type Operation, type RosciusRef, type Store } from 'roscius'
import { levelStore } from 'roscius/level'
import { createActor } from 'xstate'
import { agent, eventOf } from './work.js'

export type Durability = 'durable' | 'relaxed' | 'volatile'

export interface SystemOptions {
  readonly store: string | Store
  readonly durability: Durability
  /** When an idle actor leaves memory, in ms; never unless given, since only some rows are about that. */
  readonly idleMs?: number
}

export type AgentSystem = Awaited<ReturnType<typeof openSystem>>
export type AgentRef = RosciusRef<typeof agent>

/** A system whose logic table holds the agent. */
export function openSystem({ store, durability, idleMs = NEVER_MS }: SystemOptions) {
  return createSystem({
    name: 'bench',
    store,
    logic: { agent: { logic: agent, durability } },
    passivation: { idleMs, maxActive: Number.MAX_SAFE_INTEGER },
    development: false,
  })
}

const NEVER_MS = 86_400_000

export interface SpawnedAs {
  readonly notesKb?: number
  /** Their ids are `<prefix>-0` and on. Default `agent`. */
  readonly prefix?: string
}

/** Spawns `count` agents, so many at a time that no queue grows past what a careful caller would let it. */
export async function spawnAgents(
  system: AgentSystem,
  count: number,
  { notesKb = 0, prefix = 'agent' }: SpawnedAs = {},
): Promise<AgentRef[]> {
  const refs: AgentRef[] = []
  while (refs.length < count) {
    const next = Array.from(
      { length: Math.min(SPAWNED_AT_ONCE, count - refs.length) },
      (_, index) => refs.length + index,
    )
    refs.push(
      ...(await Promise.all(next.map((n) => system.spawn('agent', { id: `${prefix}-${n}`, input: { notesKb } })))),
    )
  }
  return refs
}

const SPAWNED_AT_ONCE = 10_000

/**
 * A system with one actor, and a plain actor, that live as long as a bench: where every round makes its own, V8 would else
 * throw away between rounds what it has learnt of objects that a service always has.
 */
export async function bystanders(folder: string, durability: Durability): Promise<AsyncDisposable> {
  const system = await openSystem({ store: join(folder, 'bystander'), durability })
  const [hosted] = await spawnAgents(system, 1)
  const plain = createActor(agent, { input: { notesKb: 0 } }).start()
  await hosted?.deliver(eventOf(0))
  plain.send(eventOf(0))
  return {
    async [Symbol.asyncDispose]() {
      plain.stop()
      await system.stop()
    },
  }
}

/** A LevelDB store that counts the bytes of the batches it is given, keys and values. */
export async function countingStore(path: string): Promise<Store & { bytes: number }> {
  const store = await levelStore(path)
  const counting = {
    bytes: 0,
    get: (key: string) => store.get(key),
    range: (range: Parameters<Store['range']>[0]) => store.range(range),
    deleteRange: (range: Parameters<Store['deleteRange']>[0]) => store.deleteRange(range),
    close: () => store.close(),
    batch(operations: readonly Operation[], options: { readonly sync: boolean }) {
      for (const operation of operations) counting.bytes += bytesOf(operation)
      return store.batch(operations, options)
    },
  }
  return counting
}

function bytesOf(operation: Operation): number {
  return Buffer.byteLength(operation.key) + (operation.type === 'put' ? operation.value.byteLength : 0)
}
