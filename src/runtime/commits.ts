/**
 * The one way to the store: turns put their changes here, batches carry them, releases follow.
 *
 * 1. At most one batch is in flight; what later turns change merges into the next (D1).
 * 2. Nothing is released before the batch that holds its cause is durable, and everything in the order in which it was
 *    held: also what volatile actors hold, as long as an earlier turn is uncommitted (I2, D6).
 * 3. New shared structures go into the batch of the first record that uses them (D17).
 * 4. If a batch fails, its outcome is unknown: nothing of it or of later turns is released, nothing more is written, and
 *    whoever waits is told `COMMIT_FAILED`. Only reopening goes on.
 */
import type { Delivery } from '../core/actor-ref.js'
import { RosciusError } from '../core/errors.js'
import type { Codec } from '../persistence/codec.js'
import { STRUCTURES } from '../persistence/keys.js'
import type { Operation, Store } from '../persistence/store.js'
import type { Cell } from './cell.js'
import type { CommitTimes } from './commit-times.js'
import type { Envelope, Waiter } from './envelope.js'
import { Answer, type Held } from './held.js'
import type { WrittenBatch } from './inspection-tap.js'
import type { HostSnapshot } from './xstate/internals.js'

class Batch {
  readonly operations: Operation[] = []
  readonly held: Held[] = []
  /** Cells that changed, and the snapshot of each as of the end of the batch. */
  readonly cells: Cell[] = []
  readonly snapshots: (HostSnapshot | undefined)[] = []
  /** Envelopes whose senders' commit is this one; those unhandled when it is written are written with it. */
  mail: Envelope[] = []
  isSynced = false
  readonly #newest = new Map<string, Operation>()
  #indexed = 0

  /** `number` tells it from every other batch, also from those that had nothing to write. */
  constructor(readonly number: number) {}

  /** The newest operation on `key`; the index grows with each question, so that nobody pays who doesn't ask. */
  newest(key: string): Operation | undefined {
    for (; this.#indexed < this.operations.length; this.#indexed++) {
      const operation = this.operations[this.#indexed] as Operation
      this.#newest.set(operation.key, operation)
    }
    return this.#newest.get(key)
  }
}

export interface CommitPort {
  /** Called before a batch is written: the last chance to put operations into it. */
  storeMail(envelopes: readonly Envelope[]): void
  /** A batch has failed: the system must stop at once. */
  halt(error: RosciusError): void
  /** A batch is durable, and all that it held is released. */
  written(batch: WrittenBatch, number: number, ms: number): void
}

export class Commits {
  #pending = new Batch(1)
  #inFlight: Batch | undefined
  #drained: { resolve(): void; reject(error: RosciusError): void }[] = []
  #failure: RosciusError | undefined
  /** Number of the batch that is being filled, and of the newest that is durable. */
  current = 1
  completed = 0

  constructor(
    private readonly store: Store,
    private readonly codec: Codec,
    private readonly times: CommitTimes,
    private readonly port: CommitPort,
  ) {}

  /** Whether something has been changed or held that is not released yet. */
  get isBusy(): boolean {
    return (
      this.#inFlight !== undefined ||
      this.#pending.operations.length > 0 ||
      this.#pending.held.length > 0 ||
      this.#pending.mail.length > 0
    )
  }

  /** Whether an earlier turn, or this one so far, has changes that are not in the store yet (D6). */
  get hasUnwritten(): boolean {
    return this.#inFlight !== undefined || this.#pending.operations.length > 0 || this.#pending.mail.length > 0
  }

  get failure(): RosciusError | undefined {
    return this.#failure
  }

  put(key: string, value: Uint8Array): void {
    this.#pending.operations.push({ type: 'put', key, value })
  }

  del(key: string): void {
    this.#pending.operations.push({ type: 'del', key })
  }

  /** What the store will hold under `key` when all that is pending has been written. */
  read(key: string): Uint8Array | undefined {
    const operation = this.#pending.newest(key) ?? this.#inFlight?.newest(key)
    if (operation === undefined) return this.store.get(key)
    return operation.type === 'put' ? operation.value : undefined
  }

  /** The batch holds something that must survive a loss of power. */
  sync(): void {
    this.#pending.isSynced = true
  }

