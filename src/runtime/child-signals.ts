/**
 * What a child's supervisor is told of it: mail that is part of the child's commit, so that no crash loses it.
 *
 * 1. A supervisor out of whose definition the child was taken is told nothing: it would do nothing for the child.
 * 2. A signal can be stored, and shares nothing with what others may still change.
 */
import type { EventObject } from 'xstate'
import { type ActorPath, idOf } from '../core/address.js'
import type { EscalateDecision } from '../supervision/directive.js'
import type { FailureClass } from '../supervision/failure-class.js'
import type { Cell } from './cell.js'
import { Envelope } from './envelope.js'
import { causeOf } from './escalation-errors.js'
import type { InspectionTap } from './inspection-tap.js'
import type { Kin, Supervisor } from './kin.js'
import type { Lifecycle } from './lifecycle.js'
import type { Mailboxes } from './mailboxes.js'

export interface SignalsPort {
  readonly kin: Kin
  readonly lifecycle: Lifecycle
  readonly mailboxes: Mailboxes
  readonly tap: InspectionTap
  readonly children: { readonly starts: { waitsForGroup(path: ActorPath): void } }
}

/** Why a supervisor is to give up; without error and class if the child has not failed, but ended. */
export interface EscalationFacts {
  readonly why: EscalateDecision['why']
  readonly failureClass?: FailureClass
  readonly error?: unknown
}

export type Signal = EventObject & Readonly<Record<string, unknown>>

export class ChildSignals {
  constructor(private readonly node: SignalsPort) {}

  /** The child waits to be restarted with its group. */
  askForGroup(cell: Cell, supervisor: Supervisor): void {
    this.node.children.starts.waitsForGroup(cell.path)
    const { restarts = 0, last, waiting } = cell.supervised ?? {}
    const { isCounted = false } = waiting ?? {}
    const failureClass = last && { failureClass: last.failureClass }
    this.#send(supervisor, cell, {
      type: 'roscius.child.failed',
      restarts,
      isCounted,
      error: last?.error,
      ...failureClass,
    })
  }

  /** The supervisor is to give up because of the child. */
  askToEscalate(cell: Cell, supervisor: Supervisor, { error, ...facts }: EscalationFacts): void {
    this.node.children.starts.waitsForGroup(cell.path)
    const cause = error !== undefined && { error: causeOf(error) }
    this.#send(supervisor, cell, { type: 'roscius.child.escalated', ...facts, ...cause })
  }

  /** A child has come to its end: its supervisor may end with it. `event` is there if that says more than its status. */
  tellOfEnd(cell: Cell, supervisor: Supervisor, event: EventObject | undefined): void {
    const { kin, lifecycle } = this.node
    if (supervisor.cell.status !== 'active' || lifecycle.isEnding(supervisor.cell.path)) return
    if (kin.isOrphan(cell.path, supervisor)) return
    const isTold = event?.type.startsWith('roscius.child.') === true
    this.#send(supervisor, cell, isTold ? event : { type: 'roscius.child.ended', reason: cell.status })
  }

  #send({ cell: supervisor }: Supervisor, child: Cell, event: Signal): void {
    const envelope = new Envelope('event', { ...event, id: idOf(child.path) } as EventObject)
    this.node.tap.sent(supervisor.path, envelope.event)
    envelope.from = child.path
    envelope.cause = { path: child.path, seqNr: child.seqNr }
    envelope.to = supervisor.path
    envelope.keep = child.durability !== 'volatile' && supervisor.durability !== 'volatile'
    this.node.mailboxes.push(supervisor, envelope)
  }
}
