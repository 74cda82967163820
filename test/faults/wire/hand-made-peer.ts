/**
 * A peer that speaks the protocol by hand over any connection: it shows who it is as a node does, and then sends, and leaves
 * out, whatever it is told to.
 */
import type { Connection } from 'roscius'
import { NO_REFS } from '../../../src/persistence/storable.js'
import { createFrameCodec } from '../../../src/remote/protocol/frame-codec.js'
import type { PlainFrame } from '../../../src/remote/protocol/frame-fields.js'
import type { Frame } from '../../../src/remote/protocol/frames.js'
import {
  type EstablishedLink,
  type HandshakeOptions,
  type HandshakeState,
  type HandshakeStep,
  type OwnWelcome,
  startHandshake,
} from '../../../src/remote/protocol/handshake/handshake.js'
import { ProtocolError } from '../../../src/remote/protocol/protocol-error.js'
import type { WireEnvelope } from '../../../src/remote/protocol/wire-envelope.js'
import { stepWelcoming } from '../../remote/protocol/welcoming.js'

const codec = createFrameCodec({ refs: NO_REFS })

export type Numbers = [number, number, number]

export interface HandMadeOptions extends HandshakeOptions {
  readonly welcome: OwnWelcome
  /** Told of each frame after the handshake. */
  readonly heard: (frame: Frame) => void
  /** The handshake is through. */
  readonly through?: () => void
}

export class HandMadePeer {
  /** Set when the handshake is through. */
  link: EstablishedLink | undefined
  /** How the node ended it: the code of its `close` or `refuse`. */
  code: string | undefined
  isClosed = false
  /** How its connection ended, as the transport says. */
  closeCode: number | undefined
  readonly #last: Numbers = [0, 0, 0]
  #state: HandshakeState

  constructor(
    private readonly connection: Connection,
    private readonly options: HandMadeOptions,
  ) {
    const first = startHandshake(options)
    this.#state = first.state
    connection.onClose((code) => {
      this.isClosed = true
      this.closeCode = code
    })
    connection.onMessage((bytes) => this.#take(codec.decode(bytes)))
    this.#say(first)
  }

  /** Whether it can send. */
  get isUp(): boolean {
    return this.link !== undefined && !this.isClosed && this.code === undefined
  }

  send(frame: PlainFrame): void {
    this.connection.send(codec.encode(frame))
  }

  sendBytes(bytes: Uint8Array): void {
    this.connection.send(bytes)
  }

  /** Envelopes in one frame, whose numbers go on from the last ones, `skipped` further on. */
  sendBatch(lane: 0 | 1 | 2, envelopes: readonly WireEnvelope[], { skipped = 0, before = 0 } = {}): void {
    const after = Math.max(0, this.#last[lane] + before)
    let number = this.#last[lane] + skipped
    const outgoing = envelopes.map((envelope) => {
      const packed = codec.pack(envelope)
      return envelope.delivery === 'atMostOnce' ? { packed } : { packed, number: ++number }
    })
    this.#last[lane] = number
    this.connection.send(codec.batch(lane, after, outgoing))
  }

  /** What comes from now on stays in the pipe. */
  stopReading(): void {
    this.connection.pause()
  }

  terminate(): void {
    this.connection.terminate()
  }

  #take(frame: Frame): void {
    if (frame.kind === 'close' || frame.kind === 'refuse') this.code = frame.code
    if (this.link !== undefined) {
      this.options.heard(frame)
      return
    }
    const step = stepWelcoming(this.#state, frame, this.options.welcome)
    this.#state = step.state
    this.#say(step)
    if (step.outcome?.type === 'established') this.#begin(step.outcome.link)
    if (step.outcome?.type === 'refused') this.code ??= step.outcome.error.code
  }

  #begin(link: EstablishedLink): void {
    this.link = link
    for (const lane of [0, 1, 2] as const) this.#last[lane] = link.welcome.received[lane]
    this.options.through?.()
  }

  #say({ send }: HandshakeStep): void {
    for (const frame of send) this.connection.send(codec.encode(frame))
  }
}

/** Whether it was made only to be refused: what can't be packed is no attack. */
export function isUnsendable(error: unknown): boolean {
  return (
    error instanceof ProtocolError || (error as { readonly code?: unknown } | undefined)?.code === 'VALUE_NOT_STORABLE'
  )
}
