/**
 * Where the history is read: the records of a store and the logic table, of a running system or of a store that none has open.
 * Everything is read beside the running actors; none is brought into memory, and nothing is written.
 */
import type { AnyActorLogic } from 'xstate'
import { type ActorPath, formatAddress } from '../../core/address.js'
import { RosciusError } from '../../core/errors.js'
import type { JournalReader, Moment } from '../../persistence/journal.js'
import { kindRange, pathInKey } from '../../persistence/keys.js'
import type { Store } from '../../persistence/store.js'
import type { ConversationRecord } from '../../remote/conversation/conversation-record.js'
import { ActorHandle } from '../../runtime/actor-handle.js'
import type { Cell } from '../../runtime/cell.js'
import type { CommittedState } from '../../runtime/committed-state.js'
import type { Engine } from '../../runtime/engine.js'

export interface HistorySource {
  /** Name of the node. */
  readonly name: string
  readonly journal: JournalReader
  /** Logic of today of the actor; `undefined` if it is not in the logic table any more, or there is no such actor. */
  logicOf(path: ActorPath): { readonly name: string; readonly logic: AnyActorLogic | undefined } | undefined
  /** The actors that have records, in the order of their paths. */
  paths(): AsyncIterable<ActorPath>
  /** The newest record of an actor, other than its first. */
  newestRecord(path: ActorPath): Promise<Omit<Moment, 'frame'> | undefined>
  /** Those that are in memory, the last used first: they are asked first. */
  busy(): Iterable<ActorPath>
  /** The newest state, also of an actor that has no records; `undefined` if there is no such actor, or it can't be restored. */
  newest(path: ActorPath): Pick<CommittedState, 'seqNr' | 'snapshot'> | undefined
  /** What is kept of a conversation over links. */
  links(id: string): Promise<readonly ConversationRecord[]>
}

/** What is needed of a system: every `System` has it, whatever its logic table. */
export interface SystemWithHistory {
  readonly name: string
  actor(logic: never, id: string): object
  conversation(id: string): Promise<readonly ConversationRecord[]>
}

/** Throws `OPTIONS_INVALID` for what is no system. */
export function sourceOf(system: SystemWithHistory): HistorySource {
  const node = nodeOf(system)
  const { store, rows } = node.options
  return {
    name: system.name,
    journal: node.journalReader,
    logicOf: (path) => {
      const name = node.cells.get(path)?.row.name ?? node.journalReader.head(path)?.logic
      return name === undefined ? undefined : { name, logic: rows.get(name)?.logic }
    },
    paths: () => pathsIn(store),
    newestRecord: async (path) => {
      // Who is in memory knows its number; it may be ahead of the store.
      const { seqNr = 0 } = node.cells.get(path) ?? {}
      return node.journalReader.recordAt(path, seqNr) ?? node.journalReader.newestRecord(path)
    },
    busy: () => byLastUse(node.cells),
    newest: (path) => node.reading.committedOf(path),
    links: (id) => system.conversation(id),
  }
}

function nodeOf(system: SystemWithHistory): Engine {
  const ref = system.actor(undefined as never, formatAddress(system.name, 'any'))
  if (ref instanceof ActorHandle) return ref.engine
  const message = 'createHistory: system: must be a system of createSystem'
  throw new RosciusError('OPTIONS_INVALID', message, { details: { field: 'system' } })
}

/** The last used first; one that is used has its time only from the next sweep on. */
function byLastUse(cells: ReadonlyMap<ActorPath, Cell>): ActorPath[] {
  const usedMs = ({ isUsed, lastActiveMs }: Cell): number => (isUsed ? Number.POSITIVE_INFINITY : lastActiveMs)
  return [...cells].sort(([, a], [, b]) => compared(usedMs(b), usedMs(a))).map(([path]) => path)
}

const compared = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : 0)

async function* pathsIn(store: Pick<Store, 'range'>): AsyncGenerator<ActorPath> {
  for await (const [key] of store.range(kindRange('a'))) yield pathInKey(key)
}
