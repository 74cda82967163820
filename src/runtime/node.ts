/**
 * A running node: its parts put together, its cells, and how they come and go.
 *
 * 1. A cell is in memory while it has mail, runs an effect, or has changed since the last release; any other may leave.
 * 2. After a failed commit nothing is accepted, run or released (D1).
 */
import type { EventObject } from 'xstate'
import type { AskOptions, CancelOptions, DeliverOptions, Delivery, StopOptions } from '../core/actor-ref.js'
import { type ActorPath, parentOf } from '../core/address.js'
import type { Cancel, Clock } from '../core/clock.js'
import { RosciusError } from '../core/errors.js'
import type { DeadLetterReason, SystemEvent } from '../core/events.js'
import { formatForeign, isForeign, parseForeign } from '../core/foreign-address.js'
import type { RecordRef } from '../core/inspection.js'
import type { Random } from '../core/random.js'
import type { Codec } from '../persistence/codec.js'
import type { Delta } from '../persistence/delta.js'
import { JournalReader } from '../persistence/journal.js'
import { systemIdKey } from '../persistence/keys.js'
import type { RefCodec } from '../persistence/storable.js'
import type { Store } from '../persistence/store.js'
import type { ReadGuardian, ShutdownMs } from '../supervision/child-spec.js'
import { type Abroad, Nowhere } from './abroad.js'
import { AbroadGate } from './abroad-gate.js'
import { Activation } from './activation.js'
import { ActorHandle, ChildHandle } from './actor-handle.js'
import type { Cell, CellStatus } from './cell.js'
import { ChildControl } from './child-control.js'
import { ChildRecords } from './child-records.js'
import { CommitTimes } from './commit-times.js'
import { Commits } from './commits.js'
import { type DeadLetter, DeadLetters } from './dead-letters.js'
import { Doors } from './doors.js'
import type { Engine } from './engine.js'
import { Envelope } from './envelope.js'
import type { Extension } from './extension.js'
import { Extensions } from './extensions.js'
import { Guardian } from './guardian.js'
import { Heads } from './heads.js'
import { Idle } from './idle.js'
import { InspectionTap } from './inspection-tap.js'
import { Kin } from './kin.js'
import { Lifecycle } from './lifecycle.js'
import type { LogicRow } from './logic-table.js'
import { Mailboxes, type StoredStart } from './mailboxes.js'
import { MutationGuard } from './mutation-guard.js'
import { NodeTimers } from './node-timers.js'
import { Observers } from './observers.js'
import { OperatorOrders } from './operator-orders.js'
import { hasWork, isAnswered, takeNext } from './pause.js'
import { errorText } from './phrases.js'
import { Planting } from './planting.js'
import { Readings } from './readings.js'
import type { RestartEvent } from './rebirth.js'
import { Recorder } from './recorder.js'
import { RemoteHandle } from './remote-handle.js'
import { REPLY_TO_EFFECT, Replies } from './replies.js'
import { isAlive } from './subtree.js'
import { Turns } from './turns.js'
import type { Unit } from './unit.js'
import { isRestart, type StartEvent, Units } from './units.js'
import { withUntaken } from './untaken.js'
import { Watches } from './watches.js'
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
  readonly storeId: string
  readonly turn: { readonly maxEvents: number; readonly maxMs: number }
  readonly blockedMs: number
  readonly passivation: { readonly idleMs: number; readonly maxActive: number }
  readonly deadLetters: { readonly maxCount: number; readonly maxAgeMs: number }
  /** How the guardian supervises actors whose parent is no supervisor. */
  readonly supervision: ReadGuardian
  readonly rootFailed: (error: RosciusError) => void
  readonly extensions: readonly Extension[]
  /** The way to other nodes; without it there is none. */
  readonly abroad?: Abroad | undefined
  readonly isDevelopment: boolean
  readonly logger: (...args: unknown[]) => void
  readonly publish: (event: SystemEvent) => void
  /** Whether anybody listens to what is published. */
  readonly isHeard: () => boolean
}

