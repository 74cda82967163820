/**
 * Where events come in: from a user's ref, from an effect, from a timer, and from a unit of another cell.
 *
 * 1. What comes from outside is checked here: its shape, that its receiver lives, that it can be stored. What is wrong is an
 *    error to the sender and harms nobody else.
 * 2. What comes from a unit is part of that unit's commit, and never throws: it becomes a dead letter.
 * 3. Addresses that begin with `$` are replies: `$ask/…` to a caller outside, `$reply` to the effect that asked (D11).
 * 4. What is for another node goes abroad, from each of these doors, and what arrives from there comes in by one of its own.
 * 5. A repeat of what an actor had handled before it ended gets its first answer: it is no dead letter (D2).
 */
import type { EventObject } from 'xstate'
import type { AskOptions, DeliverOptions, Delivery } from '../core/actor-ref.js'
import type { ActorPath } from '../core/address.js'
import { RosciusError } from '../core/errors.js'
import type { DeadLetterReason } from '../core/events.js'
import { isForeign } from '../core/foreign-address.js'
import type { RecordRef } from '../core/inspection.js'
import { type RefCodec, toStorable } from '../persistence/storable.js'
import type { Abroad, Arrival, Place } from './abroad.js'
import type { Activation } from './activation.js'
import type { Cell } from './cell.js'
import type { Commits } from './commits.js'
import { remembered } from './dedupe.js'
import { currentRun } from './effect-run.js'
import { Envelope, type Lineage, type MailKind, type Waiter } from './envelope.js'
import type { Mailboxes } from './mailboxes.js'
import { RESTART_TIMER } from './rebirth.js'
import { effectKey, HeldReply, REPLY_TO_EFFECT, type Replies } from './replies.js'
import type { Turns } from './turns.js'
import type { PlannedSend, Unit } from './unit.js'
import { deadLetterError } from './unit-errors.js'
import { isOwnSession, pathOfSession } from './xstate/sessions.js'

export interface DoorPort {
  readonly unit: Unit | undefined
  readonly abroad: Abroad
  readonly cells: ReadonlyMap<ActorPath, Cell>
  readonly activation: Activation
  readonly commits: Commits
  readonly mailboxes: Mailboxes
  readonly replies: Replies
  readonly turns: Turns
  readonly refs: RefCodec
  /** Why nothing is accepted any more. */
  readonly stopReason: RosciusError | undefined
  now(): number
  activate(path: ActorPath): Cell | undefined
  refAt(path: ActorPath): object
  /** Tells of an error that can't fail its actor any more. */
  lateFault(path: ActorPath, effectId: string, error: unknown): void
  deadLetter(path: ActorPath, event: EventObject, from: string | undefined, reason: DeadLetterReason): void
}

export class Doors {
  constructor(private readonly node: DoorPort) {}

  // --- from outside ---

  /** A `send` on a ref. Inside a unit it is planned with what the unit sends. */
  post(path: ActorPath, child: string | undefined, event: EventObject): void {
    this.#assertRunning()
    const { unit } = this.node
    if (unit !== undefined) {
      unit.sends.push({ path, child, event, from: unit.cell.path })
      return
    }
    const run = currentRun()
    // A newer attempt sends the same: what the dead one sends is dropped (D10).
    if (run?.isReplaced) return
    const envelope = envelopeOf('event', child, event)
    if (run !== undefined && !run.isOver) {
      envelope.from = run.child ?? run.path
      envelope.key = sendKey(run.nextSendKey(), path)
      envelope.lineage = run.lineage
      envelope.cause = run.cause
      // What marks the effect as done must not be stored without what it sent.
      envelope.keep = true
      envelope.to = path
    }
    this.#take(path, envelope)
  }

