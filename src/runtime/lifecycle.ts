/**
 * How actors end from outside: stop, delete, and what an end means for those below.
 *
 * 1. Children end with their parent. Which parents still have children to stop is in the store (`z/…`), in the same batch
 *    as the parent's end, so a crash in between leaves no orphan.
 * 2. A subtree is stopped deepest first.
 * 3. A deleted actor is gone with its head; its records are removed afterwards, also over a crash (`g/…`).
 */

import type { EventObject, Observer } from 'xstate'
import type { ActorPath } from '../core/address.js'
import type { Clock } from '../core/clock.js'
import { RosciusError } from '../core/errors.js'
import type { DeadLetterReason, SystemEvent } from '../core/events.js'
import type { JournalReader } from '../persistence/journal.js'
import {
  armKey,
  belowRange,
  deletedKey,
  effectsKey,
  endingKey,
  headKey,
  ownRange,
  pathInKey,
  systemIdKey,
  timerKey,
} from '../persistence/keys.js'
import type { Head } from '../persistence/records.js'
import type { Store } from '../persistence/store.js'
import type { Activation } from './activation.js'
import type { ArmedTimer, Cell } from './cell.js'
import type { Commits } from './commits.js'
import type { Waiter } from './envelope.js'
import type { Observers } from './observers.js'
import { notFound } from './past.js'
import type { Turns } from './turns.js'
import { deadLetterError } from './unit-errors.js'

export interface LifecyclePort {
  readonly options: { readonly store: Store; readonly clock: Clock; readonly publish: (event: SystemEvent) => void }
  readonly cells: ReadonlyMap<ActorPath, Cell>
  readonly commits: Commits
  readonly turns: Turns
  readonly observers: Observers
  readonly journalReader: JournalReader
  readonly activation: Activation
  activate(path: ActorPath): Cell | undefined
  enqueueStop(cell: Cell, waiter: Waiter | undefined): void
  deadLetter(path: ActorPath, event: EventObject, from: string | undefined, reason: DeadLetterReason): void
  forget(cell: Cell): void
  inBackground(work: () => Promise<void>): void
}

const EMPTY = new Uint8Array(0)
/** Note of an actor that is to be stopped itself too, not only those below it. */
const WITH_ITSELF = Uint8Array.of(1)
/** How many ended volatile actors keep their result for those who ask later. */
const MAX_REMEMBERED = 1_000

export class Lifecycle {
  readonly #deleting = new Map<ActorPath, Promise<void>>()
  readonly #waiting = new Set<(error: RosciusError) => void>()
  /** Ended volatile actors, whose state is nowhere else. */
  readonly #remembered = new Map<ActorPath, Cell>()

  constructor(private readonly node: LifecyclePort) {}

  /** The cell ended in this turn; part of its commit. */
  ended(cell: Cell): void {
    const { node } = this
    const { path, status, snapshot } = cell
    this.#emptyMailbox(cell)
    if (cell.hasChildCells) this.#noteChildren(cell)
    // The note that it is to be stopped ends with it: left behind, it would stop a later actor of that path.
    else if (status === 'stopped' && cell.durability !== 'volatile') node.commits.del(endingKey(path))
    if (status === 'done') this.#publish({ type: 'actorDone', path, output: snapshot?.output })
    else if (status === 'stopped') this.#publish({ type: 'actorStopped', path })
    node.commits.hold({ release: () => this.#leave(cell) })
  }

  #noteChildren({ path, durability }: Cell): void {
    const isStored = durability !== 'volatile'
    if (isStored) this.node.commits.put(endingKey(path), EMPTY)
    this.node.commits.hold({
      release: () => this.node.inBackground(() => (isStored ? this.stopNoted(path) : this.#stopBelow(path))),
    })
  }

  #leave(cell: Cell): void {
    if (cell.durability === 'volatile') this.#remember(cell)
    else this.node.forget(cell)
  }

  #remember(cell: Cell): void {
    this.#remembered.delete(cell.path)
    this.#remembered.set(cell.path, cell)
    if (this.#remembered.size <= MAX_REMEMBERED) return
    const [oldest] = this.#remembered.values()
    if (oldest === undefined) return
    this.#remembered.delete(oldest.path)
    this.node.forget(oldest)
  }

  #publish(event: SystemEvent): void {
    this.node.commits.hold({ release: () => this.node.options.publish(event) })
  }

  #emptyMailbox(cell: Cell): void {
    const { node } = this
    for (const envelope of cell.mailbox ?? []) {
      envelope.handled = true
      if (envelope.stored !== undefined) node.commits.del(envelope.stored)
      if (envelope.kind === 'stop') node.commits.answer(envelope.waiter, { seqNr: cell.seqNr, outcome: 'ignored' })
      if (envelope.kind !== 'event') continue
      const reason = cell.status === 'failed' ? 'actorFailed' : 'actorEnded'
      node.deadLetter(cell.path, envelope.event, envelope.from, reason)
      node.commits.refuse(envelope.waiter, deadLetterError(cell.path, envelope.event, reason))
    }
    cell.mailbox?.clear()
    cell.stash = undefined
  }

