/**
 * A running node: its parts put together, its cells, and how they come and go.
 *
 * 1. A cell is in memory while it has mail, runs an effect, or has changed since the last release; any other may leave.
 * 2. After a failed commit nothing is accepted, run or released (D1).
 */
import type { EventObject, Observer, Subscription } from 'xstate'
import type { AskOptions, DeliverOptions, Delivery, Failure, JournalEntry } from '../core/actor-ref.js'
import { type ActorPath, parentOf } from '../core/address.js'
import type { Cancel, Clock } from '../core/clock.js'
import { RosciusError } from '../core/errors.js'
import type { DeadLetterReason, SystemEvent } from '../core/events.js'
import type { Random } from '../core/random.js'
import type { Codec } from '../persistence/codec.js'
import { JournalReader } from '../persistence/journal.js'
import { systemIdKey } from '../persistence/keys.js'
import type { RefCodec } from '../persistence/storable.js'
import type { Store } from '../persistence/store.js'
import { Activation } from './activation.js'
import { ActorHandle, ChildHandle } from './actor-handle.js'
import { Cell } from './cell.js'
import { Commits } from './commits.js'
import { DeadLetters } from './dead-letters.js'
import { Doors } from './doors.js'
import type { Engine } from './engine.js'
import { Envelope, type Waiter } from './envelope.js'
import { Heads } from './heads.js'
import { Idle } from './idle.js'
import { Lifecycle } from './lifecycle.js'
import type { Durability, LogicRow } from './logic-table.js'
import { Mailboxes, type StoredStart } from './mailboxes.js'
import { MutationGuard } from './mutation-guard.js'
import { NodeTimers } from './node-timers.js'
import { Observers } from './observers.js'
import { Past } from './past.js'
import { Recorder } from './recorder.js'
import { effectKey, Replies } from './replies.js'
import { Turns } from './turns.js'
import type { PlannedSpawn, Unit } from './unit.js'
import { type StartEvent, Units } from './units.js'
import { CellSystem } from './xstate/cell-system.js'
import { Framer } from './xstate/frame.js'
import { LogicHost } from './xstate/host.js'
import type { ChildActor } from './xstate/internals.js'

export interface NodeOptions {
  readonly name: string
  readonly store: Store
  readonly codec: Codec
  readonly rows: ReadonlyMap<string, LogicRow>
  readonly clock: Clock
  readonly random: Random
  readonly incarnation: number
  readonly turn: { readonly maxEvents: number; readonly maxMs: number }
  readonly passivation: { readonly idleMs: number; readonly maxActive: number }
  readonly deadLetters: { readonly maxCount: number; readonly maxAgeMs: number }
  readonly isDevelopment: boolean
  readonly logger: (...args: unknown[]) => void
  readonly publish: (event: SystemEvent) => void
  /** Whether anybody listens to what is published. */
  readonly isHeard: () => boolean
}

/** What an actor is started with from outside. */
export interface StartRequest {
  readonly row: LogicRow
  readonly path: ActorPath
  readonly input: unknown
  readonly durability: Durability
  readonly systemId: string | undefined
}

export class Node implements Engine {
  readonly nodeName: string
  readonly cells = new Map<ActorPath, Cell>()
  readonly observers = new Observers()
  readonly host: LogicHost
  readonly commits: Commits
  readonly turns: Turns
  readonly timers: NodeTimers
  readonly heads: Heads
  readonly deadLetters: DeadLetters
  readonly replies: Replies
  readonly activation: Activation
  readonly lifecycle: Lifecycle
  readonly journalReader: JournalReader
  readonly idle: Idle
  readonly mailboxes: Mailboxes
  readonly #doors: Doors
  readonly refs: RefCodec
  readonly #past: Past
  readonly #units: Units
  /** Paths of the actors in memory that have a `systemId`. */
  readonly #names = new Map<string, ActorPath>()
  readonly #rowsByLogic: ReadonlyMap<object, LogicRow>
  readonly #steady: { readonly wall: number; readonly monotonic: number }
  #unit: Unit | undefined
  #lives = 0
  #stopped: RosciusError | undefined
  #background: Promise<void> = Promise.resolve()

