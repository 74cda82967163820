/**
 * How an actor goes on after a failure: rebuilt from its last good state or begun anew, at once or after a wait. Whether it
 * does is the guardian's decision.
 *
 * 1. An actor that goes on is rebuilt from its persisted form, never reused (D4): not even a context that was mutated in
 *    place survives the failure.
 * 2. Failing mail is put back before all other mail, with how often it was tried, or becomes a dead letter: it is never lost.
 *    The mail behind it waits (D14).
 * 3. An actor that waits, for a time or for its supervisor, says so in its stored state: a crash changes nothing (I1). Its
 *    delays go on running; what fires waits with its mail (I6).
 */
import type { EventObject } from 'xstate'
import { type ActorPath, parentOf } from '../core/address.js'
import type { SystemEvent } from '../core/events.js'
import type { RecordRef } from '../core/inspection.js'
import type { RestartFrom } from '../supervision/child-spec.js'
import { EMPTY_HISTORY } from '../supervision/directive.js'
import type { Activation } from './activation.js'
import type { ArmedTimer, Cell, Supervised } from './cell.js'
import type { Commits } from './commits.js'
import type { DeadLetter } from './dead-letters.js'
import { Envelope, type Waiter } from './envelope.js'
import type { Heads } from './heads.js'
import type { Kin } from './kin.js'
import type { Lifecycle } from './lifecycle.js'
import type { Mailboxes } from './mailboxes.js'
import type { NodeTimers } from './node-timers.js'
import { isPaused } from './pause.js'
import type { Planting } from './planting.js'
import { definitionOf } from './supervisor-definition.js'
import type { Turns } from './turns.js'
import { deadLetterError, failedError } from './unit-errors.js'
import { type Frame, toPersisted } from './xstate/frame.js'
import type { LogicHost } from './xstate/host.js'
import type { HostSnapshot } from './xstate/internals.js'

export interface RebirthPort {
  readonly host: LogicHost
  readonly commits: Commits
  readonly heads: Heads
  readonly timers: NodeTimers
  readonly activation: Activation
  readonly lifecycle: Lifecycle
  readonly mailboxes: Mailboxes
  readonly turns: Turns
  readonly kin: Kin
  readonly planting: Planting
  forget(cell: Cell): void
  isNameTaken(systemId: string): boolean
  /** Tells those who listen, when the current commit is durable. */
  tell(event: SystemEvent): void
  deadLetter(
    path: ActorPath,
    event: EventObject,
    from: string | undefined,
    reason: 'poison',
    failure: DeadLetter['failure'],
  ): void
}

/** The start of an actor that has run before. */
export interface RestartEvent extends EventObject {
  readonly input: unknown
  readonly isRestart: true
  /** There if an operator has asked for it. */
  readonly by?: 'operator'
}

/** A unit that failed. */
export interface FailedUnit {
  readonly cell: Cell
  readonly envelope: Envelope
  /** The snapshot before the unit. */
  readonly before: HostSnapshot | undefined
  readonly error: unknown
}

/** Key of the timer that ends a wait. */
export const RESTART_TIMER = '$restart'

/** The `arm` of a wait that ends with that of the group; others have that of their timer, which is above. */
export const WITH_GROUP = 0

/** The `arm` of a paused actor that is to begin anew: it does when it is resumed, as far as supervision lets it then. */
export const AT_RESUME = -1

/** Mail that belongs to the effects of one incarnation. */
const BELONGS_TO_EFFECTS: ReadonlySet<string> = new Set(['effect', 'fault', 'resume'])

export class Rebirth {
  constructor(private readonly node: RebirthPort) {}

  // --- rebuilt ---