export class Node implements Engine {
  readonly nodeName: string
  readonly cells = new Map<ActorPath, Cell>()
  readonly observers = new Observers()
  readonly tap = new InspectionTap(this)
  readonly host: LogicHost
  readonly commits: Commits
  readonly commitTimes: CommitTimes
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
  readonly childRecords: ChildRecords
  readonly kin: Kin
  readonly guardian: Guardian
  readonly children: ChildControl
  readonly watches: Watches
  readonly abroad: Abroad
  readonly #doors: Doors
  readonly refs: RefCodec
  readonly planting: Planting
  readonly extensions: Extensions
  readonly reading: Readings
  readonly orders: OperatorOrders
  readonly #units: Units
  /** Paths of the actors in memory that have a `systemId`. */
  readonly #names = new Map<string, ActorPath>()
  readonly #rowsByLogic: ReadonlyMap<object, LogicRow>
  readonly #steady: { readonly wall: number; readonly monotonic: number }
  #unit: Unit | undefined
  /** What was handled last. */
  #envelope: Envelope | undefined
  #lives = 0
  #stopped: RosciusError | undefined
  #background: Promise<void> = Promise.resolve()

  constructor(readonly options: NodeOptions) {
    const { name, store, codec, rows, clock, publish } = options
    this.nodeName = name
    this.#steady = { wall: clock.now(), monotonic: clock.monotonic() }
    this.#rowsByLogic = new Map([...rows.values()].map((row) => [row.logic, row]))
    this.refs = { encode: encodeRef, decode: (address) => this.#decodeRef(address) }
    this.commitTimes = new CommitTimes(clock)
    this.commits = new Commits(store, codec, this.commitTimes, {
      storeMail: (envelopes) => this.mailboxes.store(envelopes),
      halt: (error) => this.halt(error),
      written: (batch, number, ms) => {
        if (this.tap.isOpen) this.tap.written(batch, number, ms)
      },
    })
    this.turns = new Turns(
      clock,
      { ...options.turn, blockedMs: options.blockedMs },
      {
        runNext: (cell) => this.#runNext(cell),
        hasWork: (cell) => hasWork(cell) && cell.ending !== 'frozen',
        blocked: (cell, ms) => this.#reportBlock(cell, ms),
        broken: (error) => this.#broken(error),
        endTurn: () => {
          this.commits.flush()
          this.lifecycle.endings.turnEnded()
        },
      },
    )
    this.timers = new NodeTimers(clock, store, this.commits, {
      now: () => this.now(),
      fired: (path, key, arm) => this.#doors.timerFired(path, key, arm),
      failed: (cause) => this.halt(storeFailed('timers were read', cause)),
    })
    this.host = new LogicHost(this, options.logger)
    this.journalReader = new JournalReader(store, codec, this.refs)
    this.childRecords = new ChildRecords(this.commits, codec, this.refs)
    const newest = { get: (key: string) => this.commits.read(key), range: store.range.bind(store) }
    const guard = options.isDevelopment ? new MutationGuard(codec, this.refs) : undefined
    this.activation = new Activation(
      this.journalReader,
      new JournalReader(newest, codec, this.refs),
      { rows, selfAt: (path, host) => this.#selfIn(path, host), publish },
      guard,
    )
    const headPort = {
      recorded: (cell: Cell, delta: Delta | undefined) => guard?.advance(cell, delta),
      appended: ({ path, seqNr }: Cell, event: EventObject, bytes: Uint8Array) =>
        this.extensions.recorded({ path, seqNr, event, from: undefined, bytes }),
      now: () => this.now(),
      scheduleCommit: () => this.turns.schedule(),
      inBackground: (work: () => Promise<void>) => this.inBackground(work),
    }
    this.heads = new Heads(store, codec, this.refs, this.commits, this.timers, headPort)
    this.deadLetters = new DeadLetters(store, codec, this.commits, this.refs, options.deadLetters, () => this.now())
    this.replies = new Replies(clock, options.incarnation, options.random)
    this.mailboxes = new Mailboxes(this)
    this.abroad = options.abroad ?? new Nowhere()
    this.watches = new Watches(this)
    this.#doors = new Doors(this)
    this.lifecycle = new Lifecycle(this)
    this.kin = new Kin(this)
    this.guardian = new Guardian(this)
    this.children = new ChildControl(this)
    this.idle = new Idle(clock, options.passivation, this)
    this.planting = new Planting(this)
    this.extensions = new Extensions(this, options.extensions)
    this.reading = new Readings(this)
    this.orders = new OperatorOrders(this)
    this.abroad.attach(new AbroadGate(this, this.#doors))
    const recorder = new Recorder(new Framer(this.host.effects.attempts), codec, this.refs, guard, () => this.now())
    const parts = [this.host, recorder, this.commits, codec, this.refs, this.timers, this.heads, this.tap] as const
    this.#units = new Units(...parts, {
      now: () => this.now(),
      setUnit: (unit) => {
        this.#unit = unit
      },
      admit: (spawns, by) => this.planting.admit(spawns, by),
      plant: (path, spawn, from) => this.planting.plantChild(path, spawn, from),
      route: (send, from, lineage, cause) => this.#doors.route(send, from, lineage, cause),
      watch: (unit) => this.watches.apply(unit),
      requestStop: (path) => (isForeign(path) ? this.#stopAbroad(path) : this.lifecycle.stopSoon(path)),
      putBack: (cell, envelopes) => this.mailboxes.putBack(cell, envelopes),
      deadLetter: (path, event, from, reason) => this.deadLetter(path, event, from, reason),
      failed: (cell, envelope, before, thrown) => this.guardian.failed(cell, envelope, before, thrown),
      due: (cell, envelope) => this.guardian.due(cell, envelope),
      suspend: (cell) => this.guardian.rebirth.suspend(cell),
      stopWaiting: (cell) => this.guardian.rebirth.stopWaiting(cell),
      putBehind: (cell, envelope) => {
        envelope.handled = false
        this.mailboxes.push(cell, envelope)
      },
      comesBack: (cell) => this.guardian.comesBack(cell),
      started: (cell, event) => this.#started(cell, event),
      keepsRecords: this.extensions.keepsRecords,
      recorded: ({ path, seqNr }, event, from, bytes) => this.extensions.recorded({ path, seqNr, event, from, bytes }),
      ended: (cell, event) => this.ended(cell, event),
      notify: (cell) => this.reading.notify(cell),
      publish,
      isHeard: options.isHeard,
    })
  }

  get unit(): Unit | undefined {
    return this.#unit
  }

  get unitCount(): number {
    return this.#units.count
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
    this.adopt(cell)
    this.tap.loaded(path)
    if (cell.status === 'active' && (cell.isAwake || cell.children !== undefined))
      this.mailboxes.pushFront(cell, new Envelope('resume', RESUME_EVENT))
    return cell
  }

  /** Where the actor is in its life, in memory or not; `undefined` if there is none. */
  statusOf(path: ActorPath): CellStatus | undefined {
    const cell = this.cells.get(path)
    return cell?.status ?? this.journalReader.head(path)?.status
  }

  selfAt(path: ActorPath): ActorHandle {
    return (this.cells.get(path)?.self as ActorHandle | undefined) ?? new ActorHandle(this, path, undefined, this.host)
  }

  #selfIn(path: ActorPath, host: LogicHost): ActorHandle {
    return host === this.host ? this.selfAt(path) : new ActorHandle(this, path, undefined, host)
  }

  refAt(path: ActorPath, child?: string): ActorHandle {
    if (isForeign(path)) return new RemoteHandle(this, path, this.host)
    return child === undefined ? this.selfAt(path) : new ActorHandle(this, path, child, this.host)
  }

  rowOf(logic: string | object): LogicRow | undefined {
    return typeof logic === 'string' ? this.options.rows.get(logic) : this.#rowsByLogic.get(logic)
  }

  lookup(systemId: string): ActorHandle | undefined {
    const cell = this.cells.get(this.#names.get(systemId) ?? '')
    if (cell?.systemId === systemId && hasName(cell)) return this.selfAt(cell.path)
    const key = systemIdKey(systemId)
    const bytes = this.options.store.get(key)
    return bytes && this.selfAt(this.options.codec.decode(bytes, key) as ActorPath)
  }

  /** As `lookup`, but an actor that is only starting has its name already. */
  isNameTaken(systemId: string): boolean {
    const cell = this.cells.get(this.#names.get(systemId) ?? '')
    return (cell?.systemId === systemId && isAlive(cell.status)) || this.lookup(systemId) !== undefined
  }

  #decodeRef(address: string): ActorHandle {
    if (address.startsWith(REPLY_TO_EFFECT)) return this.refAt('$reply', address.slice(REPLY_TO_EFFECT.length))
    if (isForeign(address)) return this.#decodeForeign(address)
    const [path = '', session, ...id] = address.split('#')
    if (session === undefined) return this.refAt(path)
    return new ChildHandle(this, path, `${path}#${session}`, id.join('#'), this.host)
  }

  /** An address of this very node, as others write it, is a ref of its own, unless it means a store that the node had once. */
  #decodeForeign(address: string): ActorHandle {
    const { node, path, store } = parseForeign(address)
    if (node !== this.nodeName) return this.refAt(address)
    return store === undefined || store === this.options.storeId
      ? this.#decodeRef(path)
      : this.refAt(formatForeign({ node, path, store }))
  }

  /** A unit has stopped a ref of another node. */
  #stopAbroad(path: ActorPath): void {
    this.commits.hold({ release: () => void this.abroad.stopActor(path, undefined).catch(() => undefined) })
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

  askFromEffect(path: ActorPath, event: EventObject, effectId: string): Promise<void> {
    return this.#doors.askAs(path, event, effectId)
  }

  schedule(fn: () => void, ms: number): Cancel {
    return this.options.clock.schedule(fn, ms)
  }

  fault(path: ActorPath, child: string | undefined, error: unknown, cause: RecordRef | undefined): void {
    this.#doors.fault(path, child, error, cause)
  }

  lateFault(path: ActorPath, effectId: string, error: unknown): void {
    this.options.publish({ type: 'effectFault', path, effectId, error })
  }

  extension(name: string): object | undefined {
    return this.extensions.get(name)
  }

  get random(): Random {
    return this.options.random
  }

  get clock(): Clock {
    return this.options.clock
  }

  get blockedMs(): number {
    return this.options.blockedMs
  }

  report(event: SystemEvent): void {
    this.options.publish(event)
  }

  emit(path: ActorPath, event: EventObject): void {
    this.observers.emit(path, event)
  }

  publish(event: SystemEvent): void {
    this.options.publish(event)
  }

  tell(event: SystemEvent): void {
    this.extensions.telling(event)
    if (this.options.isHeard()) this.commits.hold({ release: () => this.options.publish(event) })
  }

  /** An actor at the top has failed for good. */
  rootFailed(error: RosciusError): void {
    this.commits.hold({ release: () => this.options.rootFailed(error) })
  }

  deadLetter(
    path: ActorPath,
    event: EventObject,
    from: string | undefined,
    reason: DeadLetterReason,
    failure?: DeadLetter['failure'],
  ): void {
    this.deadLetters.add(path, event, from, reason, failure)
    this.#noteDeadLetter(path, event, reason, failure && errorText(failure.error))
    this.commits.hold({ release: () => this.options.publish({ type: 'deadLetter', path, reason, event }) })
  }

  #noteDeadLetter(path: ActorPath, { type }: EventObject, reason: DeadLetterReason, error: string | undefined): void {
    const cell = this.cells.get(path)
    if (cell !== undefined)
      cell.untaken = withUntaken(cell.untaken, type, this.now(), { kind: 'deadLetter', reason, error })
  }

  /** The cell is in memory from now on. */
  adopt(cell: Cell): void {
    this.cells.set(cell.path, cell)
    // The name of one that has ended may be another's by now.
    const isAlive = cell.status !== 'done' && cell.status !== 'failed' && cell.status !== 'stopped'
    if (cell.systemId !== undefined && isAlive) this.#names.set(cell.systemId, cell.path)
    this.idle.added(cell)
  }

  // --- turns ---

  #runNext(cell: Cell): number {
    if (!hasWork(cell) || this.lifecycle.endings.isHeld(cell)) return 0
    const envelope = takeNext(cell)
    if (envelope === undefined) return 0
    this.#envelope = envelope
    this.idle.used(cell)
    this.host.innerHandled = 0
    this.#units.run(cell, envelope)
    return 1 + this.host.innerHandled
  }