  constructor(readonly options: NodeOptions) {
    const { name, store, codec, rows, clock, publish } = options
    this.nodeName = name
    this.#steady = { wall: clock.now(), monotonic: clock.monotonic() }
    this.#rowsByLogic = new Map([...rows.values()].map((row) => [row.logic, row]))
    this.refs = { encode: encodeRef, decode: (address) => this.#decodeRef(address) }
    this.commits = new Commits(store, codec, {
      storeMail: (envelopes) => this.mailboxes.store(envelopes),
      halt: (error) => this.halt(error),
    })
    this.turns = new Turns(clock, options.turn, {
      runNext: (cell) => this.#runNext(cell),
      broken: (error) => this.commits.abort(error),
      endTurn: () => this.commits.flush(),
    })
    this.timers = new NodeTimers(clock, store, this.commits, {
      now: () => this.now(),
      fired: (path, key, arm) => this.#doors.timerFired(path, key, arm),
      failed: (cause) => this.halt(storeFailed('timers were read', cause)),
    })
    this.host = new LogicHost(this, options.logger)
    this.journalReader = new JournalReader(store, codec, this.refs)
    const guard = options.isDevelopment ? new MutationGuard(codec, this.refs) : undefined
    this.activation = new Activation(
      this.journalReader,
      { rows, selfAt: (path, host) => this.#selfIn(path, host), publish },
      guard,
    )
    const headPort = {
      now: () => this.now(),
      scheduleCommit: () => this.turns.schedule(),
      inBackground: (work: () => Promise<void>) => this.inBackground(work),
    }
    this.heads = new Heads(store, codec, this.refs, this.commits, this.timers, headPort)
    this.deadLetters = new DeadLetters(store, codec, this.commits, this.refs, options.deadLetters, () => this.now())
    this.replies = new Replies(clock, options.incarnation)
    this.mailboxes = new Mailboxes(this)
    this.#doors = new Doors(this)
    this.lifecycle = new Lifecycle(this)
    this.idle = new Idle(clock, options.passivation, this)
    this.#past = new Past(this)
    const recorder = new Recorder(new Framer(this.host.effects.attempts), codec, this.refs, guard, () => this.now())
    this.#units = new Units(
      this.host,
      recorder,
      this.commits,
      codec,
      this.refs,
      this.timers,
      this.heads,
      this.observers,
      {
        now: () => this.now(),
        setUnit: (unit) => {
          this.#unit = unit
        },
        assertCanStart: (path, systemId) => this.assertCanStart(path, systemId),
        plant: (path, spawn, from) => this.#plant(path, spawn, from),
        route: (send, from) => this.#doors.route(send, from),
        requestStop: (path) => this.lifecycle.stopSoon(path),
        putBack: (cell, envelopes) => this.mailboxes.putBack(cell, envelopes),
        deadLetter: (path, event, from, reason) => this.deadLetter(path, event, from, reason),
        ended: (cell, event) => this.#ended(cell, event),
        publish,
        isHeard: options.isHeard,
      },
    )
  }

  get unit(): Unit | undefined {
    return this.#unit
  }

  get isInTurn(): boolean {
    return this.turns.isRunning
  }

  nextLife(): string {
    return `${this.options.incarnation.toString(36)}-${(++this.#lives).toString(36)}`
  }

  now(): number {
    return this.#steady.wall + (this.options.clock.monotonic() - this.#steady.monotonic)
  }

  // --- finding ---

  cellAt(path: ActorPath): Cell | undefined {
    return this.cells.get(path)
  }

  /** The cell, brought into memory if the store has it. */
  activate(path: ActorPath): Cell | undefined {
    const active = this.cells.get(path)
    if (active !== undefined) return active
    const cell = this.activation.load(path, this.host)
    if (cell === undefined) return undefined
    if (cell.migrated !== undefined) {
      this.options.publish({ type: 'actorMigrated', path, ...cell.migrated, to: versionOf(cell.row.logic) })
    }
    this.#adopt(cell)
    if (cell.status === 'active' && (cell.isAwake || cell.children !== undefined))
      this.mailboxes.pushFront(cell, new Envelope('resume', RESUME_EVENT))
    return cell
  }

  selfAt(path: ActorPath): ActorHandle {
    return (this.cells.get(path)?.self as ActorHandle | undefined) ?? new ActorHandle(this, path, undefined, this.host)
  }

  #selfIn(path: ActorPath, host: LogicHost): ActorHandle {
    return host === this.host ? this.selfAt(path) : new ActorHandle(this, path, undefined, host)
  }

