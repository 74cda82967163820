/**
 * Conversations: all that followed from a record, over the journals of the node; and those that went over links.
 *
 * 1. A conversation begins with what was caused by no record that is known: an event from outside, a start, a delay that fell
 *    due (also if a record began that delay: else whatever repeats itself would be one conversation for ever).
 * 2. Every message comes after the one that caused it.
 * 3. Work is bounded. `isWhole` is false if something may be missing.
 */
import type { ActorPath } from '../../core/address.js'
import { type Message, messagesOf } from '../../remote/conversation/messages.js'
import { type BareRecord, inOrder, keyOf, recordAt, refIn } from './causes.js'
import { CONVERSATION_BOUNDS, following, grouped } from './following.js'
import { pathHere } from './frames.js'
import { bareEvent, LaterRecords } from './later-records.js'
import { likelyActors } from './likely-actors.js'
import type { Masking } from './mask.js'
import { mergedMessages } from './merged-messages.js'
import type { Moments, Seen } from './moments.js'
import { causeOf, toldEvent } from './record-rows.js'
import type { HistorySource } from './source.js'
import type { ToldConversation, ToldMessage } from './told.js'

const CAUSED_BOUNDS = { actors: 300, records: 3_000, each: 200 }
const MAX_CAUSED = 100

export class Conversations {
  constructor(
    private readonly source: HistorySource,
    private readonly moments: Moments,
    private readonly masking: Masking,
  ) {}

  /** The records that were caused by that one directly; of the node's actors, as far as they are found. */
  async caused({ path, seqNr, record, frame }: Seen & { readonly path: ActorPath }): Promise<BareRecord[]> {
    const later = new LaterRecords(this.source, CAUSED_BOUNDS)
    const found: BareRecord[] = []
    for await (const one of later.of(likelyActors(this.source, path, record, frame), record.timeMs)) {
      const cause = causeOf(one.record)
      if (cause?.path === path && cause.seqNr === seqNr) found.push(one)
      if (found.length >= MAX_CAUSED) break
    }
    return inOrder(found)
  }

  /** `path@seqNr`: what followed from that record; else a conversation over links. `undefined` if there is neither. */
  async conversation(id: string): Promise<ToldConversation | undefined> {
    const ref = refIn(id)
    const root = ref && (await recordAt(this.source.journal, ref))
    if (root === undefined) return this.#overLinks(id)
    const { records, isWhole } = await this.#following([root])
    return { id, messages: records.map((record) => this.#message(record)), isWhole }
  }

  /** All that the records led to, they themselves first. */
  async #following(roots: readonly BareRecord[]): Promise<{ records: BareRecord[]; isWhole: boolean }> {
    const sinceMs = Math.min(...roots.map(({ record }) => record.timeMs))
    const later = new LaterRecords(this.source, CONVERSATION_BOUNDS)
    const byCause = await grouped(later.of(this.#actorsFrom(roots), sinceMs))
    const { records, isCut } = following(roots, byCause)
    return { records: causally(records), isWhole: later.isWhole && !isCut }
  }

  async *#actorsFrom(roots: readonly BareRecord[]): AsyncGenerator<ActorPath> {
    for (const { path, seqNr, record } of roots) {
      const seen = await this.moments.at(path, seqNr).catch(() => undefined)
      yield* likelyActors(this.source, path, record, seen?.frame)
    }
  }

  #message({ path, seqNr, record }: BareRecord): ToldMessage {
    const cause = causeOf(record)
    // A start, and what an effect has sent, name no sender.
    const from = record.from?.split('#')[0] ?? cause?.path
    return {
      ...(from !== undefined && { from }),
      to: path,
      event: toldEvent(bareEvent(record), this.masking),
      atMs: record.timeMs,
      record: { path, seqNr },
      ...(cause !== undefined && { cause }),
      outcome: record.outcome,
    }
  }

  // --- over links ---

  /** What went over links, and what followed from it here. */
  async #overLinks(id: string): Promise<ToldConversation | undefined> {
    const links = messagesOf(await this.source.links(id))
    if (links.length === 0) return undefined
    const arrived = await Promise.all(links.map((message) => this.#arrivalOf(message)))
    const roots = arrived.filter((record) => record !== undefined)
    const { records, isWhole } = roots.length === 0 ? { records: [], isWhole: true } : await this.#following(roots)
    const handled = new Set(roots.map(keyOf))
    const sent = links.map((message, index) => this.#linkMessage(message, arrived[index]))
    const followed = records.filter((record) => !handled.has(keyOf(record))).map((record) => this.#message(record))
    return { id, messages: mergedMessages(sent, followed), isWhole }
  }

  #linkMessage({ from, to, type, sentAt, receivedAt }: Message, arrival: BareRecord | undefined): ToldMessage {
    return {
      ...(from !== undefined && { from }),
      to: pathHere(this.source.name, to) ?? to,
      event: { type: this.masking.text(type, 200).text },
      // By the clock of this node, where it knows of it.
      atMs: arrival?.record.timeMs ?? sentAt ?? receivedAt ?? 0,
      ...(arrival !== undefined && {
        record: { path: arrival.path, seqNr: arrival.seqNr },
        outcome: arrival.record.outcome,
      }),
    }
  }

  /** The record here that handled a message of a link: the first of its type from that sender since it has arrived. */
  async #arrivalOf({ from, to, type, toNode, receivedAt }: Message): Promise<BareRecord | undefined> {
    const path = toNode === this.source.name ? pathHere(this.source.name, to) : undefined
    if (path === undefined || receivedAt === undefined) return undefined
    const later = new LaterRecords(this.source, { actors: 1, records: MAX_CAUSED, each: MAX_CAUSED })
    for await (const one of later.of(only(path), Math.floor(receivedAt)))
      if (one.record.event.type === type && sameSender(one.record.from, from)) return one
    return undefined
  }
}

/** By time; what a step of the clock would put before its cause stays behind it. Causes come first in `records`. */
function causally(records: readonly BareRecord[]): BareRecord[] {
  const times = new Map<string, number>()
  for (const one of records) {
    const cause = causeOf(one.record)
    const after = (cause && times.get(keyOf(cause))) ?? 0
    times.set(keyOf(one), Math.max(one.record.timeMs, after))
  }
  return records.toSorted((a, b) => (times.get(keyOf(a)) ?? 0) - (times.get(keyOf(b)) ?? 0))
}

function sameSender(one: string | undefined, other: string | undefined): boolean {
  const bare = (address: string | undefined): string | undefined => address?.split(/[?#]/)[0]
  return bare(one) === bare(other)
}

async function* only(path: ActorPath): AsyncGenerator<ActorPath> {
  yield path
}
