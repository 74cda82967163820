/**
 * The port to actors of other nodes: what the runtime asks of whoever carries messages there (`Abroad`), and what that may ask
 * of the node (`AbroadHost`). The runtime itself knows no links.
 *
 * 1. What a unit sends abroad is part of its commit, and never throws: what can't go becomes a dead letter.
 * 2. What arrives is part of the current commit, with the position that says so.
 */
import type { EventObject, Observer, Subscription } from 'xstate'
import type { CancelOptions, StopOptions } from '../core/actor-ref.js'
import type { ActorPath } from '../core/address.js'
import type { Clock } from '../core/clock.js'
import { RosciusError } from '../core/errors.js'
import type { DeadLetterReason, SystemEvent } from '../core/events.js'
import { parseForeign } from '../core/foreign-address.js'
import type { Random } from '../core/random.js'
import type { TerminatedReason } from '../core/terminated.js'
import type { Codec } from '../persistence/codec.js'
import type { RefCodec } from '../persistence/storable.js'
import type { Store } from '../persistence/store.js'
import type { Commits } from './commits.js'
import type { CommittedState } from './committed-state.js'
import type { Envelope, Lineage, Waiter } from './envelope.js'
import type { Durability } from './logic-table.js'

/** How a watched actor has ended. */
export interface End {
  readonly reason: TerminatedReason
  readonly output?: unknown
  readonly error?: unknown
}

/** What a unit, or an effect, sends to another node. */
export interface Departure {
  /** An address that `isForeign`. */
  readonly to: string
  readonly event: EventObject
  readonly from: string | undefined
  /** Whether the sender is in the store: then what it sends must be, too. */
  readonly isStored: boolean
  /** Dedupe key: a repeat is handled once. */
  readonly key: string | undefined
  /** What it was caused by. */
  readonly lineage: Lineage | undefined
}

export interface Abroad {
  /** Called once, before anything else. */
  attach(host: AbroadHost): void
  /** Part of the current commit. */
  route(departure: Departure): void
  /** From outside, or an effect. Throws `OUTBOX_FULL`, `PEER_UNKNOWN`, and what can't be sent. */
  post(to: string, envelope: Envelope): void
  /** As `post`, for a question that is answered to `replyTo` (`$…`); so is the news that nobody can. */
  ask(to: string, envelope: Envelope, replyTo: string): void
  /** An actor of this node (or a child inside it) wants to know when `target` ends. Part of the current commit. */
  watch(target: string, watcher: string, isStored: boolean): void
  /** Whether the ref is of a store that its node does not have any more. */
  isGone(target: string): boolean
  unwatch(target: string, watcher: string, isStored: boolean): void
  /** The actor at `path` has ended, and `watcher`, an address, wants to know. Part of the current commit. */
  terminated(watcher: string, path: ActorPath, end: End, isStored: boolean): void
  stopActor(target: string, options: StopOptions | undefined): Promise<void>
  cancelActor(target: string, options: CancelOptions | undefined): Promise<void>
  resultOf(target: string): Promise<unknown>
  /** Throws `SNAPSHOT_NOT_LOCAL` as long as nobody subscribes. */
  snapshotOf(target: string): unknown
  subscribe(target: string, observer: Observer<unknown>): Subscription
  on(target: string, type: string, handler: (event: EventObject) => void): Subscription
  /** The node stops. */
  close(): void
}

/** What arrived for an actor of this node. */
export interface Arrival {
  readonly to: ActorPath
  readonly event: EventObject
  readonly from: string | undefined
  readonly key: string | undefined
  readonly lineage: Lineage
  /** Told when it has been handled, or has become a dead letter, and that is durable. */
  readonly waiter: Waiter | undefined
  /** Whether a former process of this node may have handled it, and left nothing that tells: only a volatile actor's would. */
  readonly isDoubtful: boolean
  /** Called when it is out of the mailbox, if it had to wait in a mailbox that is more than half full. */
  readonly onTaken: () => void
}

/** Where an arrival has come to. */
export interface Place {
  /** Whether its position must be in the store: it, or what became of it, is there too. */
  readonly isStored: boolean
  /** Whether its room is still taken: `onTaken` follows. */
  readonly isWaiting: boolean
}

