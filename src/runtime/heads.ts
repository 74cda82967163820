/**
 * When an actor's whole state is written, and how much of its history is kept.
 *
 * 1. A head is written at the start, when the actor ends, is paused or resumed, and when the records since the last one outweigh
 *    what writing one costs. So the head alone says whether it is paused.
 * 2. The head that it replaces is archived (for time travel), unless nothing that old is kept.
 * 3. What retention removes is never needed to recover: only records before an archived head that is itself old enough.
 */
import type { EventObject } from 'xstate'
import type { ActorPath } from '../core/address.js'
import type { Pause } from '../core/operator-orders.js'
import type { Codec } from '../persistence/codec.js'
import { type Delta, diff } from '../persistence/delta.js'
import { archiveKey, effectsKey, headKey, journalKey, numberInKey, ownRange, systemIdKey } from '../persistence/keys.js'
import {
  type HeadStatus,
  type JournalRecord,
  packHead,
  packRecord,
  type StoredFailure,
  unpackHead,
} from '../persistence/records.js'
import { type RefCodec, toStorable } from '../persistence/storable.js'
import type { Store } from '../persistence/store.js'
import type { Cell, Supervised } from './cell.js'
import type { Commits } from './commits.js'
import { remember } from './dedupe.js'
import type { Envelope } from './envelope.js'
import type { Retention } from './logic-table.js'
import type { NodeTimers } from './node-timers.js'
import { structureHash } from './structure-hash.js'
import type { Frame } from './xstate/frame.js'

/** Records weigh at least this much before a head replaces them, so that small states are not rewritten all the time. */
const MIN_DELTA_BYTES = 8_192
/** A head writes itself and the one it archives: that is what the records are weighed against. */
const WRITTEN_BY_A_HEAD = 2

/** The event of records that no event led to. */
const SUPERVISION: EventObject = { type: 'roscius.supervision' }
const HANDLED: Circumstances = { from: undefined, key: undefined, outcome: 'handled' }

/** The event of a unit, and where it came from. */
type Handled = Pick<Envelope, 'event' | 'from' | 'cause'>

type Circumstances = Pick<JournalRecord, 'from' | 'key' | 'outcome' | 'cause'>

export interface HeadPort {
  readonly now: () => number
  /** The recorded state of the cell has changed by `delta`. */
  recorded(cell: Cell, delta: Delta | undefined): void
  appended(cell: Cell, event: EventObject, bytes: Uint8Array): void
  /** A commit is wanted soon, though no actor has mail. */
  scheduleCommit(): void
  /** Runs `work` in the background, one after the other; its failure ends the system. */
  inBackground(work: () => Promise<void>): void
}

export class Heads {
  /** Heads that are not in the store yet: of the batch that is being filled, and of the one before. */
  #pending = new Map<ActorPath, Uint8Array>()
  #inFlight = new Map<ActorPath, Uint8Array>()
  #pendingBatch = 0

  constructor(
    private readonly store: Store,
    private readonly codec: Codec,
    private readonly refs: RefCodec,
    private readonly commits: Commits,
    private readonly timers: NodeTimers,
    private readonly port: HeadPort,
  ) {}

  scheduleCommit(): void {
    this.port.scheduleCommit()
  }

  /** After a unit of a stored cell has been recorded: writes a head if one is due. */
  afterUnit(cell: Cell, start: Handled | undefined): void {
    if (start !== undefined) this.keepName(cell)
    const isFirst = start !== undefined && cell.seqNr === 1
    if (isFirst || cell.status !== 'active') {
      this.write(cell, isFirst ? start : undefined, undefined)
      if (cell.status !== 'active' && cell.systemId !== undefined) this.commits.del(systemIdKey(cell.systemId))
      if (cell.durability === 'durable') this.commits.sync()
      return
    }
    if (start !== undefined) this.write(cell, undefined, undefined)
    const isDue = cell.deltaBytes > Math.max(MIN_DELTA_BYTES, WRITTEN_BY_A_HEAD * cell.snapshotBytes)
    // The head that would be archived must be in the store already.
    if (isDue && this.commits.completed >= cell.headBatch) this.write(cell, undefined, undefined)
  }

