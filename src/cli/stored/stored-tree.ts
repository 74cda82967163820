/**
 * The tree of a store that no system has open. No logic is at hand: statuses, states and restarts are what the records
 * say, and a supervisor is known by the structure of its machine.
 */
import type { ActorTree } from '../../core/actor-tree.js'
import type { ActorPath } from '../../core/address.js'
import type { Codec } from '../../persistence/codec.js'
import { JournalReader } from '../../persistence/journal.js'
import { kindRange, pathInKey } from '../../persistence/keys.js'
import { NO_REFS } from '../../persistence/storable.js'
import type { Store } from '../../persistence/store.js'
import { growTree, type TreeRow } from '../../runtime/actor-tree.js'
import { structureHash } from '../../runtime/structure-hash.js'
import { supervisor } from '../../runtime/supervisor.js'
import { rowOfDamaged, rowOfStarting, rowOfStored } from '../../runtime/tree-rows.js'
import { storedCodec } from './stored-codec.js'

/**
 * `values` is the same store, decrypted. Throws `RECORD_CORRUPT` if what all records need can't be read,
 * `RECORD_UNSUPPORTED` for a store of a newer Roscius.
 */
export async function readStoredTree(name: string, store: Store, values: Store): Promise<ActorTree> {
  const rows = await readStoredRows(store, values)
  return growTree(
    name,
    [...rows.values()].map(({ row }) => row),
  )
}

export interface StoredRow {
  readonly row: TreeRow
  /** Of its newest record; 0 where that can't be read. */
  readonly seqNr: number
}

/** The same actors in no order, as far as they are meant. Throws as `readStoredTree`. */
export async function readStoredRows(
  store: Store,
  values: Store,
  isMeant: (path: ActorPath) => boolean = () => true,
): Promise<ReadonlyMap<ActorPath, StoredRow>> {
  const codec = storedCodec(values)
  const { counts, starting } = await readMail(store, values, codec)
  const journal = new JournalReader(values, codec, NO_REFS)
  const supervisorHash = structureHash(supervisor())
  const rows = new Map<ActorPath, StoredRow>()
  for (const [path, row] of starting) if (isMeant(path)) rows.set(path, { row, seqNr: 0 })
  for await (const [key] of store.range(kindRange('a'))) {
    const path = pathInKey(key)
    const row = isMeant(path) ? rowAt(journal, path, counts.get(path) ?? 0, supervisorHash) : undefined
    if (row !== undefined) rows.set(path, row)
  }
  return rows
}

function rowAt(
  journal: JournalReader,
  path: ActorPath,
  mailbox: number,
  supervisorHash: string | undefined,
): StoredRow | undefined {
  try {
    const loaded = journal.load(path)
    if (loaded === undefined) return undefined
    const isSupervisor = loaded.head.hash === supervisorHash
    return { row: rowOfStored(path, loaded, { mailbox, isSupervisor, strategy: undefined }), seqNr: loaded.seqNr }
  } catch (error) {
    return { row: rowOfDamaged(path, error, { mailbox }), seqNr: 0 }
  }
}

interface Mail {
  readonly counts: ReadonlyMap<ActorPath, number>
  /** Actors whose own start waits in the store. */
  readonly starting: ReadonlyMap<ActorPath, TreeRow>
}

async function readMail(store: Store, values: Store, codec: Codec): Promise<Mail> {
  const counts = new Map<ActorPath, number>()
  const starting = new Map<ActorPath, TreeRow>()
  for await (const [key] of store.range(kindRange('m'))) {
    const path = pathInKey(key)
    counts.set(path, (counts.get(path) ?? 0) + 1)
    const start = startIn(values, codec, key)
    if (start !== undefined) starting.set(path, rowOfStarting(path, start))
  }
  return { counts, starting }
}

/** What a waiting start says of its actor. A damaged envelope counts as mail; finding damage is for `roscius verify`. */
function startIn(values: Store, codec: Codec, key: string): Parameters<typeof rowOfStarting>[1] | undefined {
  try {
    const [, , , , , start] = codec.decode(values.get(key) as Uint8Array, key, NO_REFS) as unknown[]
    if (!Array.isArray(start)) return undefined
    const [logic, durability, , order = 0] = start
    return { logic, durability, order }
  } catch {
    return undefined
  }
}