  /** Not async, which would make two more promises for each delivery. */
  deliver(path: ActorPath, event: EventObject, options: DeliverOptions | undefined): Promise<Delivery> {
    try {
      assertKey(options?.idempotencyKey)
      assertAlive()
      return this.deliverAs(path, event, options?.idempotencyKey ?? sendKey(currentRun()?.nextSendKey(), path))
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** `deliver` under a key that may be the runtime's own. */
  deliverAs(path: ActorPath, event: EventObject, key: string | undefined): Promise<Delivery> {
    return new Promise((resolve, reject) => {
      this.#assertRunning()
      const envelope = envelopeOf('event', undefined, event)
      envelope.key = key
      setOrigin(envelope)
      envelope.waiter = { resolve, reject }
      this.#take(path, envelope)
    })
  }

  ask(path: ActorPath, build: (replyTo: object) => EventObject, options: AskOptions | undefined): Promise<unknown> {
    const { timeoutMs = 5_000, idempotencyKey } = options ?? {}
    const question = this.node.replies.open(path, timeoutMs, idempotencyKey)
    try {
      assertKey(idempotencyKey)
      assertAlive()
      this.#assertRunning()
      const envelope = envelopeOf('event', undefined, build(this.node.refAt(question.path)))
      envelope.key = idempotencyKey
      setOrigin(envelope)
      envelope.waiter = question
      if (isForeign(path)) this.node.abroad.ask(path, envelope, question.path)
      else this.#take(path, envelope)
    } catch (error) {
      question.settle(error)
    }
    return question.reply
  }

  /** A question whose answer, or the news that there is none, settles the effect that asks. */
  async askAs(path: ActorPath, event: EventObject, effectId: string): Promise<void> {
    if (!isForeign(path)) return void (await this.deliverAs(path, event, effectKey(effectId)))
    this.#assertRunning()
    const envelope = envelopeOf('event', undefined, event)
    envelope.key = effectKey(effectId)
    setOrigin(envelope)
    this.node.abroad.ask(path, envelope, `${REPLY_TO_EFFECT}${effectId}`)
  }

  #take(path: ActorPath, envelope: Envelope): void {
    if (isForeign(path)) {
      this.node.abroad.post(path, envelope)
      return
    }
    if (path.startsWith('$')) {
      this.#answer(path, envelope.child, envelope.event, envelope.cause)
      return
    }
    const cell = this.node.activate(path)
    if (cell === undefined || hasEnded(cell)) {
      this.#refuse(path, envelope, cell)
      return
    }
    if (cell.durability === 'volatile') envelope.keep = false
    else toStorable(envelope.event, 'event', this.node.refs)
    this.node.mailboxes.admit(cell, envelope, true)
  }

  #refuse(path: ActorPath, envelope: Envelope, cell: Cell | undefined): void {
    const { activation, commits, turns } = this.node
    const repeated = cell && remembered(cell, envelope.key, this.node.now())
    if (repeated !== undefined && repeated.outcome !== 'poison') {
      const { seqNr, outcome, reply } = repeated
      commits.answer(envelope.waiter, { seqNr, outcome }, reply)
      turns.schedule()
      return
    }
    const reason = this.#reasonFor(path, cell)
    this.node.deadLetter(path, envelope.event, envelope.from, reason)
    turns.schedule()
    commits.refuse(
      envelope.waiter,
      () => activation.quarantineOf(path) ?? deadLetterError(path, envelope.event, reason),
    )
  }

