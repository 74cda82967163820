/**
 * A capability that takes part in the commits of a node without being part of its kernel: budgets, audit, and whatever a user
 * builds beside them. Given to `createSystem({ extensions })`.
 *
 * 1. What an extension puts is part of the current commit. Hooks are called for what counts: of a unit that fails, none is but
 *    `admit`, and what supervision makes of the failure.
 * 2. Its records are its own: no other extension, and nothing of the kernel, reads or writes them.
 * 3. A hook that throws, but for `open` and `admit`, breaks off the turn: nothing of it is committed, and the system halts.
 */
import type { EventObject } from 'xstate'
import type { ActorPath } from '../core/address.js'
import type { Cancel } from '../core/clock.js'
import type { SystemEvent } from '../core/events.js'
import type { Extras } from '../core/extras.js'
import type { Random } from '../core/random.js'
import type { Durability } from './logic-table.js'

/** An actor that is to be started. */
export interface Starting {
  readonly path: ActorPath
  /** Name of its logic in the logic table. */
  readonly logic: string
  /** What its spawn was given for extensions, by their names. */
  readonly extras: Extras
}

/** What an actor has done: one event, handled. The start of one that is stored is no record: see `started`. */
export interface Recorded {
  readonly path: ActorPath
  readonly seqNr: number
  readonly event: EventObject
  /** Who sent it, if an actor did. */
  readonly from: string | undefined
  /** The journal record as it is stored; absent for an actor that is volatile. */
  readonly bytes: Uint8Array | undefined
}

export interface Extension {
  /** Letters, digits and `-`; no other extension of the system has it. It names its records, and must stay the same. */
  readonly name: string
  /** Before any mail is handled, and before anything is started. */
  open(host: ExtensionHost): void | Promise<void>
  /**
   * Throws to refuse the starts, which one unit or one caller asks for: they may still come to nothing, so it may tell of them,
   * and keeps nothing. `by`: the actor whose own start asks for them, for which `started` has not been called yet.
   */
  admit?(starting: readonly Starting[], by?: Starting): void
  /** The start is asked for, and admitted; in the commit of whoever asks. It follows in this run or, after a crash, in a later one. */
  planned?(starting: Starting): void
  /** The actor is started; in the commit of its start, before what it starts itself is planned. Not called for a restart. */
  started?(starting: Starting, durability: Durability): void
  /** The actor has ended; in the commit of its end. */
  ended?(path: ActorPath): void
  /** The actor is deleted; in the commit that does it. */
  deleted?(path: ActorPath): void
  /** Nothing is known any more of a volatile actor that has ended; the newest are kept for a while. */
  forgotten?(path: ActorPath): void
  /** An actor has handled an event, or survived a failure; in the commit of that. Called often: it must be quick. */
  recorded?(recorded: Recorded): void
  /** Something is to be told to those who listen to the system; what is put here is in the commit that it waits for. */
  telling?(event: SystemEvent): void
  /** The node stops, or has failed: nothing can be put any more. */
  close?(): void
}

/** What an extension may ask of the node. Values are what an actor's context may hold. */
export interface ExtensionHost {
  readonly nodeName: string
  readonly random: Random
  /** Wall clock that never steps, ms. */
  now(): number
  /** The newest value of one of its records, committed or about to be. Throws why the system has stopped. */
  get(key: string): unknown
  /** A journal record of an actor as it is stored, or is about to be; `undefined` if it is not kept. */
  journalRecord(path: ActorPath, seqNr: number): Uint8Array | undefined
  /** Part of the current commit, which is synced. Throws `VALUE_NOT_STORABLE`, and why the system has stopped. */
  put(key: string, value: unknown): void
  delete(key: string): void
  /** Its records as they are in the store, ordered by key; those whose keys begin with `prefix`. Default: all. */
  records(prefix?: string): AsyncIterable<readonly [key: string, value: unknown]>
  /** Whether the actor is in memory and nowhere else. */
  isVolatile(path: ActorPath): boolean
  /** Resolves when all that has been put is durable; rejects with `COMMIT_FAILED`, and when the system has stopped. */
  committed(): Promise<void>
  /** Calls `fn` when the current commit is durable, in the order of what is told; never if it fails, as the system ends then. */
  whenCommitted(fn: () => void): void
  /** Calls `fn` once after `ms`, unless the node stops before; forgotten by a crash. What it puts is a commit of its own. */
  schedule(fn: () => void, ms: number): Cancel
  /** Told to those who listen to the system, when the current commit is durable. */
  tell(event: SystemEvent): void
}
