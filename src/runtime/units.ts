/**
 * One envelope at a time: run it in its cell, record what changed, plan what follows.
 *
 * 1. A unit counts whole or not at all (D4): nothing that it sends, arms, spawns or holds leaves `Unit` before its record
 *    has been encoded.
 * 2. Record, timers, mail, dedupe key, marks and children of a unit go into the same batch (I1).
 * 3. An envelope whose key the cell has handled before changes nothing and gets the first answer (I3).
 * 4. Mail of a child session, timer arming or cell that is gone is dropped (D8).
 */
import type { AnyMachineSnapshot, EventObject } from 'xstate'
import { type ActorPath, idOf } from '../core/address.js'
import { RosciusError } from '../core/errors.js'
import type { DeadLetterReason, SystemEvent } from '../core/events.js'
import type { Extras } from '../core/extras.js'
import type { RecordRef } from '../core/inspection.js'
import type { Codec } from '../persistence/codec.js'
import { actionsKey, effectsKey, journalKey } from '../persistence/keys.js'
import { type RefCodec, toStorable } from '../persistence/storable.js'
import type { Cell, DedupeEntry, StashedEvent } from './cell.js'
import type { Commits } from './commits.js'
import { remember, remembered } from './dedupe.js'
import { Envelope, type Lineage, type Outcome } from './envelope.js'
import type { Starting } from './extension.js'
import { startingOf } from './extensions.js'
import type { Heads } from './heads.js'
import type { InspectionTap } from './inspection-tap.js'
import type { NodeTimers } from './node-timers.js'
import { type Recorder, UNSTASH } from './recorder.js'
import { sessionOfKey } from './replies.js'
import { type PlannedSend, type PlannedSpawn, Unit } from './unit.js'
import { deadLetterError } from './unit-errors.js'
import { withUntaken } from './untaken.js'
import { isDeferred } from './xstate/deferral.js'
import { HeldAction } from './xstate/held-action.js'
import type { LogicHost } from './xstate/host.js'
import type { HostSnapshot } from './xstate/internals.js'

const EMPTY = new Uint8Array(0)

/** What a unit needs of the node around it. */
export interface UnitPort {
  readonly now: () => number
  setUnit(unit: Unit | undefined): void
  /** Throws `ACTOR_EXISTS` or `SYSTEM_ID_TAKEN` if an actor can't be started at its path, or what an extension throws. */
  admit(spawns: readonly PlannedSpawn[], by: Starting | undefined): void
  /** Makes the cell and puts its start into its mailbox. */
  plant(path: ActorPath, spawn: Unit['spawns'][number], from: Cell): void
  /** Puts what a unit sends into a mailbox of this node, or makes it a dead letter. */
  route(send: PlannedSend, from: Cell, lineage: Lineage | undefined, cause?: RecordRef): void
  requestStop(path: ActorPath, from: Cell): void
  /** Watches begin and end, as the unit asked for; what it spawned is planted. */
  watch(unit: Unit): void
  /** Puts an envelope behind all others of the cell. */
  putBehind(cell: Cell, envelope: Envelope): void
  /** The cell, which waited for a restart, is stopped. */
  stopWaiting(cell: Cell): void
  /** Puts envelopes before all others of the cell. */
  putBack(cell: Cell, envelopes: readonly Envelope[]): void
  deadLetter(path: ActorPath, event: EventObject, from: string | undefined, reason: DeadLetterReason): void
  /** The unit has failed: supervision decides what follows (D4). */
  failed(cell: Cell, envelope: Envelope, before: HostSnapshot | undefined, thrown: unknown): void
  /** The wait of a cell that is to be restarted is over. */
  due(cell: Cell, envelope: Envelope): void
  /** The cell is to wait for its supervisor. */
  suspend(cell: Cell): void
  /** The cell has ended in this unit: whether it is started again instead. */
  comesBack(cell: Cell): boolean
  /** The cell has started. */
  started(cell: Cell, event: EventObject): void
  /** Whether `recorded` is of use to anybody. */
  readonly keepsRecords: boolean
  recorded(cell: Cell, event: EventObject, from: string | undefined, bytes: Uint8Array | undefined): void
  /** The cell has ended in this turn: mail, children and parent are to be told. */
  ended(cell: Cell, event: EventObject | undefined): void
  /** Those who observe the cell are to be told of its new state. */
  notify(cell: Cell): void
  publish(event: SystemEvent): void
  /** Whether anybody listens to system events. */
  isHeard(): boolean
}