  // --- stop ---

  /** Stops the actor and all below it, deepest first. */
  async stop(path: ActorPath, deadlineMs: number): Promise<void> {
    const head = this.node.journalReader.head(path)
    if (head === undefined && !this.node.cells.has(path)) throw notFound(path)
    await this.#within(deadlineMs, path, async () => {
      await this.#stopBelow(path)
      await this.#stopOne(path)
    })
  }

  /** From inside a turn: noted in its commit, so that no crash loses it; the stop follows in the background. */
  stopSoon(path: ActorPath): void {
    this.node.commits.put(endingKey(path), WITH_ITSELF)
    this.node.commits.hold({ release: () => this.node.inBackground(() => this.stopNoted(path)) })
  }

  /** Stops all that a note in the store says is to be stopped at `path`, then takes the note back. */
  async stopNoted(path: ActorPath): Promise<void> {
    const note = this.node.options.store.get(endingKey(path))
    if (note === undefined) return
    await this.#stopBelow(path)
    if (note.length > 0) await this.#stopOne(path)
    this.node.commits.del(endingKey(path))
    this.node.turns.schedule()
  }

  async #stopBelow(path: ActorPath): Promise<void> {
    for (const child of await this.#below(path)) await this.#stopOne(child)
  }

  /** Deepest first: a path sorts before those below it, so the reverse does. */
  async #below(path: ActorPath): Promise<ActorPath[]> {
    const found = new Set<ActorPath>()
    for (const other of this.node.cells.keys()) if (other.startsWith(`${path}/`)) found.add(other)
    for await (const [key] of this.node.options.store.range(belowRange('a', path))) found.add(pathInKey(key))
    return [...found].sort().reverse()
  }

  #stopOne(path: ActorPath): Promise<void> {
    const cell = this.node.activate(path)
    if (cell === undefined || (cell.status !== 'active' && cell.status !== 'starting')) return Promise.resolve()
    return new Promise((resolve, reject) => this.node.enqueueStop(cell, { resolve: () => resolve(), reject }))
  }

  async #within(deadlineMs: number, path: ActorPath, work: () => Promise<void>): Promise<void> {
    let cancel = (): void => undefined
    let reject: (error: RosciusError) => void = () => undefined
    const deadline = new Promise<never>((_, fail) => {
      reject = fail
      cancel = this.node.options.clock.schedule(
        () =>
          fail(
            new RosciusError(
              'STOP_TIMEOUT',
              `${path} had not stopped after ${deadlineMs} ms; it is still being stopped.`,
              { address: path },
            ),
          ),
        deadlineMs,
      )
    })
    this.#waiting.add(reject)
    try {
      await Promise.race([work(), deadline])
    } finally {
      cancel()
      this.#waiting.delete(reject)
    }
  }

  // --- delete ---

  /** Whether the actor's records are being removed: a new actor of that path would lose its own with them. */
  isBeingDeleted(path: ActorPath): boolean {
    return this.#deleting.has(path)
  }

  delete(path: ActorPath): Promise<void> {
    let deleted = this.#deleting.get(path)
    if (deleted === undefined) {
      deleted = this.#delete(path).finally(() => this.#deleting.delete(path))
      this.#deleting.set(path, deleted)
    }
    return deleted
  }

  async #delete(path: ActorPath): Promise<void> {
    const { node } = this
    if (node.journalReader.head(path) === undefined && !node.cells.has(path)) return
    await this.stop(path, 60_000)
    for (const other of [...(await this.#below(path)), path]) {
      const cell = node.cells.get(other)
      if (cell !== undefined) node.forget(cell)
      this.#remembered.delete(other)
      node.activation.forget(other)
      const head = node.journalReader.head(other)
      if (head === undefined) continue
      node.commits.put(deletedKey(other), EMPTY)
      node.commits.del(headKey(other))
      if (head.status === 'active') this.#removeMarks(other, head)
    }
    node.commits.sync()
    node.turns.schedule()
    await node.commits.written()
    await this.removeDeleted()
  }

  /** What the store still says of an actor that could not be stopped, because it is quarantined. */
  #removeMarks(path: ActorPath, { systemId }: Head): void {
    const { commits, journalReader } = this.node
    commits.del(effectsKey(path))
    if (systemId !== undefined) commits.del(systemIdKey(systemId))
    const frame = journalReader.load(path)?.frame as { readonly timers?: Record<string, ArmedTimer> } | undefined
    for (const [key, { dueMs, arm }] of Object.entries(frame?.timers ?? {}))
      commits.del(timerKey(dueMs, path, armKey(arm, key)))
  }

  /** Removes the records of deleted actors; called again after a crash. */
  async removeDeleted(): Promise<void> {
    const { store } = this.node.options
    const paths: ActorPath[] = []
    for await (const [key] of store.range({ gte: 'g/', lt: 'g0' })) paths.push(pathInKey(key))
    for (const path of paths) {
      for (const kind of ['j', 's', 'm', 'q']) await store.deleteRange(ownRange(kind, path))
      this.node.commits.del(deletedKey(path))
    }
    if (paths.length === 0) return
    this.node.turns.schedule()
    await this.node.commits.written()
  }

  // --- result ---

  /** The output when it is done; rejects with the failure, or `ACTOR_STOPPED`. */
  result(path: ActorPath): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const head = this.node.journalReader.head(path)
      const cell = this.node.cells.get(path)
      if (head === undefined && cell === undefined) throw notFound(path)
      const stored = cell === undefined || (cell.uncommitted === 0 && cell.status !== 'active') ? head : undefined
      const status = stored?.status ?? (cell?.uncommitted === 0 ? cell.status : 'active')
      if (status === 'done')
        return resolve(
          cell?.snapshot?.output ?? (head?.frame as { snapshot: { output: unknown } } | undefined)?.snapshot.output,
        )
      if (status === 'failed') return reject(head?.failure?.error ?? cell?.snapshot?.error)
      if (status === 'stopped') return reject(stopped(path))
      this.#waitForEnd(path, resolve, reject)
    })
  }

  #waitForEnd(path: ActorPath, resolve: (output: unknown) => void, reject: (error: unknown) => void): void {
    let output: unknown
    let isDone = false
    const observer: Observer<unknown> = {
      next: (snapshot) => {
        const { status, output: value } = snapshot as { status: string; output: unknown }
        isDone = status === 'done'
        output = value
      },
      error: (error) => {
        this.#waiting.delete(reject)
        reject(error)
      },
      complete: () => {
        this.#waiting.delete(reject)
        if (isDone) resolve(output)
        else reject(stopped(path))
      },
    }
    this.#waiting.add(reject)
    this.node.observers.subscribe(path, observer)
  }

  /** The node has stopped: whoever waits for an end is told. */
  rejectAll(error: RosciusError): void {
    for (const reject of this.#waiting) reject(error)
    this.#waiting.clear()
  }
}

function stopped(path: ActorPath): RosciusError {
  return new RosciusError('ACTOR_STOPPED', `${path} was stopped before it was done.`, { address: path })
}
