/**
 * Conversations that the newest records of the node belong to: those of the actors that did something last, put together by the
 * record that each goes back to.
 */
import { setImmediate as eventLoopRound } from 'node:timers/promises'
import type { ActorPath } from '../../core/address.js'
import type { RecordRef } from '../../core/inspection.js'
import { addTo, type BareRecord, causeIn, causesOf, inOrder, keyOf, recordAt, refIn } from './causes.js'
import { CONVERSATION_BOUNDS, following, grouped } from './following.js'
import { bareEvent, LaterRecords, type RecordSource } from './later-records.js'
import type { Masking } from './mask.js'
import { toldEvent } from './record-rows.js'
import type { HistorySource } from './source.js'
import type { ConversationRow } from './told.js'

/** Of recent conversations: actors that are looked at, records in all, and of one actor. */
const RECENT = { actors: 20_000, records: 10_000, each: 500 }
/** At least, of each actor. */
const LEAST = 10
/** Roots that are older than what was read, and looked for. */
const MAX_ROOTS_AWAY = 200
const MAX_CAUSES = 50
/** Events that seem to have led to nothing: they may have started actors. */
const MAX_SINGLES = 2_000
/** Between two rounds of the event loop. */
const RECORDS_A_ROUND = 500

export class RecentConversations {
  #read = 0

  constructor(
    private readonly source: HistorySource,
    private readonly masking: Masking,
  ) {}

  /** Those of `min` messages at least, the newest first, `limit` at most. */
  async rows(limit: number, min: number): Promise<ConversationRow[]> {
    const newest = await this.#newestRecords()
    const roots = await this.#roots(newest, limit)
    if (roots.length === 0) return []
    const later = new LaterRecords(this.#remembering(newest), CONVERSATION_BOUNDS)
    const sinceMs = Math.min(...roots.map(({ record }) => record.timeMs))
    const byCause = await grouped(later.of(this.#paths(newest), sinceMs))
    return roots
      .map((root) => ({ root, ...following([root], byCause) }))
      .filter(({ records }) => records.length >= min)
      .map(({ root, records, isCut }) => rowOf(root, records, later.isWhole && !isCut, this.masking))
      .sort((a, b) => b.lastMs - a.lastMs)
      .slice(0, limit)
  }

  /** The records that the newest ones go back to. Those that led to nothing, as far as can be seen yet, take no place of others. */
  async #roots(newest: readonly BareRecord[], limit: number): Promise<BareRecord[]> {
    const known = new Map(newest.map((record) => [keyOf(record), record]))
    const roots = new Map<string, BareRecord>()
    let [away, groups, singles] = [0, 0, 0]
    for (const [id, group] of groupsOf(newest, known)) {
      const isSingle = known.has(id) && group.length === 1
      if (isSingle ? singles++ >= MAX_SINGLES : groups++ >= limit) continue
      const root =
        known.get(id) ?? (away++ < MAX_ROOTS_AWAY ? await this.#rootAway(id) : undefined) ?? inOrder(group)[0]
      // Two groups may turn out to have the same root.
      if (root !== undefined && beginsOne(root)) roots.set(keyOf(root), root)
    }
    return [...roots.values()]
  }

  /** What was read already is not read again. */
  #remembering(newest: readonly BareRecord[]): RecordSource {
    const { source } = this
    const known = new Map(newest.map((record) => [keyOf(record), record]))
    return {
      newestRecord: (path) => source.newestRecord(path),
      journal: {
        recordAt: (path, seqNr) => known.get(keyOf({ path, seqNr })) ?? source.journal.recordAt(path, seqNr),
        records: (path, from, to) => source.journal.records(path, from, to),
      },
    }
  }

  async *#paths(newest: readonly BareRecord[]): AsyncGenerator<ActorPath> {
    yield* new Set(newest.map(({ path }) => path))
    yield* this.source.paths()
  }

  /** A root that is older than what was read. */
  async #rootAway(id: string): Promise<BareRecord | undefined> {
    const ref = refIn(id)
    if (ref === undefined) return undefined
    const at = await recordAt(this.source.journal, ref).catch(() => undefined)
    if (at === undefined || causeIn(at) === undefined) return at
    const causes = await causesOf(this.source.journal, ref, MAX_CAUSES).catch(() => [])
    return causes.find((one) => causeIn(one) === undefined) ?? causes.at(-1)
  }

