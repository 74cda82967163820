/** The messages of a conversation in causal order: what was sent and what was received of each, put together. */
import { causalOrder, type OrderedRecord } from './causal-order.js'
import { type ConversationRecord, nodeIn } from './conversation-record.js'

export interface Message {
  readonly id: string
  readonly type: string
  readonly from: string | undefined
  readonly to: string
  readonly fromNode: string | undefined
  readonly toNode: string | undefined
  readonly sentAt: number | undefined
  /** The first time that it was received. */
  readonly receivedAt: number | undefined
  /** How many messages led to it, each caused by the one before. */
  readonly depth: number
  /** Neither it nor the message before it happened before the other, as far as is known. */
  readonly concurrent: boolean
}

interface Traces {
  readonly first: number
  sent?: ConversationRecord
  received?: ConversationRecord
}

/** In the order of what was first known of each. */
export function messagesOf(records: Iterable<ConversationRecord>): readonly Message[] {
  const ordered = causalOrder(records)
  const traces = new Map<string, Traces>()
  ordered.forEach(({ record }, place) => {
    const known = traces.get(record.id) ?? { first: place }
    known[record.direction] ??= record
    traces.set(record.id, known)
  })
  const messages = new Map<string, Message>()
  let former: number | undefined
  for (const [id, trace] of traces) {
    const concurrent = former !== undefined && !isAfter(ordered, trace.first, former)
    messages.set(id, messageOf(trace, messages, concurrent))
    former = trace.first
  }
  return [...messages.values()]
}

function messageOf({ sent, received }: Traces, messages: ReadonlyMap<string, Message>, concurrent: boolean): Message {
  const record = (sent ?? received)!
  const { id, type, from, to, causation } = record
  const cause = causation === undefined ? undefined : messages.get(causation)
  return {
    ...{ id, type, from, to, concurrent },
    fromNode: sent?.node ?? nodeIn(from),
    toNode: received?.node ?? nodeIn(to),
    sentAt: sent?.at,
    receivedAt: received?.at,
    depth: cause === undefined ? 0 : cause.depth + 1,
  }
}

/** Whether the record at `place` is known to have come after that at `former`: only what lies between can lead there. */
function isAfter(ordered: readonly OrderedRecord[], place: number, former: number): boolean {
  const seen = new Set<number>()
  const ways = [place]
  for (let at = ways.pop(); at !== undefined; at = ways.pop()) {
    if (at === former) return true
    for (const earlier of ordered[at]!.after) {
      if (earlier < former || seen.has(earlier)) continue
      seen.add(earlier)
      ways.push(earlier)
    }
  }
  return false
}
