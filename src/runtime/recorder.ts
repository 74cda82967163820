/**
 * What a unit did to a stored cell, as a journal record.
 *
 * 1. A record holds the change between the frames before and after. A unit that can't be recorded has not happened: the
 *    cell's frame is replaced last.
 * 2. Handled events are part of the history even when they change nothing; ignored ones only if their key must be kept.
 */
import type { EventObject } from 'xstate'
import type { Codec } from '../persistence/codec.js'
import { diff } from '../persistence/delta.js'
import { packRecord, type RecordKind } from '../persistence/records.js'
import { type RefCodec, toStorable } from '../persistence/storable.js'
import type { Cell } from './cell.js'
import type { Outcome } from './envelope.js'
import type { MutationGuard } from './mutation-guard.js'
import { keyOfReply } from './replies.js'
import type { Unit } from './unit.js'
import type { Framer } from './xstate/frame.js'

const EMPTY = new Uint8Array(0)
/** Deferred events have come back. */
export const UNSTASH = { type: 'roscius.unstash' }

export class Recorder {
  constructor(
    private readonly framer: Framer,
    private readonly codec: Codec,
    private readonly refs: RefCodec,
    private readonly guard: MutationGuard | undefined,
    private readonly now: () => number,
  ) {}

  /**
   * The unit's journal record: `undefined` when the cell isn't stored or nothing is worth a record, empty for the first unit
   * of an actor (its head says it all). Throws `VALUE_NOT_STORABLE`, `CONTEXT_MUTATED`, `LOGIC_NOT_NAMED`.
   */
  record(unit: Unit, outcome: Outcome): Uint8Array | undefined {
    const { cell, envelope } = unit
    if (cell.durability === 'volatile') return undefined
    const frame = this.framer.frameOf(cell)
    if (envelope.kind === 'start' && cell.seqNr === 0) {
      // The head that is written after the unit has counted must not fail on them.
      toStorable(frame, '', this.refs)
      toStorable(envelope.event, 'event', this.refs)
      cell.frame = frame
      this.guard?.begin(cell, frame)
      return EMPTY
    }
    this.guard?.check(cell)
    const delta = diff(cell.frame, frame, this.refs)
    if (delta === undefined && !isWorthARecord(unit, outcome)) {
      cell.frame = frame
      return undefined
    }
    const { kind, from, key, cause } = envelope
    const event = toStorable(envelope.event, 'event', this.refs) as EventObject
    const replies = this.#replies(unit)
    const bytes = this.codec.encode(
      packRecord({ kind: kind as RecordKind, timeMs: this.now(), event, from, key, outcome, delta, replies, cause }),
    )
    cell.frame = frame
    this.guard?.advance(cell, delta)
    return bytes
  }

  /** The stash is part of the state: that events have left it. */
  recordUnstash(cell: Cell): Uint8Array | undefined {
    if (cell.durability === 'volatile') return undefined
    const frame = this.framer.frameOf(cell)
    const delta = diff(cell.frame, frame, this.refs)
    cell.frame = frame
    if (delta === undefined) return undefined
    this.guard?.advance(cell, delta)
    const record = { kind: 'resume', timeMs: this.now(), event: UNSTASH, outcome: 'handled', delta } as const
    return this.codec.encode(packRecord({ ...record, from: undefined, key: undefined, replies: undefined }))
  }

  /** Answers of this unit to questions that came with a key: a repeat of the question gets them again (D11). */
  #replies(unit: Unit): [string, unknown][] | undefined {
    const { cell, envelope, sends } = unit
    let replies: [string, unknown][] | undefined
    for (const { path, child, event } of sends) {
      const key = keyOfReply(path, child)
      if (key === undefined) continue
      const entry = cell.dedupe?.get(key)
      if (entry !== undefined) entry.reply = event
      else if (key === envelope.key) unit.reply = event
      else continue
      replies ??= []
      replies.push([key, toStorable(event, 'reply', this.refs)])
    }
    return replies
  }
}

/** Handled events are part of the history even when they change nothing; ignored ones only if their key must be kept. */
function isWorthARecord({ envelope, actionCount, held, sends }: Unit, outcome: Outcome): boolean {
  if (envelope.key !== undefined || actionCount > 0) return true
  if (envelope.kind === 'resume') return held.length > 0 || sends.length > 0
  return outcome !== 'ignored'
}