  /** The whole state of the cell as its new head; `failure` is storable already. */
  write(cell: Cell, start: Handled | undefined, failure: StoredFailure | undefined): void {
    this.#archive(cell)
    const { logic, version } = logicFacts(cell)
    const bytes = this.codec.encode(
      packHead({
        logic: cell.row.name,
        version,
        hash: structureHash(logic),
        status: cell.status === 'restarting' ? 'active' : (cell.status as HeadStatus),
        durability: cell.durability as 'durable' | 'relaxed',
        systemId: cell.systemId,
        startedMs: cell.startedMs,
        seqNr: cell.seqNr,
        timeMs: this.port.now(),
        frame: toStorable(cell.frame, '', this.refs),
        dedupe: [...(cell.dedupe ?? [])].map(([key, entry]) => ({
          key,
          ...entry,
          reply: toStorable(entry.reply, 'reply', this.refs),
        })),
        startEvent: start && (toStorable(start.event, 'event', this.refs) as EventObject),
        failure,
        order: cell.order,
        startCause: start?.cause,
      }),
    )
    this.commits.put(headKey(cell.path), bytes)
    this.#onItsWay(cell.path, bytes)
    cell.headBatch = this.commits.current
    cell.snapshotSeqNr = cell.seqNr
    cell.snapshotBytes = bytes.length
    cell.deltaBytes = 0
  }

  /** A failure that the actor survives: on record, with what supervision remembers of it. */
  recordFailure(cell: Cell, handled: Handled, error: unknown, supervised: Supervised): void {
    const failing = this.#failing(handled.event, error)
    this.#append(cell, 'failure', failing, { ...(cell.frame as Frame), supervised }, originOf(handled))
  }

  /** What supervision remembers has changed; `event` if somebody has ordered it. */
  recordSupervised(cell: Cell, supervised: Supervised, event: EventObject = SUPERVISION): void {
    cell.supervised = supervised
    this.#append(cell, 'supervision', event, { ...(cell.frame as Frame), supervised })
  }

  /** An operator has paused or resumed the cell. */
  recordPause(cell: Cell, paused: Pause | undefined, event: EventObject): void {
    cell.paused = paused
    this.#append(cell, 'supervision', event, withPause(cell.frame as Frame, paused))
    this.write(cell, undefined, undefined)
  }

  /** An actor that had failed lives again, in its last good state: what it had deferred became dead letters, and no pause holds. */
  recordRevival(cell: Cell): void {
    cell.paused = undefined
    cell.stash = undefined
    this.#append(cell, 'supervision', SUPERVISION, withPause({ ...(cell.frame as Frame), stash: undefined }, undefined))
    this.write(cell, undefined, undefined)
  }

  /** The `systemId` of a living actor leads to it. */
  keepName(cell: Cell): void {
    if (cell.systemId !== undefined) this.commits.put(systemIdKey(cell.systemId), this.codec.encode(cell.path))
  }

  /** An event that came with `key` was set aside: so is a repeat of it. */
  recordPoison(cell: Cell, key: string): void {
    remember(cell, key, { seqNr: cell.seqNr + 1, outcome: 'poison', timeMs: this.port.now() })
    if (cell.durability === 'volatile') return
    this.#append(cell, 'supervision', SUPERVISION, cell.frame as Frame, { ...HANDLED, key, outcome: 'poison' })
  }

  /** What was deferred is mail from here on. */
  recordEmptyStash(cell: Cell): void {
    this.#append(cell, 'supervision', SUPERVISION, { ...(cell.frame as Frame), stash: undefined })
  }

  /** The end of the cell, written in this unit, is taken back: it waits to be started again. */
  takeBackEnd(cell: Cell, supervised: Supervised): void {
    cell.supervised = supervised
    if (cell.durability === 'volatile') return
    this.#append(cell, 'supervision', SUPERVISION, { ...(cell.frame as Frame), supervised })
    this.write(cell, undefined, undefined)
  }