  #reasonFor(path: ActorPath, cell: Cell | undefined): DeadLetterReason {
    if (cell !== undefined) return cell.status === 'failed' ? 'actorFailed' : 'actorEnded'
    return this.node.activation.quarantineOf(path) === undefined ? 'actorNotFound' : 'actorQuarantined'
  }

  // --- from effects and timers ---

  /** What an effect of the cell sends to its own cell, its result among it. */
  fromEffect(path: ActorPath, child: string | undefined, event: EventObject, from: string): void {
    const cell = this.#receiver(path)
    if (cell === undefined) return
    const envelope = envelopeOf('effect', child, this.#storableResult(cell, event))
    envelope.from = from
    setOrigin(envelope)
    // A settlement is always taken; what a callback or observable goes on sending is bounded as any mail.
    if (SETTLEMENTS.has(event.type)) this.node.mailboxes.push(cell, envelope)
    else this.node.mailboxes.admit(cell, envelope, false)
  }

  /** A result that can't be kept is a failure of the effect, which its machine can take, and not of the actor. */
  #storableResult({ durability }: Cell, event: EventObject): EventObject {
    if (durability === 'volatile' || event.type !== RESOLVED) return event
    try {
      toStorable((event as EventObject & { readonly data: unknown }).data, 'output', this.node.refs)
      return event
    } catch (error) {
      return { type: REJECTED, data: error } as EventObject
    }
  }

  /** An error that a released action or effect did not handle; it comes before all other mail. */
  fault(path: ActorPath, child: string | undefined, error: unknown, cause: RecordRef | undefined): void {
    const cell = this.#receiver(path)
    if (cell === undefined) this.node.lateFault(path, child ?? path, error)
    else {
      const envelope = envelopeOf('fault', child, { type: 'roscius.fault', error } as EventObject)
      envelope.cause = cause
      this.node.mailboxes.pushFront(cell, envelope)
    }
  }

  timerFired(path: ActorPath, key: string, arm: number): void {
    const cell = this.node.activate(path)
    if (key === RESTART_TIMER && cell?.status === 'restarting')
      this.node.mailboxes.pushFront(
        cell,
        envelopeOf('restart', undefined, { type: 'roscius.restart', arm } as EventObject),
      )
    if (cell?.status !== 'active' && cell?.status !== 'restarting') return
    if (key === RESTART_TIMER) return
    this.node.mailboxes.push(cell, envelopeOf('timer', undefined, { type: 'roscius.timer', key, arm } as EventObject))
  }

  #receiver(path: ActorPath): Cell | undefined {
    const cell = this.node.stopReason === undefined ? this.node.cells.get(path) : undefined
    return cell?.status === 'active' ? cell : undefined
  }

  // --- from a unit ---

  /** What a unit sends; part of its commit. `cause`: the record that it belongs to. */
  route(send: PlannedSend, sender: Cell, lineage: Lineage | undefined, cause: RecordRef = newestOf(sender)): void {
    const { path, child, event, from } = send
    const { abroad, commits } = this.node
    if (path === '$reply') {
      if (child !== undefined) this.#settle(child, event, sender, cause)
    } else if (path.startsWith('$')) commits.hold(new HeldReply(this.node.replies, path, event))
    else if (isForeign(path))
      abroad.route({ to: path, event, from, isStored: sender.durability !== 'volatile', key: undefined, lineage })
    else this.#routeTo(send, sender, lineage, cause)
  }

  #routeTo(
    { path, child, event, from }: PlannedSend,
    sender: Cell,
    lineage: Lineage | undefined,
    cause: RecordRef,
  ): void {
    const cell = this.node.activate(path)
    if (cell === undefined || hasEnded(cell)) {
      this.node.deadLetter(path, event, from, this.#reasonFor(path, cell))
      if (sender.durability === 'durable') this.node.commits.sync()
      return
    }
    const envelope = vouchedFor(envelopeOf('event', child, event), cell, from, sender)
    envelope.lineage = lineage
    envelope.cause = cause
    this.node.mailboxes.admit(cell, envelope, false)
  }

  /** A reply to an effect of a cell (`fromAsk`): it settles that effect. */
  #settle(session: string, reply: EventObject, sender: Cell, cause: RecordRef): void {
    const path = pathOfSession(session)
    const cell = this.node.activate(path)
    if (cell?.status !== 'active') return
    const envelope = vouchedFor(settlement(session, reply), cell, sender.path, sender)
    envelope.cause = cause
    this.node.mailboxes.push(cell, envelope)
  }

  /** A reply that is released, or was sent from outside a unit. */
  #answer(path: ActorPath, child: string | undefined, event: EventObject, cause?: RecordRef): void {
    if (path !== '$reply' || child === undefined) {
      this.node.replies.answer(path, event)
      return
    }
    const owner = pathOfSession(child)
    const cell = this.#receiver(owner)
    if (cell === undefined) return
    const envelope = settlement(child, event)
    envelope.cause = cause
    this.node.mailboxes.push(cell, envelope)
  }

  // --- from other nodes ---

  /** Mail from another node; part of the current commit, which also says that it has come. */
  arrive(arrival: Arrival): Place {
    const { to: path, event, from } = arrival
    if (path.startsWith('$')) return this.#replied(path, event)
    const [owner = path, session] = path.split('#')
    const cell = this.node.activate(owner)
    if (cell === undefined || hasEnded(cell)) return this.#bury(arrival, this.#reasonFor(owner, cell))
    const isStored = cell.durability !== 'volatile'
    // At most once (D6): what it has handled was lost with its process.
    if (arrival.isDoubtful && !isStored) return this.#bury(arrival, 'mayBeHandled')
    const isCrowded = 2 * (cell.mailbox?.size ?? 0) > cell.row.capacity
    const envelope = envelopeOf('event', session === undefined ? undefined : path, event)
    Object.assign(envelope, { from, key: arrival.key, lineage: arrival.lineage, to: owner, keep: isStored })
    envelope.waiter = isCrowded ? afterwards(arrival.waiter, arrival.onTaken) : arrival.waiter
    if (isStored) this.node.commits.sync()
    this.node.mailboxes.admit(cell, envelope, false)
    return { isStored, isWaiting: isCrowded }
  }

  #bury({ to: path, event, from, waiter }: Arrival, reason: DeadLetterReason): Place {
    this.node.deadLetter(path, event, from, reason)
    this.node.turns.schedule()
    this.node.commits.refuse(waiter, () => deadLetterError(path, event, reason))
    return { isStored: true, isWaiting: false }
  }

  #replied(path: ActorPath, event: EventObject): Place {
    const isEffect = path.startsWith(REPLY_TO_EFFECT)
    if (!isEffect) this.node.replies.answer(path, event)
    else this.#settleWith(settlement(path.slice(REPLY_TO_EFFECT.length), event), path)
    return { isStored: isEffect, isWaiting: false }
  }

  /** A question that was asked abroad has no answer. */
  refuseAbroad(path: ActorPath, error: unknown): void {
    if (!path.startsWith(REPLY_TO_EFFECT)) {
      this.node.replies.refuse(path, error)
      return
    }
    const session = path.slice(REPLY_TO_EFFECT.length)
    const child = isOwnSession(session) ? undefined : session
    this.#settleWith(envelopeOf('effect', child, { type: REJECTED, data: error } as EventObject), path)
  }

  #settleWith(envelope: Envelope, path: string): void {
    const owner = pathOfSession(path.slice(REPLY_TO_EFFECT.length))
    const cell = this.node.activate(owner)
    if (cell?.status !== 'active') return
    envelope.to = owner
    envelope.keep = cell.durability !== 'volatile'
    if (envelope.keep) this.node.commits.sync()
    this.node.mailboxes.push(cell, envelope)
  }

  #assertRunning(): void {
    const { stopReason } = this.node
    if (stopReason !== undefined) throw stopReason
  }
}

