/** Where an actor failed last: the record of its failure, and the last one before it that counts. */
import type { ActorPath } from '../../core/address.js'
import type { JournalReader } from '../../persistence/journal.js'
import type { Masking } from './mask.js'
import { lineOf } from './one-line.js'
import { toldEvent } from './record-rows.js'
import type { ToldFailure } from './told.js'

/** How many records are looked through, from the newest back. */
const MAX_BACK = 10_000

export async function failureBefore(
  path: ActorPath,
  journal: JournalReader,
  masking: Masking,
): Promise<ToldFailure | undefined> {
  const newest = await journal.newestRecord(path)
  for (let seqNr = newest?.seqNr ?? 0; seqNr > Math.max(1, (newest?.seqNr ?? 0) - MAX_BACK); seqNr--) {
    const found = journal.recordAt(path, seqNr)
    if (found === undefined) break
    if (found.record.kind !== 'failure') continue
    const { error, ...event } = found.record.event as { readonly type: string; readonly error?: unknown }
    return {
      path,
      seqNr,
      before: lastGood(journal, path, seqNr),
      event: toldEvent(event, masking),
      error: lineOf(error, masking).text,
      atMs: found.record.timeMs,
    }
  }
  return undefined
}

/** Failures, and what supervision noted, did not change the state. */
function lastGood(journal: JournalReader, path: ActorPath, failed: number): number {
  let seqNr = failed - 1
  for (; seqNr > 1; seqNr--) {
    const kind = journal.recordAt(path, seqNr)?.record.kind
    if (kind !== 'failure' && kind !== 'supervision') break
  }
  return Math.max(1, seqNr)
}
