/**
 * An event with its metadata, on its way to one cell of this node.
 *
 * `keep` says that its sender's commit vouches for it: if it is still unhandled when the next batch is written, it is
 * written with it (`stored` is then its key), and the commit that handles it deletes it.
 */
import type { EventObject } from 'xstate'
import type { RecordRef } from '../core/inspection.js'

/**
 * What an envelope asks of the cell: `event` is ordinary mail; `start` makes the cell; `resume` starts restored children
 * again; `timer` is a fired delay; `effect` is what an effect sent or settled with; `fault` is an error of a released
 * action or effect; `stop` ends the cell; `suspend` makes it wait for its supervisor, `restart` lets it go on.
 */
export type MailKind = 'event' | 'start' | 'resume' | 'timer' | 'effect' | 'fault' | 'stop' | 'suspend' | 'restart'

/** Told of the end of an envelope, after the commit that holds it. */
export interface Waiter {
  /** `reply` is there for a repeated question that has been answered before. */
  resolve(delivery: { readonly seqNr: number; readonly outcome: Outcome }, reply?: unknown): void
  reject(error: unknown): void
}

export type Outcome = 'handled' | 'ignored' | 'deferred'

/** What an envelope passes on to whatever it causes, on this node and on others. */
export interface Lineage {
  /** Its own id: the causation of what follows. */
  readonly id: string
  /** How often what follows may still go to another node. */
  readonly hops: number
  /** Wall-clock ms after which it, and what follows, is not worth having. */
  readonly dueMs?: number | undefined
  readonly conversation?: string | undefined
  readonly traceparent?: string | undefined
}

export class Envelope {
  /** Address part of the sender (a path, perhaps with a `#session`), where there was one. */
  from: string | undefined = undefined
  /** Session of the child inside the cell that is meant; the cell's own logic when absent. */
  child: string | undefined = undefined
  /** Dedupe key: a repeat that the receiver has handled before changes nothing. */
  key: string | undefined = undefined
  waiter: Waiter | undefined = undefined
  keep = false
  /** Path of the receiver; known once its sender has vouched for it. */
  to: string | undefined = undefined
  stored: string | undefined = undefined
  /** Its place among the stored mail, where it was put before mail that came earlier. */
  number: number | undefined = undefined
  handled = false
  /** The first turn that begins after it has come into a mailbox. */
  turn = 0
  /** How often it has been delivered and made its receiver fail. */
  deliveries = 0
  /** There for what came from another node, and what that has led to. */
  lineage: Lineage | undefined = undefined
  /** The record of this node in which it was sent, or that began the effect or delay it comes from. */
  cause: RecordRef | undefined = undefined

  constructor(
    readonly kind: MailKind,
    readonly event: EventObject,
  ) {}
}