const RESOLVED = 'xstate.promise.resolve'
const REJECTED = 'xstate.promise.reject'

const SETTLEMENTS = new Set([RESOLVED, REJECTED, 'xstate.observable.error', 'xstate.observable.complete'])

/** Keys that begin with `$` are the runtime's own. */
function assertKey(key: string | undefined): void {
  if (key === undefined || (typeof key === 'string' && /^[^$].{0,1023}$/s.test(key))) return
  const message = 'idempotencyKey must be a string of 1 to 1 024 characters that does not begin with "$".'
  throw new RosciusError('OPTIONS_INVALID', message, { details: { field: 'idempotencyKey' } })
}

/** The key of what an effect sends: on another node it must not be taken for one that a user chose. */
function sendKey(key: string | undefined, path: ActorPath): string | undefined {
  return key !== undefined && isForeign(path) ? effectKey(key) : key
}

/** As `waiter`, and calls `then`. */
function afterwards(waiter: Waiter | undefined, then: () => void): Waiter {
  return {
    resolve(delivery, reply) {
      then()
      waiter?.resolve(delivery, reply)
    },
    reject(error) {
      then()
      waiter?.reject(error)
    },
  }
}

/** Throws the reason of its abort in a dead attempt: it must not use up the keys of the living one. */
function assertAlive(): void {
  const run = currentRun()
  if (run?.isReplaced) throw run.signal.reason
}

/** Throws `EVENT_INVALID` for what is no event. */
function envelopeOf(kind: MailKind, child: string | undefined, event: EventObject): Envelope {
  if (typeof event !== 'object' || event === null || typeof event.type !== 'string') {
    const message = `An event must be an object with a string "type"; got ${typeof event}.`
    throw new RosciusError('EVENT_INVALID', message, { details: { field: 'type' } })
  }
  const envelope = new Envelope(kind, event)
  envelope.child = child
  return envelope
}

function vouchedFor(envelope: Envelope, receiver: Cell, from: string, sender: Cell): Envelope {
  envelope.from = from
  envelope.to = receiver.path
  envelope.keep = sender.durability !== 'volatile' && receiver.durability !== 'volatile'
  return envelope
}

/** Of what comes out of an effect: what has led to that. */
function setOrigin(envelope: Envelope): void {
  const run = currentRun()
  envelope.lineage = run?.lineage
  envelope.cause = run?.cause
}

/** The record of what the cell has just done. */
function newestOf({ path, seqNr }: Cell): RecordRef {
  return { path, seqNr }
}

function settlement(session: string, reply: EventObject): Envelope {
  const child = isOwnSession(session) ? undefined : session
  return envelopeOf('effect', child, { type: RESOLVED, data: reply } as EventObject)
}

function hasEnded({ status }: Cell): boolean {
  return status === 'done' || status === 'failed' || status === 'stopped'
}
