/**
 * The doer of supervision: what a failure or an end means for an actor, carried out in the commit of its unit. The decision
 * itself is pure (`src/supervision/directive.ts`); how an actor goes on is in `rebirth.ts`.
 *
 * 1. The effects of the dead incarnation are aborted before anything else; the new one starts them as the next attempt (D10).
 * 2. A child that restarts alone needs no help of its supervisor. Restarts of groups and escalations are signals to it: mail
 *    that is part of the child's commit, so that no crash loses them.
 * 3. Nobody below a supervisor that is ending comes back.
 * 4. What the actor was doing when it was given up is on record, and the event that failed it is a dead letter.
 * 5. A supervisor out of whose definition the actor was taken is asked for nothing: it would never let the actor go on. To
 *    escalate means to give up then, as it does under the guardian.
 */
import type { EventObject } from 'xstate'
import { type ActorPath, idOf, parentOf } from '../core/address.js'
import { isRosciusError, type RosciusError } from '../core/errors.js'
import type { DeadLetterReason } from '../core/events.js'
import type { Random } from '../core/random.js'
import type { ReadGuardian, SupervisionSpec } from '../supervision/child-spec.js'
import {
  type Decision,
  decide,
  EMPTY_HISTORY,
  type EscalateDecision,
  type History,
  type RestartDecision,
} from '../supervision/directive.js'
import { classify, type FailureClass } from '../supervision/failure-class.js'
import type { Intensity } from '../supervision/restart-window.js'
import type { Cell, LastFailure } from './cell.js'
import { ChildSignals, type Signal, type SignalsPort } from './child-signals.js'
import type { DeadLetter } from './dead-letters.js'
import type { Envelope } from './envelope.js'
import { rootFailedError } from './escalation-errors.js'
import type { Supervisor } from './kin.js'
import {
  AT_RESUME,
  type FailedUnit,
  Rebirth,
  type RebirthPort,
  type RestartEvent,
  stateOf,
  WITH_GROUP,
} from './rebirth.js'
import { describeFailure, failedError } from './unit-errors.js'
import type { HostSnapshot } from './xstate/internals.js'

export interface GuardianPort extends Omit<RebirthPort, 'deadLetter'>, SignalsPort {
  readonly options: { readonly random: Random; readonly supervision: ReadGuardian }
  now(): number
  readonly reading: { notify(cell: Cell): void }
  deadLetter(
    path: ActorPath,
    event: EventObject,
    from: string | undefined,
    reason: DeadLetterReason,
    failure: DeadLetter['failure'],
  ): void
  ended(cell: Cell, event: EventObject | undefined): void
  /** An actor at the top has failed, or ended, more often than the root guardian bears. */
  rootFailed(error: RosciusError): void
}

interface Facts extends FailedUnit {
  readonly failureClass: FailureClass
  readonly supervisor: Supervisor | undefined
  readonly spec: SupervisionSpec
}

const UNLIMITED: Intensity = { maxRestarts: 1_000_000, withinMs: 1 }

export class Guardian {
  readonly rebirth: Rebirth
  readonly signals: ChildSignals

  constructor(private readonly node: GuardianPort) {
    this.rebirth = new Rebirth(node)
    this.signals = new ChildSignals(node)
  }

  // --- a unit failed ---

  /** What follows from the failure of a unit. */
  failed(cell: Cell, envelope: Envelope, before: HostSnapshot | undefined, thrown: unknown): void {
    const { host, kin, options } = this.node
    host.effects.abandon(cell, 'The actor has failed.')
    const error = describeFailure(thrown, cell.path)
    const supervisor = kin.supervisorOf(cell.path)
    const spec = kin.specOf(cell, supervisor)
    const custom = spec.classify ?? (supervisor?.definition ?? options.supervision).classify
    const facts: Facts = { cell, envelope, before, error, failureClass: classify(error, custom), supervisor, spec }
    if (envelope.kind === 'event') envelope.deliveries++
    // Whoever asked for an actor under the guardian is told that it can't start; nobody else need know.
    const isUnheard = isNeverStarted(facts) && supervisor === undefined
    if (isUnheard || envelope.kind === 'stop') this.#giveUp(facts, undefined)
    else this.#carryOut(facts, this.#decide(facts))
  }