  refAt(path: ActorPath, child?: string): ActorHandle {
    return child === undefined ? this.selfAt(path) : new ActorHandle(this, path, child, this.host)
  }

  rowOf(logic: string | object): LogicRow | undefined {
    return typeof logic === 'string' ? this.options.rows.get(logic) : this.#rowsByLogic.get(logic)
  }

  lookup(systemId: string): ActorHandle | undefined {
    const cell = this.cells.get(this.#names.get(systemId) ?? '')
    if (cell?.systemId === systemId && cell.status === 'active') return this.selfAt(cell.path)
    const key = systemIdKey(systemId)
    const bytes = this.options.store.get(key)
    return bytes && this.selfAt(this.options.codec.decode(bytes, key) as ActorPath)
  }

  /** As `lookup`, but an actor that is only starting has its name already. */
  #isNameTaken(systemId: string): boolean {
    const cell = this.cells.get(this.#names.get(systemId) ?? '')
    return cell?.status === 'starting' || this.lookup(systemId) !== undefined
  }

  #decodeRef(address: string): ActorHandle {
    if (address.startsWith(REPLY_REF)) return this.refAt('$reply', address.slice(REPLY_REF.length))
    const [path = '', session, ...id] = address.split('#')
    if (session === undefined) return this.refAt(path)
    return new ChildHandle(this, path, `${path}#${session}`, id.join('#'), this.host)
  }

  // --- doors ---

  post(path: ActorPath, child: string | undefined, event: EventObject): void {
    this.#doors.post(path, child, event)
  }

  postFromEffect(path: ActorPath, child: string | undefined, event: EventObject, from: string): void {
    this.#doors.fromEffect(path, child, event, from)
  }

  deliver(path: ActorPath, event: EventObject, options: DeliverOptions | undefined): Promise<Delivery> {
    return this.#doors.deliver(path, event, options)
  }

  ask(path: ActorPath, build: (replyTo: object) => EventObject, options: AskOptions | undefined): Promise<unknown> {
    return this.#doors.ask(path, build, options)
  }

  askFromEffect(path: ActorPath, event: EventObject, effectId: string): Promise<Delivery> {
    return this.#doors.deliverAs(path, event, effectKey(effectId))
  }

  schedule(fn: () => void, ms: number): Cancel {
    return this.options.clock.schedule(fn, ms)
  }

  fault(path: ActorPath, child: string | undefined, error: unknown): void {
    this.#doors.fault(path, child, error)
  }

  lateFault(path: ActorPath, effectId: string, error: unknown): void {
    this.options.publish({ type: 'effectFault', path, effectId, error })
  }

  emit(path: ActorPath, event: EventObject): void {
    this.observers.emit(path, event)
  }

  /** Starts a new actor; the waiter is told when that is committed. Throws what makes it impossible. */
  start(request: StartRequest, waiter: Waiter): void {
    this.#assertRunning()
    this.assertCanStart(request.path, request.systemId)
    this.#plantCell(request, waiter, undefined)
  }

  assertCanStart(path: ActorPath, systemId: string | undefined): void {
    const cell = this.cells.get(path)
    const status = cell?.status ?? this.journalReader.head(path)?.status
    if (status === 'active' || status === 'starting') {
      throw new RosciusError(
        'ACTOR_EXISTS',
        `${path} exists already. Use system.actor(...) for its ref, or spawn with ifExists: 'use'.`,
        { address: path },
      )
    }
    if (this.lifecycle.isBeingDeleted(path)) {
      throw new RosciusError('ACTOR_EXISTS', `${path} is being deleted; spawn it again when delete() has resolved.`, {
        address: path,
      })
    }
    if (systemId !== undefined && this.#isNameTaken(systemId)) {
      throw new RosciusError(
        'SYSTEM_ID_TAKEN',
        `${path}: the systemId "${systemId}" belongs to another actor of this node.`,
        { address: path, details: { systemId } },
      )
    }
  }

  deadLetter(path: ActorPath, event: EventObject, from: string | undefined, reason: DeadLetterReason): void {
    this.deadLetters.add(path, event, from, reason)
    this.commits.hold({ release: () => this.options.publish({ type: 'deadLetter', path, reason, event }) })
  }

  // --- new cells ---

