/** What waits for an actor: in its mailbox, and deferred. Read from memory, else from the store; nothing is started. */
import { z } from 'zod'
import type { WaitingEvent } from '../core/actor-ref.js'
import type { ActorPath } from '../core/address.js'
import type { Codec } from '../persistence/codec.js'
import type { JournalReader } from '../persistence/journal.js'
import { ownRange } from '../persistence/keys.js'
import { unpackCause } from '../persistence/records.js'
import type { RefCodec } from '../persistence/storable.js'
import type { Store } from '../persistence/store.js'
import { readWith } from '../supervision/refusal.js'
import type { Cell } from './cell.js'
import type { Envelope } from './envelope.js'
import type { StoredMail } from './mailboxes.js'
import { notFound } from './past.js'
import type { TimerEvent } from './units.js'
import type { Frame } from './xstate/frame.js'

export interface WaitingPort {
  readonly cells: ReadonlyMap<ActorPath, Cell>
  readonly journalReader: JournalReader
  readonly options: { readonly store: Store; readonly codec: Codec }
  readonly refs: RefCodec
}

const LIMIT = z.number().int().min(0)
const DEFAULT_LIMIT = 100

/** The oldest first. Rejects with `ACTOR_NOT_FOUND`, `OPTIONS_INVALID`. */
export async function mailOf(path: ActorPath, limit: unknown, node: WaitingPort): Promise<readonly WaitingEvent[]> {
  const most = readLimit(limit, 'mailbox')
  const cell = node.cells.get(path)
  if (cell !== undefined) return [...firstOf(cell.mailbox ?? [], most)].map((envelope) => toldMail(envelope, cell))
  if (node.journalReader.head(path) === undefined) throw notFound(path)
  return storedMail(path, most, node)
}

/** The oldest first. Rejects with `ACTOR_NOT_FOUND`, `OPTIONS_INVALID`. */
export async function stashOf(path: ActorPath, limit: unknown, node: WaitingPort): Promise<readonly WaitingEvent[]> {
  const most = readLimit(limit, 'stashed')
  const kept = node.cells.get(path) ?? (node.journalReader.load(path)?.frame as Frame | undefined)
  if (kept === undefined) throw notFound(path)
  return (kept.stash ?? []).slice(0, most).map(({ event, from, cause }) => ({ kind: 'event', event, from, cause }))
}

function readLimit(limit: unknown, method: string): number {
  return readWith(z.object({ limit: LIMIT.default(DEFAULT_LIMIT) }), { limit }, method).limit
}

function* firstOf<T>(items: Iterable<T>, most: number): Generator<T> {
  let left = most
  for (const item of items) {
    if (left-- <= 0) return
    yield item
  }
}

/** Of a delay that is due, the event that it was for. */
function toldMail({ kind, event, from, cause }: Envelope, { timers }: Cell): WaitingEvent {
  const delayed = kind === 'timer' ? timers?.[(event as TimerEvent).key]?.event : undefined
  return { kind, event: delayed ?? event, from, cause }
}

/** An actor that can't be brought into memory keeps its mail in the store; any other that is not in memory has none. */
async function storedMail(path: ActorPath, most: number, { options, refs }: WaitingPort): Promise<WaitingEvent[]> {
  const found: WaitingEvent[] = []
  if (most === 0) return found
  for await (const [key, bytes] of options.store.range({ ...ownRange('m', path), limit: most })) {
    const [kind, event, from, , , , , , cause] = options.codec.decode(bytes, key, refs) as StoredMail
    found.push({ kind, event, from: from ?? undefined, cause: unpackCause(cause, from ?? undefined) })
  }
  return found
}