/** What a record is about. */
type Handled = Pick<Envelope, 'event'> & { readonly from?: string | undefined }

export class Units {
  /** How many have counted. */
  count = 0
  readonly #unit = new Unit()

  constructor(
    private readonly host: LogicHost,
    private readonly recorder: Recorder,
    private readonly commits: Commits,
    private readonly codec: Codec,
    private readonly refs: RefCodec,
    private readonly timers: NodeTimers,
    private readonly heads: Heads,
    private readonly tap: InspectionTap,
    private readonly port: UnitPort,
  ) {}

  /** Handles `envelope` in `cell`, whatever comes of it. */
  run(cell: Cell, envelope: Envelope): void {
    if (envelope.handled) return
    envelope.handled = true
    if (envelope.kind === 'suspend' || envelope.kind === 'restart') {
      this.#supervise(cell, envelope)
      return
    }
    if (!isRunnable(cell, envelope)) {
      this.#giveUp(cell, envelope)
      return
    }
    const { key } = envelope
    const repeated = key === undefined ? undefined : remembered(cell, key, this.port.now())
    if (repeated !== undefined) {
      this.#answer(cell, envelope, repeated)
      return
    }
    const unit = this.#unit.begin(cell, envelope)
    if (this.tap.isOpen) this.tap.begin(unit)
    const before = cell.snapshot
    this.port.setUnit(unit)
    let outcome: Outcome | 'stale'
    let bytes: Uint8Array | undefined
    try {
      outcome = this.#perform(unit)
      this.#check(unit)
      bytes = outcome === 'stale' ? undefined : this.recorder.record(unit, outcome)
    } catch (error) {
      this.port.setUnit(undefined)
      this.#fail(unit, before, error)
      return
    }
    this.port.setUnit(undefined)
    if (outcome === 'stale') this.#drop(unit)
    else this.#accept(unit, outcome, before, bytes)
  }