  #plant(path: ActorPath, { row, input, systemId }: PlannedSpawn, parent: Cell): void {
    this.#plantCell({ row, path, input, systemId, durability: row.durability }, undefined, parent)
  }

  #plantCell(
    { row, path, input, durability, systemId }: StartRequest,
    waiter: Waiter | undefined,
    parent: Cell | undefined,
  ): void {
    const cell = this.makeCell(row, path, durability, systemId)
    const event: StartEvent = { type: 'xstate.init', input }
    const envelope = new Envelope('start', event)
    envelope.to = path
    envelope.from = parent?.path
    envelope.waiter = waiter
    envelope.keep = parent !== undefined && parent.durability !== 'volatile' && durability !== 'volatile'
    this.mailboxes.pushFront(cell, envelope)
  }

  /** A cell that is to be started; an ended actor of that path goes on counting where it stopped. */
  makeCell(row: LogicRow, path: ActorPath, durability: Durability, systemId: string | undefined): Cell {
    const former = this.#formerLife(path, durability)
    this.cells.delete(path)
    const cell = new Cell(path, row, this.host.hosted(row.logic), this.selfAt(path), durability, systemId)
    cell.startedMs = this.now()
    Object.assign(cell, former)
    this.#adopt(cell)
    return cell
  }

  /** Where the counts of an ended actor stopped: its end may not be in the store yet. */
  #formerLife(
    path: ActorPath,
    durability: Durability,
  ): Partial<Pick<Cell, 'seqNr' | 'sessions' | 'snapshotSeqNr' | 'headBatch'>> {
    if (durability === 'volatile') return {}
    const cell = this.cells.get(path)
    if (cell !== undefined && cell.durability !== 'volatile') {
      const { seqNr, sessions, snapshotSeqNr, headBatch } = cell
      return { seqNr, sessions, snapshotSeqNr, headBatch }
    }
    const stored = this.journalReader.load(path)
    if (stored === undefined) return {}
    const { sessions } = stored.frame as { readonly sessions: number }
    return { seqNr: stored.seqNr, sessions, snapshotSeqNr: stored.head.seqNr }
  }

  #adopt(cell: Cell): void {
    this.cells.set(cell.path, cell)
    if (cell.systemId !== undefined) this.#names.set(cell.systemId, cell.path)
    this.idle.added(cell)
  }

  // --- turns ---

  #runNext(cell: Cell): number {
    const envelope = cell.mailbox?.shift()
    if (envelope === undefined) return 0
    this.idle.used(cell)
    this.host.innerHandled = 0
    this.#units.run(cell, envelope)
    return 1 + this.host.innerHandled
  }

  /** Mail that an earlier run of the node accepted and did not handle. */
  restoreMail(stored: string, number: number, path: ActorPath, packed: readonly unknown[]): void {
    this.mailboxes.restore(stored, number, path, packed, (start) =>
      start === null ? this.activate(path) : this.#restoreStart(path, start),
    )
  }

  #restoreStart(path: ActorPath, [name, durability, systemId]: StoredStart): Cell | undefined {
    const row = this.options.rows.get(name)
    return row && this.makeCell(row, path, durability, systemId ?? undefined)
  }

  #ended(cell: Cell, event: EventObject | undefined): void {
    const parent = parentOf(cell.path)
    for (const { event: deferred, from } of cell.stash ?? [])
      this.deadLetter(cell.path, deferred, from, cell.status === 'failed' ? 'actorFailed' : 'actorEnded')
    if (event !== undefined && parent !== undefined && this.activate(parent)?.status === 'active') {
      this.#doors.route({ path: parent, child: undefined, event, from: cell.path }, cell)
    }
    this.lifecycle.ended(cell)
  }

  // --- reading ---

  snapshotOf(path: ActorPath): unknown {
    const cell = this.cells.get(path)
    if (cell?.snapshot !== undefined)
      return this.isInTurn || cell.uncommitted === 0 ? cell.snapshot : (cell.released ?? this.#past.snapshot(path))
    return this.#past.snapshot(path)
  }

  persistedOf(path: ActorPath): unknown {
    return this.#past.persisted(path)
  }

  subscribe(path: ActorPath, observer: Observer<unknown>): Subscription {
    const cell = this.cells.get(path)
    // What has not been released yet is still to be told.
    const status = cell === undefined ? this.journalReader.head(path)?.status : cell.uncommitted === 0 && cell.status
    if (status === 'done' || status === 'stopped') observer.complete?.()
    else if (status === 'failed') observer.error?.(this.failureOf(path)?.error)
    else return this.observers.subscribe(path, observer)
    return { unsubscribe: () => undefined }
  }

  on(path: ActorPath, type: string, handler: (event: EventObject) => void): Subscription {
    return this.observers.on(path, type, handler)
  }

  journal(
    path: ActorPath,
    options: { readonly from?: number; readonly to?: number } | undefined,
  ): AsyncIterable<JournalEntry> {
    return this.#past.journal(path, options)
  }

  snapshotAt(path: ActorPath, seqNr: number): Promise<unknown> {
    return this.#past.at(path, seqNr)
  }

  failureOf(path: ActorPath): Failure | undefined {
    return this.#past.failure(path) ?? this.cells.get(path)?.failure
  }

  resultOf(path: ActorPath): Promise<unknown> {
    return this.lifecycle.result(path)
  }

  stopActor(path: ActorPath, deadlineMs = 5_000): Promise<void> {
    return this.lifecycle.stop(path, deadlineMs)
  }

  deleteActor(path: ActorPath): Promise<void> {
    return this.lifecycle.delete(path)
  }

  // --- the end ---

  /** Puts a stop before all other mail of a cell in memory. */
  enqueueStop(cell: Cell, waiter: Waiter | undefined): void {
    if (this.#stopped !== undefined) {
      waiter?.reject(this.#stopped)
      return
    }
    const envelope = new Envelope('stop', { type: 'xstate.stop' })
    envelope.waiter = waiter
    this.mailboxes.pushFront(cell, envelope)
  }

  /** The cell leaves memory; its state is in the store, or gone for ever if it was volatile. */
  forget(cell: Cell): void {
    if (this.cells.get(cell.path) === cell) this.cells.delete(cell.path)
    if (cell.systemId !== undefined && this.#names.get(cell.systemId) === cell.path) this.#names.delete(cell.systemId)
    cell.inMemory = false
    this.idle.removed(cell)
  }

  inBackground(work: () => Promise<void>): void {
    this.#background = this.#background.then(async () => {
      if (this.#stopped !== undefined) return
      try {
        await work()
      } catch (cause) {
        if (this.#stopped === undefined) this.halt(storeFailed('old records were removed', cause))
      }
    })
  }

  get background(): Promise<void> {
    return this.#background
  }

  /** Ends everything at once: a commit has failed, or the store has. */
  halt(error: RosciusError): void {
    if (this.#stopped !== undefined) return
    this.close(error)
    this.options.publish({ type: 'halted', error })
  }

  /** Accepts, runs and releases nothing any more; effects are aborted (a later run starts them again). */
  close(reason: RosciusError): void {
    this.#stopped = reason
    this.turns.stop()
    this.timers.stop()
    this.idle.stop()
    for (const cell of this.cells.values()) {
      this.host.effects.abandon(cell, 'The system stops.')
      for (const envelope of cell.mailbox ?? []) envelope.waiter?.reject(reason)
    }
    this.replies.rejectAll(reason)
    this.lifecycle.rejectAll(reason)
  }

  get stopReason(): RosciusError | undefined {
    return this.#stopped
  }

  #assertRunning(): void {
    if (this.#stopped !== undefined) throw this.#stopped
  }
}

const versionOf = (logic: object): string | undefined => (logic as { readonly version?: string }).version

/** How the reply address of an effect (`fromAsk`) is stored: the effect's session follows. */
const REPLY_REF = '$reply:'
const RESUME_EVENT: EventObject = { type: 'roscius.resume' }

/** Refs are stored by path, so that a renamed node still finds its own; a child's as `path#session#id`. */
function encodeRef(value: object): string | undefined {
  if (value instanceof ActorHandle) {
    if (value.path === '$reply') return `${REPLY_REF}${value.child}`
    return value.child === undefined ? value.path : `${value.child}#${value.id}`
  }
  const { system, sessionId, id } = value as Partial<ChildActor>
  return system instanceof CellSystem && typeof sessionId === 'string' ? `${sessionId}#${id}` : undefined
}

function storeFailed(when: string, cause: unknown): RosciusError {
  const what = cause instanceof Error ? cause.message : String(cause)
  return new RosciusError('STORE_FAILED', `The store failed while ${when}, so the system has stopped: ${what}`, {
    cause,
  })
}
