/**
 * The past of a system's actors, as the console, the API and the terminal show it: records, single moments, states piece by
 * piece, what caused what, and a test that repeats it.
 *
 * Boundary: it reads what is stored and changes nothing: no actor is brought into memory, sent to, or started. Actors that have
 * ended, are passivated or quarantined are read as far as their records can be.
 *
 * 1. All that it tells is masked before it is cut.
 * 2. What may be large is read in bounded pieces, and the event loop gets its turn.
 */
import { z } from 'zod'
import type { ActorPath } from '../../core/address.js'
import type { RecordRef } from '../../core/inspection.js'
import type { Redaction } from '../../governance/redaction/redaction.js'
import { redactionOption } from '../../governance/redaction/redaction-option.js'
import { readWith } from '../../supervision/refusal.js'
import { type BareRecord, causesOf } from './causes.js'
import { Conversations } from './conversations.js'
import { failureBefore } from './failure-moment.js'
import { JournalPages } from './journal-pages.js'
import { bareEvent } from './later-records.js'
import { Masking } from './mask.js'
import { Moments } from './moments.js'
import { RecentActivity } from './recent-activity.js'
import { RecentConversations } from './recent-conversations.js'
import { toldEvent } from './record-rows.js'
import { noConversation, noRecord, notFound } from './refusals.js'
import { replayedRange, replayOptions } from './replay/replay-range.js'
import { ReplayWriter } from './replay/replay-writer.js'
import { type HistorySource, type SystemWithHistory, sourceOf } from './source.js'
import { StoredValues } from './stored-values.js'
import type {
  ConversationRow,
  JournalQuery,
  ToldActivity,
  ToldConversation,
  ToldFailure,
  ToldJournal,
  ToldMoment,
  ToldRecordRef,
  ToldValue,
  ValueQuery,
} from './told.js'
import { ToldMoments } from './told-moments.js'

export interface HistoryOptions {
  /** What is taken out of all that is told. Default: what `defineRedaction()` takes out; `false`: nothing. */
  readonly mask?: Redaction | false
}

export interface ReplayOptions {
  /** The first record; from 1 on. Default: the actor's start, or the oldest that is kept. */
  readonly from?: number | undefined
  /** The last record. Default: the newest. At most 1 000 records, the newest of them. */
  readonly to?: number | undefined
  /** What the test imports the machine from, and its name there. Default: a line to be filled in. */
  readonly module?: string | undefined
  readonly name?: string | undefined
}

/** All of it rejects with `ACTOR_NOT_FOUND` where there is no such actor or record, and `OPTIONS_INVALID` with the field. */
export interface History {
  /** Newest first up to `before` (default: the newest); oldest first from `from`. An actor without records has none. */
  journalPage(path: ActorPath, query?: JournalQuery): Promise<ToldJournal>
  /** The actor as it was after that record, and what the record changed. */
  moment(path: ActorPath, seqNr: number): Promise<ToldMoment>
  /** The record before the failure that the actor ended with, or was last restarted for; `undefined` if there is none. */
  failureMoment(path: ActorPath): Promise<ToldFailure | undefined>
  /** Nearest first: the record that sent its event, the one that caused that, and so on; at most fifty. */
  causes(record: RecordRef): Promise<ToldRecordRef[]>
  /** Records of the node's actors that it caused directly, as far as they are found; at most a hundred. */
  caused(record: RecordRef): Promise<ToldRecordRef[]>
  /** `path@seqNr`, all that followed from that record; or the id of a conversation over links. */
  conversation(id: string): Promise<ToldConversation>
  /**
   * Conversations that the newest records of the node belong to, the newest first: those of two messages, or `min`, at least; at
   * most 100, or `limit`.
   */
  recentConversations(query?: { readonly limit?: number; readonly min?: number }): Promise<ConversationRow[]>
  /** What the actors that were last active did last, oldest first: events and failures, 200 at most, or `limit`. */
  recentActivity(limit?: number): Promise<ToldActivity[]>
  /** One level of the actor's persisted snapshot. Without `at`: as it is now. */
  valueSlice(path: ActorPath, query?: ValueQuery): Promise<ToldValue>
  /** A vitest file that gives the actor's machine what the records hold, and expects the states that they led to. */
  replayTest(path: ActorPath, options?: ReplayOptions): Promise<string>
}

