/**
 * The conversations that a node has taken part in: of each message that it sent or received there, one record, durable in
 * the commit that sends it or takes it in. What the messages say is not kept.
 *
 * 1. The log has the node's clock of each conversation, and ticks it with each record: no record is made without.
 * 2. Of each conversation the newest `maxRecords` are kept, none older than `maxAgeMs`: what is too old goes with the next
 *    record, or within an hour.
 * 3. The clock of a conversation outlives its records by `maxAgeMs`: by then no node has a record left that counts what is
 *    forgotten here, so a conversation that begins again is not taken for its own past.
 */
import type { Cancel } from '../../core/clock.js'
import type { Extension, ExtensionHost } from '../../runtime/extension.js'
import { type ConversationOptions, readConversationOptions } from './conversation-options.js'
import type { ConversationRecord } from './conversation-record.js'
import {
  packRecord,
  packShelf,
  recordKey,
  SHELVES,
  type Shelf,
  shelfKey,
  shelvedConversation,
  unpackRecord,
  unpackShelf,
} from './conversation-shelf.js'
import { receive } from './vector-clock.js'

/** What is to be noted of a message; `clock` is what came with it. */
export type ConversationNote = Omit<ConversationRecord, 'node' | 'at' | 'n'>

const MAX_SWEEP_MS = 3_600_000
/** So many records go in one commit. */
const PRUNED_AT_ONCE = 1_000

export class ConversationLog implements Extension {
  readonly name: string = 'conversations'
  readonly #options
  #host!: ExtensionHost
  #cancelSweep: Cancel | undefined
  #isClosed = false

  constructor(options: ConversationOptions = {}) {
    this.#options = readConversationOptions(options)
  }

  async open(host: ExtensionHost): Promise<void> {
    this.#host = host
    for await (const _ of host.records(SHELVES)) return this.#scheduleSweep()
  }

  close(): void {
    this.#isClosed = true
    this.#cancelSweep?.()
  }

  /**
   * Notes that a message was sent, or received; part of the current commit. The answer is the record, whose clock goes with a
   * message that is sent.
   */
  note(note: ConversationNote): ConversationRecord {
    const host = this.#host
    const { conversation, clock: theirs = {} } = note
    const shelf = this.#shelf(conversation)
    const clock = receive(shelf.clock, theirs, host.nodeName)
    const record = { ...note, node: host.nodeName, at: Math.floor(host.now()), n: shelf.next, clock }
    host.put(recordKey(conversation, record.n), packRecord(record))
    this.#prune(conversation, { ...shelf, next: record.n + 1, newestAt: record.at, clock })
    this.#scheduleSweep()
    return record
  }

  /** What is kept of a conversation, durable, oldest first. Empty if nothing is. */
  async records(conversation: string): Promise<readonly ConversationRecord[]> {
    const { first, next } = this.#shelf(conversation)
    const found: ConversationRecord[] = []
    for (let n = first; n < next; n++) {
      const packed = this.#host.get(recordKey(conversation, n))
      if (packed !== undefined) found.push(unpackRecord(packed, { conversation, node: this.#host.nodeName, n }))
    }
    await this.#host.committed()
    return found
  }

  #shelf(conversation: string): Shelf {
    return unpackShelf(this.#host.get(shelfKey(conversation)))
  }

  // --- what goes ---

  /** Deletes what is too much or too old, some of it, and keeps the shelf as it is then. Answers how many it deleted. */
  #prune(conversation: string, shelf: Shelf): number {
    let first = shelf.first
    while (first < shelf.next && first - shelf.first < PRUNED_AT_ONCE && this.#isOver(conversation, first, shelf.next))
      this.#host.delete(recordKey(conversation, first++))
    this.#host.put(shelfKey(conversation), packShelf({ ...shelf, first }))
    return first - shelf.first
  }

  #isOver(conversation: string, n: number, next: number): boolean {
    const packed = this.#host.get(recordKey(conversation, n))
    if (packed === undefined || next - n > this.#options.maxRecords) return true
    const { at } = unpackRecord(packed, { conversation, node: this.#host.nodeName, n })
    return at < this.#host.now() - this.#options.maxAgeMs
  }

  #scheduleSweep(): void {
    const ms = Math.min(this.#options.maxAgeMs, MAX_SWEEP_MS)
    this.#cancelSweep ??= this.#host.schedule(() => {
      this.#cancelSweep = undefined
      // Of a system that has stopped meanwhile, there is nothing to tell; else the next sweep tries again.
      void this.#sweep().catch(() => this.#isClosed || this.#scheduleSweep())
    }, ms)
  }

  /** Looks through the conversations in which nobody says anything any more. */
  async #sweep(): Promise<void> {
    let isEmpty = true
    for await (const [key] of this.#host.records(SHELVES)) {
      if (this.#isClosed) return
      isEmpty = (await this.#sweepShelf(shelvedConversation(key))) && isEmpty
    }
    if (!isEmpty) this.#scheduleSweep()
  }

  /** Whether nothing is left of the conversation. */
  async #sweepShelf(conversation: string): Promise<boolean> {
    const { newestAt, first, next } = this.#shelf(conversation)
    const oldestAt = this.#host.now() - this.#options.maxAgeMs
    if (first < next) {
      while (this.#hasOver(conversation) && this.#prune(conversation, this.#shelf(conversation)) > 0)
        await this.#host.committed()
      return false
    }
    if (newestAt >= oldestAt - this.#options.maxAgeMs) return false
    this.#host.delete(shelfKey(conversation))
    return true
  }

  #hasOver(conversation: string): boolean {
    const { first, next } = this.#shelf(conversation)
    return first < next && this.#isOver(conversation, first, next)
  }
}
