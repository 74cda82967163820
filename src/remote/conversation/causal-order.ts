/**
 * What happened in a conversation, in an order that can have been: no effect stands before its cause.
 *
 * 1. The order is a linear extension of what is known of happened-before: a message is sent before it is received; received
 *    before what it causes; a node's records are in its order; what a clock has counted is before it.
 * 2. Where nothing is known, wall time decides, then the node, then the id. So the order is the same in whatever order the
 *    records come, and a clock that is wrong puts nothing before its cause.
 * 3. Records that contradict each other (no order holds them all) are put by wall time; none is left out, and it ends.
 */
import { type ConversationRecord, nameOf } from './conversation-record.js'
import { happenedBefore } from './happened-before.js'
import { RankQueue } from './rank-queue.js'

export interface OrderedRecord {
  readonly record: ConversationRecord
  /** Places in the answer of records that are known to have come before it; whatever else did is before one of these. */
  readonly after: readonly number[]
  /** Neither it nor the one that stands before it happened before the other, as far as is known. */
  readonly concurrent: boolean
}

/**
 * The records of one or several nodes in a causal order, each once: node, direction and id name a record.
 *
 * @example
 * ```ts
 * import { causalOrder, type ConversationRecord } from 'roscius'
 *
 * const ping = { id: '1', conversation: 'c', from: 'roscius://a/x', to: 'roscius://b/y', type: 'PING' }
 * const records: ConversationRecord[] = [
 *   { ...ping, node: 'b', direction: 'received', at: 1_000 },
 *   { ...ping, node: 'a', direction: 'sent', at: 1_007 },
 * ]
 * console.log(causalOrder(records).map(({ record }) => record.direction)) // [ 'sent', 'received' ]
 * ```
 */
export function causalOrder(records: Iterable<ConversationRecord>): readonly OrderedRecord[] {
  const ranked = distinct(records).sort(byTime)
  const before = happenedBefore(ranked)
  const order = extension(before)
  const places = new Map(order.map((rank, place) => [rank, place]))
  return order.map((rank, place) => {
    const after = [...before[rank]!].map((other) => places.get(other)!).filter((other) => other < place)
    const concurrent = place > 0 && !after.includes(place - 1)
    return { record: ranked[rank]!, after: after.sort((a, b) => a - b), concurrent }
  })
}

/** Of repetitions the earliest. */
function distinct(records: Iterable<ConversationRecord>): ConversationRecord[] {
  const known = new Map<string, ConversationRecord>()
  for (const record of records) {
    const name = nameOf(record)
    const other = known.get(name)
    if (other === undefined || byMaking(record, other) < 0) known.set(name, record)
  }
  return [...known.values()]
}

function byMaking(a: ConversationRecord, b: ConversationRecord): number {
  const { n: ofA = Number.MAX_SAFE_INTEGER } = a
  const { n: ofB = Number.MAX_SAFE_INTEGER } = b
  return ofA - ofB || a.at - b.at || byText(JSON.stringify(a), JSON.stringify(b))
}

function byTime(a: ConversationRecord, b: ConversationRecord): number {
  return a.at - b.at || byText(a.node, b.node) || byText(a.id, b.id) || byText(b.direction, a.direction)
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** The ranks in an order in which each stands behind those that are before it: always the lowest that can be next. */
function extension(before: readonly ReadonlySet<number>[]): readonly number[] {
  const waitsFor = before.map(({ size }) => size)
  const followers = followersOf(before)
  const ready = new RankQueue(waitsFor.flatMap((count, rank) => (count === 0 ? [rank] : [])))
  const order: number[] = []
  const isPlaced = new Uint8Array(before.length)
  for (let lowest = 0; order.length < before.length; ) {
    while (isPlaced[lowest]) lowest++
    // Nobody can be next: what is left contradicts itself.
    const rank = ready.take() ?? lowest
    if (isPlaced[rank]) continue
    isPlaced[rank] = 1
    order.push(rank)
    for (const follower of followers[rank]!) if (--waitsFor[follower]! === 0) ready.add(follower)
  }
  return order
}

function followersOf(before: readonly ReadonlySet<number>[]): readonly (readonly number[])[] {
  const followers = before.map((): number[] => [])
  before.forEach((earlier, rank) => {
    for (const other of earlier) followers[other]!.push(rank)
  })
  return followers
}