  /** An order of supervision; one that comes too late changes nothing. */
  #supervise(cell: Cell, envelope: Envelope): void {
    const { kind, waiter } = envelope
    if (kind === 'restart' && cell.status === 'restarting') this.port.due(cell, envelope)
    if (kind === 'suspend' && cell.status === 'active') this.port.suspend(cell)
    if (kind === 'suspend' && cell.status === 'starting') this.port.putBehind(cell, envelope)
    else this.commits.answer(waiter, { seqNr: cell.seqNr, outcome: 'handled' })
  }

  // --- running ---

  #perform(unit: Unit): Outcome | 'stale' {
    const { cell, envelope } = unit
    switch (envelope.kind) {
      case 'start':
        this.host.init(cell, (envelope.event as StartEvent).input)
        return 'handled'
      case 'resume':
        this.host.resume(cell)
        return 'handled'
      case 'stop':
        if (cell.status === 'restarting') this.port.stopWaiting(cell)
        this.host.stop(cell)
        cell.status = 'stopped'
        return 'handled'
      case 'timer':
        return this.#fire(unit, envelope.event as TimerEvent)
      case 'fault':
        return this.#fault(cell, envelope)
      default:
        return this.#receive(unit)
    }
  }

  #fire(unit: Unit, { key, arm }: TimerEvent): Outcome | 'stale' {
    const { cell } = unit
    const { snapshot } = cell
    const timer = cell.timers?.[key]
    if (timer === undefined || timer.arm !== arm) return 'stale'
    if (unit.probe !== undefined) unit.probe.delayed = timer.event
    if (timer.armedBy !== undefined) unit.envelope.cause = { path: cell.path, seqNr: timer.armedBy }
    this.host.scheduler.disarm(cell, key)
    this.host.fire(cell, timer)
    if (!unit.wasTaken && timer.target === '') this.#noteIgnored(cell, timer.event, snapshot)
    return 'handled'
  }

  #fault(cell: Cell, envelope: Envelope): Outcome | 'stale' {
    const { error } = envelope.event as FaultEvent
    if (envelope.child === undefined) throw error
    return this.host.failChild(cell, envelope.child, error) ? 'handled' : 'stale'
  }

  #receive(unit: Unit): Outcome | 'stale' {
    const { cell, envelope } = unit
    const { event, child } = envelope
    if (child !== undefined) return this.host.receiveInChild(cell, child, event) ? 'handled' : 'stale'
    const snapshot = cell.snapshot
    if (snapshot === undefined) return 'stale'
    if (cell.row.canDefer && isDeferred(snapshot, event)) return this.#defer(cell, envelope)
    if (isUnhandledChildFailure(snapshot, event)) return 'ignored'
    this.host.receive(cell, event)
    return unit.wasTaken || snapshot.machine === undefined ? 'handled' : 'ignored'
  }

  /** For `explain`; logic that is no machine takes everything. */
  #noteIgnored(cell: Cell, event: EventObject, snapshot: Cell['snapshot']): void {
    if (snapshot?.machine === undefined) return
    cell.untaken = withUntaken(cell.untaken, event.type, this.port.now(), { kind: 'ignored', event, snapshot })
  }

  #defer(cell: Cell, { event, from, key, cause }: Envelope): Outcome {
    const stash = cell.stash ?? []
    if (stash.length >= cell.row.stashCapacity) throw new StashFull()
    const entry: StashedEvent = { event, from, key, ...(cause && { cause }) }
    cell.stash = [...stash, entry]
    return 'deferred'
  }

  /** What the unit planned must be possible and storable, before anything of it is. */
  #check(unit: Unit): void {
    const { cell, spawns, sends } = unit
    if (spawns.length > 1) assertDistinct(spawns)
    if (spawns.length > 0) this.port.admit(spawns, startOf(unit))
    if (cell.durability !== 'volatile')
      for (const { event } of sends) toStorable(event, `event ${event.type}`, this.refs)
  }

  // --- success ---

  #accept(unit: Unit, outcome: Outcome, before: Cell['snapshot'], bytes: Uint8Array | undefined): void {
    const { cell, envelope } = unit
    const { commits } = this
    const isStored = cell.durability !== 'volatile'
    const isStart = envelope.kind === 'start'
    this.count++
    if (isStored || commits.hasUnwritten) commits.touch(cell, before)
    if (isStart) cell.status = 'active'
    if (bytes === undefined ? !isStored && outcome !== 'ignored' : bytes.length === 0) cell.seqNr++
    if (isStored) this.#store(unit, outcome, bytes)
    else this.#remember(unit, outcome)
    if (!isStored && outcome !== 'ignored') this.#tellKeepers(cell, envelope, undefined)
    this.#armTimers(unit)
    if (cell.snapshot?.status === 'done' && cell.status === 'active') cell.status = 'done'
    if (isStored) this.heads.afterUnit(cell, isStart ? envelope : undefined)
    // Whoever keeps accounts of it must know of it before those that it has spawned.
    if (isStart) this.port.started(cell, envelope.event)
    if (unit.probe !== undefined) this.tap.accept(unit, outcome, before)
    for (const spawn of unit.spawns) this.port.plant(spawn.path, spawn, cell)
    for (const send of unit.sends) this.port.route(send, cell, envelope.lineage)
    for (const path of unit.stops) this.port.requestStop(path, cell)
    for (const control of unit.controls) control()
    if (unit.watches.length + unit.left.length > 0) this.port.watch(unit)
    for (const held of unit.held) commits.hold(held)
    this.#afterwards(unit, outcome, before)
    if (unit.probe !== undefined) this.tap.finish(unit)
  }

  #store(unit: Unit, outcome: Outcome, bytes: Uint8Array | undefined): void {
    const { cell, envelope } = unit
    const { commits } = this
    if (bytes !== undefined && bytes.length > 0) this.#append(cell, bytes, envelope)
    if (envelope.stored !== undefined) commits.del(envelope.stored)
    if (bytes !== undefined || envelope.stored !== undefined) this.#syncFor(cell)
    if (bytes !== undefined) this.#remember(unit, outcome)
    this.#storeMarks(unit)
  }

  #append(cell: Cell, bytes: Uint8Array, handled: Handled): void {
    cell.seqNr++
    cell.deltaBytes += bytes.length
    this.commits.put(journalKey(cell.path, cell.seqNr), bytes)
    this.#syncFor(cell)
    this.#tellKeepers(cell, handled, bytes)
  }

  #tellKeepers(cell: Cell, { event, from }: Handled, bytes: Uint8Array | undefined): void {
    if (this.port.keepsRecords) this.port.recorded(cell, event, from, bytes)
  }

  #syncFor(cell: Cell): void {
    if (cell.durability === 'durable') this.commits.sync()
  }

  #storeMarks(unit: Unit): void {
    const { cell, held, actionCount } = unit
    const hasEffects = cell.effects !== undefined && cell.effects.size > 0
    if (hasEffects !== cell.isAwake) {
      cell.isAwake = hasEffects
      if (hasEffects) this.commits.put(effectsKey(cell.path), EMPTY)
      else this.commits.del(effectsKey(cell.path))
    }
    if (actionCount === 0) return
    const actions = held.filter((item): item is HeldAction => item instanceof HeldAction)
    const key = actionsKey(cell.path, cell.seqNr)
    this.commits.put(
      key,
      this.codec.encode(
        toStorable(
          actions.map((action) => action.toStored()),
          'action',
          this.refs,
        ),
      ),
    )
    let left = actions.length
    for (const action of actions) {
      action.onDone = () => {
        if (--left > 0) return
        this.commits.del(key)
        this.heads.scheduleCommit()
      }
    }
  }

  #armTimers({ cell, armed, disarmed }: Unit): void {
    for (const [key, timer] of disarmed) this.timers.disarm(cell, key, timer)
    for (const [key, timer] of armed) if (cell.timers?.[key] === timer) this.timers.arm(cell, key, timer)
  }

  #remember({ cell, envelope: { key }, reply }: Unit, outcome: Outcome): void {
    if (key !== undefined) remember(cell, key, { seqNr: cell.seqNr, outcome, timeMs: this.port.now(), reply })
  }

  #afterwards(unit: Unit, outcome: Outcome, before: Cell['snapshot']): void {
    const { cell, envelope } = unit
    if (outcome === 'ignored') this.#noteIgnored(cell, envelope.event, before)
    this.commits.answer(envelope.waiter, { seqNr: cell.seqNr, outcome })
    if (cell.snapshot !== before || envelope.kind === 'start') this.port.notify(cell)
    if (envelope.kind === 'start') this.#publish({ type: 'actorStarted', path: cell.path, logic: cell.row.name })
    if (cell.status !== 'active') {
      if (!this.port.comesBack(cell)) this.port.ended(cell, this.#endEvent(cell))
    } else {
      if (cell.inner !== undefined) this.#deferInner(cell)
      if (cell.stash !== undefined && cell.snapshot !== before) this.#unstash(cell)
    }
  }

  #publish(event: SystemEvent): void {
    if (this.port.isHeard()) this.commits.hold({ release: () => this.port.publish(event) })
  }

  /** What the cell sent itself beyond the bound of one unit waits before all other mail, as far as the mailbox has room. */
  #deferInner(cell: Cell): void {
    const inner = cell.inner ?? []
    const room = Math.max(0, cell.row.capacity - (cell.mailbox?.size ?? 0))
    const envelopes = inner.slice(0, room).map((event) => {
      const envelope = new Envelope('event', event)
      envelope.from = cell.path
      envelope.cause = { path: cell.path, seqNr: cell.seqNr }
      envelope.keep = cell.durability !== 'volatile'
      return envelope
    })
    cell.inner = undefined
    this.port.putBack(cell, envelopes)
    for (const event of inner.slice(room)) this.port.deadLetter(cell.path, event, cell.path, 'mailboxFull')
  }

  /** Deferred events that the new state takes (or no longer defers) come back, in their order, before all other mail. */
  #unstash(cell: Cell): void {
    const { stash, snapshot } = cell
    if (stash === undefined || snapshot === undefined) return
    const isBack = stash.map(({ event }) => !isStillDeferred(snapshot, event))
    if (!isBack.includes(true)) return
    const envelopes = stash
      .filter((_, index) => isBack[index])
      .map(({ event, from, cause }) => {
        const envelope = new Envelope('event', event)
        envelope.from = from
        envelope.cause = cause
        envelope.keep = cell.durability !== 'volatile'
        return envelope
      })
    const kept = stash.filter((_, index) => !isBack[index])
    cell.stash = kept.length === 0 ? undefined : kept
    const bytes = this.recorder.recordUnstash(cell)
    if (bytes !== undefined) this.#append(cell, bytes, { event: UNSTASH })
    this.port.putBack(cell, envelopes)
  }

  #endEvent(cell: Cell): EventObject | undefined {
    if (cell.status !== 'done') return undefined
    const id = idOf(cell.path)
    return { type: `xstate.done.actor.${id}`, output: cell.snapshot?.output, actorId: id } as EventObject
  }

  // --- repeats, stale mail, ended cells ---

  #answer(cell: Cell, envelope: Envelope, entry: DedupeEntry): void {
    if (envelope.stored !== undefined) this.commits.del(envelope.stored)
    const { seqNr, outcome, reply } = entry
    const reason = { kind: 'duplicate', key: envelope.key ?? '', seqNr } as const
    cell.untaken = withUntaken(cell.untaken, envelope.event.type, this.port.now(), reason)
    if (outcome === 'poison') {
      this.commits.refuse(envelope.waiter, () => deadLetterError(cell.path, envelope.event, outcome))
      return
    }
    this.commits.answer(envelope.waiter, { seqNr, outcome }, reply)
    const session = sessionOfKey(envelope.key)
    if (reply !== undefined && session !== undefined) {
      const answer = { path: '$reply', child: session, event: reply as EventObject, from: cell.path }
      this.port.route(answer, cell, undefined, { path: cell.path, seqNr })
    }
  }

  #drop(unit: Unit): void {
    const { cell, envelope } = unit
    if (envelope.stored !== undefined) this.commits.del(envelope.stored)
    envelope.waiter?.resolve({ seqNr: cell.seqNr, outcome: 'ignored' })
    this.port.publish(staleEvent(cell.path, envelope))
  }

  #giveUp(cell: Cell, envelope: Envelope): void {
    if (envelope.stored !== undefined) {
      this.commits.del(envelope.stored)
      this.#syncFor(cell)
    }
    if (envelope.kind === 'stop') {
      this.commits.answer(envelope.waiter, { seqNr: cell.seqNr, outcome: 'ignored' })
      return
    }
    if (envelope.kind !== 'event') return
    const reason = cell.status === 'failed' ? 'actorFailed' : 'actorEnded'
    this.port.deadLetter(cell.path, envelope.event, envelope.from, reason)
    this.commits.refuse(envelope.waiter, () => deadLetterError(cell.path, envelope.event, reason))
  }

  // --- failure (D4) ---

  #fail(unit: Unit, before: Cell['snapshot'], thrown: unknown): void {
    const { cell, envelope } = unit
    if (thrown instanceof StashFull) {
      this.#refuseDeferral(cell, envelope)
      return
    }
    this.port.failed(cell, envelope, before, thrown)
  }

  #refuseDeferral(cell: Cell, envelope: Envelope): void {
    if (envelope.stored !== undefined) this.commits.del(envelope.stored)
    this.port.deadLetter(cell.path, envelope.event, envelope.from, 'stashFull')
    this.commits.refuse(envelope.waiter, () => deadLetterError(cell.path, envelope.event, 'stashFull'))
    if (cell.durability === 'durable') this.commits.sync()
  }
}

