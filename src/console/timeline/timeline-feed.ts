/**
 * What the timeline holds: the newest items in order of their time, each once, and the effects that run.
 *
 * What happened before anybody looked comes out of journals, which know less of it. A record of which both are told is held as it
 * was seen live.
 *
 * It is changed in place: what it holds is drawn, frame by frame, by whoever looks at it.
 */
import type { TimelineItem } from '../../control/protocol/live.js'

export type Unit = Extract<TimelineItem, { kind: 'unit' }>
export type Commit = Extract<TimelineItem, { kind: 'commit' }>
export type Effect = Extract<TimelineItem, { kind: 'effect' }>
export type Notice = Extract<TimelineItem, { kind: 'notice' }>

/** One run of an effect. `endMs` undefined: it runs. */
export interface EffectRun {
  readonly kind: 'run'
  readonly key: string
  readonly path: string
  readonly startMs: number
  readonly first: Effect
  endMs: number | undefined
  last: Effect
}

const MAX_ITEMS = 20_000
/** How many are dropped at once. */
const SLACK = 2_000

export class TimelineFeed {
  readonly items: TimelineItem[] = []
  readonly runs: EffectRun[] = []
  readonly #keys = new Set<string>()
  /** Units that made a record, by that record. */
  readonly #records = new Map<string, Unit>()
  readonly #open = new Map<string, EffectRun>()
  /** Items that the node left out, because there were too many. */
  lost = 0
  version = 0

  /** In any order; what is there already is passed by. */
  take(items: readonly TimelineItem[], lost = 0): void {
    this.lost += lost
    for (const item of items) {
      const key = keyOf(item)
      if (this.#keys.has(key)) continue
      if (item.kind === 'unit' && !this.#isNews(item)) continue
      this.#keys.add(key)
      this.#place(item)
      if (item.kind === 'effect') this.#takeEffect(item)
    }
    if (this.items.length > MAX_ITEMS + SLACK) this.#drop()
    this.version++
  }

  /** Whether its record is not held yet, or only out of a journal: it makes way for what was seen live. */
  #isNews(unit: Unit): boolean {
    // It has the number of the record before it, and made none.
    if (unit.outcome === 'ignored') return true
    const record = recordOf(unit)
    const known = this.#records.get(record)
    if (known !== undefined && isOfJournal(unit)) return false
    this.#records.set(record, unit)
    if (known !== undefined && isOfJournal(known)) this.items.splice(this.items.indexOf(known), 1)
    return true
  }

  /** They come nearly in order: looked for from the end. */
  #place(item: TimelineItem): void {
    let index = this.items.length
    while (index > 0 && (this.items[index - 1] as TimelineItem).atMs > item.atMs) index--
    if (index === this.items.length) this.items.push(item)
    else this.items.splice(index, 0, item)
  }

  #takeEffect(effect: Effect): void {
    const key = `${effect.path}\n${effect.effectId}\n${effect.attempt}`
    const open = this.#open.get(key)
    if (effect.status === 'started') {
      if (open !== undefined) return
      const run: EffectRun = {
        kind: 'run',
        key,
        path: effect.path,
        startMs: effect.atMs,
        endMs: undefined,
        first: effect,
        last: effect,
      }
      this.#open.set(key, run)
      this.runs.push(run)
    } else if (open === undefined) {
      const startMs = effect.atMs - (effect.ms ?? 0)
      this.runs.push({ kind: 'run', key, path: effect.path, startMs, endMs: effect.atMs, first: effect, last: effect })
    } else {
      open.endMs = effect.atMs
      open.last = effect
      this.#open.delete(key)
    }
  }

  #drop(): void {
    for (const item of this.items.splice(0, this.items.length - MAX_ITEMS)) {
      this.#keys.delete(keyOf(item))
      if (item.kind === 'unit' && this.#records.get(recordOf(item)) === item) this.#records.delete(recordOf(item))
    }
    const from = this.items[0]?.atMs ?? 0
    const kept = this.runs.filter(({ endMs }) => endMs === undefined || endMs >= from)
    this.runs.splice(0, this.runs.length, ...kept)
  }
}

/** Told by the journal of its actor, which knows neither its turn and commit, nor how long it took, nor what it sent. */
export function isOfJournal({ commit }: Unit): boolean {
  return commit === 0
}

function recordOf({ path, seqNr }: Unit): string {
  return `${path}\n${seqNr}`
}

export function keyOf(item: TimelineItem): string {
  switch (item.kind) {
    case 'unit':
      return `u${item.path}\n${item.turn}\n${item.commit}\n${item.seqNr}\n${item.atMs}`
    case 'commit':
      return `c${item.commit}\n${item.atMs}`
    case 'effect':
      return `e${item.path}\n${item.effectId}\n${item.attempt}\n${item.status}`
    case 'notice':
      return `n${item.atMs}\n${item.type}\n${item.path ?? ''}\n${item.text}`
  }
}
