import { NO_REFS } from '../../../src/persistence/storable.js'
import { createFrameCodec } from '../../../src/remote/protocol/frame-codec.js'
import type { Frame } from '../../../src/remote/protocol/frames.js'
import { DEFAULT_LIMITS, type WireLimits } from '../../../src/remote/protocol/limits.js'
import type { ProtocolError } from '../../../src/remote/protocol/protocol-error.js'
import type { LocalActors } from '../../../src/remote/subscriptions/local-actors.js'
import { isSubscriptionFrame, PeerSubscriptions } from '../../../src/remote/subscriptions/peer-subscriptions.js'
import type { PublisherOptions } from '../../../src/remote/subscriptions/publisher.js'
import type { SubscriberOptions } from '../../../src/remote/subscriptions/subscriber.js'
import { ShownActors } from './shown-actors.js'

/** One end of a connection: what it sends waits until the other side reads. */
export class End {
  readonly peer: { readonly storeId: string; readonly incarnation: number }
  readonly codec
  readonly waiting: Uint8Array[] = []
  /** Every frame that was sent, as the other side decodes it. */
  readonly sent: Frame[] = []
  bufferedAmount = 0
  mostBuffered = 0

  constructor(incarnation: number, limits: WireLimits) {
    this.peer = { storeId: 'store', incarnation }
    this.codec = createFrameCodec({ refs: NO_REFS, accepted: limits, offered: limits })
  }

  send(bytes: Uint8Array): boolean {
    this.waiting.push(bytes)
    this.bufferedAmount += bytes.length
    this.mostBuffered = Math.max(this.mostBuffered, this.bufferedAmount)
    return true
  }

  /** The oldest frame that waits. */
  read(): Frame | undefined {
    const bytes = this.waiting.shift()
    if (bytes === undefined) return undefined
    this.bufferedAmount -= bytes.length
    const frame = this.codec.decode(bytes)
    this.sent.push(frame)
    return frame
  }
}

interface SidesOptions {
  readonly actors?: LocalActors
  readonly limits?: Partial<WireLimits>
  readonly publisher?: Partial<PublisherOptions>
  readonly subscriber?: Partial<SubscriberOptions>
}

/** A node `near` that observes actors of a node `far`, over connections that come and go. */
export class TwoSides {
  readonly actors = new ShownActors()
  readonly near: PeerSubscriptions
  readonly far: PeerSubscriptions
  readonly #limits: WireLimits
  /** What near and far send on. */
  nearEnd!: End
  farEnd!: End
  #isOpen = false

  constructor({ actors, limits = {}, publisher = {}, subscriber = {} }: SidesOptions = {}) {
    this.#limits = { ...DEFAULT_LIMITS, ...limits }
    const shown = actors ?? this.actors
    const none: PublisherOptions = { actors: new ShownActors(), maySubscribe: () => false }
    this.near = new PeerSubscriptions({ publisher: none, subscriber: { peer: 'far', ...subscriber } })
    this.far = new PeerSubscriptions({
      publisher: { actors: shown, maySubscribe: () => true, ...publisher },
      subscriber: { peer: 'near' },
    })
    this.connect()
  }

  /** A new connection; `incarnation` is that of the far node. */
  connect(incarnation = 1): void {
    this.nearEnd = new End(incarnation, this.#limits)
    this.farEnd = new End(1, this.#limits)
    this.#isOpen = true
    this.near.resumed(this.nearEnd)
    this.far.resumed(this.farEnd)
  }

  /** The connection is lost, with what is under way. */
  disconnect(): void {
    this.#isOpen = false
    this.near.ended()
    this.far.ended()
  }

  /** Both sides read until neither has anything more to say. */
  async settle(): Promise<void> {
    do {
      this.readAtFar()
      this.readAtNear()
      await rest()
    } while (this.#isOpen && this.nearEnd.waiting.length + this.farEnd.waiting.length > 0)
  }

  /** The far side reads what is there; the near one still doesn't. */
  async settleFar(): Promise<void> {
    this.readAtFar()
    await rest()
  }

  readAtFar(): void {
    this.#read(this.nearEnd, this.far, this.near)
  }

  readAtNear(): void {
    this.#read(this.farEnd, this.near, this.far)
  }

  #read(from: End, reader: PeerSubscriptions, writer: PeerSubscriptions): void {
    while (from.waiting.length > 0) {
      const frame = from.read() as Frame
      take(reader, frame)
    }
    writer.drained()
  }
}

function take(side: PeerSubscriptions, frame: Frame): void {
  if (frame.kind === 'hello' || frame.kind === 'challenge' || frame.kind === 'proof') throw new Error('no link frame')
  if (frame.kind === 'welcome' || frame.kind === 'refuse') throw new Error('no link frame')
  if (isSubscriptionFrame(frame)) side.take(frame)
}

/** The breach that `fn` ends with. */
export function breachOf(fn: () => void): Pick<ProtocolError, 'code' | 'at'> {
  try {
    fn()
  } catch (error) {
    const { name, code, at } = error as ProtocolError
    if (name === 'ProtocolError') return { code, at }
    throw error
  }
  throw new Error('the frame was taken')
}

/** All microtasks that are due have run. */
export function rest(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** Everything that an observer is told, in its order. */
export function recorder() {
  const told: unknown[] = []
  const next = (snapshot: unknown): void => void told.push((snapshot as { context: unknown }).context)
  const error = (failure: unknown): void => void told.push(['error', failure])
  const complete = (): void => void told.push('complete')
  return { told, next, error, complete }
}