/** An error is told of also when whoever threw it has settled and can't fail any more. */
function staleEvent(path: ActorPath, { kind, event, child = path }: Envelope): SystemEvent {
  if (kind !== 'fault') return { type: 'staleMail', path, kind }
  return { type: 'effectFault', path, effectId: child, error: (event as FaultEvent).error }
}

/** Whether the cell can take the envelope; one that waits for its restart can only be stopped. */
function isRunnable({ status }: Cell, { kind }: Envelope): boolean {
  return status === 'active' || kind === 'start' || (status === 'restarting' && kind === 'stop')
}

/** The start of the unit's own actor, unless it is one of many. */
function startOf({ cell, envelope: { kind, event } }: Unit): Starting | undefined {
  if (kind !== 'start' || isRestart(event)) return undefined
  return startingOf({ path: cell.path, row: cell.row, extras: (event as StartEvent).extras })
}

/** Whether the actor has been started before, and begins anew. */
export function isRestart(event: EventObject): boolean {
  return (event as { readonly isRestart?: boolean }).isRestart === true
}

/** What one unit starts must not clash among itself. */
function assertDistinct(spawns: Unit['spawns']): void {
  const taken = new Set<string>()
  for (const { path, systemId } of spawns) {
    if (taken.has(path)) {
      throw new RosciusError(
        'ACTOR_EXISTS',
        `${path} is spawned twice in one transition; give each actor an id of its own.`,
        { address: path },
      )
    }
    if (systemId !== undefined && taken.has(`$${systemId}`)) {
      throw new RosciusError(
        'SYSTEM_ID_TAKEN',
        `${path}: the systemId "${systemId}" is given twice in one transition.`,
        { address: path, details: { systemId } },
      )
    }
    taken.add(path)
    if (systemId !== undefined) taken.add(`$${systemId}`)
  }
}

/** A rule that throws keeps the event where it is: only an arriving event may make the cell fail. */
function isStillDeferred(snapshot: HostSnapshot, event: EventObject): boolean {
  try {
    return isDeferred(snapshot, event)
  } catch {
    return true
  }
}

/** Thrown through a unit when a deferred event finds no room; the cell itself is unharmed. */
class StashFull extends Error {}

export interface StartEvent extends EventObject {
  readonly input: unknown
  readonly extras?: Extras
}

export interface TimerEvent extends EventObject {
  readonly key: string
  readonly arm: number
}

export interface FaultEvent extends EventObject {
  readonly error: unknown
}

/** A child actor's failure that its parent has no transition for doesn't fail the parent (D12); inside a cell XState decides. */
function isUnhandledChildFailure(snapshot: NonNullable<Cell['snapshot']>, event: EventObject): boolean {
  if (!event.type.startsWith('xstate.error.actor.') || snapshot.machine === undefined) return false
  const enabled = snapshot.machine.getTransitionData(snapshot as unknown as AnyMachineSnapshot, event)
  return enabled.length === 0
}
