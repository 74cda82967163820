/**
 * How actors end: what an end means for their mail and those below them, and who asks for it from outside.
 *
 * 1. Children end with their parent. Which parents still have children to stop is in the store (`z/…`), in the same batch
 *    as the parent's end, so a crash in between leaves no orphan.
 * 2. Ordinary mail of an ended actor becomes dead letters; nothing of the runtime's own waits for it any longer.
 */
import type { EventObject } from 'xstate'
import { z } from 'zod'
import type { CancelOptions, StopOptions } from '../core/actor-ref.js'
import type { ActorPath } from '../core/address.js'
import { RosciusError } from '../core/errors.js'
import type { DeadLetterReason, SystemEvent } from '../core/events.js'
import type { EndReason } from '../persistence/ending-note.js'
import { readWith } from '../supervision/refusal.js'
import type { Cell } from './cell.js'
import { remembered } from './dedupe.js'
import { Deletion, type DeletionPort } from './deletion.js'
import { Endings, type EndingsPort, type EndRequest } from './endings.js'
import type { Envelope } from './envelope.js'
import { notFound } from './past.js'
import { type ResultPort, Results, stoppedError } from './results.js'
import { deadLetterError } from './unit-errors.js'

export interface LifecyclePort extends EndingsPort, ResultPort, DeletionPort {
  readonly options: EndingsPort['options'] & {
    readonly isHeard: () => boolean
    readonly publish: (event: SystemEvent) => void
  }
  readonly stopReason: RosciusError | undefined
  now(): number
  deadLetter(path: ActorPath, event: EventObject, from: string | undefined, reason: DeadLetterReason): void
}

const STOP_DEADLINE_MS = 5_000
const CANCEL_DEADLINE_MS = 5_000
const DELETE_DEADLINE_MS = 60_000

type Deadline = number | 'infinity'

const DEADLINE = z.union([z.literal('infinity'), z.number().nonnegative()], "must be ms from 0 up, or 'infinity'")
const STOP_OPTIONS = z.strictObject({ deadlineMs: DEADLINE.optional() })
const CANCEL_OPTIONS = z.strictObject({ reason: z.string().optional(), deadlineMs: DEADLINE.optional() })

export class Lifecycle {
  readonly endings: Endings
  readonly #results: Results
  readonly #deletion: Deletion
  readonly #waiting = new Set<(error: unknown) => void>()

  constructor(private readonly node: LifecyclePort) {
    this.endings = new Endings(node)
    this.#results = new Results(node)
    this.#deletion = new Deletion(node, this.#results, (path) => this.stop(path, { deadlineMs: DELETE_DEADLINE_MS }))
  }

  // --- an actor has ended ---

  /** The cell ended in this turn; part of its commit. */
  ended(cell: Cell): void {
    const { endings, node } = this
    const { path, status, snapshot } = cell
    this.#emptyMailbox(cell)
    endings.left(cell)
    // Whoever ends the whole subtree goes on with those below.
    if (cell.hasChildCells && endings.covering(path, cell.order) === undefined)
      endings.beginAfterCommit({ path, withItself: false, graceMs: 'kill', reason: 'stopped' })
    if (status === 'done') this.#publish({ type: 'actorDone', path, output: snapshot?.output })
    else if (status === 'stopped' && snapshot !== undefined) this.#publish({ type: 'actorStopped', path })
    node.commits.hold({ release: () => this.#leave(cell) })
  }

  #leave(cell: Cell): void {
    if (cell.durability === 'volatile' && cell.snapshot !== undefined) this.#results.remember(cell)
    else this.node.forget(cell)
  }

  #publish(event: SystemEvent): void {
    const { commits, options } = this.node
    if (options.isHeard()) commits.hold({ release: () => options.publish(event) })
  }

