/** All that followed from a record: what it caused, what that caused, and so on. */
import { addTo, type BareRecord, causeIn, keyOf } from './causes.js'

/** What is looked at for one conversation, or for a list of them. */
export const CONVERSATION_BOUNDS = { actors: 20_000, records: 50_000, each: 5_000 }
const MAX_MESSAGES = 1_000

/** Records by the one that caused them. */
export async function grouped(records: AsyncIterable<BareRecord>): Promise<ReadonlyMap<string, readonly BareRecord[]>> {
  const byCause = new Map<string, BareRecord[]>()
  for await (const one of records) {
    const cause = causeIn(one)
    if (cause !== undefined) addTo(byCause, keyOf(cause), one)
  }
  return byCause
}

/** All that the records led to, they themselves first; causes before what they caused. `isCut`: there are more. */
export function following(
  roots: readonly BareRecord[],
  byCause: ReadonlyMap<string, readonly BareRecord[]>,
): { readonly records: readonly BareRecord[]; readonly isCut: boolean } {
  const sinceMs = Math.min(...roots.map(({ record }) => record.timeMs))
  const records: BareRecord[] = [...roots]
  const seen = new Set(roots.map(keyOf))
  for (let at = 0; at < records.length && records.length <= MAX_MESSAGES; at++) {
    for (const next of byCause.get(keyOf(records[at] as BareRecord)) ?? []) {
      if (seen.has(keyOf(next)) || next.record.timeMs < sinceMs) continue
      seen.add(keyOf(next))
      records.push(next)
    }
  }
  return { records: records.slice(0, MAX_MESSAGES), isCut: records.length > MAX_MESSAGES }
}