  /** Whether a promise runs, or has an answer that somebody will handle without being told to. */
  get awaitsEffects(): boolean {
    for (const { run } of this.host.effects.settling) if (!isAnswered(run, this.cells.get(run.path))) return true
    return false
  }

  /** Runs a unit that does not come out of the cell's mailbox, in the current turn. */
  runUnit(cell: Cell, envelope: Envelope): void {
    this.#envelope = envelope
    this.host.innerHandled = 0
    this.#units.run(cell, envelope)
  }

  /** What was being handled is in no mailbox any more, and has no answer yet. */
  #broken(error: unknown): void {
    this.commits.abort(error)
    if (this.#stopped !== undefined) this.#envelope?.waiter?.reject(this.#stopped)
  }

  #reportBlock({ path }: Cell, ms: number): void {
    const event = this.#envelope?.event.type ?? ''
    this.commits.hold({ release: () => this.report({ type: 'threadBlocked', path, ms, during: 'transition', event }) })
  }

  /** Mail that an earlier run of the node accepted and did not handle. */
  restoreMail(stored: string, number: number, path: ActorPath, packed: readonly unknown[]): void {
    this.mailboxes.restore(stored, number, path, packed, (start, event) =>
      start === null ? this.activate(path) : this.#restoreStart(path, start, isRestart(event)),
    )
  }

  /** The cell of an actor that is to be started; of one that has run before, with what it knows of its mail and its restarts. */
  #restoreStart(path: ActorPath, start: StoredStart, isAgain: boolean): Cell | undefined {
    const [name, durability, systemId, order] = start
    const row = this.options.rows.get(name)
    const former = isAgain ? this.activation.load(path, this.host) : undefined
    const cell = row && this.planting.makeCell(row, path, durability, systemId ?? undefined)
    if (cell === undefined) return undefined
    if (order !== undefined) cell.order = order
    if (former === undefined) return cell
    const { dedupe, supervised, paused } = former
    return Object.assign(cell, { dedupe, paused, supervised: supervised && { ...supervised, waiting: undefined } })
  }

  #started(cell: Cell, event: EventObject): void {
    if (isRestart(event)) this.guardian.rebirth.restarted(cell, 'initial', (event as RestartEvent).by)
    else this.extensions.started(cell, (event as StartEvent).extras)
  }

  /** The cell has come to its end in this unit: its mail, its parent and those below it are to be told. */
  ended(cell: Cell, event: EventObject | undefined): void {
    const parent = parentOf(cell.path)
    const supervisor = this.kin.supervisorOf(cell.path)
    for (const { event: deferred, from } of cell.stash ?? [])
      this.deadLetter(cell.path, deferred, from, cell.status === 'failed' ? 'actorFailed' : 'actorEnded')
    if (supervisor !== undefined) this.guardian.signals.tellOfEnd(cell, supervisor, event)
    else if (event !== undefined && parent !== undefined && takesEnds(this.activate(parent))) {
      this.tap.sent(parent, event)
      this.#doors.route({ path: parent, child: undefined, event, from: cell.path }, cell, undefined)
    }
    this.watches.ended(cell)
    this.extensions.ended(cell.path)
    this.lifecycle.ended(cell)
  }

  // --- ends ---

  resultOf(path: ActorPath): Promise<unknown> {
    return this.lifecycle.result(path)
  }

  stopActor(path: ActorPath, options?: StopOptions): Promise<void> {
    return this.lifecycle.stop(path, options)
  }

  cancelActor(path: ActorPath, options?: CancelOptions): Promise<void> {
    return this.lifecycle.cancel(path, options)
  }

  deleteActor(path: ActorPath): Promise<void> {
    return this.lifecycle.delete(path)
  }

  // --- the end ---

  shutdownMsOf(cell: Cell): ShutdownMs {
    return this.kin.specOf(cell).shutdownMs
  }

  beginRestart(path: ActorPath): void {
    const cell = this.activate(path)
    if (cell !== undefined) this.guardian.rebirth.beginAnew(cell)
  }

  endingFailed(cause: unknown): void {
    if (this.#stopped === undefined) this.halt(storeFailed('actors were ended', cause))
  }

  /** A cell at rest leaves memory until its next event. */
  passivate(cell: Cell): void {
    this.forget(cell)
    this.tap.left(cell.path, 'stored')
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
    this.#stopped ??= reason
    this.turns.stop()
    this.timers.stop()
    this.idle.stop()
    this.tap.close()
    this.extensions.close()
    this.abroad.close()
    for (const cell of this.cells.values()) {
      this.host.effects.abandon(cell, 'The system stops.')
      for (const envelope of cell.mailbox ?? []) envelope.waiter?.reject(reason)
    }
    this.replies.rejectAll(reason)
    this.children.starts.rejectAll(reason)
    this.lifecycle.rejectAll(reason)
    this.orders.rejectAll(reason)
  }

  get stopReason(): RosciusError | undefined {
    return this.#stopped
  }

  assertRunning(): void {
    if (this.#stopped !== undefined) throw this.#stopped
  }
}

/** Whether the actor can be found by its name: also while it is being restarted, but not before its first start. */
function hasName({ status, supervised }: Cell): boolean {
  return status === 'active' || status === 'restarting' || (status === 'starting' && supervised !== undefined)
}

/** Whether an actor is told of the ends of those it has spawned: also while it waits to go on from its last good state. */
function takesEnds(parent: Cell | undefined): boolean {
  if (parent?.status === 'restarting') return parent.supervised?.waiting?.from === 'lastGood'
  return parent?.status === 'active'
}

const versionOf = (logic: object): string | undefined => (logic as { readonly version?: string }).version

const RESUME_EVENT: EventObject = { type: 'roscius.resume' }

/** Refs are stored by path, so that a renamed node still finds its own; a child's as `path#session#id`. */
function encodeRef(value: object): string | undefined {
  if (value instanceof ActorHandle) {
    if (value.path === '$reply') return `${REPLY_TO_EFFECT}${value.child}`
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