  #append(
    cell: Cell,
    kind: 'failure' | 'supervision',
    event: EventObject,
    frame: Frame,
    { from, key, outcome, cause }: Circumstances = HANDLED,
  ): void {
    const delta = diff(cell.frame, frame, this.refs)
    const timeMs = this.port.now()
    // An error is long, and only those who read the history want it: not whoever rebuilds the actor.
    const kept = kind === 'failure' ? this.codec.encode(event) : event
    const record = { kind, timeMs, event: kept, from, key, outcome, delta, replies: undefined, cause }
    const bytes = this.codec.encode(packRecord(record))
    cell.frame = frame
    this.port.recorded(cell, delta)
    cell.deltaBytes += bytes.length
    this.commits.put(journalKey(cell.path, ++cell.seqNr), bytes)
    this.port.appended(cell, event, bytes)
    if (cell.durability === 'durable') this.commits.sync()
  }

  #failing(event: EventObject, error: unknown): EventObject {
    const safeEvent = this.#storableOr(event, { type: event.type }) as EventObject
    return { ...safeEvent, error: this.#storableOr(error, String(error)) } as EventObject
  }

  /** The failure that ends a stored cell, whose state stays as it was before the failing event (the last good one). */
  recordEnd(cell: Cell, handled: Handled, error: unknown): void {
    const frame = cell.frame as Frame
    const failing = this.#failing(handled.event, error)
    this.#append(cell, 'failure', failing, { ...frame, supervised: cell.supervised }, originOf(handled))
    for (const [key, timer] of Object.entries(frame.timers ?? {})) this.timers.disarm(cell, key, timer)
    this.forgetEffects(cell)
    if (cell.systemId !== undefined) this.commits.del(systemIdKey(cell.systemId))
    const { error: safeError, ...safeEvent } = failing as EventObject & { readonly error: unknown }
    this.write(cell, undefined, { error: safeError, event: safeEvent, seqNr: cell.seqNr, timeMs: this.port.now() })
  }

  /** The store no longer says that the cell has unsettled effects. */
  forgetEffects(cell: Cell): void {
    if (cell.isAwake) this.commits.del(effectsKey(cell.path))
    cell.isAwake = false
  }

  #storableOr(value: unknown, instead: unknown): unknown {
    try {
      return toStorable(value, '', this.refs)
    } catch {
      return instead
    }
  }

  /** Remembers a head until its batch is released: the next one may come earlier. */
  #onItsWay(path: ActorPath, bytes: Uint8Array): void {
    const { current } = this.commits
    if (this.#pendingBatch !== current) {
      this.#inFlight = this.#pending
      this.#pending = new Map()
      this.#pendingBatch = current
      const heads = this.#pending
      this.commits.hold({ release: () => heads.clear() })
    }
    this.#pending.set(path, bytes)
  }

  #archive(cell: Cell): void {
    if (cell.snapshotSeqNr === 0) return
    const isStored = this.commits.completed >= cell.headBatch
    const bytes = isStored
      ? this.store.get(headKey(cell.path))
      : (this.#pending.get(cell.path) ?? this.#inFlight.get(cell.path))
    if (bytes !== undefined) this.commits.put(archiveKey(cell.path, cell.snapshotSeqNr), bytes)
    const { keep } = cell.row
    const { path, seqNr } = cell
    if (keep !== 'all')
      this.commits.hold({ release: () => this.port.inBackground(() => this.#trim(path, keep, seqNr)) })
  }

  /** Removes what retention no longer keeps: everything before the newest archived head that is old enough. */
  async #trim(path: ActorPath, keep: Exclude<Retention, 'all'>, seqNr: number): Promise<void> {
    const base = await this.#oldestNeeded(path, keep, seqNr)
    if (base === undefined) return
    await this.store.deleteRange(ownRange('j', path, 0, base))
    await this.store.deleteRange(ownRange('s', path, 0, base - 1))
  }

  async #oldestNeeded(path: ActorPath, keep: Exclude<Retention, 'all'>, seqNr: number): Promise<number | undefined> {
    if ('records' in keep) {
      const last = seqNr - keep.records
      if (last < 1) return undefined
      for await (const [key] of this.store.range({ ...ownRange('s', path, 0, last), reverse: true, limit: 1 }))
        return numberInKey(key)
      return undefined
    }
    const before = this.port.now() - keep.days * 86_400_000
    for await (const [key, bytes] of this.store.range({ ...ownRange('s', path), reverse: true })) {
      if (unpackHead(this.codec.decode(bytes, key, this.refs), key).timeMs < before) return numberInKey(key)
    }
    return undefined
  }
}

/** A failing event keeps its key: it may be delivered again. */
function originOf({ from, cause }: Handled): Circumstances {
  return { ...HANDLED, from, cause }
}

function withPause({ paused: _, ...frame }: Frame, paused: Pause | undefined): Frame {
  return paused === undefined ? frame : { ...frame, paused }
}

function logicFacts(cell: Cell): { readonly logic: object; readonly version: string | undefined } {
  const { logic } = cell.row
  return { logic, version: (logic as { readonly version?: string }).version }
}
