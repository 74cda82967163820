/**
 * What others hold of an actor. A `RosciusRef` is an XState `ActorRef` (so `sendTo(ref, event)`, `toPromise`, `waitFor` and
 * `@xstate/react` take it) with what a durable actor adds. It is an address with methods: it survives persistence in a
 * context, passivation and a restart of the process.
 */
import type {
  ActorRef,
  AnyActorLogic,
  AnyEventObject,
  EmittedFrom,
  EventFromLogic,
  EventObject,
  OutputFrom,
  Snapshot,
  SnapshotFrom,
} from 'xstate'
import type { ActorPath } from './address.js'
import type { ExplainOptions, Explanation } from './explanation.js'
import type { RecordRef } from './inspection.js'
import type { OrderOptions, RestartOptions } from './operator-orders.js'

/** A ref that takes events of one type: what `ask` puts into a message as `replyTo`, and what an event's type should ask for. */
export interface ReplyRef<TEvent extends EventObject = AnyEventObject> extends ActorRef<Snapshot<unknown>, TEvent> {
  readonly address: string
}

/** The replies that the events of a machine ask for: what their `replyTo` takes. */
export type ReplyOf<TEvent> = [RepliesIn<TEvent>] extends [never] ? AnyEventObject : RepliesIn<TEvent>

type RepliesIn<TEvent> = TEvent extends {
  readonly replyTo: { readonly send: (event: infer TReply extends EventObject) => void }
}
  ? TReply
  : never

export interface DeliverOptions {
  /** A repeat with the same key returns the first result and changes nothing; kept for 24 h or 10 000 keys an actor. */
  readonly idempotencyKey?: string
}

/** What became of a delivered event; it is durable when the caller sees this. */
export interface Delivery {
  /** The receiver's sequence number after the event: how many journal records it has. */
  readonly seqNr: number
  readonly outcome: 'handled' | 'ignored' | 'deferred'
}

export interface AskOptions {
  /** How long to wait for the reply, in ms. Default 5 000. Then `ASK_TIMEOUT`. */
  readonly timeoutMs?: number
  readonly idempotencyKey?: string
}

export interface CancelOptions {
  /** Part of the `roscius.cancel` event, and of the system event `actorCancelled`. */
  readonly reason?: string
  /**
   * How long effects may take to come back once they are aborted, and machines to end by themselves, in ms from 0 up.
   * `infinity`: as long as they want. Default 5 000.
   */
  readonly deadlineMs?: number | 'infinity'
}

export interface StopOptions {
  /** How long to wait for the end, in ms from 0 up. `infinity`: as long as it takes. Default 5 000. Then `STOP_TIMEOUT`. */
  readonly deadlineMs?: number | 'infinity'
}

/** One entry of an actor's journal. */
export interface JournalEntry {
  /** Counts from 1 (the start of the actor). */
  readonly seqNr: number
  readonly kind:
    | 'start'
    | 'event'
    | 'timer'
    | 'effect'
    | 'fault'
    | 'resume'
    | 'stop'
    | 'failure'
    | 'migration'
    | 'supervision'
  /** The event that caused the transition. */
  readonly event: { readonly type: string; readonly [field: string]: unknown }
  /** Address of the sender, where it was an actor. */
  readonly from: string | undefined
  /**
   * The record in which the event was sent; of a start the spawner's; of a restart the actor's own before it, such as the failure;
   * of what comes from an effect or a delay the record that began it. Absent where the event came from outside or from another node, and in what an older Roscius wrote.
   */
  readonly cause?: RecordRef | undefined
  /** The idempotency key or derived id under which the event was accepted. */
  readonly key: string | undefined
  /** State value after the record; `undefined` for logic that isn't a machine. */
  readonly value: unknown
  /** Whole persisted snapshot after the record. */
  readonly snapshot: unknown
  /** The recorded change, in the delta format of `docs/reference/record-format.md`. */
  readonly change: unknown
  /** Wall-clock time of the commit's turn, ms since the epoch. */
  readonly time: number
}

