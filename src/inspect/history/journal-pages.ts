/** The journal of an actor, page by page. */
import { z } from 'zod'
import type { ActorPath } from '../../core/address.js'
import type { Frame } from '../../runtime/xstate/frame.js'
import { readWith } from '../../supervision/refusal.js'
import type { Masking } from './mask.js'
import type { Moments } from './moments.js'
import { toldRecord } from './record-rows.js'
import { notFound } from './refusals.js'
import type { HistorySource } from './source.js'
import type { JournalQuery, ToldJournal, ToldRecord } from './told.js'

const seqNumber = z.number().int().min(0)
const journalQuery = z.object({
  before: seqNumber.optional(),
  from: seqNumber.optional(),
  limit: z.number().int().min(1).max(1_000).default(200),
})

export class JournalPages {
  constructor(
    private readonly source: HistorySource,
    private readonly moments: Moments,
    private readonly masking: Masking,
  ) {}

  async page(path: ActorPath, query: JournalQuery = {}): Promise<ToldJournal> {
    const { before, from, limit } = readWith(journalQuery, query, 'journal')
    const kept = await this.source.journal.kept(path)
    if (kept === undefined) return this.#withoutRecords(path)
    const { first, last } = kept
    const newest = Math.min(before ?? last, last)
    const [begin, end] = from === undefined ? [newest - limit + 1, newest] : [from, Math.min(last, from + limit - 1)]
    const rows = await this.#rows(path, Math.max(first, begin), end)
    return { rows: from === undefined ? rows.reverse() : rows, first, last }
  }

  #withoutRecords(path: ActorPath): ToldJournal {
    if (this.source.newest(path) === undefined) throw notFound(path)
    return { rows: [], first: 0, last: 0 }
  }

  async #rows(path: ActorPath, from: number, to: number) {
    const rows: ToldRecord[] = []
    let before: Frame | undefined
    // With the one before, to see what has changed.
    for await (const seen of this.moments.between(path, Math.max(1, from - 1), to)) {
      if (seen.seqNr >= from) rows.push(toldRecord(path, seen, before, this.masking))
      before = seen.frame
    }
    return rows
  }
}
