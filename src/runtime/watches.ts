/**
 * Tells actors of the end of those they watch.
 *
 * Boundary: it hears of ends that count (`ended`: a restart is none) and of what units ask for (`apply`), and puts
 * `terminated` into mailboxes. Who may be watched is decided by the actions (`watch.ts`).
 *
 * 1. A watch is in the store (`w/…`) as long as it is owed: it is written in the commit of the transition that asked, and taken
 *    back in the commit that holds the `terminated` as mail, or what the watcher made of it. So a crash between any two
 *    batches neither loses nor doubles it (I3).
 * 2. The mail is vouched for by the runtime, not by the target, so that also the end of a volatile actor is told exactly once.
 * 3. It has no bound: a full mailbox takes it.
 * 4. Also what the target had sent before its end comes before (I5).
 * 5. The index is in memory whole; a watch of a volatile watcher is nowhere else. Opening reads every watch's key, and looks at
 *    the targets of those alone that a crash may have taken: marked as they were volatile, or not yet stored, when watched.
 * 6. Of a target on another node the watch is kept on both: there by the address of the watcher, who is told through the outbox.
 *    What comes for a watch that has ended changes nothing, so that it is told once, whoever speaks first: that node, or its loss.
 */
import type { EventObject } from 'xstate'
import { type ActorPath, formatAddress } from '../core/address.js'
import { isRosciusError } from '../core/errors.js'
import { isForeign, parseForeign } from '../core/foreign-address.js'
import type { JournalReader } from '../persistence/journal.js'
import { kindRange, parseWatchKey, watchKey } from '../persistence/keys.js'
import type { Head } from '../persistence/records.js'
import { type RefCodec, toStorable } from '../persistence/storable.js'
import type { Store } from '../persistence/store.js'
import type { Abroad, End } from './abroad.js'
import { ActorHandle } from './actor-handle.js'
import type { Cell, CellStatus } from './cell.js'
import type { Commits } from './commits.js'
import { Envelope } from './envelope.js'
import type { InspectionTap } from './inspection-tap.js'
import type { Mailboxes } from './mailboxes.js'
import type { PlannedWatch, Unit } from './unit.js'
import { cellOf, childOf, type Watch, WatchIndex } from './watch-index.js'

export interface WatchPort {
  readonly options: { readonly store: Store }
  readonly nodeName: string
  readonly abroad: Abroad
  readonly cells: ReadonlyMap<ActorPath, Cell>
  readonly commits: Commits
  readonly mailboxes: Mailboxes
  readonly tap: InspectionTap
  readonly journalReader: JournalReader
  readonly refs: RefCodec
  activate(path: ActorPath): Cell | undefined
  refAt(path: ActorPath): object
}

const EMPTY = new Uint8Array(0)
/** Value of a watch whose target was in memory only: a crash may take it without a trace. */
const MAY_BE_LOST = Uint8Array.of(1)

export class Watches {
  readonly #index = new WatchIndex()

  constructor(private readonly node: WatchPort) {}

