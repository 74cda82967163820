/**
 * What the actors of the node did last, out of their journals: for whoever begins to look when it has been done.
 *
 * 1. Work is bounded, in actors and in records, and the event loop gets its turn.
 * 2. A journal does not say how long an event took, nor in which turn and commit, nor what was sent: these are 0, and nothing.
 */
import { setImmediate as eventLoopRound } from 'node:timers/promises'
import type { ActorPath } from '../../core/address.js'
import type { Frame } from '../../runtime/xstate/frame.js'
import { type BareRecord, recordAt } from './causes.js'
import type { Masking } from './mask.js'
import { toldRecord } from './record-rows.js'
import type { HistorySource } from './source.js'
import type { ToldActivity, ToldRecord } from './told.js'

/** Those that are in memory are looked at first, the last used of them before the others. */
const MAX_ACTORS = 500
const STEPS_A_ROUND = 50
const MAX_TEXT = 400

/** Records of one actor without a gap. */
interface Stretch {
  readonly path: ActorPath
  from: number
  readonly to: number
}

export class RecentActivity {
  #steps = 0

  constructor(
    private readonly source: HistorySource,
    private readonly masking: Masking,
  ) {}

  /** The newest `limit` records at most, oldest first. */
  async items(limit: number): Promise<ToldActivity[]> {
    const items: ToldActivity[] = []
    for (const stretch of await this.#newest(limit)) items.push(...(await this.#told(stretch)))
    return items.sort((a, b) => a.atMs - b.atMs)
  }

  /** From the newest record of all back, over all actors. */
  async #newest(limit: number): Promise<Iterable<Stretch>> {
    const stretches = new Map<ActorPath, Stretch>()
    const next = await this.#lastRecords()
    for (let count = 0; count < limit && next.size > 0; count++) {
      const { path, seqNr } = newestOf(next.values())
      const stretch = stretches.get(path)
      if (stretch === undefined) stretches.set(path, { path, from: seqNr, to: seqNr })
      else stretch.from = seqNr
      const before = seqNr > 1 ? await this.#record(path, seqNr - 1) : undefined
      if (before === undefined) next.delete(path)
      else next.set(path, before)
      await this.#step()
    }
    return stretches.values()
  }

  async #lastRecords(): Promise<Map<ActorPath, BareRecord>> {
    const records = new Map<ActorPath, BareRecord>()
    const seen = new Set<ActorPath>()
    for await (const path of this.#actors()) {
      if (seen.size >= MAX_ACTORS) break
      if (seen.has(path)) continue
      seen.add(path)
      const last = await this.source.newestRecord(path).catch(() => undefined)
      const record = last === undefined ? await this.#record(path, 1) : { path, ...last }
      if (record !== undefined) records.set(path, record)
      await this.#step()
    }
    return records
  }

  async *#actors(): AsyncGenerator<ActorPath> {
    yield* this.source.busy()
    yield* this.source.paths()
  }

  /** A damaged journal is told as far as it can be read. */
  #record(path: ActorPath, seqNr: number): Promise<BareRecord | undefined> {
    return recordAt(this.source.journal, { path, seqNr }).catch(() => undefined)
  }

  async #told({ path, from, to }: Stretch): Promise<ToldActivity[]> {
    const items: ToldActivity[] = []
    const logic = this.source.logicOf(path)?.name ?? ''
    let before: Frame | undefined
    try {
      // With the one before, to see whether the state has changed.
      for await (const moment of this.source.journal.moments(path, Math.max(1, from - 1), to)) {
        const seen = { ...moment, frame: moment.frame as Frame }
        const row = toldRecord(path, seen, before, this.masking)
        if (seen.seqNr >= from) items.push(...activityOf({ path, logic }, row, seen.record.outcome))
        before = seen.frame
        await this.#step()
      }
    } catch {
      // What was read before the damage is told.
    }
    return items
  }

  async #step(): Promise<void> {
    if (++this.#steps % STEPS_A_ROUND === 0) await eventLoopRound()
  }
}

function newestOf(records: Iterable<BareRecord>): BareRecord {
  return [...records].reduce((a, b) => (b.record.timeMs > a.record.timeMs ? b : a))
}

/** As it would have been told of while it was done. What supervision and migrations have noted was no event of the actor's. */
function activityOf(
  actor: { readonly path: ActorPath; readonly logic: string },
  { kind, atMs, seqNr, event, from, cause, state, isMove, error = 'no reason is known' }: ToldRecord,
  outcome: string,
): ToldActivity[] {
  const { path } = actor
  if (kind === 'failure') {
    const text = `${path} failed on ${event.type}: ${error}`.slice(0, MAX_TEXT).toWellFormed()
    return [{ kind: 'notice', atMs, type: 'actorFailed', path, level: 'error', text }]
  }
  if (kind === 'supervision' || kind === 'migration' || !isOutcome(outcome)) return []
  const unit: ToldActivity = {
    kind: 'unit',
    ...actor,
    ...{ atMs, seqNr, event, outcome, isMove, ms: 0, turn: 0, commit: 0, sent: [] },
    ...(from !== undefined && { from }),
    ...(cause !== undefined && { cause }),
    ...(state !== undefined && { state }),
  }
  return [unit]
}

function isOutcome(outcome: string): outcome is 'handled' | 'ignored' | 'deferred' {
  return outcome === 'handled' || outcome === 'ignored' || outcome === 'deferred'
}
