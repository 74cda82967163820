/**
 * A paused leaf handles nothing: from the moment at which its pause was told until it is resumed, has ended, or was lost. A crash
 * changes nothing about that, unless it takes the leaf itself with it: a volatile one, or what was not synced.
 */
import type { Breach, TrialRecord } from './record.js'
import { leavesOf } from './tree.js'

export function checkPauses(record: TrialRecord): readonly Breach[] {
  const receivers = receiversOf(record)
  const lasting = new Set(
    leavesOf(record.root).flatMap(({ path, durability }) => (isLasting(durability, record) ? [path] : [])),
  )
  const paused = new Set<string>()
  const breaches: Breach[] = []
  for (const seen of record.log) {
    if (seen.kind === 'handled') {
      const path = receivers.get(seen.n) ?? ''
      if (paused.has(path)) breaches.push({ what: 'pause', message: `${path} is paused, and handles ${seen.n}` })
    } else if (seen.kind === 'crashed') {
      // Of what was committed last, nobody may have been told: that it was resumed, or has ended.
      for (const path of paused) if (!lasting.has(path)) paused.delete(path)
    } else if (seen.kind === 'told' && seen.event.type === 'actorPaused') paused.add(seen.event.path)
    else if (seen.kind === 'told' && ENDS.has(seen.event.type)) paused.delete((seen.event as { path: string }).path)
  }
  return breaches
}

/** After which an actor is not paused any more. An operator's restart brings back one that has failed, and that is not paused. */
const ENDS: ReadonlySet<string> = new Set(['actorResumed', 'actorStopped', 'actorDone', 'actorFailed'])

function isLasting(durability: string, { powerLoss }: TrialRecord): boolean {
  return durability === 'durable' || (durability === 'relaxed' && !powerLoss)
}

/** Who is to handle which event. */
function receiversOf({ tellings }: TrialRecord): ReadonlyMap<number, string> {
  return new Map(
    tellings.flatMap(({ path, event, to }) => [
      [event.n, path] as const,
      ...(event.m !== undefined && to !== undefined ? [[event.m, to] as const] : []),
    ]),
  )
}