  #decide(facts: Facts): Decision {
    const { cell, envelope, failureClass, supervisor } = facts
    return decide({
      ...this.#rulesFor(cell, supervisor),
      reason: isNeverStarted(facts) ? 'neverStarted' : envelope.kind === 'start' ? 'startFailed' : 'failed',
      failureClass,
      envelope: envelope.kind === 'event' ? 'mail' : 'internal',
      deliveries: envelope.deliveries,
      isSupervisorEnding: this.node.kin.isEnding(cell.path, supervisor),
    })
  }

  /** What a decision about the actor goes by, whatever it is about. */
  #rulesFor(cell: Cell, supervisor: Supervisor | undefined) {
    const { kin, options } = this.node
    const strategy = kin.strategyOf(cell.path, supervisor)
    const { intensity, directives } = supervisor?.definition ?? options.supervision
    return {
      spec: kin.specOf(cell, supervisor),
      strategy,
      // The restarts of a group are counted by its supervisor.
      intensity: strategy === 'oneForOne' ? intensity : UNLIMITED,
      directives,
      history: cell.supervised?.history ?? EMPTY_HISTORY,
      now: this.node.now(),
      chance: options.random.next(),
    } as const
  }

  #carryOut(facts: Facts, decision: Decision): void {
    const { cell, error, failureClass } = facts
    const { kind, rule } = decision
    const { path } = cell
    this.node.tell({ type: 'childFailed', path, supervisor: parentOf(path), error, failureClass, decision: kind, rule })
    if (decision.kind === 'restart') this.#restart(facts, decision)
    else if (decision.kind === 'resume') this.#resume(facts, decision)
    else if (decision.kind === 'escalate') this.#escalate(facts, decision)
    else if (this.#isToWait(facts, decision)) this.#waitWithSiblings(facts, decision)
    else this.#giveUp(facts, decision)
  }

  #restart(facts: Facts, decision: RestartDecision): void {
    const { rebirth } = this
    const { cell, supervisor } = facts
    const { history, delayMs, from, scope, isCounted, redeliver, isPoison } = decision
    const restarts = (cell.supervised?.restarts ?? 0) + 1
    const untilMs = delayMs > 0 ? this.node.now() + delayMs : null
    const isAlone = scope === 'one'
    const waiting = delayMs > 0 || !isAlone ? { from, untilMs, arm: restarts, isCounted } : undefined
    const next = rebirth.survive(facts, { history, restarts, last: this.#lastOf(facts, decision), waiting })
    if (next === undefined) return
    rebirth.settleMail(facts, next, redeliver ? 'redelivered' : isPoison ? 'poison' : 'dropped')
    if (delayMs > 0) rebirth.wait(next, delayMs)
    else if (isAlone) rebirth.go(next, from)
    else if (supervisor !== undefined) this.signals.askForGroup(next, supervisor)
  }

  /** The actor goes on as if the event had never come. */
  #resume(facts: Facts, decision: Decision): void {
    const { history = EMPTY_HISTORY, restarts = 0 } = facts.cell.supervised ?? {}
    const last = this.#lastOf(facts, decision)
    const next = this.rebirth.survive(facts, { history, restarts, last, waiting: undefined })
    if (next === undefined) return
    this.rebirth.settleMail(facts, next, 'poison')
    this.rebirth.go(next, 'lastGood')
  }

  #escalate(facts: Facts, decision: EscalateDecision): void {
    const { cell, envelope, spec, error, failureClass } = facts
    const supervisor = this.#bearerOf(cell, facts.supervisor)
    if (decision.why === 'intensity') this.#exceeded(cell, facts.supervisor)
    if (supervisor === undefined) {
      this.#giveUp(facts, decision)
      this.#rootFailed(cell, decision, error, failureClass)
      return
    }
    const { restarts = 0 } = cell.supervised ?? {}
    const waiting = { from: spec.restartFrom, untilMs: null, arm: restarts, isCounted: false }
    const last = this.#lastOf(facts, decision)
    const next = this.rebirth.survive(facts, { history: EMPTY_HISTORY, restarts: restarts + 1, last, waiting })
    if (next === undefined) return
    // Or it would take down one supervisor after the other, as often as it is delivered.
    const isPoison = decision.why === 'directive' || envelope.deliveries >= spec.maxDeliveries
    this.rebirth.settleMail(facts, next, envelope.kind === 'event' && isPoison ? 'poison' : 'redelivered')
    this.signals.askToEscalate(next, supervisor, { why: decision.why, failureClass, error })
  }

  /** The supervisor that can give up for the actor. */
  #bearerOf({ path }: Cell, supervisor: Supervisor | undefined): Supervisor | undefined {
    return supervisor !== undefined && this.node.kin.isOrphan(path, supervisor) ? undefined : supervisor
  }

  /** Is the system's failure if the actor is at the top. */
  #rootFailed(cell: Cell, { why }: EscalateDecision, error: unknown, failureClass: FailureClass | undefined): void {
    if (parentOf(cell.path) !== undefined) return
    const intensity = this.#intensityOf(cell, undefined)
    this.node.rootFailed(rootFailedError(cell.path, { why, failureClass, error, intensity }))
  }

  /** Whether its supervisor gives up, and takes it along into whatever follows. */
  #isToWait({ cell, supervisor, spec }: Facts, { rule }: Decision): boolean {
    if (rule !== 'supervisorEnding' || supervisor === undefined || spec.restart === 'temporary') return false
    const { status, snapshot } = supervisor.cell
    return status === 'active' && snapshot?.value === 'escalating' && !this.node.lifecycle.isEnding(cell.path)
  }

  /** The child waits as its siblings do, and keeps its mail as they do: a restart of the supervisor brings all back. */
  #waitWithSiblings(facts: Facts, decision: Decision): void {
    const { cell, envelope, spec } = facts
    const { history = EMPTY_HISTORY, restarts = 0 } = cell.supervised ?? {}
    const waiting = { from: spec.restartFrom, untilMs: null, arm: WITH_GROUP, isCounted: false }
    const next = this.rebirth.survive(facts, {
      history,
      restarts: restarts + 1,
      last: this.#lastOf(facts, decision),
      waiting,
    })
    if (next === undefined) return
    this.rebirth.settleMail(facts, next, envelope.deliveries >= spec.maxDeliveries ? 'poison' : 'redelivered')
  }

  #exceeded(cell: Cell, supervisor: Supervisor | undefined): void {
    const { path } = cell
    const { maxRestarts, withinMs } = this.#intensityOf(cell, supervisor)
    this.node.tell({ type: 'intensityExceeded', path: parentOf(path), child: path, maxRestarts, withinMs })
  }

  #intensityOf(cell: Cell, supervisor: Supervisor | undefined): Intensity {
    const { kin, options } = this.node
    const { intensity } = supervisor?.definition ?? options.supervision
    return kin.specOf(cell, supervisor).intensity ?? intensity
  }

  #lastOf({ envelope, error, failureClass }: Facts, { kind, rule }: Decision): LastFailure {
    const event = envelope.event.type
    return { error: summary(error), failureClass, event, decision: kind, rule, timeMs: this.node.now() }
  }

  // --- a wait is over ---

  /** The wait is over: by its time, or because its supervisor says so (`isOrdered`). */
  due(cell: Cell, envelope: Envelope): void {
    const { rebirth } = this
    const waiting = cell.supervised?.waiting
    const { arm, isOrdered } = envelope.event as EventObject & { arm?: number; isOrdered?: boolean }
    if (waiting === undefined || (isOrdered !== true && arm !== waiting.arm)) return
    rebirth.stopWaiting(cell)
    const supervisor = isOrdered === true ? undefined : this.node.kin.supervisorOf(cell.path)
    if (supervisor !== undefined && !this.#isUp(cell, supervisor)) {
      rebirth.joinGroup(cell)
      return
    }
    if (supervisor !== undefined && this.node.kin.strategyOf(cell.path, supervisor) !== 'oneForOne') {
      rebirth.note(cell, { waiting: { ...waiting, untilMs: null } })
      this.signals.askForGroup(cell, supervisor)
      return
    }
    rebirth.note(cell, { waiting: undefined })
    rebirth.go(cell, waiting.from)
  }

  /** An operator has resumed the actor: one that was to begin anew does. */
  resumed(cell: Cell): void {
    const { waiting } = cell.supervised ?? {}
    if (cell.status !== 'restarting' || waiting?.arm !== AT_RESUME) return
    const supervisor = this.node.kin.supervisorOf(cell.path)
    if (supervisor !== undefined && !this.#isUp(cell, supervisor)) {
      this.rebirth.joinGroup(cell)
      return
    }
    this.rebirth.note(cell, { waiting: undefined })
    this.rebirth.go(cell, waiting.from, waiting.by)
  }

  /** A supervisor that is down starts its children when it is up again. */
  #isUp({ path }: Cell, supervisor: Supervisor): boolean {
    const { kin } = this.node
    return (
      kin.isOrphan(path, supervisor) || (supervisor.cell.status === 'active' && !kin.isParentEnding(path, supervisor))
    )
  }

  // --- the actor has come to its end ---

  /** An actor is done, or was stopped, in this unit: whether it comes back, which is then on its way. */
  comesBack(cell: Cell): boolean {
    const { kin, lifecycle } = this.node
    const { path } = cell
    const ending = lifecycle.endingOf(path)
    // It was cancelled, shut down, or stopped with a parent: nobody needs to be asked.
    if (ending !== undefined && (ending.path !== path || ending.reason !== 'stopped')) return false
    const supervisor = kin.supervisorOf(path)
    if (kin.specOf(cell, supervisor).restart !== 'permanent' || lifecycle.isBeingDeleted(path)) return false
    const decision = this.#decideEnd(cell, supervisor)
    if (decision.kind === 'escalate') return this.#escalateEnd(cell, decision, supervisor)
    if (decision.kind !== 'restart') return false
    this.#restartAfterEnd(cell, decision, supervisor)
    return true
  }

  #decideEnd(cell: Cell, supervisor: Supervisor | undefined): Decision {
    return decide({
      ...this.#rulesFor(cell, supervisor),
      reason: cell.status === 'done' ? 'done' : 'stopped',
      envelope: 'internal',
      deliveries: 0,
      // That it is stopped itself, by an order from outside, does not mean that its supervisor ends.
      isSupervisorEnding: this.node.kin.isParentEnding(cell.path, supervisor),
    })
  }

  /** The end that was written in this unit is taken back: the actor begins anew. */
  #restartAfterEnd(cell: Cell, decision: RestartDecision, supervisor: Supervisor | undefined): void {
    // An order to stop is still being carried out: the timer lets it finish first.
    const delayMs = Math.max(decision.delayMs, cell.status === 'stopped' ? 1 : 0)
    this.#takeBackEnd(cell, delayMs, decision.history, decision.isCounted)
    if (delayMs > 0) this.rebirth.wait(cell, delayMs)
    else if (decision.scope === 'one' || supervisor === undefined) this.rebirth.go(cell, 'initial')
    else this.signals.askForGroup(cell, supervisor)
  }

  #escalateEnd(cell: Cell, decision: EscalateDecision, parent: Supervisor | undefined): boolean {
    const { why } = decision
    const supervisor = this.#bearerOf(cell, parent)
    if (why === 'intensity') this.#exceeded(cell, parent)
    if (supervisor === undefined) {
      this.#rootFailed(cell, decision, undefined, undefined)
      return false
    }
    this.#takeBackEnd(cell, 0, EMPTY_HISTORY, false)
    this.signals.askToEscalate(cell, supervisor, { why })
    return true
  }

  #takeBackEnd(cell: Cell, delayMs: number, history: History, isCounted: boolean): void {
    const { restarts = 0, last } = cell.supervised ?? {}
    const untilMs = delayMs > 0 ? this.node.now() + delayMs : null
    const waiting = { from: 'initial', untilMs, arm: restarts + 1, isCounted } as const
    cell.status = 'restarting'
    this.node.heads.takeBackEnd(cell, { history, restarts: restarts + 1, last, waiting })
  }

  /** The actor ends failed. */
  #giveUp(facts: Facts, decision: Decision | undefined): void {
    const { cell, envelope, before, error, supervisor } = facts
    const { node } = this
    const { path } = cell
    const isStart = isFirstStart(envelope)
    const isNew = isNeverStarted(facts)
    if (cell.durability !== 'volatile' || node.commits.hasUnwritten) node.commits.touch(cell, before)
    if (envelope.stored !== undefined) node.commits.del(envelope.stored)
    cell.status = 'failed'
    cell.inner = undefined
    cell.snapshot = failedSnapshot(before, error)
    this.#rememberEnd(facts, decision)
    if (isStart || cell.durability === 'volatile' || !this.#recordEnd(facts))
      this.#keepFailure(cell, envelope.event, error, before)
    if (envelope.kind === 'event')
      node.deadLetter(path, envelope.event, envelope.from, 'actorFailed', { error, snapshot: stateOf(cell) })
    node.commits.refuse(envelope.waiter, () => failedError(path, envelope.event, error))
    node.reading.notify(cell)
    node.tell({ type: 'actorFailed', path, error })
    if (decision !== undefined) node.tell({ type: 'childGivenUp', path, supervisor: parentOf(path), error })
    node.ended(cell, endEvent(cell, error, supervisor, isNew))
  }

  /** The failure that ends a stored cell is part of its records. Answers false if it has none. */
  #recordEnd({ cell, envelope, error }: Facts): boolean {
    const { heads } = this.node
    if (cell.frame !== undefined) {
      heads.recordEnd(cell, envelope, error)
      return true
    }
    // A fresh start that failed has left no state of its own: the former life is what there is.
    const former = this.node.activation.rebuild(cell.path, this.node.host)
    if (former === undefined) return false
    const { status, supervised, headBatch } = cell
    heads.recordEnd(Object.assign(former, { status, supervised, headBatch }), envelope, error)
    const { frame, seqNr, sessions, snapshotSeqNr } = former
    Object.assign(cell, { frame, seqNr, sessions, snapshotSeqNr, headBatch: former.headBatch })
    return true
  }

  /** Why nobody brings it back; a failure that it survived before is not the reason. */
  #rememberEnd(facts: Facts, decision: Decision | undefined): void {
    const { cell } = facts
    if (decision === undefined && cell.supervised === undefined) return
    const { history = EMPTY_HISTORY, restarts = 0 } = cell.supervised ?? {}
    cell.supervised = { history, restarts, last: decision && this.#lastOf(facts, decision), waiting: undefined }
  }

  /** The failure of a cell that is nowhere stored. */
  #keepFailure(cell: Cell, event: EventObject, error: unknown, before: HostSnapshot | undefined): void {
    this.rebirth.dropTimers(cell)
    const snapshot = before && { status: before.status, value: before.value, context: before.context }
    cell.failure = { error, event, seqNr: cell.seqNr, time: this.node.now(), snapshot }
  }
}

