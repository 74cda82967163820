/** A conversation that goes on: what live units add to what has been read. */

import type { ToldMessage } from '../../control/protocol/lists.js'
import type { TimelineItem } from '../../control/protocol/live.js'

type Unit = Extract<TimelineItem, { kind: 'unit' }>

interface Ref {
  readonly path: string
  readonly seqNr: number
}

function keyOfRef({ path, seqNr }: Ref): string {
  return `${path}@${seqNr}`
}

/** Those of the units that a message of the conversation caused, and what these cause in turn. Each once. */
export function joined(messages: readonly ToldMessage[], units: readonly Unit[]): readonly ToldMessage[] {
  const records = new Set(messages.flatMap(({ record }) => (record === undefined ? [] : [keyOfRef(record)])))
  const added: ToldMessage[] = []
  for (const unit of units) {
    const key = keyOfRef(unit)
    if (unit.cause === undefined || records.has(key) || !records.has(keyOfRef(unit.cause))) continue
    records.add(key)
    added.push(messageOf(unit))
  }
  return added.length === 0 ? messages : [...messages, ...added]
}

function messageOf({ path, seqNr, event, from, cause, atMs, outcome }: Unit): ToldMessage {
  // A start is sent by nobody: who spawned it caused it.
  return { from: from ?? cause?.path, to: path, event, atMs, record: { path, seqNr }, cause, outcome }
}
