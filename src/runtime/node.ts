/**
 * A running node: its cells, and the way of an event from a door (a ref, an effect, a timer, another cell) to a mailbox.
 *
 * 1. Bounds apply at the door (D3): mail from outside is refused with an error, mail from inside becomes a dead letter in
 *    the sender's commit.
 * 2. A cell is in memory while it has mail, runs an effect, or has changed since the last release; any other may leave.
 * 3. After a failed commit nothing is accepted, run or released (D1).
 */
import type { EventObject, Observer, Subscription } from 'xstate'
import type { AskOptions, DeliverOptions, Delivery, Failure, JournalEntry } from '../core/actor-ref.js'
import { type ActorPath, childPath, parentOf } from '../core/address.js'
import type { Cancel, Clock } from '../core/clock.js'
import { RosciusError } from '../core/errors.js'
import type { DeadLetterReason, SystemEvent } from '../core/events.js'
import type { Random } from '../core/random.js'
import { Mailbox } from '../mailbox/mailbox.js'
import { overflow } from '../mailbox/overflow.js'
import type { Codec } from '../persistence/codec.js'
import { JournalReader } from '../persistence/journal.js'
import { mailKey, systemIdKey } from '../persistence/keys.js'
import { type RefCodec, toStorable } from '../persistence/storable.js'
import type { Store } from '../persistence/store.js'
import { Activation } from './activation.js'
import { ActorHandle, ChildHandle } from './actor-handle.js'
import { Cell } from './cell.js'
import { Commits } from './commits.js'
import { DeadLetters } from './dead-letters.js'
import { currentRun } from './effect-run.js'
import type { Engine } from './engine.js'
import { Envelope, type MailKind, type Waiter } from './envelope.js'
import { Heads } from './heads.js'
import { Idle } from './idle.js'
import { Lifecycle } from './lifecycle.js'
import type { Durability, LogicRow } from './logic-table.js'
import { MutationGuard } from './mutation-guard.js'
import { NodeTimers } from './node-timers.js'
import { Observers } from './observers.js'
import { Past } from './past.js'
import { Replies } from './replies.js'
import { Turns } from './turns.js'
import type { PlannedSend, PlannedSpawn, Unit } from './unit.js'
import { deadLetterError, type StartEvent, Units } from './units.js'
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
  readonly refs: RefCodec
  readonly #past: Past
  readonly #units: Units
  /** Paths of the actors in memory that have a `systemId`. */
  readonly #names = new Map<string, ActorPath>()
  readonly #rowsByLogic: ReadonlyMap<object, LogicRow>
  readonly #steady: { readonly wall: number; readonly monotonic: number }
  #unit: Unit | undefined
  /** Numbers of stored mail grow from the middle up; what is put back in front is numbered from the middle down. */
  #mailCount = MAIL_MIDDLE
  #mailFront = MAIL_MIDDLE + 1
  #stopped: RosciusError | undefined
  #background: Promise<void> = Promise.resolve()

  constructor(readonly options: NodeOptions) {
    const { name, store, codec, rows, clock, publish } = options
    this.nodeName = name
    this.#steady = { wall: clock.now(), monotonic: clock.monotonic() }
    this.#rowsByLogic = new Map([...rows.values()].map((row) => [row.logic, row]))
    this.refs = { encode: encodeRef, decode: (address) => this.#decodeRef(address) }
    this.commits = new Commits(store, codec, {
      storeMail: (envelopes) => this.#storeMail(envelopes),
      halt: (error) => this.halt(error),
    })
    this.turns = new Turns(clock, options.turn, {
      runNext: (cell) => this.#runNext(cell),
      endTurn: () => this.commits.flush(),
    })
    this.timers = new NodeTimers(clock, store, this.commits, {
      now: () => this.now(),
      fired: (path, key, arm) => this.#timerFired(path, key, arm),
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
    this.lifecycle = new Lifecycle(this)
    this.idle = new Idle(clock, options.passivation, this)
    this.#past = new Past(this)
    const framer = new Framer(this.host.attempts)
    this.#units = new Units(
      this.host,
      framer,
      this.commits,
      codec,
      this.refs,
      this.timers,
      this.heads,
      this.observers,
      guard,
      {
        now: () => this.now(),
        setUnit: (unit) => {
          this.#unit = unit
        },
        assertCanStart: (path, systemId) => this.assertCanStart(path, systemId),
        plant: (path, spawn, from) => this.#plant(path, spawn, from),
        route: (send, from) => this.#route(send, from),
        requestStop: (path) => this.lifecycle.stopSoon(path),
        putBack: (cell, envelopes) => this.#putBack(cell, envelopes),
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
      this.#enqueue(cell, new Envelope('resume', RESUME_EVENT), true)
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
    this.#assertRunning()
    const unit = this.#unit
    if (unit !== undefined) {
      unit.sends.push({ path, child, event, from: unit.cell.path })
      return
    }
    const run = currentRun()
    const envelope = this.#envelope('event', child, event)
    if (run !== undefined && !run.isOver) {
      envelope.from = run.child ?? run.path
      envelope.key = run.nextSendKey()
      // What marks the effect as done must not be stored without what it sent.
      envelope.keep = true
      envelope.to = path
    }
    this.#postOutside(path, envelope)
  }

  postFromEffect(path: ActorPath, child: string | undefined, event: EventObject, from: string): void {
    if (this.#stopped !== undefined) return
    const cell = this.cells.get(path)
    if (cell === undefined || cell.status !== 'active') return
    const envelope = this.#envelope('effect', child, event)
    envelope.from = from
    this.#enqueue(cell, envelope, false)
  }

  deliver(path: ActorPath, event: EventObject, options: DeliverOptions | undefined): Promise<Delivery> {
    return new Promise((resolve, reject) => {
      this.#assertRunning()
      const envelope = this.#envelope('event', undefined, event)
      envelope.key = options?.idempotencyKey ?? currentRun()?.nextSendKey()
      envelope.waiter = { resolve, reject }
      this.#postOutside(path, envelope)
    })
  }

  ask(path: ActorPath, build: (replyTo: object) => EventObject, options: AskOptions | undefined): Promise<unknown> {
    const { timeoutMs = 5_000, idempotencyKey } = options ?? {}
    const question = this.replies.open(path, timeoutMs, idempotencyKey)
    try {
      this.#assertRunning()
      const envelope = this.#envelope('event', undefined, build(this.refAt(question.path)))
      envelope.key = idempotencyKey
      envelope.waiter = {
        resolve: (_delivery, reply) => {
          if (reply !== undefined) question.settle(undefined, reply as EventObject)
        },
        reject: (error) => question.settle(error),
      }
      this.#postOutside(path, envelope)
    } catch (error) {
      question.settle(error)
    }
    return question.reply
  }

  askFromEffect(path: ActorPath, event: EventObject, effectId: string): Promise<Delivery> {
    return this.deliver(path, event, { idempotencyKey: effectId })
  }

  schedule(fn: () => void, ms: number): Cancel {
    return this.options.clock.schedule(fn, ms)
  }

  fault(path: ActorPath, child: string | undefined, error: unknown): void {
    const cell = this.cells.get(path)
    if (cell === undefined || cell.status !== 'active' || this.#stopped !== undefined) return
    const event = { type: 'roscius.fault', error } as EventObject
    this.#enqueue(cell, this.#envelope('fault', child, event), true)
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

  // --- into mailboxes ---

  #envelope(kind: MailKind, child: string | undefined, event: EventObject): Envelope {
    if (typeof event !== 'object' || event === null || typeof event.type !== 'string') {
      throw new RosciusError('EVENT_INVALID', `An event must be an object with a string "type"; got ${typeof event}.`, {
        details: { field: 'type' },
      })
    }
    const envelope = new Envelope(kind, event)
    envelope.child = child
    return envelope
  }

  /** Mail from outside a unit: the sender can be told at once that it is not taken. */
  #postOutside(path: ActorPath, envelope: Envelope): void {
    if (path.startsWith('$')) return this.#answer(path, envelope.child, envelope.event)
    const cell = this.activate(path)
    if (cell === undefined || cell.status === 'done' || cell.status === 'failed' || cell.status === 'stopped') {
      this.#refuse(path, envelope, cell)
      return
    }
    if (cell.durability === 'volatile') envelope.keep = false
    else toStorable(envelope.event, 'event', this.refs)
    this.#admit(cell, envelope, true)
  }

  #refuse(path: ActorPath, envelope: Envelope, cell: Cell | undefined): void {
    const quarantine = this.activation.quarantineOf(path)
    const reason =
      quarantine !== undefined
        ? 'actorQuarantined'
        : cell === undefined
          ? 'actorNotFound'
          : cell.status === 'failed'
            ? 'actorFailed'
            : 'actorEnded'
    this.deadLetter(path, envelope.event, envelope.from, reason)
    this.turns.schedule()
    const error = quarantine ?? deadLetterError(path, envelope.event, reason)
    this.commits.refuse(envelope.waiter, error)
  }

  /** Applies the mailbox's bound. From outside `reject` throws; from inside it is a dead letter. */
  #admit(cell: Cell, envelope: Envelope, isOutside: boolean): void {
    const depth = cell.mailbox?.size ?? 0
    const verdict = overflow(cell.row.overflow, depth, cell.row.capacity)
    if (verdict === 'accept') {
      this.#enqueue(cell, envelope, false)
      return
    }
    if (verdict === 'reject' && isOutside) {
      throw new RosciusError(
        'MAILBOX_FULL',
        `${cell.path}: its mailbox holds ${depth} events, as many as it may. Send more slowly, or raise mailbox.capacity.`,
        {
          address: cell.path,
          details: { capacity: cell.row.capacity },
        },
      )
    }
    const dropped = verdict === 'dropOldest' ? this.#takeOldest(cell) : envelope
    if (verdict === 'dropOldest') this.#enqueue(cell, envelope, false)
    if (dropped !== undefined) this.#dropFull(cell, dropped)
  }

  #takeOldest(cell: Cell): Envelope | undefined {
    const oldest = [...(cell.mailbox ?? [])].find((envelope) => envelope.kind === 'event')
    if (oldest !== undefined) cell.mailbox?.remove((envelope) => envelope === oldest)
    return oldest
  }

  #dropFull(cell: Cell, envelope: Envelope): void {
    envelope.handled = true
    if (envelope.stored !== undefined) this.commits.del(envelope.stored)
    this.deadLetter(cell.path, envelope.event, envelope.from, 'mailboxFull')
    this.turns.schedule()
    envelope.waiter?.reject(deadLetterError(cell.path, envelope.event, 'mailboxFull'))
  }

  #enqueue(cell: Cell, envelope: Envelope, isFront: boolean): void {
    cell.mailbox ??= new Mailbox()
    if (isFront) cell.mailbox.pushFront([envelope])
    else cell.mailbox.push(envelope)
    if (envelope.keep) this.commits.keepMail(envelope)
    this.turns.wake(cell)
  }

  #putBack(cell: Cell, envelopes: readonly Envelope[]): void {
    cell.mailbox ??= new Mailbox()
    cell.mailbox.pushFront(envelopes)
    this.#mailFront -= envelopes.length
    for (const [index, envelope] of envelopes.entries()) {
      envelope.to = cell.path
      envelope.number = this.#mailFront + index
      if (envelope.keep) this.commits.keepMail(envelope)
    }
    this.turns.wake(cell)
  }

  /** What a unit sends; part of its commit. */
  #route({ path, child, event, from }: PlannedSend, sender: Cell): void {
    if (path.startsWith('$')) {
      this.commits.hold({ release: () => this.#answer(path, child, event) })
      if (path === '$reply' && child !== undefined) this.#routeReply(child, event, sender)
      return
    }
    const cell = this.activate(path)
    if (cell === undefined || cell.status === 'done' || cell.status === 'failed' || cell.status === 'stopped') {
      const reason =
        cell === undefined
          ? this.activation.quarantineOf(path) === undefined
            ? 'actorNotFound'
            : 'actorQuarantined'
          : 'actorEnded'
      this.deadLetter(path, event, from, reason)
      if (sender.durability === 'durable') this.commits.sync()
      return
    }
    const envelope = this.#envelope('event', child, event)
    envelope.from = from
    envelope.to = path
    envelope.keep = sender.durability !== 'volatile' && cell.durability !== 'volatile'
    this.#admit(cell, envelope, false)
  }

  /** An answer to a question that an effect of a cell asked (`fromAsk`): it settles that effect. */
  #routeReply(session: string, reply: EventObject, sender: Cell): void {
    const path = session.slice(0, session.indexOf('#'))
    const cell = this.activate(path)
    if (cell === undefined || cell.status !== 'active') return
    const envelope = this.#envelope('effect', session === `${path}#0` ? undefined : session, {
      type: 'xstate.promise.resolve',
      data: reply,
    } as EventObject)
    envelope.from = sender.path
    envelope.to = path
    envelope.keep = sender.durability !== 'volatile' && cell.durability !== 'volatile'
    this.#enqueue(cell, envelope, false)
  }

  #answer(path: ActorPath, child: string | undefined, event: EventObject): void {
    if (path === '$reply' && child !== undefined) {
      if (this.turns.isRunning) return
      this.postFromEffect(
        child.slice(0, child.indexOf('#')),
        child,
        { type: 'xstate.promise.resolve', data: event } as EventObject,
        path,
      )
    } else this.replies.answer(path, event)
  }

  deadLetter(path: ActorPath, event: EventObject, from: string | undefined, reason: DeadLetterReason): void {
    this.deadLetters.add(path, event, from, reason)
    this.commits.hold({ release: () => this.options.publish({ type: 'deadLetter', path, reason, event }) })
  }

  #timerFired(path: ActorPath, key: string, arm: number): void {
    const cell = this.activate(path)
    if (cell === undefined || cell.status !== 'active') return
    this.#enqueue(cell, new Envelope('timer', { type: 'roscius.timer', key, arm } as EventObject), false)
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
    this.#enqueue(cell, envelope, true)
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

  #storeMail(envelopes: readonly Envelope[]): void {
    for (const envelope of envelopes) {
      const path = envelope.to
      if (path === undefined) continue
      const cell = this.cells.get(path)
      envelope.stored = mailKey(path, envelope.number ?? ++this.#mailCount)
      const start =
        envelope.kind === 'start' && cell !== undefined ? [cell.row.name, cell.durability, cell.systemId ?? null] : null
      const packed = [
        envelope.kind,
        envelope.event,
        envelope.from ?? null,
        envelope.child ?? null,
        envelope.key ?? null,
        start,
      ]
      this.commits.put(envelope.stored, this.options.codec.encode(toStorable(packed, 'mail', this.refs)))
      if (cell?.durability === 'durable') this.commits.sync()
    }
  }

  /** Mail that an earlier run of the node accepted and did not handle. */
  restoreMail(stored: string, number: number, path: ActorPath, packed: readonly unknown[]): void {
    const [kind, event, from, child, key, start] = packed as [
      MailKind,
      EventObject,
      string | null,
      string | null,
      string | null,
      [string, Durability, string | null] | null,
    ]
    this.#mailCount = Math.max(this.#mailCount, number)
    this.#mailFront = Math.min(this.#mailFront, number)
    const cell = start === null ? this.activate(path) : this.#restoreStart(path, start)
    if (cell === undefined) return
    const envelope = new Envelope(kind, event)
    envelope.to = path
    envelope.from = from ?? undefined
    envelope.child = child ?? undefined
    envelope.key = key ?? undefined
    envelope.stored = stored
    this.#enqueue(cell, envelope, false)
  }

  #restoreStart(
    path: ActorPath,
    [name, durability, systemId]: readonly [string, Durability, string | null],
  ): Cell | undefined {
    const row = this.options.rows.get(name)
    return row && this.makeCell(row, path, durability, systemId ?? undefined)
  }

  #ended(cell: Cell, event: EventObject | undefined): void {
    const parent = parentOf(cell.path)
    for (const { event: deferred, from } of cell.stash ?? [])
      this.deadLetter(cell.path, deferred, from, cell.status === 'failed' ? 'actorFailed' : 'actorEnded')
    if (event !== undefined && parent !== undefined && this.activate(parent)?.status === 'active') {
      this.#route({ path: parent, child: undefined, event, from: cell.path }, cell)
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
    const status = this.cells.get(path)?.status ?? this.journalReader.head(path)?.status
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
    this.#enqueue(cell, envelope, true)
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
      this.host.abandon(cell, 'The system stops.')
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
const MAIL_MIDDLE = 36 ** 9
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

export const topLevel = (id: string): ActorPath => childPath(undefined, id)
