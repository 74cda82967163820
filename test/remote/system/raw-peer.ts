/** A peer that has the key and speaks the protocol by hand: it sends what it likes, and keeps what it is sent. */
import { memoryTransport } from 'roscius'
import { seededRandom } from 'roscius/testing'
import { createFrameCodec, type OutgoingEnvelope } from '../../../src/remote/protocol/frame-codec.js'
import type { BatchFrame, Frame } from '../../../src/remote/protocol/frames.js'
import {
  type HandshakeStep,
  type OwnWelcome,
  startHandshake,
} from '../../../src/remote/protocol/handshake/handshake.js'
import type { WireEnvelope } from '../../../src/remote/protocol/wire-envelope.js'
import type { Connection } from '../../../src/remote/transport.js'
import type { Nodes } from '../../support/nodes.js'
import { stepWelcoming } from '../protocol/welcoming.js'

const SECRET = Buffer.alloc(32, 7)
/** What the node under attack is opened with. */
export const AUTH = { keys: [{ id: 'k1', secret: SECRET }] }

/** A ref as it is on the wire. */
export class WireRef {
  constructor(readonly address: string) {}
}

const codec = createFrameCodec({
  refs: {
    encode: (value) => (value instanceof WireRef ? value.address : undefined),
    decode: (address) => new WireRef(address),
  },
})

const WELCOME: OwnWelcome = {
  received: [0, 0, 0],
  sent: [1_000_000, 1_000_000, 1_000_000],
  left: [0, 0, 0],
  credit: { envelopes: 1_000, bytes: 1_000_000 },
}

export interface RawPeerOptions {
  readonly name?: string
  readonly storeId?: string
  readonly incarnation?: number
  readonly welcome?: Partial<OwnWelcome>
}

export class RawPeer {
  readonly frames: Frame[] = []
  /** How the handshake ended, or the connection. */
  end: { readonly code: string } | undefined
  readonly #last: [number, number, number] = [0, 0, 0]

  private constructor(private readonly connection: Connection) {}

  /** Dials `memory://<to>`, and waits until it is through, or turned away. */
  static async dial(
    nodes: Nodes<never> | { clock: Nodes<never>['clock']; network: Nodes<never>['network']; run: Nodes<never>['run'] },
    to: string,
    { name = 'm', storeId = `${name}-store`, incarnation = 1, welcome }: RawPeerOptions = {},
  ): Promise<RawPeer> {
    const transport = memoryTransport(nodes.network, { name })
    const connection = await nodes.run(transport.dial(`memory://${to}`))
    const peer = new RawPeer(connection)
    let isThrough = false
    let step: HandshakeStep = startHandshake({
      role: 'dialler',
      node: name,
      peer: to,
      storeId,
      incarnation,
      random: seededRandom(`${name} ${nodes.clock.now()}`),
      keys: () => AUTH.keys,
    })
    const say = () => {
      for (const frame of step.send) connection.send(codec.encode(frame))
    }
    connection.onClose((code) => {
      peer.end ??= { code: String(code) }
    })
    connection.onMessage((bytes) => {
      const frame = codec.decode(bytes)
      if (isThrough) return peer.#take(frame)
      step = stepWelcoming(step.state, frame, { ...WELCOME, ...welcome })
      say()
      if (step.outcome?.type === 'established') isThrough = true
      if (step.outcome?.type === 'refused') peer.end = { code: step.outcome.error.code }
    })
    say()
    await nodes.clock.advance(50)
    return peer
  }

  #take(frame: Frame): void {
    this.frames.push(frame)
    if (frame.kind === 'close') this.end = { code: frame.code }
  }

  /** Envelopes in one frame, with numbers that go on. */
  send(...envelopes: readonly WireEnvelope[]): void {
    this.sendAt(1, ...envelopes)
  }

  sendAt(lane: 0 | 1 | 2, ...envelopes: readonly WireEnvelope[]): void {
    const after = this.#last[lane]
    const outgoing = envelopes.map((envelope): OutgoingEnvelope => {
      const packed = codec.pack(envelope)
      return envelope.delivery === 'atMostOnce' ? { packed } : { packed, number: ++this.#last[lane] }
    })
    this.connection.send(codec.batch(lane, after, outgoing))
  }

  /** Its next number on the normal lane is as if so many had gone before. */
  skip(count: number): void {
    this.#last[1] += count
  }

  sendFrame(frame: Exclude<Frame, BatchFrame>): void {
    this.connection.send(codec.encode(frame))
  }

  sendBytes(bytes: Uint8Array): void {
    this.connection.send(bytes)
  }

  /** What was sent to it in batches. */
  get envelopes(): readonly WireEnvelope[] {
    return this.frames
      .flatMap((frame) => (frame.kind === 'batch' ? frame.envelopes : []))
      .map(({ envelope }) => envelope)
  }

  close(): void {
    this.connection.terminate()
  }
}