  async #newestRecords(): Promise<BareRecord[]> {
    const actors = (await this.#actors()).sort((a, b) => b.timeMs - a.timeMs)
    const each = Math.max(LEAST, Math.min(RECENT.each, Math.floor(RECENT.records / Math.max(1, actors.length))))
    const records: BareRecord[] = []
    for (const { path, seqNr } of actors) {
      if (records.length >= RECENT.records) break
      records.push(...this.#recordsUpTo(path, seqNr, each))
      await this.#pause(each)
    }
    return records
  }

  async #actors(): Promise<{ readonly path: ActorPath; readonly timeMs: number; readonly seqNr: number }[]> {
    const actors = []
    for await (const path of this.source.paths()) {
      const newest = await this.source.newestRecord(path).catch(() => undefined)
      if (newest !== undefined) actors.push({ path, timeMs: newest.record.timeMs, seqNr: newest.seqNr })
      if (actors.length >= RECENT.actors) break
      await this.#pause(1)
    }
    return actors
  }

  #recordsUpTo(path: ActorPath, last: number, count: number): BareRecord[] {
    const records: BareRecord[] = []
    for (let seqNr = last; seqNr > Math.max(1, last - count); seqNr--) {
      const found = readable(() => this.source.journal.recordAt(path, seqNr))
      if (found === undefined) break
      records.push({ path, ...found })
    }
    return records
  }

  /** Lets the event loop go round when so many records have been read. */
  async #pause(records: number): Promise<void> {
    this.#read += records
    if (this.#read < RECORDS_A_ROUND) return
    this.#read = 0
    await eventLoopRound()
  }
}

/** Records by the one that they go back to; the groups in which something happened last come first. */
function groupsOf(records: readonly BareRecord[], known: ReadonlyMap<string, BareRecord>) {
  const roots = new Roots(known)
  const groups = new Map<string, BareRecord[]>()
  for (const record of records) addTo(groups, keyOf(roots.of(record)), record)
  const lastOf = (group: readonly BareRecord[]): number => Math.max(...group.map(({ record }) => record.timeMs))
  return [...groups]
    .map(([id, group]) => ({ id, group, lastMs: lastOf(group) }))
    .sort((a, b) => b.lastMs - a.lastMs)
    .map(({ id, group }) => [id, group] as const)
}

/** The record with which the conversation of another began, as far as the records at hand tell. */
class Roots {
  readonly #known = new Map<string, RecordRef>()

  constructor(private readonly records: ReadonlyMap<string, BareRecord>) {}

  of(record: BareRecord): RecordRef {
    const way = new Set<string>()
    let at: RecordRef = record
    for (;;) {
      const key = keyOf(at)
      const known = this.#known.get(key)
      const here = this.records.get(key)
      const cause = known !== undefined || here === undefined || way.has(key) ? undefined : causeIn(here)
      way.add(key)
      if (cause === undefined) return this.#remember(way, known ?? { path: at.path, seqNr: at.seqNr })
      at = cause
    }
  }

  #remember(way: Iterable<string>, root: RecordRef): RecordRef {
    for (const key of way) this.#known.set(key, root)
    return root
  }
}

const beginsOne = ({ record: { kind } }: BareRecord): boolean =>
  kind === 'event' || kind === 'timer' || kind === 'start' || kind === 'effect'

function rowOf(root: BareRecord, records: readonly BareRecord[], isWhole: boolean, masking: Masking): ConversationRow {
  const times = records.map(({ record }) => record.timeMs)
  return {
    id: keyOf(root),
    firstMs: Math.min(...times),
    lastMs: Math.max(...times),
    messages: records.length,
    isWhole,
    actors: [...new Set(inOrder(records).map(({ path }) => path))],
    event: toldEvent(bareEvent(root.record), masking).type,
  }
}

function readable<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