/**
 * The history of a running system.
 *
 * Throws `OPTIONS_INVALID` with the path of the field.
 */
export function createHistory(system: SystemWithHistory, options?: HistoryOptions): History {
  return historyOf(sourceOf(system), options)
}

/** As `createHistory`, from wherever records are read. */
export function historyOf(source: HistorySource, options: HistoryOptions = {}): History {
  const { mask } = readWith(z.strictObject({ mask: redactionOption }), options, 'createHistory')
  return new StoredHistory(source, new Masking(mask))
}

const MAX_CAUSES = 50

class StoredHistory implements History {
  readonly #moments: Moments
  readonly #pages: JournalPages
  readonly #told: ToldMoments
  readonly #values: StoredValues
  readonly #conversations: Conversations
  readonly #recent: RecentConversations

  constructor(
    private readonly source: HistorySource,
    private readonly masking: Masking,
  ) {
    this.#moments = new Moments(source.journal)
    this.#pages = new JournalPages(source, this.#moments, masking)
    this.#told = new ToldMoments(source, this.#moments, masking)
    this.#values = new StoredValues(source, this.#moments, masking)
    this.#conversations = new Conversations(source, this.#moments, masking)
    this.#recent = new RecentConversations(source, masking)
  }

  journalPage(path: ActorPath, query?: JournalQuery): Promise<ToldJournal> {
    return this.#pages.page(path, query)
  }

  async moment(path: ActorPath, seqNr: number): Promise<ToldMoment> {
    const moment = await this.#told.moment(path, seqNr)
    return { ...moment, causes: await this.causes({ path, seqNr }), caused: await this.caused({ path, seqNr }) }
  }

  failureMoment(path: ActorPath): Promise<ToldFailure | undefined> {
    return failureBefore(path, this.source.journal, this.masking)
  }

  async causes(record: RecordRef): Promise<ToldRecordRef[]> {
    return (await causesOf(this.source.journal, record, MAX_CAUSES)).map((one) => this.#refTo(one))
  }

  async caused({ path, seqNr }: RecordRef): Promise<ToldRecordRef[]> {
    const seen = await this.#moments.at(path, seqNr)
    if (seen === undefined) throw noRecord(path, seqNr)
    return (await this.#conversations.caused({ path, ...seen })).map((one) => this.#refTo(one))
  }

  #refTo({ path, seqNr, record }: BareRecord): ToldRecordRef {
    return { path, seqNr, type: toldEvent(bareEvent(record), this.masking).type, atMs: record.timeMs }
  }

  async conversation(id: string): Promise<ToldConversation> {
    const found = await this.#conversations.conversation(id)
    if (found === undefined) throw noConversation(id)
    return found
  }

  recentConversations({ limit = 100, min = 2 } = {}): Promise<ConversationRow[]> {
    return this.#recent.rows(limit, min)
  }

  recentActivity(limit = 200): Promise<ToldActivity[]> {
    return new RecentActivity(this.source, this.masking).items(limit)
  }

  valueSlice(path: ActorPath, query?: ValueQuery): Promise<ToldValue> {
    return this.#values.slice(path, query)
  }

  async replayTest(path: ActorPath, options: ReplayOptions = {}): Promise<string> {
    const kept = await this.source.journal.kept(path)
    if (kept === undefined) throw notFound(path)
    const range = replayedRange(readWith(replayOptions, options, 'replayTest'), kept)
    return new ReplayWriter(path, this.source.logicOf(path), this.masking).write(this.#moments, range)
  }
}
