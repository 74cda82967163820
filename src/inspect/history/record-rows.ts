/** One record in a row. */
import type { ActorPath } from '../../core/address.js'
import type { RecordRef } from '../../core/inspection.js'
import { type Frame, isMachineFrame } from '../../runtime/xstate/frame.js'
import { stateLine } from '../definition/state-line.js'
import { Effort, isSame } from './difference.js'
import { errorOf, eventSeen, senderOf, stateValueOf } from './frames.js'
import type { Masking } from './mask.js'
import type { Seen, SeenRecord } from './moments.js'
import { lineOf } from './one-line.js'
import type { ToldEvent, ToldRecord } from './told.js'

const MAX_TYPE = 200

/** An event in a line, without what is only XState's. */
export function toldEvent(event: { readonly type: string }, masking: Masking): ToldEvent {
  const { type, ...fields } = event as { readonly type: string; readonly [field: string]: unknown }
  const told = { type: masking.text(String(type), MAX_TYPE).text }
  const { text } = lineOf(fields, masking)
  return text === '{}' ? told : { ...told, fields: text }
}

export function toldRecord(
  path: ActorPath,
  { seqNr, record, frame }: Seen,
  before: Frame | undefined,
  masking: Masking,
) {
  const event = eventSeen(record, before)
  const isFailing = record.kind === 'failure' || record.kind === 'fault'
  const { error: _, ...calm } = event as { readonly type: string; readonly error?: unknown }
  const from = senderOf(path, record, before)
  const cause = causeOf(record)
  const error = errorOf(record)
  const row: ToldRecord = {
    seqNr,
    atMs: record.timeMs,
    kind: record.kind,
    event: toldEvent(isFailing ? calm : event, masking),
    ...(from !== undefined && { from }),
    ...(cause !== undefined && { cause }),
    ...(isMachineFrame(frame.snapshot) && { state: stateLine(frame.snapshot.value) }),
    isMove: before === undefined || !isSame(stateValueOf(before), stateValueOf(frame), new Effort()),
    ...(error !== undefined && { error: lineOf(error, masking).text }),
  }
  return row
}

/** The record of this node in which its event was sent, where that was noted. */
export function causeOf(record: SeenRecord): RecordRef | undefined {
  const { cause } = record as { readonly cause?: RecordRef }
  return cause && { path: cause.path, seqNr: cause.seqNr }
}
