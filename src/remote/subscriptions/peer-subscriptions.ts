/**
 * Everything about observing between this node and one other, in both directions: one per peer, over all its connections.
 *
 * Its owner tells it of each connection that is up, each time that one has drained, and its end, and gives it the frames
 * for which `isSubscriptionFrame` holds.
 */
import type { Observer, Subscription } from 'xstate'
import type { ActorPath } from '../../core/address.js'
import type { EmittedFrame, LinkFrame, SnapshotFrame, SubscribeFrame, UnsubscribeFrame } from '../protocol/frames.js'
import type { EmittedHandler } from './emitted-handlers.js'
import type { SubscriberLink } from './open-subscriptions.js'
import type { PublisherLink } from './outflow.js'
import { Publisher, type PublisherOptions } from './publisher.js'
import { Subscriber, type SubscriberOptions } from './subscriber.js'

export type SubscriptionFrame = SubscribeFrame | UnsubscribeFrame | SnapshotFrame | EmittedFrame

export interface PeerSubscriptionsOptions {
  readonly publisher: PublisherOptions
  readonly subscriber: SubscriberOptions
}

export interface SubscriptionFigures {
  /** Subscriptions of the peer to actors here, and how many actors these are. */
  readonly published: number
  readonly publishedActors: number
  /** Subscriptions of this node to actors there. */
  readonly subscribed: number
  /** Emitted events that wait for the connection, and how many it has lost. */
  readonly emittedWaiting: { readonly count: number; readonly bytes: number }
  readonly emittedDropped: number
}

const KINDS: ReadonlySet<string> = new Set(['subscribe', 'unsubscribe', 'snapshot', 'emitted'])

export function isSubscriptionFrame(frame: LinkFrame): frame is SubscriptionFrame {
  return KINDS.has(frame.kind)
}

export class PeerSubscriptions {
  readonly #subscriber: Subscriber
  #publisher: Publisher | undefined

  constructor(private readonly options: PeerSubscriptionsOptions) {
    this.#subscriber = new Subscriber(options.subscriber)
  }

  /** As `ActorRef.subscribe`. Throws `ADDRESS_INVALID`. */
  subscribe(path: ActorPath, observer: Observer<unknown>): Subscription {
    return this.#subscriber.subscribe(path, observer)
  }

  /** As `ActorRef.on`. Throws `ADDRESS_INVALID`. */
  on(path: ActorPath, type: string, handler: EmittedHandler): Subscription {
    return this.#subscriber.on(path, type, handler)
  }

  /** The newest snapshot; undefined if nobody here observes the actor, or nothing has come yet. */
  latest(path: ActorPath): unknown {
    return this.#subscriber.latest(path)
  }

  resumed(link: PublisherLink & SubscriberLink): void {
    this.ended()
    this.#publisher = new Publisher(link, this.options.publisher)
    this.#subscriber.resumed(link)
  }

  /** The connection is gone, or nothing may be sent on it any more. What is observed is subscribed again on the next. */
  ended(): void {
    this.#publisher?.close()
    this.#publisher = undefined
    this.#subscriber.ended()
  }

  /** The buffer of the connection has come down to `DRAINED_BYTES`: has to be told each time. */
  drained(): void {
    this.#publisher?.drained()
  }

  /** Throws `ProtocolError` for a breach: the connection has to end with it. */
  take(frame: SubscriptionFrame): void {
    if (isOfPublisher(frame)) this.#publisher?.take(frame)
    else this.#subscriber.take(frame)
  }

  figures(): SubscriptionFigures {
    const { size = 0, actors = 0, total } = this.#publisher ?? {}
    const { count = 0, bytes = 0, dropped = 0 } = total ?? {}
    const emittedWaiting = { count, bytes }
    return {
      published: size,
      publishedActors: actors,
      subscribed: this.#subscriber.size,
      emittedWaiting,
      emittedDropped: dropped,
    }
  }
}

/** The numbers of the two directions are apart. Only who publishes gives a reason with `unsubscribe`. */
function isOfPublisher(frame: SubscriptionFrame): frame is SubscribeFrame | UnsubscribeFrame {
  return frame.kind === 'subscribe' || (frame.kind === 'unsubscribe' && frame.code === undefined)
}
