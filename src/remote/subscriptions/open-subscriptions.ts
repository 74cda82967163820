/**
 * The subscriptions of this node that are open on one connection, by their numbers.
 *
 * 1. Numbers rise for as long as the connection lives. So a frame for one that was given up here, or ended there, may still
 *    be under way and is dropped; one that was never opened is a breach.
 */
import type { FrameCodec } from '../protocol/frame-codec.js'
import type { EmittedFrame, SnapshotFrame, UnsubscribeFrame } from '../protocol/frames.js'
import { type ProtocolCode, ProtocolError } from '../protocol/protocol-error.js'
import type { EmittedHandlers } from './emitted-handlers.js'
import type { SnapshotObservers } from './snapshot-observers.js'

/** The connection, as far as a subscriber needs it. */
export interface SubscriberLink {
  readonly peer: { readonly storeId: string; readonly incarnation: number }
  readonly codec: Pick<FrameCodec, 'encode'>
  send(bytes: Uint8Array): boolean
}

/** Who shares a subscription. */
export type Shared = SnapshotObservers | EmittedHandlers

/** What comes from the side that publishes. */
export type PublishedFrame = SnapshotFrame | EmittedFrame | UnsubscribeFrame

export class OpenSubscriptions {
  readonly #open = new Map<number, Shared>()
  #next = 1

  constructor(private readonly link: SubscriberLink) {}

  get size(): number {
    return this.#open.size
  }

  /** Opens or gives up the subscription, as it is wanted. Answers why it can't be opened. */
  match(shared: Shared): ProtocolCode | undefined {
    const { subscription, isWanted } = shared
    if (isWanted === (subscription !== undefined)) return undefined
    if (subscription === undefined) return this.#begin(shared)
    this.close(shared)
    this.link.send(this.link.codec.encode({ kind: 'unsubscribe', subscription }))
    return undefined
  }

  /** Forgets it without a word: the peer has ended it. */
  close(shared: Shared): void {
    if (shared.subscription !== undefined) this.#open.delete(shared.subscription)
    shared.subscription = undefined
  }

  /** Forgets all of them: the connection is gone. */
  end(): void {
    for (const shared of this.#open.values()) this.close(shared)
  }

  /** Who the frame is for; undefined if nobody waits for it any more. Throws `ProtocolError` for a breach. */
  receiverOf({ kind, subscription }: PublishedFrame): Shared | undefined {
    const shared = this.#open.get(subscription)
    if (shared === undefined && (subscription < 1 || subscription >= this.#next)) {
      throw unexpected('The frame is for a subscription that was never opened.', kind)
    }
    if (shared !== undefined && kind !== 'unsubscribe' && (kind === 'emitted') !== (shared.subject === 'emitted')) {
      throw unexpected('The frame is of a kind that its subscription was not opened for.', kind)
    }
    return shared
  }

  #begin(shared: Shared): ProtocolCode | undefined {
    const { path, subject } = shared
    const subscription = this.#next++
    try {
      this.link.send(this.link.codec.encode({ kind: 'subscribe', subscription, path, subject }))
    } catch (error) {
      // A path that is longer than what the peer takes.
      if (error instanceof ProtocolError) return error.code
      throw error
    }
    this.#open.set(subscription, shared)
    shared.subscription = subscription
    return undefined
  }
}

function unexpected(message: string, kind: PublishedFrame['kind']): ProtocolError {
  return new ProtocolError('FRAME_UNEXPECTED', message, `${kind}.subscription`)
}
