/**
 * The handshake of one connection, from its first byte to the last `welcome`: the doer beside the pure steps of
 * `protocol/handshake/handshake.ts`.
 *
 * 1. Frames are read within the limits for strangers until both sides are through.
 * 2. Whatever goes wrong ends the wire, with `refuse` if the peer can still be told. Who waits learns it from the wire's end.
 * 3. Once it is through nothing is read here any more: what follows belongs to who took `established`.
 */
import type { Clock } from '../../core/clock.js'
import { NO_REFS } from '../../persistence/storable.js'
import { createFrameCodec } from '../protocol/frame-codec.js'
import type { HandshakeFrame } from '../protocol/frames.js'
import {
  type BelievedPeer,
  type EstablishedLink,
  type HandshakeOptions,
  type HandshakeState,
  type HandshakeStep,
  type OwnWelcome,
  refuseHandshake,
  startHandshake,
  stepHandshake,
  welcomePeer,
} from '../protocol/handshake/handshake.js'
import { HANDSHAKE_LIMITS } from '../protocol/limits.js'
import { ProtocolError } from '../protocol/protocol-error.js'
import { faultOf, LinkFailure } from './link-failure.js'
import type { Wire } from './wire.js'

/** One for all: strangers' frames hold no refs. */
const codec = createFrameCodec({ refs: NO_REFS, accepted: HANDSHAKE_LIMITS })

export interface Believed extends BelievedPeer {
  /** From this side's first frame to the answer, in ms; a dialler's only. */
  readonly rttMs?: number
}

export class Greeting {
  /** The name that the peer gives itself. */
  claimedNode: string | undefined
  private state: HandshakeState
  private readonly startedMs: number
  private rttMs: number | undefined
  private isThrough = false
  private believed: Believed | undefined
  private onBelieved: (believed: Believed) => void = () => undefined
  private onEstablished: (link: EstablishedLink) => void = () => undefined

  constructor(
    private readonly wire: Wire,
    options: HandshakeOptions,
    private readonly clock: Clock,
  ) {
    this.startedMs = clock.monotonic()
    const { state, send } = startHandshake(options)
    this.state = state
    this.say(send)
    wire.reads((bytes) => this.take(bytes))
  }

  /** Tells once that the peer has shown who it is, at once if it has. It waits for its welcome now. */
  whenBelieved(listener: (believed: Believed) => void): void {
    this.onBelieved = listener
    if (this.believed !== undefined) listener(this.believed)
  }

  /** Tells the peer where this side stands; `established` is told, perhaps at once, when the peer has done so, too. */
  welcome(own: OwnWelcome, established: (link: EstablishedLink) => void): void {
    this.onEstablished = established
    this.follow(welcomePeer(this.state, own))
  }

  /** Ends the handshake and the wire. Nothing if it is through. */
  refuse(error: ProtocolError, fault = faultOf(error)): void {
    if (this.isThrough || this.wire.hasEnded) return
    const { state, send } = refuseHandshake(this.state, error)
    this.state = state
    this.wire.end(fault, send[0] && codec.encode(send[0]))
  }

  private take(bytes: Uint8Array): void {
    try {
      const frame = codec.decode(bytes)
      this.rttMs ??= this.clock.monotonic() - this.startedMs
      if (frame.kind === 'hello') this.claimedNode = frame.node
      this.follow(stepHandshake(this.state, frame))
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      this.refuse(error)
    }
  }

  private follow({ state, send, believed, outcome }: HandshakeStep): void {
    this.state = state
    if (outcome?.type === 'refused') {
      this.wire.end(faultOf(outcome.error), send[0] && codec.encode(send[0]))
      return
    }
    this.isThrough = outcome !== undefined
    this.say(send)
    if (believed !== undefined) this.believe(believed)
    if (outcome !== undefined) this.onEstablished(outcome.link)
  }

  private believe(believed: BelievedPeer): void {
    const isDialler = this.state.options.role === 'dialler'
    this.believed = isDialler ? { ...believed, rttMs: this.rttMs } : believed
    this.onBelieved(this.believed)
  }

  private say(frames: readonly HandshakeFrame[]): void {
    for (const frame of frames) this.wire.send(codec.encode(frame))
  }
}

/** The failure that a wire's end is to who waits for it. */
export function rejectAtEnd(wire: Wire, reject: (failure: LinkFailure) => void): () => void {
  return wire.onEnd((fault) => reject(new LinkFailure(fault)))
}
