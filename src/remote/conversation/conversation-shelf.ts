/**
 * How the log of conversations is stored:
 *
 *     c/<conversation>          its shelf: which records there are, and the node's clock
 *     r/<conversation>:<n>      a record
 *
 * Ids are percent-encoded, so that `:` ends one. Node, conversation and number are in the keys, or known.
 */
import type { ConversationRecord } from './conversation-record.js'
import type { VectorClock } from './vector-clock.js'

export interface Shelf {
  /** Its records are numbered from `first` up to, not including, `next`. */
  readonly first: number
  readonly next: number
  /** When the newest was made, ms. */
  readonly newestAt: number
  readonly clock: VectorClock
}

/** What is known of a record by its key. */
type Place = Pick<ConversationRecord, 'conversation' | 'node' | 'n'>

const WIDTH = 8

/** Every key of a shelf begins so. */
export const SHELVES = 'c/'

const encoded = (conversation: string): string => encodeURIComponent(conversation.toWellFormed())

export const shelfKey = (conversation: string): string => SHELVES + encoded(conversation)

export const shelvedConversation = (key: string): string => decodeURIComponent(key.slice(SHELVES.length))

export const recordKey = (conversation: string, n: number): string =>
  `r/${encoded(conversation)}:${n.toString(36).padStart(WIDTH, '0')}`

export const packShelf = ({ first, next, newestAt, clock }: Shelf): unknown => [first, next, newestAt, clock]

/** An empty one if there is none. */
export function unpackShelf(stored: unknown): Shelf {
  if (stored === undefined) return { first: 0, next: 0, newestAt: 0, clock: {} }
  const [first, next, newestAt, clock] = stored as [number, number, number, VectorClock]
  return { first, next, newestAt, clock }
}

export function packRecord({ id, direction, from, to, type, at, clock, causation }: ConversationRecord): unknown {
  return [id, direction === 'sent' ? 0 : 1, from ?? null, to, type, at, clock ?? null, causation ?? null]
}

export function unpackRecord(stored: unknown, place: Place): ConversationRecord {
  const [id, direction, from, to, type, at, clock, causation] = stored as unknown[]
  const record = {
    ...place,
    id,
    direction: direction === 0 ? 'sent' : 'received',
    from,
    to,
    type,
    at,
    clock,
    causation,
  }
  return Object.fromEntries(
    Object.entries(record).filter(([, value]) => value !== null),
  ) as unknown as ConversationRecord
}
