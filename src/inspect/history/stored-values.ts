/** The states of an actor, of now and of before, piece by piece. */
import { z } from 'zod'
import type { ActorPath } from '../../core/address.js'
import { type Frame, toPersisted } from '../../runtime/xstate/frame.js'
import { readWith } from '../../supervision/refusal.js'
import type { Masking } from './mask.js'
import type { Moments } from './moments.js'
import { noRecord, notFound } from './refusals.js'
import type { HistorySource } from './source.js'
import type { ToldValue, ValueQuery } from './told.js'
import { sliceOf } from './value-slice.js'

const seqNumber = z.number().int().min(0)
const valueQuery = z.object({
  at: seqNumber.optional(),
  pointer: z.string().max(10_000).default('/context'),
  since: seqNumber.optional(),
  offset: seqNumber.default(0),
  limit: z.number().int().min(1).max(1_000).default(200),
})

export class StoredValues {
  constructor(
    private readonly source: HistorySource,
    private readonly moments: Moments,
    private readonly masking: Masking,
  ) {}

  async slice(path: ActorPath, query: ValueQuery = {}): Promise<ToldValue> {
    const { at, since, ...place } = readWith(valueQuery, query, 'value')
    const { seqNr, snapshot } =
      at === undefined ? await this.#newest(path, since) : { seqNr: at, snapshot: await this.#snapshotAt(path, at) }
    const earlier =
      since === undefined ? undefined : { value: since === seqNr ? snapshot : await this.#snapshotAt(path, since) }
    const slice = await sliceOf(snapshot, { ...place, earlier }, this.masking)
    return { ...slice, seqNr }
  }

  /**
   * Beside an earlier state the newest is read from the store as well: what has not changed is then the same in both. A large
   * state takes long to read; one that is still the newest is in memory.
   */
  async #newest(
    path: ActorPath,
    since: number | undefined,
  ): Promise<{ readonly seqNr: number; readonly snapshot: unknown }> {
    const newest = this.source.newest(path)
    if (newest !== undefined && (since === undefined || since === newest.seqNr)) return newest
    const kept = await this.source.journal.kept(path)
    if (kept === undefined) throw notFound(path)
    return { seqNr: kept.last, snapshot: await this.#snapshotAt(path, kept.last) }
  }

  async #snapshotAt(path: ActorPath, seqNr: number): Promise<unknown> {
    const seen = await this.moments.at(path, seqNr)
    const frame = seen?.frame ?? ((await this.source.journal.frameAt(path, seqNr)) as Frame | undefined)
    if (frame === undefined) throw noRecord(path, seqNr)
    return toPersisted(frame.snapshot)
  }
}