  /** Learns who watches whom, and tells the watchers of what a crash has taken. The stored mail must be in its mailboxes. */
  async open(): Promise<void> {
    const unsure: Watch[] = []
    for await (const [key, value] of this.node.options.store.range(kindRange('w'))) {
      const watch = { ...parseWatchKey(key), isStored: true }
      this.#index.add(watch)
      if (value.length > 0) unsure.push(watch)
    }
    for (const watch of unsure) if (this.#endOf(watch.target) !== undefined) this.#fulfil(watch, { reason: 'lost' })
  }

  // --- over links ---

  /**
   * An actor of another node, whose address `watcher` is, wants to know of the end of one of this node. Of `most` watches that
   * node may have here; what is more is lost.
   */
  watchedFrom(target: ActorPath, watcher: string, isStored: boolean, most: number): void {
    if (this.#index.find(target, watcher) !== undefined) return
    const watch = { target, watcher, isStored }
    const isTooMany = this.#index.fromNode(parseForeign(watcher).node) >= most
    const end = this.#endOf(target) ?? (isTooMany ? ({ reason: 'lost' } as const) : undefined)
    if (end !== undefined) {
      this.#tell(watch, end)
      return
    }
    this.#index.add(watch)
    if (isStored) this.#store(watch)
  }

  unwatchedFrom(target: ActorPath, watcher: string): void {
    const watch = this.#index.find(target, watcher)
    if (watch !== undefined) this.#remove(watch)
  }

  /** The node of `target`, an address, says that it has ended. */
  toldOf(target: string, watcher: string, end: End): void {
    const watch = this.#index.find(target, watcher)
    if (watch !== undefined) this.#fulfil(watch, end)
  }

  /** Of that node nothing more is heard, or not of what it was: all who watch actors there are told. */
  lost(node: string, end: End): void {
    for (const watch of this.ofNode(node)) {
      this.#leaveTarget(watch)
      this.#fulfil(watch, end)
    }
  }

  ofNode(node: string): readonly Watch[] {
    return this.#index.abroad().filter(({ target }) => parseForeign(target).node === node)
  }

  // --- what units ask for ---

  /** Part of the unit's commit. What it spawned must be there already. */
  apply({ cell, watches, left }: Unit): void {
    if (cell.status === 'active') for (const planned of watches) this.#change(cell, planned)
    for (const session of left) {
      for (const watch of this.#index.by(cell.path)) if (watch.watcher === session) this.#withdrawWatch(watch)
    }
  }

  #change(cell: Cell, { target, watcher, isWatching, isGone = false }: PlannedWatch): void {
    const watch = this.#index.find(target, watcher)
    if (!isWatching) {
      if (watch !== undefined) this.#withdrawWatch(watch)
      const child = childOf(watcher)
      this.#withdraw(cell, (envelope) => envelope.child === child && isTerminated(envelope, target))
    } else if (watch === undefined)
      this.#add(cell, { target, watcher, isStored: cell.durability !== 'volatile' }, isGone)
  }

  #add(cell: Cell, watch: Watch, isGone: boolean): void {
    const end = isGone ? ({ reason: 'lost' } as const) : this.#endOf(watch.target)
    if (end === undefined) {
      this.#index.add(watch)
      if (watch.isStored) this.#store(watch)
      if (isForeign(watch.target)) this.node.abroad.watch(watch.target, watch.watcher, watch.isStored)
    } else if (!isWaiting(cell, watch)) this.#tell(watch, end)
  }

  #store({ target, watcher }: Watch): void {
    const cell = this.node.cells.get(target)
    const isStored =
      cell === undefined || isForeign(target) || (cell.durability !== 'volatile' && cell.status !== 'starting')
    this.node.commits.put(watchKey(target, watcher), isStored ? EMPTY : MAY_BE_LOST)
  }