  hold(held: Held): void {
    if (this.#failure === undefined) this.#pending.held.push(held)
    else held.fail?.(this.#failure)
  }

  keepMail(envelope: Envelope): void {
    this.#pending.mail.push(envelope)
  }

  /** Tells whoever waits of the delivery when what is pending now is durable, or that the batch failed. */
  answer(waiter: Waiter | undefined, delivery: Delivery, reply?: unknown): void {
    if (waiter !== undefined) this.hold(new Answer(waiter, delivery, reply))
  }

  /** The same for what was refused. */
  refuse(waiter: Waiter | undefined, errorOf: () => unknown): void {
    if (waiter !== undefined) this.hold(new Answer(waiter, undefined, errorOf()))
  }

  /** Notes that the cell changes in the current turn; `before` is what the outside goes on seeing until the release. */
  touch(cell: Cell, before: HostSnapshot | undefined): void {
    const { number, cells, snapshots } = this.#pending
    if (cell.touchedIn !== number) {
      cell.touchedIn = number
      cell.touchedAt = cells.push(cell) - 1
      if (cell.uncommitted++ === 0) cell.released = before
    }
    snapshots[cell.touchedAt] = cell.snapshot
  }

  /** The batch that is being filled, to tell it from the next. */
  get filling(): object {
    return this.#pending
  }

  /** Writes what is pending, unless a batch is in flight already. Called at the end of each turn. */
  flush(): void {
    if (this.#inFlight !== undefined || this.#failure !== undefined) return
    const batch = this.#pending
    if (batch.mail.length > 0) this.#storeMail(batch)
    if (batch.operations.length === 0) {
      this.#pending = new Batch(batch.number + 1)
      if (batch.held.length > 0 || batch.cells.length > 0) this.#release(batch)
      this.#settle()
      return
    }
    const structures = this.codec.structuresChanged()
    if (structures !== undefined) this.put(STRUCTURES, structures)
    this.#pending = new Batch(batch.number + 1)
    this.#inFlight = batch
    this.current++
    this.times.begin()
    this.#write(batch).then(
      () => this.#committed(batch),
      (cause) => this.#failed(batch, cause),
    )
  }

  /** Async, so that a store that throws at once fails the batch like any other. */
  async #write(batch: Batch): Promise<void> {
    await this.store.batch(batch.operations, { sync: batch.isSynced })
  }

  /** Resolves when all that is pending now has been released; rejects with `COMMIT_FAILED`. */
  drained(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure)
      if (!this.isBusy) return resolve()
      this.#drained.push({ resolve, reject })
    })
  }

  /** As `drained`, for what is pending now only: work that goes on does not put it off. */
  written(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure)
      if (!this.isBusy) return resolve()
      this.hold({ release: resolve, fail: reject })
    })
  }

  #storeMail(batch: Batch): void {
    const unhandled = batch.mail.filter((envelope) => !envelope.handled && envelope.stored === undefined)
    batch.mail = []
    if (unhandled.length > 0) this.port.storeMail(unhandled)
  }

  #committed(batch: Batch): void {
    this.#inFlight = undefined
    if (this.#failure !== undefined) return
    this.completed = this.current - 1
    const ms = this.times.end()
    this.#release(batch)
    this.port.written(batch, this.completed, ms)
    this.flush()
  }

  #release(batch: Batch): void {
    for (const [index, cell] of batch.cells.entries()) {
      cell.released = --cell.uncommitted === 0 ? undefined : batch.snapshots[index]
    }
    for (const held of batch.held) held.release()
  }

  #settle(): void {
    if (this.isBusy || this.#drained.length === 0) return
    const drained = this.#drained
    this.#drained = []
    for (const { resolve } of drained) resolve()
  }

  /** A turn broke off: what it has changed so far is never written. */
  abort(cause: unknown): void {
    if (this.#failure === undefined) this.#fail(this.#inFlight?.held ?? [], 'A turn broke off in the runtime', cause)
  }

  #failed(batch: Batch, cause: unknown): void {
    this.#inFlight = undefined
    this.times.end()
    this.#fail(batch.held, `A batch of ${batch.operations.length} operations failed and its outcome is unknown`, cause)
  }

  #fail(inFlight: readonly Held[], what: string, cause: unknown): void {
    const why = cause instanceof Error ? cause.message : String(cause)
    this.#failure = new RosciusError(
      'COMMIT_FAILED',
      `${what}, so the system has stopped. Open it again on its store; repeat what was rejected with the same idempotency key. Cause: ${why}`,
      { cause },
    )
    const held = [...inFlight, ...this.#pending.held]
    const drained = this.#drained
    this.#drained = []
    this.port.halt(this.#failure)
    for (const item of held) item.fail?.(this.#failure)
    for (const { reject } of drained) reject(this.#failure)
  }
}