/** Something that waits for an actor. */
export interface WaitingEvent {
  /** As in the journal, or an order of the runtime's own (`restart`, `suspend`). */
  readonly kind: 'event' | 'start' | 'resume' | 'timer' | 'effect' | 'fault' | 'stop' | 'suspend' | 'restart'
  readonly event: { readonly type: string; readonly [field: string]: unknown }
  /** Address of the sender, where it was an actor. */
  readonly from: string | undefined
  /** The record in which it was sent, where it is known. */
  readonly cause: RecordRef | undefined
}

/** The failure that ended an actor. */
export interface Failure {
  readonly error: unknown
  readonly event: { readonly type: string }
  readonly seqNr: number
  readonly time: number
  /** The last good persisted snapshot. */
  readonly snapshot: unknown
}

export interface RosciusRef<TLogic extends AnyActorLogic = AnyActorLogic>
  extends Omit<ActorRef<SnapshotFrom<TLogic>, EventFromLogic<TLogic>, EmittedFrom<TLogic>>, 'stop'> {
  /** `roscius://node/path`. */
  readonly address: string
  /** Of an actor on another node: its whole address, perhaps with what belongs to the ref. */
  readonly path: ActorPath
  /** Puts the event into the mailbox; it may be lost until a commit holds it. Throws `MAILBOX_FULL`, `SYSTEM_STOPPED`. */
  send: (event: EventFromLogic<TLogic>) => void
  /** Resolves when the event's change is durable; rejects with `DEAD_LETTER`, `MAILBOX_FULL`, `COMMIT_FAILED`, `VALUE_NOT_STORABLE`. */
  deliver(event: EventFromLogic<TLogic>, options?: DeliverOptions): Promise<Delivery>
  /** Sends what `build` makes with a fresh reply address; resolves with the first event sent to it, after that was committed. */
  ask<TReply extends EventObject = ReplyOf<EventFromLogic<TLogic>>>(
    build: (replyTo: ReplyRef<TReply>) => EventFromLogic<TLogic>,
    options?: AskOptions,
  ): Promise<TReply>
  /** The last committed snapshot; inside a turn the current one. Reads the store when the actor is not in memory. */
  getSnapshot: () => SnapshotFrom<TLogic>
  /** Journal records from `from` (default: the oldest kept), oldest first. */
  journal(options?: { readonly from?: number; readonly to?: number }): AsyncIterable<JournalEntry>
  /** The persisted snapshot as it was after record `seqNr`; `undefined` when retention has removed it. */
  snapshotAt(seqNr: number): Promise<unknown>
  /**
   * What waits in its mailbox, the next first, at most `limit` (default 100): also what is not committed yet. Rejects with
   * `ACTOR_NOT_FOUND`, `OPTIONS_INVALID`, and with `REMOTE_UNSUPPORTED` for an actor of another node.
   *
   * @example
   * ```ts
   * import { createSystem, memoryStore } from 'roscius'
   * import { createMachine } from 'xstate'
   *
   * const job = createMachine({ on: { RUN: {} } })
   * await using system = await createSystem({ name: 'jobs', store: memoryStore(), logic: { job } })
   * const ref = await system.spawn('job', { id: 'j1' })
   * await ref.pause()
   * ref.send({ type: 'RUN' })
   * console.log((await ref.mailbox()).map(({ event }) => event.type))
   * ```
   */
  mailbox(limit?: number): Promise<readonly WaitingEvent[]>
  /** What it defers, the oldest first, at most `limit` (default 100). Rejects as `mailbox` does. */
  stashed(limit?: number): Promise<readonly WaitingEvent[]>
  /** Why the actor failed; `undefined` if it did not. */
  failure(): Failure | undefined
  /**
   * Why the actor is where it is: its position in the statechart, which events it did not take and why, why it was
   * restarted or failed, what it waits for, who supervises it. Data; `String(explanation)` says it in words. With `event`
   * it also tells what would become of that event now. Changes and sends nothing, and works for actors that have ended or
   * are not in memory. Throws `ACTOR_NOT_FOUND`.
   *
   * What an actor did not take is remembered with it in memory, not in the store: see the guide "Why".
   *
   * @example
   * ```ts
   * import { createSystem, memoryStore } from 'roscius'
   * import { createMachine } from 'xstate'
   *
   * const order = createMachine({ initial: 'open', states: { open: { on: { PAY: 'paid' } }, paid: {} } })
   * await using system = await createSystem({ name: 'shop', store: memoryStore(), logic: { order } })
   * const ref = await system.spawn('order', { id: 'o1' })
   * await ref.deliver({ type: 'SHIP' })
   * console.log(String(ref.explain({ event: { type: 'PAY' } })))
   * ```
   */
  explain(options?: ExplainOptions<EventFromLogic<TLogic>>): Explanation
  /** Resolves with the output when the actor is done; rejects with its failure, or `ACTOR_STOPPED`. */
  result(): Promise<OutputFrom<TLogic>>
  /** Stops the actor and all below it, children before their parent; resolves when committed. Rejects with `STOP_TIMEOUT` past the deadline, `OPTIONS_INVALID`, `ACTOR_NOT_FOUND`, `SYSTEM_STOPPED`. */
  stop: (options?: StopOptions) => Promise<void>
  /**
   * Cancels the actor and all below it. Machines with a transition for `roscius.cancel` get
   * `{ type: 'roscius.cancel', reason }` before all other mail and may go on until they are at rest; nobody else handles
   * anything any more. Running effects are aborted, and waited for until the deadline; whatever they return changes nothing.
   * Then all are stopped, children before their parent, the last started first.
   *
   * Resolves when that is durable: nothing of the subtree runs, no timer is armed. One that ignores its signal past the
   * deadline is left behind, fenced. An actor that has ended stays as it is. Rejects with `OPTIONS_INVALID`,
   * `ACTOR_NOT_FOUND`, `COMMIT_FAILED`, `SYSTEM_STOPPED`.
   *
   * @example
   * ```ts
   * import { createSystem, memoryStore } from 'roscius'
   * import { createMachine } from 'xstate'
   *
   * const job = createMachine({})
   * await using system = await createSystem({ name: 'jobs', store: memoryStore(), logic: { job } })
   * const ref = await system.spawn('job', { id: 'j1' })
   * await ref.cancel({ reason: 'no longer wanted', deadlineMs: 10_000 })
   * ```
   */
  cancel(options?: CancelOptions): Promise<void>
  /** Stops it if need be, then removes all its records, and those below it. */
  delete(): Promise<void>
  /**
   * Makes the actor handle nothing until `resume`: no mail, no delay that falls due, no result of an effect. All of it waits in
   * the mailbox, which is bounded as usual; mail is kept over a crash. Effects that run go on; after a crash, a restart or a
   * passivation they start again only when it is resumed. `stop`, `cancel` and supervision act on it as on any other, and it
   * stays paused. Those below it go on.
   *
   * Comes before all mail that waits. Resolves when it is durable; of an actor that is paused already, nothing changes. Rejects
   * with `ACTOR_NOT_FOUND`, `ACTOR_STOPPED` (it has ended, or is ending), `ACTOR_FAILED`, `ACTOR_QUARANTINED`, `OPTIONS_INVALID`,
   * `REMOTE_UNSUPPORTED` for an actor of another node, `SYSTEM_STOPPED`.
   *
   * @example
   * ```ts
   * import { createSystem, memoryStore } from 'roscius'
   * import { createMachine } from 'xstate'
   *
   * const job = createMachine({})
   * await using system = await createSystem({ name: 'jobs', store: memoryStore(), logic: { job } })
   * const ref = await system.spawn('job', { id: 'j1' })
   * await ref.pause({ by: 'anna', reason: 'the disk is full' })
   * console.log(String(ref.explain()))
   * await ref.resume({ by: 'anna' })
   * ```
   */
  pause(options?: OrderOptions): Promise<void>
  /** Lets a paused actor go on, with all that has come meanwhile. Of any other, nothing changes. Rejects as `pause` does. */
  resume(options?: OrderOptions): Promise<void>
  /**
   * Restarts the actor as supervision would, but at once and without counting towards its intensity: its effects are aborted and
   * fenced, its mail is kept. One that waits for its restart stops waiting; one that has failed is brought back, without what it
   * had deferred; one that is paused stays paused, and begins anew (`initial`) only when it is resumed. Of a supervisor, the
   * children that run go on.
   *
   * Comes before all mail that waits; resolves when it is durable. Rejects as `pause` does, but not for an actor that has failed,
   * with `SYSTEM_ID_TAKEN`, and with `OPTIONS_INVALID` for `initial` if the actor's start is not kept any more.
   */
  restart(options?: RestartOptions): Promise<void>
}