function isFirstStart({ kind, event }: Envelope): boolean {
  return kind === 'start' && (event as Partial<RestartEvent>).isRestart !== true
}

/** Whether the actor has never been up. */
function isNeverStarted(facts: Facts): boolean {
  return isFirstStart(facts.envelope) || isStillborn(facts)
}

/** A supervisor whose children have never been up: as OTP's, it has not started, so nobody restarts it. */
function isStillborn({ cell, before, error }: Pick<FailedUnit, 'cell' | 'before' | 'error'>): boolean {
  const { isUp = false } = (before?.context ?? {}) as { readonly isUp?: boolean }
  return cell.supervised === undefined && !isUp && isRosciusError(error, 'CHILD_START_FAILED')
}

/** What the parent of an actor that has failed for good is told. */
function endEvent(
  { path }: Cell,
  error: unknown,
  supervisor: Supervisor | undefined,
  isStart: boolean,
): Signal | undefined {
  if (supervisor !== undefined)
    return { type: `roscius.child.${isStart ? 'startFailed' : 'ended'}`, reason: 'failed', error: summary(error) }
  if (parentOf(path) === undefined) return undefined
  return { type: `xstate.error.actor.${idOf(path)}`, error, actorId: idOf(path) }
}

/** What was thrown, in a line. */
function summary(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}

function failedSnapshot(before: HostSnapshot | undefined, error: unknown): HostSnapshot {
  const snapshot: HostSnapshot = { ...(before ?? { output: undefined }), status: 'error', error }
  if (before?.machine !== undefined) Object.setPrototypeOf(snapshot, Object.getPrototypeOf(before))
  return snapshot
}
