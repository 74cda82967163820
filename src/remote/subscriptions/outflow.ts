/**
 * What goes out to a peer that observes, in the measure in which its connection takes it.
 *
 * 1. Latest wins: no snapshot waits. While the connection is full it is only noted that there is one; when it has drained,
 *    the newest is read. So a slow peer costs the same after one commit and after a million.
 * 2. Emitted events wait in bounded queues, the oldest give way. How many were lost is told in their place, by the event
 *    `roscius.emittedDropped`.
 * 3. What a run of commits has changed is sent when the run is over (a microtask later), once.
 * 4. Who has waited longest goes first.
 */
import type { FrameCodec } from '../protocol/frame-codec.js'
import type { PlainFrame } from '../protocol/frame-fields.js'
import { DRAINED_BYTES } from '../transport.js'
import { emittedDropped } from './emitted-dropped.js'
import type { CommittedState } from './local-actors.js'
import { SharedFrame } from './shared-frame.js'
import { snapshotOf } from './snapshot-shape.js'
import type { Publication, Topic } from './topic.js'

/** The connection, as far as a publisher needs it. */
export interface PublisherLink {
  readonly codec: Pick<FrameCodec, 'encode'>
  readonly bufferedAmount: number
  send(bytes: Uint8Array): boolean
}

export interface OutflowPort {
  readonly link: PublisherLink
  /** Bytes in the connection's buffer above which nothing is sent; at least `DRAINED_BYTES`, or nothing would go on. */
  readonly bufferedBytes: number
  /** The actor has ended, and everything of it is sent. */
  finished(publication: Publication): void
  /** Its state can't be read or sent. */
  failed(publication: Publication, error: unknown): void
}

export class Outflow {
  readonly #link: PublisherLink
  readonly #fullAbove: number
  readonly #waiting = new Set<Publication>()
  #isScheduled = false

  constructor(private readonly port: OutflowPort) {
    this.#link = port.link
    this.#fullAbove = Math.max(DRAINED_BYTES, port.bufferedBytes)
  }

  get isFull(): boolean {
    return this.#link.bufferedAmount > this.#fullAbove
  }

  /** Sends a frame whatever the connection holds. */
  send(frame: PlainFrame): void {
    this.#link.send(this.#link.codec.encode(frame))
  }

  /** It has something to send. A full connection says when it has drained; else it goes on when the present run is over. */
  wait(publication: Publication): void {
    this.#waiting.add(publication)
    if (this.#isScheduled || this.isFull) return
    this.#isScheduled = true
    queueMicrotask(() => {
      this.#isScheduled = false
      this.drained()
    })
  }

  emit(publication: Publication, frame: SharedFrame): void {
    const bytes = encoded(frame, publication.subscription)
    if (bytes !== undefined && publication.queue.isEmpty && !this.isFull) {
      this.#link.send(bytes)
      return
    }
    if (bytes === undefined) publication.queue.lose()
    else publication.queue.push(bytes)
    this.wait(publication)
  }

  forget(publication: Publication): void {
    this.#waiting.delete(publication)
    publication.queue.clear()
  }

  /** The connection takes bytes again. */
  drained(): void {
    const frames = new Map<Topic, SharedFrame | undefined>()
    for (const publication of this.#waiting) {
      if (this.isFull) return
      this.#waiting.delete(publication)
      this.#sendWaiting(publication, frames)
    }
  }

  #sendWaiting(publication: Publication, frames: Map<Topic, SharedFrame | undefined>): void {
    this.#sendEmitted(publication)
    if (this.isFull && (publication.isDirty || !publication.queue.isEmpty)) {
      this.#waiting.add(publication)
      return
    }
    try {
      if (publication.isDirty) this.#sendSnapshot(publication, frames)
    } catch (error) {
      this.port.failed(publication, error)
      return
    }
    if (publication.topic.hasEnded) this.port.finished(publication)
  }

  #sendEmitted({ queue, subscription }: Publication): void {
    const count = queue.takeDropped()
    if (count > 0) this.send({ kind: 'emitted', subscription, event: emittedDropped(count) })
    while (!this.isFull) {
      const bytes = queue.shift()
      if (bytes === undefined) return
      this.#link.send(bytes)
    }
  }

  #sendSnapshot(publication: Publication, frames: Map<Topic, SharedFrame | undefined>): void {
    const { topic, subscription } = publication
    publication.isDirty = false
    if (!frames.has(topic)) frames.set(topic, this.#frameOf(topic.state()))
    const bytes = frames.get(topic)?.bytesFor(subscription)
    if (bytes !== undefined) this.#link.send(bytes)
  }

  #frameOf(state: CommittedState | undefined): SharedFrame | undefined {
    if (state === undefined) return undefined
    const { seqNr, tags } = state
    const snapshot = snapshotOf({ ...state.snapshot, ...(tags && { tags: [...tags] }) })
    return new SharedFrame(this.#link.codec, (subscription) => ({ kind: 'snapshot', subscription, seqNr, snapshot }))
  }
}

/** Undefined for an event that can't be sent: it is lost, as one that there was no room for. */
function encoded(frame: SharedFrame, subscription: number): Uint8Array | undefined {
  try {
    return frame.bytesFor(subscription)
  } catch {
    return undefined
  }
}