  #emptyMailbox(cell: Cell): void {
    for (const envelope of cell.mailbox ?? []) {
      envelope.handled = true
      if (envelope.stored !== undefined) this.node.commits.del(envelope.stored)
      // Signals of children mean nothing without their supervisor.
      if (isSignal(envelope)) continue
      if (envelope.kind === 'event') this.#giveUp(cell, envelope)
      else if (envelope.kind === 'start') this.node.commits.refuse(envelope.waiter, () => stoppedError(cell.path))
      else this.node.commits.answer(envelope.waiter, { seqNr: cell.seqNr, outcome: 'ignored' })
    }
    cell.mailbox?.clear()
    cell.stash = undefined
  }

  #giveUp(cell: Cell, { event, from, waiter, key }: Envelope): void {
    const { path, status } = cell
    const repeated = remembered(cell, key, this.node.now())
    // A repeat that had not been got to: what it repeats was handled.
    if (repeated !== undefined && repeated.outcome !== 'poison') {
      const { seqNr, outcome, reply } = repeated
      this.node.commits.answer(waiter, { seqNr, outcome }, reply)
      return
    }
    const reason = status === 'failed' ? 'actorFailed' : 'actorEnded'
    this.node.deadLetter(path, event, from, reason)
    this.node.commits.refuse(waiter, () => deadLetterError(path, event, reason))
  }

  // --- ending from outside ---

  /** Whether the actor is on its way out, or below one that is: it must not be restarted. */
  isEnding(path: ActorPath): boolean {
    return this.endings.covering(path) !== undefined
  }

  /** Which ending the actor is part of: its root and its reason. */
  endingOf(path: ActorPath): { readonly path: ActorPath; readonly reason: EndReason } | undefined {
    const ending = this.endings.covering(path)
    return ending && { path: ending.path, reason: ending.note.reason }
  }

  /** Ends a subtree; resolves when that is committed. */
  end(request: EndRequest): Promise<void> {
    return new Promise((resolve, reject) => {
      const { commits, stopReason } = this.node
      if (stopReason !== undefined) throw stopReason
      this.#waiting.add(reject)
      const settled = (settle: () => void): void => {
        this.#waiting.delete(reject)
        settle()
      }
      this.endings.begin(request, () =>
        commits.hold({ release: () => settled(resolve), fail: (error) => settled(() => reject(error)) }),
      )
    })
  }

  /** From inside a unit: part of its commit, so that no crash loses it; it follows in the background. */
  endSoon(request: EndRequest): void {
    this.endings.beginAfterCommit(request)
  }

  stopSoon(path: ActorPath): void {
    this.endSoon({ path, withItself: true, graceMs: 'kill', reason: 'stopped' })
  }

  /** From inside a unit of an actor that now waits for its restart: ends all below it, then lets it begin. */
  restartAfterBelow(path: ActorPath): void {
    this.endings.beginAfterCommit({ path, withItself: false, graceMs: 'kill', reason: 'shutdown' }, 'restart')
  }

  /** Stops the actor and all below it. Rejects with `ACTOR_NOT_FOUND`, or `STOP_TIMEOUT` past the deadline. */
  async stop(path: ActorPath, options: StopOptions = {}): Promise<void> {
    const { deadlineMs = STOP_DEADLINE_MS } = readWith(STOP_OPTIONS, options, 'stop')
    this.#assertExists(path)
    await this.#within(deadlineMs, path, this.end({ path, withItself: true, graceMs: 'kill', reason: 'stopped' }))
  }

  /** Cancels the actor and all below it: their effects may take until the deadline to come back. */
  async cancel(path: ActorPath, options: CancelOptions = {}): Promise<void> {
    const { reason: why, deadlineMs: graceMs = CANCEL_DEADLINE_MS } = readWith(CANCEL_OPTIONS, options, 'cancel')
    this.#assertExists(path)
    await this.end({ path, withItself: true, graceMs, reason: 'cancelled', why })
  }

  #assertExists(path: ActorPath): void {
    this.node.assertRunning()
    if (!this.node.cells.has(path) && this.node.journalReader.head(path) === undefined) throw notFound(path)
  }

  async #within(deadlineMs: Deadline, path: ActorPath, ended: Promise<void>): Promise<void> {
    if (deadlineMs === 'infinity') return ended
    let cancel = (): void => undefined
    const deadline = new Promise<never>((_, reject) => {
      cancel = this.node.options.clock.schedule(() => reject(stopTimeout(path, deadlineMs)), deadlineMs)
    })
    try {
      await Promise.race([ended, deadline])
    } finally {
      cancel()
    }
  }

  // --- delete, result ---

  /** Whether the actor's records are being removed: a new actor of that path would lose its own with them. */
  isBeingDeleted(path: ActorPath): boolean {
    return this.#deletion.isDeleting(path)
  }

  async delete(path: ActorPath): Promise<void> {
    this.node.assertRunning()
    await this.#deletion.delete(path)
  }

  /** Removes the records of deleted actors; called again after a crash. */
  removeDeleted(): Promise<void> {
    return this.#deletion.removeRecords()
  }

  /** The output when it is done; rejects with the failure, or `ACTOR_STOPPED`. */
  result(path: ActorPath): Promise<unknown> {
    return this.#results.of(path)
  }

  /** The node has stopped: whoever waits for an end is told. */
  rejectAll(error: RosciusError): void {
    this.endings.close()
    this.#results.rejectAll(error)
    for (const reject of this.#waiting) reject(error)
    this.#waiting.clear()
  }
}

function stopTimeout(path: ActorPath, deadlineMs: number): RosciusError {
  const message = `${path} had not stopped after ${deadlineMs} ms; it is still being stopped.`
  return new RosciusError('STOP_TIMEOUT', message, { address: path })
}

function isSignal({ kind, event }: Envelope): boolean {
  return kind === 'event' && event.type.startsWith('roscius.child.')
}
