/**
 * What is known of happened-before among the records of a conversation.
 *
 * Answered are direct relations; all others follow from them. Of a node's chain, only its latest is put before whoever
 * knows it, so that their number stays small.
 *
 * 1. A clock is believed only as far as it counts its own node: what a clock that was full could not count is ordered by
 *    nothing but its cause.
 */
import { type ConversationRecord, nodeIn } from './conversation-record.js'
import { countIn } from './vector-clock.js'

/** Indexes of records of one node under a number that rises, with the lowest first; those under the same are unordered. */
class Chain {
  readonly #numbers: number[] = []
  readonly #records: number[][] = []

  constructor(entries: readonly (readonly [number: number, record: number])[]) {
    for (const [number, record] of entries.toSorted(([a], [b]) => a - b)) {
      if (this.#numbers.at(-1) === number) this.#records.at(-1)!.push(record)
      else {
        this.#numbers.push(number)
        this.#records.push([record])
      }
    }
  }

  /** The records under the highest number that is at most `number`. */
  upTo(number: number): readonly number[] {
    let low = 0
    let high = this.#numbers.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#numbers[middle]! <= number) low = middle + 1
      else high = middle
    }
    return this.#records[low - 1] ?? []
  }
}

/** For each record the indexes of those directly before it. The records are distinct. */
export function happenedBefore(records: readonly ConversationRecord[]): readonly ReadonlySet<number>[] {
  const before = records.map(() => new Set<number>())
  for (const relate of [relateMessages, relateNumbers, relateClocks]) relate(records, before)
  before.forEach((earlier, i) => {
    earlier.delete(i)
  })
  return before
}

type Relate = (records: readonly ConversationRecord[], before: readonly Set<number>[]) => void

/** Sent before received; sent, and received by who acts on it, before what it causes. */
const relateMessages: Relate = (records, before) => {
  const sent = indexesBy(records, ({ direction, id }) => (direction === 'sent' ? id : undefined))
  const received = indexesBy(records, ({ direction, node, id }) =>
    direction === 'received' ? placeOf(node, id) : undefined,
  )
  records.forEach(({ id, direction, node, from, causation }, i) => {
    if (direction === 'received') addAll(before[i]!, sent.get(id))
    if (causation === undefined || causation === id) return
    const actor = direction === 'sent' ? node : (nodeIn(from) ?? node)
    addAll(before[i]!, sent.get(causation))
    addAll(before[i]!, received.get(placeOf(actor, causation)))
  })
}

const placeOf = (node: string, id: string): string => `${node} ${id}`

/** In the order in which a node has made its records. */
const relateNumbers: Relate = (records, before) => {
  const chains = chainsBy(records, ({ n }) => n)
  records.forEach(({ node, n }, i) => {
    if (n !== undefined) addAll(before[i]!, chains.get(node)?.upTo(n - 1))
  })
}

/** What a clock has counted of each node. */
const relateClocks: Relate = (records, before) => {
  const chains = chainsBy(records, ({ clock = {}, node }) => countIn(clock, node) || undefined)
  records.forEach(({ clock = {}, node }, i) => {
    for (const [other, count] of Object.entries(clock))
      addAll(before[i]!, chains.get(other)?.upTo(other === node ? count - 1 : count))
  })
}

function chainsBy(
  records: readonly ConversationRecord[],
  numberOf: (record: ConversationRecord) => number | undefined,
): ReadonlyMap<string, Chain> {
  const entries = new Map<string, (readonly [number, number])[]>()
  records.forEach((record, i) => {
    const number = numberOf(record)
    if (number === undefined) return
    const own = entries.get(record.node) ?? []
    own.push([number, i])
    entries.set(record.node, own)
  })
  return new Map([...entries].map(([node, own]) => [node, new Chain(own)]))
}

function indexesBy(
  records: readonly ConversationRecord[],
  keyOf: (record: ConversationRecord) => string | undefined,
): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>()
  records.forEach((record, i) => {
    const key = keyOf(record)
    if (key === undefined) return
    const known = found.get(key)
    if (known === undefined) found.set(key, [i])
    else known.push(i)
  })
  return found
}

function addAll(set: Set<number>, indexes: readonly number[] = []): void {
  for (const index of indexes) set.add(index)
}