  /**
   * The actor as it was before the failing unit, rebuilt, with the failure on record. `undefined` if it can't be: it is
   * quarantined then. What the outside sees stays as it was.
   */
  survive({ cell, envelope, before, error }: FailedUnit, supervised: Supervised): Cell | undefined {
    const { node } = this
    if (cell.durability === 'volatile') return this.#shellOf(cell, before, supervised)
    // A fresh start that failed has left no state of its own: the former life is what there is.
    const base = envelope.kind === 'start' ? node.activation.rebuild(cell.path, node.host) : cell
    if (base !== undefined) node.heads.recordFailure(base, envelope, error, supervised)
    const next = this.#rebuild(cell, before)
    if (next === undefined) this.#quarantined(cell, envelope.waiter)
    return next
  }

  /** The cell made anew from its records, those of the current turn included, in its place. */
  #rebuild(cell: Cell, before: HostSnapshot | undefined): Cell | undefined {
    const { node } = this
    const seen = cell.uncommitted > 0 ? cell.released : before
    const next = node.activation.rebuild(cell.path, node.host)
    if (next === undefined) return undefined
    node.commits.touch(next, seen)
    node.planting.replace(cell, next)
    next.mailbox?.remove((mail) => BELONGS_TO_EFFECTS.has(mail.kind) && !mail.keep && mail.stored === undefined)
    return next
  }

  /** A volatile actor that waits is a shell: its fresh start makes a new cell. */
  #shellOf(cell: Cell, before: HostSnapshot | undefined, supervised: Supervised): Cell {
    const { node } = this
    if (node.commits.hasUnwritten) node.commits.touch(cell, before)
    this.dropTimers(cell)
    cell.status = 'restarting'
    cell.snapshot = before ?? cell.snapshot
    cell.inner = undefined
    cell.supervised = supervised
    cell.mailbox?.remove((mail) => BELONGS_TO_EFFECTS.has(mail.kind))
    return cell
  }

  #quarantined(cell: Cell, waiter: Waiter | undefined): void {
    const { node } = this
    const error = node.activation.quarantineOf(cell.path)
    node.commits.refuse(waiter, () => error)
    for (const waiting of cell.mailbox ?? []) node.commits.refuse(waiting.waiter, () => error)
    cell.status = 'failed'
    node.forget(cell)
  }

  dropTimers(cell: Cell): void {
    for (const [key, timer] of timersOf(cell)) this.node.timers.disarm(cell, key, timer)
    cell.timers = undefined
  }

  // --- the mail ---

  /** What becomes of the failing envelope, once `next` has taken the actor's place. */
  settleMail({ cell, envelope, error }: FailedUnit, next: Cell, fate: 'redelivered' | 'poison' | 'dropped'): void {
    const { commits, mailboxes } = this.node
    const { kind, event, waiter, stored } = envelope
    if (kind === 'event' && fate === 'redelivered') {
      mailboxes.redeliver(next, envelope)
    } else if (kind === 'timer' && fate !== 'poison' && next.durability !== 'volatile') {
      envelope.handled = false
      mailboxes.pushFront(next, envelope)
    } else {
      if (stored !== undefined) commits.del(stored)
      if (kind === 'start') commits.refuse(waiter, () => failedError(cell.path, event, error))
      if (kind === 'event') this.#bury(envelope, error, next)
    }
  }

  #bury({ event, from, waiter, key }: Envelope, error: unknown, next: Cell): void {
    const { path } = next
    if (key !== undefined) this.node.heads.recordPoison(next, key)
    this.node.deadLetter(path, event, from, 'poison', { error, snapshot: stateOf(next) })
    this.node.commits.refuse(waiter, () => deadLetterError(path, event, 'poison', error))
  }

  // --- waiting ---

  wait(cell: Cell, delayMs: number): void {
    const { path } = cell
    this.node.timers.arm(cell, RESTART_TIMER, waitTimer(cell))
    this.node.tell({ type: 'childBackingOff', path, supervisor: parentOf(path), delayMs })
  }

  /** The wait of the cell, if it is for a time, has no alarm any more. */
  stopWaiting(cell: Cell): void {
    const { untilMs = null } = cell.supervised?.waiting ?? {}
    if (untilMs !== null) this.node.timers.disarm(cell, RESTART_TIMER, waitTimer(cell))
  }

  /** The actor is part of a group that restarts: it waits for its supervisor. */
  suspend(cell: Cell): void {
    const { node } = this
    node.host.effects.abandon(cell, 'The actor is restarted with its group.')
    const { history = EMPTY_HISTORY, restarts = 0, last } = cell.supervised ?? {}
    const waiting = { from: node.kin.specOf(cell).restartFrom, untilMs: null, arm: WITH_GROUP, isCounted: false }
    const supervised: Supervised = { history, restarts: restarts + 1, last, waiting }
    if (cell.durability === 'volatile') {
      this.#shellOf(cell, cell.snapshot, supervised)
      return
    }
    node.heads.recordSupervised(cell, supervised)
    this.#rebuild(cell, cell.snapshot)
  }

  /** Whether it waits because it failed, and its group has not been stopped for that yet. */
  waitsAlone({ supervised }: Cell): boolean {
    const { untilMs, arm } = supervised?.waiting ?? {}
    return untilMs === null && arm !== WITH_GROUP
  }

  /** Whoever lets the group go on lets it go on. */
  joinGroup(cell: Cell): void {
    const { waiting } = cell.supervised ?? {}
    if (waiting !== undefined) this.note(cell, { waiting: { ...waiting, untilMs: null, arm: WITH_GROUP } })
  }

  note(cell: Cell, change: Partial<Supervised>): void {
    const supervised = { ...(cell.supervised as Supervised), ...change }
    if (cell.durability === 'volatile') cell.supervised = supervised
    else this.node.heads.recordSupervised(cell, supervised)
  }

  // --- going on ---

  go(cell: Cell, from: RestartFrom, by?: 'operator'): void {
    // Only what is stored can be rebuilt.
    const isAnew = from === 'initial' || cell.durability === 'volatile'
    if (!isAnew) this.#goOn(cell, by)
    else if (isPaused(cell)) this.#waitForResume(cell, by)
    else this.#startAfresh(cell, by)
  }

  /** To begin is to act: a paused actor does that when it is resumed. */
  #waitForResume(cell: Cell, by: 'operator' | undefined): void {
    cell.status = 'restarting'
    this.note(cell, {
      waiting: { from: 'initial', untilMs: null, arm: AT_RESUME, isCounted: false, ...(by && { by }) },
    })
  }

  #goOn(cell: Cell, by?: 'operator'): void {
    cell.status = 'active'
    if (cell.isAwake || cell.children !== undefined) {
      const resume = new Envelope('resume', { type: 'roscius.resume' })
      resume.cause = newestOf(cell)
      this.node.mailboxes.pushFront(cell, resume)
    }
    this.node.turns.wake(cell)
    this.restarted(cell, 'lastGood', by)
  }

  restarted({ path, supervised }: Cell, from: RestartFrom, by?: 'operator'): void {
    const { restarts = 0 } = supervised ?? {}
    this.node.tell({ type: 'childRestarted', path, supervisor: parentOf(path), from, restarts, ...(by && { by }) })
  }

  /** An actor that was given up begins again, from its last good state. */
  revive(cell: Cell): void {
    const { node } = this
    this.#backToLife(cell)
    for (const [key, timer] of timersOf(cell)) node.timers.arm(cell, key, timer)
    this.#goOn(cell)
    node.turns.schedule()
  }

  #backToLife(cell: Cell): void {
    const { heads } = this.node
    const isFree = cell.systemId !== undefined && !this.node.isNameTaken(cell.systemId)
    cell.status = 'active'
    heads.recordRevival(cell)
    if (isFree) heads.keepName(cell)
  }

  /**
   * The actor as an operator wants it: its effects gone, rebuilt from its last good state, which is the present one unless it has
   * failed. It has yet to `go`. `undefined` if it can't be rebuilt: it is quarantined then.
   */
  restartByOrder(cell: Cell, event: EventObject): Cell | undefined {
    const { node } = this
    const { status, snapshot, durability } = cell
    const { history = EMPTY_HISTORY, restarts = 0, last } = cell.supervised ?? {}
    // One that waits is counted already.
    const times = status === 'restarting' ? restarts : restarts + 1
    const supervised = { history, restarts: times, last, waiting: undefined }
    this.stopWaiting(cell)
    node.host.effects.abandon(cell, 'An operator restarts the actor.')
    if (durability === 'volatile') return this.#shellOf(cell, snapshot, supervised)
    if (status === 'failed') this.#backToLife(cell)
    node.heads.recordSupervised(cell, supervised, event)
    const next = this.#rebuild(cell, snapshot)
    if (next === undefined) this.#quarantined(cell, undefined)
    if (status === 'failed') for (const [key, timer] of timersOf(next)) node.timers.arm(next as Cell, key, timer)
    return next
  }

  /** A fresh start with the original input; what is below the actor belongs to its former state and ends first. */
  #startAfresh(cell: Cell, by: 'operator' | undefined): void {
    const isSupervisor = definitionOf(cell.row.logic) !== undefined
    if (!cell.hasChildCells || isSupervisor) {
      this.#startAnew(cell, by)
      return
    }
    cell.status = 'restarting'
    const arm = cell.supervised?.restarts ?? 0
    this.note(cell, { waiting: { from: 'initial', untilMs: null, arm, isCounted: false, ...(by && { by }) } })
    this.node.lifecycle.restartAfterBelow(cell.path)
  }

  /** All below an actor that begins anew have ended. */
  beginAnew(cell: Cell): void {
    const by = cell.supervised?.waiting?.by
    if (isPaused(cell)) this.#waitForResume(cell, by)
    else this.#startAnew(cell, by)
  }

  /** The actor begins again, with its mail. */
  #startAnew(cell: Cell, by: 'operator' | undefined): void {
    const { node } = this
    const input = node.kin.inputOf(cell)
    this.dropTimers(cell)
    node.heads.forgetEffects(cell)
    const stash = cell.stash ?? []
    // Also if the fresh start fails, and the former life is what there is.
    if (stash.length > 0 && cell.durability !== 'volatile') node.heads.recordEmptyStash(cell)
    const { supervised } = cell
    const fresh = node.planting.renew(cell)
    fresh.supervised = supervised && { ...supervised, waiting: undefined }
    fresh.input = input
    for (const { event, from, cause } of stash.toReversed()) {
      const envelope = new Envelope('event', event)
      envelope.from = from
      envelope.cause = cause
      node.mailboxes.redeliver(fresh, envelope)
    }
    const event: RestartEvent = { type: 'xstate.init', input, isRestart: true, ...(by && { by }) }
    const start = new Envelope('start', event)
    start.to = fresh.path
    start.cause = newestOf(cell)
    start.keep = fresh.durability !== 'volatile'
    // In the store, too, it comes before the mail that it keeps.
    node.mailboxes.putBack(fresh, [start])
  }
}

/** What was decided about the actor is its newest record; of a volatile one there is none. */
function newestOf({ path, seqNr, durability }: Cell): RecordRef | undefined {
  return durability === 'volatile' ? undefined : { path, seqNr }
}

function timersOf(cell: Cell | undefined): readonly (readonly [string, ArmedTimer])[] {
  return Object.entries(cell?.timers ?? {})
}

function waitTimer(cell: Cell): ArmedTimer {
  const { untilMs = null, arm = 0 } = cell.supervised?.waiting ?? {}
  return { dueMs: Math.ceil(untilMs ?? 0), event: { type: 'roscius.restart' }, source: '', target: '', arm }
}

/** The persisted snapshot of an actor that has just been rebuilt. */
export function stateOf({ frame, snapshot }: Cell): unknown {
  if (frame !== undefined) return toPersisted((frame as Frame).snapshot)
  return snapshot && { status: snapshot.status, value: snapshot.value, context: snapshot.context }
}
