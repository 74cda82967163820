/**
 * What led to a record: with each record is noted by which one its event was sent, or the effect or delay begun that it comes
 * from.
 */
import type { ActorPath } from '../../core/address.js'
import type { RecordRef } from '../../core/inspection.js'
import type { JournalReader } from '../../persistence/journal.js'
import type { SeenRecord } from './moments.js'
import { causeOf } from './record-rows.js'

/** A record without the state after it. */
export interface BareRecord {
  readonly path: ActorPath
  readonly seqNr: number
  readonly record: SeenRecord
}

export type SingleRecords = Pick<JournalReader, 'recordAt' | 'records'>

/** A record by itself; also the first of an actor. */
export async function recordAt(journal: SingleRecords, { path, seqNr }: RecordRef): Promise<BareRecord | undefined> {
  const found = journal.recordAt(path, seqNr)
  if (found !== undefined) return { path, ...found }
  for await (const first of journal.records(path, seqNr, seqNr)) return { path, ...first }
  return undefined
}

/** From the nearest cause back to what everything began with; `max` at most. */
export async function causesOf(journal: JournalReader, ref: RecordRef, max: number): Promise<BareRecord[]> {
  const causes: BareRecord[] = []
  const seen = new Set<string>([keyOf(ref)])
  let at = await recordAt(journal, ref)
  while (at !== undefined && causes.length < max) {
    const cause = causeOf(at.record)
    if (cause === undefined || seen.has(keyOf(cause))) break
    seen.add(keyOf(cause))
    at = await recordAt(journal, cause)
    if (at !== undefined) causes.push(at)
  }
  return causes
}

export const keyOf = ({ path, seqNr }: RecordRef): string => `${path}@${seqNr}`

/** The cause that makes a record part of the same conversation. */
export function causeIn({ record }: BareRecord): RecordRef | undefined {
  return record.kind === 'timer' ? undefined : causeOf(record)
}

/** `path@seqNr`. */
export function refIn(id: string): RecordRef | undefined {
  const at = id.lastIndexOf('@')
  const seqNr = /^\d{1,15}$/.test(id.slice(at + 1)) ? Number(id.slice(at + 1)) : 0
  return at < 1 || seqNr < 1 ? undefined : { path: id.slice(0, at), seqNr }
}

export const inOrder = (records: readonly BareRecord[]): BareRecord[] =>
  records.toSorted((a, b) => a.record.timeMs - b.record.timeMs)

export function addTo<T>(groups: Map<string, T[]>, key: string, item: T): void {
  const group = groups.get(key)
  if (group === undefined) groups.set(key, [item])
  else group.push(item)
}