  /** The watcher wants to know no more. */
  #withdrawWatch(watch: Watch): void {
    this.#leaveTarget(watch)
    this.#remove(watch)
  }

  #leaveTarget({ target, watcher, isStored }: Watch): void {
    if (isForeign(target)) this.node.abroad.unwatch(target, watcher, isStored)
  }

  #remove(watch: Watch): void {
    this.#index.remove(watch)
    if (watch.isStored) this.node.commits.del(watchKey(watch.target, watch.watcher))
  }

  /** Takes what was told already out of the mailbox again. */
  #withdraw(cell: Cell, isUnwanted: (envelope: Envelope) => boolean): void {
    if (cell.mailbox === undefined || cell.mailbox.size === 0) return
    for (const envelope of cell.mailbox.remove(isUnwanted)) {
      envelope.handled = true
      if (envelope.stored !== undefined) this.node.commits.del(envelope.stored)
    }
  }

  // --- ends ---

  /** The cell has ended for good: its watches go, its watchers are told; part of the commit of its end. */
  ended(cell: Cell): void {
    const { path } = cell
    this.leave(cell)
    const watches = this.#index.of(path)
    const end = watches.length === 0 ? undefined : this.#endOf(path)
    if (end !== undefined) for (const watch of watches) this.#fulfil(watch, end)
  }

  /** The actor is deleted. Who still watches it, because it could not be stopped, is told that it has been. */
  deleted(path: ActorPath): void {
    this.#forget(path)
    for (const watch of this.#index.of(path)) this.#fulfil(watch, { reason: 'stopped' })
  }

  /**
   * The cell watches no more, nor do the children inside it, and what it was told and has not handled is withdrawn: it has
   * ended, or starts afresh. Part of the current commit.
   */
  leave(cell: Cell): void {
    this.#forget(cell.path)
    this.#withdraw(cell, (envelope) => isTerminated(envelope, envelope.from))
  }

  #forget(path: ActorPath): void {
    for (const watch of this.#index.by(path)) this.#withdrawWatch(watch)
  }

  #fulfil(watch: Watch, end: End): void {
    this.#remove(watch)
    this.#tell(watch, end)
  }

  #tell({ target, watcher, isStored }: Watch, end: End): void {
    const { abroad, commits, mailboxes } = this.node
    if (isForeign(watcher)) {
      abroad.terminated(watcher, target, end, isStored)
      return
    }
    const envelope = new Envelope('event', this.#event(target, end, isStored))
    const ended = this.node.cells.get(target)
    if (ended !== undefined) envelope.cause = { path: target, seqNr: ended.seqNr }
    this.node.tap.sent(watcher, envelope.event)
    envelope.from = target
    envelope.to = cellOf(watcher)
    envelope.child = childOf(watcher)
    envelope.keep = isStored
    const cell = this.node.activate(envelope.to)
    if (cell !== undefined) mailboxes.push(cell, envelope)
    else if (isStored) {
      // Quarantined: it waits as mail until the actor can run again.
      commits.keepMail(envelope)
      commits.sync()
    }
  }

  #event(target: ActorPath, end: End, isStored: boolean): EventObject {
    const { reason, output, error } = end
    const event = {
      type: 'terminated',
      ref: this.node.refAt(target),
      address: isForeign(target) ? target : formatAddress(this.node.nodeName, target),
      reason,
    }
    const safe = (value: unknown, instead: unknown) => (isStored ? this.#storableOr(value, instead) : value)
    if (reason === 'done') return Object.assign(event, { output: safe(output, undefined) })
    return reason === 'failed' ? Object.assign(event, { error: safe(error, String(error)) }) : event
  }

  /** What a volatile actor ends with need not be storable, and must not harm the one who watches it. */
  #storableOr(value: unknown, instead: unknown): unknown {
    try {
      toStorable(value, '', this.node.refs)
      return value
    } catch {
      return instead
    }
  }

  // --- how an actor ended ---

  /** `undefined` as long as it may still go on; `lost` if nothing is known of such an actor. */
  #endOf(path: ActorPath): End | undefined {
    // Its own node says so.
    if (isForeign(path)) return undefined
    const cell = this.node.cells.get(path)
    if (cell === undefined) return this.#storedEnd(path)
    const { status, snapshot, failure } = cell
    if (!hasEnded(status)) return undefined
    if (status === 'done') return { reason: status, output: snapshot?.output }
    if (status === 'stopped') return { reason: status }
    // One that was brought back into memory has its last good snapshot; its failure is in the store.
    if (snapshot?.status === 'error') return { reason: status, error: snapshot.error }
    return { reason: status, error: failure === undefined ? this.#storedEnd(path)?.error : failure.error }
  }

  #storedEnd(path: ActorPath): End | undefined {
    const head = this.#headOf(path)
    if (head === undefined) return { reason: 'lost' }
    if (head === 'damaged' || !hasEnded(head.status)) return undefined
    const { status, frame, failure } = head
    if (status === 'done')
      return { reason: status, output: (frame as { readonly snapshot: { readonly output: unknown } }).snapshot.output }
    return status === 'failed' ? { reason: status, error: failure?.error } : { reason: status }
  }

  /** A damaged actor is quarantined, not ended. */
  #headOf(path: ActorPath): Head | undefined | 'damaged' {
    try {
      return this.node.journalReader.head(path)
    } catch (error) {
      if (isRosciusError(error, 'RECORD_CORRUPT') || isRosciusError(error, 'RECORD_UNSUPPORTED')) return 'damaged'
      throw error
    }
  }
}

function hasEnded(status: CellStatus): status is 'done' | 'failed' | 'stopped' {
  return status === 'done' || status === 'failed' || status === 'stopped'
}

/** Whether the watcher has been told of the target already and has not handled it: once is enough. */
function isWaiting(cell: Cell, { target, watcher }: Watch): boolean {
  const child = childOf(watcher)
  for (const envelope of cell.mailbox ?? []) if (envelope.child === child && isTerminated(envelope, target)) return true
  return child === undefined && (cell.stash?.some((deferred) => isTerminated(deferred, target)) ?? false)
}

/** Whether mail, or what was deferred, tells of the end of `target`. */
export function isTerminated(
  { event, from }: { readonly event: EventObject; readonly from: string | undefined },
  target: ActorPath | undefined,
): boolean {
  if (event.type !== 'terminated' || from !== target) return false
  const { ref } = event as { readonly ref?: unknown }
  return ref instanceof ActorHandle && ref.path === target && ref.child === undefined
}