export interface SpawnAbroad {
  readonly logic: string
  readonly id?: string
  readonly input?: unknown
  readonly durability?: Durability
  readonly systemId?: string
  readonly ifExists?: 'throw' | 'use'
}

export interface AbroadHost {
  readonly nodeName: string
  readonly storeId: string
  readonly incarnation: number
  readonly clock: Clock
  readonly random: Random
  readonly refs: RefCodec
  readonly commits: Commits
  readonly codec: Codec
  readonly store: Store
  now(): number
  /** A turn is to run soon, if only to commit what was put. */
  scheduleCommit(): void
  /** The running turn ends early: much is to leave. */
  endTurnSoon(): void
  /** Throws why the system has stopped. */
  assertRunning(): void
  /** Mail from another node, in the current commit. Addresses that begin with `$` are replies. */
  arrive(arrival: Arrival): Place
  /** A question that was asked abroad can't be answered. */
  refuse(replyTo: string, error: unknown): void
  /** Opens a reply address for a question from outside; see `Replies`. */
  question(
    to: string,
    timeoutMs: number,
    key?: string,
  ): {
    readonly path: string
    readonly reply: Promise<unknown>
    readonly settle: (error?: unknown, reply?: EventObject) => void
  }
  /** What others have to know to answer at that reply address; undefined if nobody waits there. */
  sealOf(path: string): string | undefined
  /** Of `most` watches the node of `watcher` may have here; what is more is lost. */
  watchedFromAbroad(target: ActorPath, watcher: string, isStored: boolean, most: number): void
  unwatchedFromAbroad(target: ActorPath, watcher: string): void
  /** An actor of another node has ended; `watcher` is a path of this one. */
  terminatedAbroad(target: string, watcher: string, end: End): void
  /** Those who watch actors of that node are told `end`; part of the current commit. */
  watchesEnded(node: string, end: End): void
  /** The watches of actors of that node. */
  watchesOf(node: string): readonly { readonly target: string; readonly watcher: string; readonly isStored: boolean }[]
  statusOf(path: ActorPath): string | undefined
  spawn(request: SpawnAbroad): Promise<ActorPath>
  stop(path: ActorPath, options: StopOptions | undefined): Promise<void>
  cancel(path: ActorPath, options: CancelOptions | undefined): Promise<void>
  result(path: ActorPath): Promise<unknown>
  committedOf(path: ActorPath): CommittedState | undefined
  subscribe(path: ActorPath, observer: Observer<unknown>): Subscription
  on(path: ActorPath, type: string, handler: (event: EventObject) => void): Subscription
  deadLetter(path: string, event: EventObject, from: string | undefined, reason: DeadLetterReason): void
  tell(event: SystemEvent): void
  refAt(path: string): object
}

/** For a node without links: nobody is reached. */
export class Nowhere implements Abroad {
  #host!: AbroadHost

  attach(host: AbroadHost): void {
    this.#host = host
  }

  route({ to, event, from }: Departure): void {
    this.#host.deadLetter(to, event, from, 'peerUnknown')
  }

  post(to: string): void {
    throw peerUnknown(to)
  }

  ask(to: string): void {
    throw peerUnknown(to)
  }

  watch(target: string, watcher: string): void {
    this.#host.terminatedAbroad(target, watcher, { reason: 'lost' })
  }

  isGone(): boolean {
    return false
  }

  unwatch(): void {}

  terminated(): void {}

  async stopActor(target: string): Promise<never> {
    throw peerUnknown(target)
  }

  async cancelActor(target: string): Promise<never> {
    throw peerUnknown(target)
  }

  async resultOf(target: string): Promise<never> {
    throw peerUnknown(target)
  }

  snapshotOf(target: string): never {
    throw peerUnknown(target)
  }

  subscribe(target: string): never {
    throw peerUnknown(target)
  }

  on(target: string): never {
    throw peerUnknown(target)
  }

  close(): void {}
}

/** The system has no link to the node of that address. */
export function peerUnknown(address: string): RosciusError {
  return nodeUnknown(parseForeign(address).node, address)
}

export function nodeUnknown(node: string, address?: string): RosciusError {
  const where = address === undefined ? '' : `${address}: `
  const message = `${where}this system has no link to the node "${node}"; name it in createSystem({ peers }).`
  return new RosciusError('PEER_UNKNOWN', message, { ...(address !== undefined && { address }), details: { node } })
}
