/**
 * The side of one connection that shows this node's actors: it takes `subscribe` and `unsubscribe` of the peer, and sends
 * it committed snapshots and emitted events.
 *
 * Boundary: permissions, actors and the connection are ports. A peer that breaks the rules gets a `ProtocolError` thrown
 * at whoever gave the frame; everything else that goes wrong ends one subscription with a code.
 *
 * 1. The end of an actor: what it emitted, its last snapshot, then `unsubscribe` with `CLOSING`.
 * 2. `unsubscribe` of this side always has a code, that of the peer never: that tells which side's number it means.
 * 3. What a peer can have kept for it is bounded: subscriptions, events that wait, answers that it does not read.
 * 4. Nothing here throws at an actor, or keeps its commit waiting.
 */
import type { EventObject } from 'xstate'
import type { ActorPath } from '../../core/address.js'
import { eventOf } from '../protocol/fields.js'
import type { SubscribeFrame, UnsubscribeFrame } from '../protocol/frames.js'
import { type ProtocolCode, ProtocolError } from '../protocol/protocol-error.js'
import { type EmittedBounds, EmittedQueue, type EmittedTotal } from './emitted-queue.js'
import type { LocalActors } from './local-actors.js'
import { Outflow, type PublisherLink } from './outflow.js'
import { SharedFrame } from './shared-frame.js'
import { type Publication, Topic, type TopicOwner } from './topic.js'

export interface PublisherBounds {
  /** Subscriptions of one peer. Default 1 024. */
  readonly subscriptions: number
  /** Bytes in the connection's buffer above which nothing is sent. Default 262 144, at least 65 536. */
  readonly bufferedBytes: number
  /** Emitted events that wait. Default 256 events and 65 536 bytes a subscription, 4 194 304 bytes in all. */
  readonly emitted: EmittedBounds
}

const DEFAULT_PUBLISHER_BOUNDS: PublisherBounds = {
  subscriptions: 1_024,
  bufferedBytes: 262_144,
  emitted: { count: 256, bytes: 65_536, totalBytes: 4_194_304 },
}

export interface PublisherOptions {
  readonly actors: LocalActors
  /** Whether the peer may observe the actor. Asked once for each `subscribe`; if it throws, it may not. */
  maySubscribe(path: ActorPath): boolean
  readonly bounds?: Partial<PublisherBounds>
  /** A subscription was turned away, or was ended because of `error`. For events and logs; must not throw. */
  refused?(path: ActorPath, code: ProtocolCode, error?: unknown): void
}

export class Publisher implements TopicOwner {
  /** What waits in all queues, and how much was lost since the connection began. */
  readonly total: EmittedTotal = { count: 0, bytes: 0, dropped: 0 }
  readonly #bounds: PublisherBounds
  readonly #outflow: Outflow
  readonly #publications = new Map<number, Publication>()
  readonly #topics = new Map<ActorPath, Topic>()
  /** Refusals that went into a full connection. */
  #unread = 0
  #isClosed = false

