/**
 * The records of a journal as far as they have been looked at: pages of it are fetched when they come into view, so that a
 * hundred thousand records open as fast as ten.
 *
 * 1. Pages begin at fixed records; the newest one is fetched again when the journal has grown.
 * 2. At most two pages are on their way; what was asked for last goes first.
 */
import type { JournalPage, JournalRow } from '../../../control/protocol/journal.js'

/** Records in a page. */
export const PAGE = 500
/** Pages that are kept; those that were not used for longest go. */
const KEPT = 160
const AT_ONCE = 2

export interface Bounds {
  readonly first: number
  readonly last: number
}

/** Records from one on, oldest first. */
export type LoadJournal = (from: number, limit: number) => Promise<JournalPage>

interface Page {
  readonly rows: ReadonlyMap<number, JournalRow>
  /** The newest record of the journal when it was fetched. */
  readonly asOf: number
  lastUse: number
}

export class JournalStore {
  readonly #load: LoadJournal
  readonly #listeners = new Set<() => void>()
  readonly #pages = new Map<number, Page>()
  readonly #inFlight = new Map<number, Promise<void>>()
  #wanted: number[] = []
  #bounds: Bounds
  #uses = 0
  #version = 0
  #problem: unknown

  constructor(load: LoadJournal, bounds: Bounds) {
    this.#load = load
    this.#bounds = bounds
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Another number whenever something has come. */
  readonly version = (): number => this.#version

  get bounds(): Bounds {
    return this.#bounds
  }

  /** Why the last page could not be fetched. */
  get problem(): unknown {
    return this.#problem
  }

  /** The journal has other ends now. */
  grow(bounds: Bounds): void {
    if (bounds.first === this.#bounds.first && bounds.last === this.#bounds.last) return
    this.#bounds = bounds
    this.#changed()
  }

  /** Undefined until its page is there. */
  row(seqNr: number): JournalRow | undefined {
    return this.#pages.get(pageOf(seqNr))?.rows.get(seqNr)
  }

  isKnown(seqNr: number): boolean {
    const page = this.#pages.get(pageOf(seqNr))
    return page !== undefined && seqNr <= page.asOf
  }

  /** All known rows of a page, in no order. */
  rowsOfPage(page: number): Iterable<JournalRow> {
    return this.#pages.get(page)?.rows.values() ?? []
  }

  get pages(): Iterable<number> {
    return this.#pages.keys()
  }

  /** These records are in view. */
  need(from: number, to: number): void {
    const { first, last } = this.#bounds
    const pages: number[] = []
    for (let page = pageOf(Math.max(first, from)); page <= pageOf(Math.min(last, to)); page++) {
      const known = this.#pages.get(page)
      if (known !== undefined) known.lastUse = ++this.#uses
      if (this.#isMissing(page)) pages.push(page)
    }
    if (pages.length === 0) return
    this.#wanted = [...pages, ...this.#wanted.filter((page) => !pages.includes(page))].slice(0, 40)
    this.#next()
  }

  /** The page of a record, fetched if it has to be. Rejects if it can't be. */
  async fetched(seqNr: number): Promise<JournalRow | undefined> {
    const page = pageOf(seqNr)
    if (this.#isMissing(page)) await this.#fetch(page)
    return this.row(seqNr)
  }

  /**
   * The nearest record, from the one beside `from` on, that is so. Goes through the journal page by page; `onWay` is told where it
   * is. Undefined if there is none, or it was aborted.
   */
  async find(
    from: number,
    step: 1 | -1,
    isSo: (row: JournalRow) => boolean,
    { signal, onWay }: { readonly signal?: AbortSignal; readonly onWay?: (seqNr: number) => void } = {},
  ): Promise<number | undefined> {
    const { first, last } = this.#bounds
    for (let at = from + step; at >= first && at <= last; at += step) {
      if (!this.isKnown(at)) {
        onWay?.(at)
        await this.fetched(at)
        if (signal?.aborted) return undefined
      }
      const row = this.row(at)
      if (row !== undefined && isSo(row)) return at
    }
    return undefined
  }

  // --- fetching ---

  #isMissing(page: number): boolean {
    const known = this.#pages.get(page)
    const end = Math.min((page + 1) * PAGE - 1, this.#bounds.last)
    return known === undefined || known.asOf < end
  }

  #next(): void {
    while (this.#inFlight.size < AT_ONCE) {
      const page = this.#wanted.shift()
      if (page === undefined) return
      if (this.#isMissing(page) && !this.#inFlight.has(page))
        void this.#fetch(page).then(
          () => this.#next(),
          () => {},
        )
    }
  }

  #fetch(page: number): Promise<void> {
    const running = this.#inFlight.get(page)
    if (running !== undefined) return running
    const end = this.#bounds.last
    const fetching = this.#load(Math.max(page * PAGE, this.#bounds.first), PAGE)
      .then((answer) => this.#take(page, answer, end))
      .catch((error: unknown) => {
        this.#problem = error
        this.#changed()
        throw error
      })
      .finally(() => this.#inFlight.delete(page))
    this.#inFlight.set(page, fetching)
    return fetching
  }

  #take(page: number, { rows, first, last }: JournalPage, asked: number): void {
    const own = rows.filter(({ seqNr }) => pageOf(seqNr) === page)
    const newest = own.reduce((most, { seqNr }) => Math.max(most, seqNr), 0)
    this.#pages.set(page, {
      rows: new Map(own.map((row) => [row.seqNr, row])),
      asOf: Math.max(asked, newest),
      lastUse: ++this.#uses,
    })
    this.#problem = undefined
    this.#bounds = { first: Math.max(first, this.#bounds.first), last: Math.max(last, this.#bounds.last) }
    if (this.#pages.size > KEPT) this.#forgetOld()
    this.#changed()
  }

  #forgetOld(): void {
    const byUse = [...this.#pages].sort(([, a], [, b]) => b.lastUse - a.lastUse)
    for (const [page] of byUse.slice(KEPT)) this.#pages.delete(page)
  }

  #changed(): void {
    this.#version++
    for (const listener of this.#listeners) listener()
  }
}

function pageOf(seqNr: number): number {
  return Math.floor(seqNr / PAGE)
}
