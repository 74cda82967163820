/**
 * The side that observes actors of one other node, over whatever connection there is: any number of local observers share
 * one subscription for the snapshots of an actor, and one for its emitted events.
 *
 * Boundary: it knows no transport and no reconnecting. It is told of each connection that is up, and of its end.
 *
 * 1. A subscription lives as long as somebody listens. Without a connection the last snapshot stays as it was.
 * 2. After a reconnect observers are told of the newest snapshot, unless it is the one that they have: the same record and
 *    status of the same run of the peer's node. What was emitted in between is lost.
 * 3. What listeners throw harms nobody here.
 */
import type { Observer, Subscription } from 'xstate'
import { type ActorPath, formatAddress } from '../../core/address.js'
import { RosciusError } from '../../core/errors.js'
import { pathOf } from '../protocol/fields.js'
import type { SnapshotFrame, SubscribeFrame } from '../protocol/frames.js'
import type { ProtocolCode } from '../protocol/protocol-error.js'
import { type EmittedHandler, EmittedHandlers } from './emitted-handlers.js'
import { EndedSnapshots } from './ended-snapshots.js'
import { OpenSubscriptions, type PublishedFrame, type Shared, type SubscriberLink } from './open-subscriptions.js'
import { remoteSnapshot } from './remote-snapshot.js'
import { SnapshotObservers } from './snapshot-observers.js'
import { snapshotOf, type WireSnapshot } from './snapshot-shape.js'
import { subscriptionEnded } from './subscription-errors.js'

export interface SubscriberOptions {
  /** Name of the node whose actors are observed. */
  readonly peer: string
  /** Makes what observers get; where it throws, and by default, `remoteSnapshot`. */
  restore?(path: ActorPath, snapshot: WireSnapshot, seqNr: number): unknown
  /** The peer has ended a subscription. Observers are told by their `error`, handlers of emitted events have none. */
  refused?(path: ActorPath, subject: SubscribeFrame['subject'], error: RosciusError): void
}

export class Subscriber {
  readonly #observers = new Map<ActorPath, SnapshotObservers>()
  readonly #handlers = new Map<ActorPath, EmittedHandlers>()
  readonly #ended = new EndedSnapshots((oldest) => this.#drop(oldest))
  #open: OpenSubscriptions | undefined
  #peer: SubscriberLink['peer'] | undefined
  #isSameRun = false

  constructor(private readonly options: SubscriberOptions) {}

  /** How many subscriptions are open on the present connection. */
  get size(): number {
    return this.#open?.size ?? 0
  }

  /** The newest snapshot that has come; undefined if none has, or nobody observes the actor. */
  latest(path: ActorPath): unknown {
    return this.#observers.get(path)?.latest?.snapshot
  }

  /** Throws `ADDRESS_INVALID` for what can't be the path of an actor. */
  subscribe(path: ActorPath, observer: Observer<unknown>): Subscription {
    const observers = this.#observersOf(path)
    const remove = observers.add(observer)
    this.#match(observers)
    return {
      unsubscribe: () => {
        remove()
        this.#match(observers)
        if (observers.isEmpty) this.#drop(observers)
      },
    }
  }

  /** Calls `handler` with the events of `type`, or all for `'*'`. Throws as `subscribe`. */
  on(path: ActorPath, type: string, handler: EmittedHandler): Subscription {
    const handlers = this.#handlersOf(path)
    const remove = handlers.add(type, handler)
    this.#match(handlers)
    return {
      unsubscribe: () => {
        remove()
        this.#match(handlers)
        if (!handlers.isWanted) this.#drop(handlers)
      },
    }
  }

  /** A connection is up: everything is subscribed again. */
  resumed(link: SubscriberLink): void {
    this.ended()
    const { storeId, incarnation } = link.peer
    this.#isSameRun = storeId === this.#peer?.storeId && incarnation === this.#peer.incarnation
    this.#peer = link.peer
    this.#open = new OpenSubscriptions(link)
    for (const shared of [...this.#observers.values(), ...this.#handlers.values()]) this.#match(shared)
  }

  /** The connection is gone. */
  ended(): void {
    this.#open?.end()
    this.#open = undefined
    for (const observers of this.#observers.values()) observers.isFirst = true
  }

  /** Throws `ProtocolError` for a breach. */
  take(frame: PublishedFrame): void {
    const shared = this.#open?.receiverOf(frame)
    if (shared === undefined) return
    if (frame.kind === 'unsubscribe') this.#finish(shared, frame.code)
    else if (frame.kind === 'snapshot') this.#received(shared as SnapshotObservers, frame)
    else (shared as EmittedHandlers).emit(frame.event)
  }

  #observersOf(path: ActorPath): SnapshotObservers {
    const present = this.#observers.get(path)
    if (present !== undefined && !present.hasEnded) return present
    // Whether the path has another life by now only its node knows. Until it says so, the last one is what is known.
    const observers = new SnapshotObservers(checked(path, this.options.peer), present?.latest)
    this.#observers.set(path, observers)
    return observers
  }

  #handlersOf(path: ActorPath): EmittedHandlers {
    const handlers = this.#handlers.get(path) ?? new EmittedHandlers(checked(path, this.options.peer))
    this.#handlers.set(path, handlers)
    return handlers
  }

  #match(shared: Shared): void {
    const code = this.#open?.match(shared)
    if (code !== undefined) this.#finish(shared, code)
  }

  #received(observers: SnapshotObservers, { seqNr, snapshot }: SnapshotFrame): void {
    const wire = snapshotOf(snapshot)
    const { latest, isFirst, path } = observers
    const { status, error } = wire
    // Only a network that changes the order of frames brings an older one later.
    if (!isFirst && latest !== undefined && seqNr < latest.seqNr) return
    if (isFirst && this.#isSameRun && latest?.seqNr === seqNr && latest.status === status) observers.repeat(latest)
    else observers.receive({ seqNr, status, error, snapshot: this.#restored(path, wire, seqNr) })
    if (observers.hasEnded) this.#finish(observers)
  }

  #restored(path: ActorPath, wire: WireSnapshot, seqNr: number): unknown {
    const { restore, peer } = this.options
    try {
      if (restore !== undefined) return restore(path, wire, seqNr)
    } catch {
      // The logic of that name is another version here: what has come is still true.
    }
    return remoteSnapshot(wire, seqNr, formatAddress(peer, path))
  }

  /** There will be no more: the other side says so, and there is nothing to unsubscribe. */
  #finish(shared: Shared, code: ProtocolCode = 'CLOSING'): void {
    const { path, subject } = shared
    const error = code === 'CLOSING' ? undefined : subscriptionEnded(this.options.peer, path, code)
    this.#open?.close(shared)
    shared.end(error && { error })
    if (shared.subject === 'snapshots' && !shared.isEmpty) this.#ended.add(shared)
    else this.#drop(shared)
    if (error !== undefined) this.options.refused?.(path, subject, error)
  }

  #drop(shared: Shared): void {
    const { path } = shared
    if (shared.subject === 'emitted') {
      if (this.#handlers.get(path) === shared) this.#handlers.delete(path)
      return
    }
    this.#ended.delete(shared)
    if (this.#observers.get(path) === shared) this.#observers.delete(path)
  }
}

/** The peer would end the connection for another. */
function checked(path: ActorPath, peer: string): ActorPath {
  try {
    return pathOf(path, 'path')
  } catch (cause) {
    const address = formatAddress(peer, path)
    const message = `"${address}" is not the address of an actor: its path has an empty segment, or characters that must be percent-encoded.`
    throw new RosciusError('ADDRESS_INVALID', message, { address, cause })
  }
}