  constructor(
    readonly link: PublisherLink,
    private readonly options: PublisherOptions,
  ) {
    this.#bounds = { ...DEFAULT_PUBLISHER_BOUNDS, ...options.bounds }
    this.#outflow = new Outflow({
      link,
      bufferedBytes: this.#bounds.bufferedBytes,
      finished: (publication) => this.#end(publication, 'CLOSING'),
      failed: (publication, error) => this.#fail(publication, error),
    })
  }

  /** How many subscriptions the peer has. */
  get size(): number {
    return this.#publications.size
  }

  /** How many actors they are to. */
  get actors(): number {
    return this.#topics.size
  }

  /** Throws `ProtocolError` for a breach. An `unsubscribe` of what is not, or no longer, subscribed is none. */
  take(frame: SubscribeFrame | UnsubscribeFrame): void {
    if (this.#isClosed) return
    const publication = this.#publications.get(frame.subscription)
    if (frame.kind === 'unsubscribe') {
      if (publication !== undefined) this.#remove(publication)
    } else if (publication !== undefined) throw inUse()
    else this.#open(frame)
  }

  /** The buffer of the connection has come down to `DRAINED_BYTES`. */
  drained(): void {
    this.#outflow.drained()
  }

  /** The connection is gone: nothing is observed or sent any more. */
  close(): void {
    this.#isClosed = true
    for (const publication of this.#publications.values()) this.#remove(publication)
  }

  changed(topic: Topic): void {
    for (const publication of topic.publications) {
      if (publication.subject === 'emitted') continue
      publication.isDirty = true
      this.#outflow.wait(publication)
    }
  }

  emitted(topic: Topic, event: EventObject): void {
    const frame = new SharedFrame(this.link.codec, (subscription) => {
      // The peer would end the connection for it.
      eventOf({ ...event }, 'emitted.event')
      return { kind: 'emitted', subscription, event }
    })
    for (const publication of topic.publications) {
      if (publication.subject !== 'snapshots') this.#outflow.emit(publication, frame)
    }
  }

  ended(topic: Topic): void {
    // Who subscribes from now on asks for another life of the path.
    this.#forget(topic)
    this.changed(topic)
    for (const publication of topic.publications) this.#outflow.wait(publication)
  }

  #open(frame: SubscribeFrame): void {
    if (this.#publications.size >= this.#bounds.subscriptions) this.#refuse(frame, 'RATE_EXCEEDED')
    else if (!this.#isAllowed(frame.path)) this.#refuse(frame, 'PERMISSION_DENIED')
    else this.#publish(frame)
  }

  #publish({ subscription, path, subject }: SubscribeFrame): void {
    const topic = this.#topics.get(path) ?? new Topic(path, this.options.actors, this)
    const queue = new EmittedQueue(this.#bounds.emitted, this.total)
    const publication: Publication = { subscription, topic, subject, queue, isDirty: subject !== 'emitted' }
    this.#publications.set(subscription, publication)
    this.#topics.set(path, topic)
    this.#begin(publication)
  }

  #begin(publication: Publication): void {
    try {
      publication.topic.add(publication)
      if (publication.isDirty) this.#outflow.wait(publication)
    } catch (error) {
      this.#fail(publication, error)
    }
  }

  #isAllowed(path: ActorPath): boolean {
    try {
      return this.options.maySubscribe(path)
    } catch {
      return false
    }
  }

  #refuse({ subscription, path }: SubscribeFrame, code: ProtocolCode): void {
    this.#unread = this.#outflow.isFull ? this.#unread + 1 : 0
    if (this.#unread > this.#bounds.subscriptions) throw flooded()
    this.#outflow.send({ kind: 'unsubscribe', subscription, code })
    this.options.refused?.(path, code)
  }

  #fail(publication: Publication, error: unknown): void {
    const code = isTooMuch(error) ? error.code : 'UNREADABLE'
    this.#end(publication, code)
    this.options.refused?.(publication.topic.path, code, error)
  }

  #end(publication: Publication, code: ProtocolCode): void {
    this.#remove(publication)
    this.#outflow.send({ kind: 'unsubscribe', subscription: publication.subscription, code })
  }

  #remove(publication: Publication): void {
    const { topic } = publication
    this.#publications.delete(publication.subscription)
    this.#outflow.forget(publication)
    topic.remove(publication)
    if (topic.publications.size === 0) this.#forget(topic)
  }

  #forget(topic: Topic): void {
    if (this.#topics.get(topic.path) === topic) this.#topics.delete(topic.path)
  }
}

/** Whether the peer takes less than what was to be sent. */
function isTooMuch(error: unknown): error is ProtocolError {
  return error instanceof ProtocolError && error.code !== 'FRAME_MALFORMED'
}

function inUse(): ProtocolError {
  const message = 'The frame opens a subscription whose number is in use.'
  return new ProtocolError('FRAME_UNEXPECTED', message, 'subscribe.subscription')
}

function flooded(): ProtocolError {
  const message = 'The peer subscribes to more than it may, and does not read the answers.'
  return new ProtocolError('RATE_EXCEEDED', message, 'subscribe')
}
