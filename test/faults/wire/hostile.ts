/**
 * A peer that has the key, may send `ADD` to the actor `open` and nothing else, and does what it likes.
 *
 * 1. The node goes on: a local actor answers in between, and at the end.
 * 2. Nothing changes but `open`, by events `ADD` that were sent there, each once. Nothing is told but answers to these, and
 *    refusals.
 * 3. What it costs is bounded: what waits for it, what it subscribes to, what is stored of it.
 * 4. A breach of the protocol is answered by `close` with a code, and the peer can come back.
 */
import { CloseCode, type KeyRange, memoryTransport, type Store, type System } from 'roscius'
import { faultStore, seededRandom } from 'roscius/testing'
import { NO_REFS } from '../../../src/persistence/storable.js'
import { createFrameCodec } from '../../../src/remote/protocol/frame-codec.js'
import type { PlainFrame } from '../../../src/remote/protocol/frame-fields.js'
import type { Frame } from '../../../src/remote/protocol/frames.js'
import { isProtocolCode } from '../../../src/remote/protocol/protocol-error.js'
import { Chance } from '../../remote/protocol/fuzz/chance.js'
import { FuzzInputs } from '../../remote/protocol/fuzz/inputs.js'
import { tally } from '../../remote/system/actors.js'
import { Nodes } from '../../support/nodes.js'
import { attackOf, type Batch } from './attacks.js'
import { HandMadePeer, isUnsendable, type Numbers } from './hand-made-peer.js'
import { KEYS } from './keys.js'

const STEPS = 400
const LOOK_EVERY = 100

const OUTBOX = { maxCount: 100, maxBytes: 2_097_152 }
const MOST_SUBSCRIPTIONS = 20
/** Records of the peer, of its dead letters, and of conversations in which it may speak. */
const MOST_KEYS = 600
const DEAD_LETTERS = { maxCount: 100 }
const CONTROL_FRAMES = { perSecond: 200, burst: 400 }
const ENDLESS: Numbers = [2 ** 50, 2 ** 50, 2 ** 50]
const codec = createFrameCodec({ refs: NO_REFS })
const logic = { tally }

interface SystemAttack {
  readonly breaches: readonly string[]
  readonly facts: Readonly<Record<string, number>>
}

export async function attackSystem(seed: number, steps = STEPS): Promise<SystemAttack> {
  const attack = new HostileRun(seed)
  await attack.open()
  for (let step = 1; step <= steps; step++) {
    await attack.step()
    if (step % LOOK_EVERY === 0) await attack.look()
  }
  await attack.end()
  return { breaches: attack.breaches, facts: attack.facts }
}

class HostileRun {
  readonly breaches: string[] = []
  readonly facts: Record<string, number> = {
    'hostile frames': 0,
    'hostile connections': 0,
    'hostile breaches': 0,
    'allowed events applied': 0,
  }
  readonly #nodes = new Nodes(logic)
  readonly #chance: Chance
  readonly #garbage: Iterator<Uint8Array>
  readonly #received: Numbers = [0, 0, 0]
  readonly #allowed = new Set<number>()
  /** In which an allowed event was sent. */
  #conversations = 0
  #system!: System<typeof logic>
  #peer: HandMadePeer | undefined
  /** That has ended its link by itself. */
  #leaving: HandMadePeer | undefined
  #given = 0
  #asked = 0

  constructor(private readonly seed: number) {
    this.#chance = new Chance(`hostile ${seed}`)
    this.#garbage = new FuzzInputs(codec).of(seed, Number.POSITIVE_INFINITY)
  }

  async open(): Promise<void> {
    this.#nodes.stores.set('b', faultStore({ random: seededRandom(this.seed) }))
    this.#system = await this.#nodes.open('b', {
      auth: { keys: KEYS },
      peers: { m: { allow: { send: [{ paths: ['open'], events: ['ADD'] }] } } },
      links: { outbox: OUTBOX, maxSubscriptions: MOST_SUBSCRIPTIONS, rate: { controlFrames: CONTROL_FRAMES } },
      deadLetters: DEAD_LETTERS,
    })
    for (const id of ['open', 'shut']) await this.#nodes.run(this.#system.spawn('tally', { id }))
  }

  async step(): Promise<void> {
    const peer = this.#peer?.isUp ? this.#peer : await this.#connect()
    const next = (): number => ++this.#given
    const garbage = (): Uint8Array => this.#garbage.next().value as Uint8Array
    for (const one of attackOf(this.#chance, next, this.#received, garbage)) {
      this.facts['hostile frames']! += 1
      if (one instanceof Uint8Array) this.#sendGarbage(peer, one)
      else if (one.kind === 'envelopes') this.#sendBatch(peer, one)
      else this.#sendPlain(peer, one)
    }
    await this.#nodes.clock.advance(this.#chance.pick([0, 1, 5, 50]))
    if (peer.isClosed && this.#leaving !== peer) this.#closed(peer)
  }

  /** What is there besides what may be, at this moment. */
  async look(): Promise<void> {
    const shut = this.#system.actor('tally', 'shut')
    await this.#nodes.run(shut.deliver({ type: 'ADD', n: -++this.#asked }))
    this.#expect(
      shut.getSnapshot().context.seen.length === this.#asked,
      'An actor was told what nobody was allowed to tell it.',
    )
    this.#lookAtOpen()
    const paths = []
    for await (const { path } of this.#system.actors()) paths.push(path)
    this.#expect(paths.sort().join() === 'open,shut', `There are the actors ${paths.join()}.`)
    await this.#lookAtBounds()
  }

  async end(): Promise<void> {
    const failed = this.#nodes.events.get('b')?.filter((event) => JSON.stringify(event).includes('"FAILED"')) ?? []
    for (const event of failed.slice(0, 3)) this.breaches.push(`The node failed at what came: ${JSON.stringify(event)}`)
    this.#peer?.terminate()
    await this.#nodes.close()
  }

  #lookAtOpen(): void {
    const { status, context } = this.#system.actor('tally', 'open').getSnapshot()
    this.#expect(status === 'active', `The actor that may be told ADD alone is ${status}.`)
    this.#expect(new Set(context.seen).size === context.seen.length, 'An event was applied twice.')
    this.#expect(
      context.seen.every((n) => this.#allowed.has(n)),
      'An event was applied that was not sent there.',
    )
    this.facts['allowed events applied'] = context.seen.length
  }

  async #lookAtBounds(): Promise<void> {
    const { outbox, subscriptions } = this.#system.peer('m').figures() ?? {}
    this.#expect((outbox?.count ?? 0) <= OUTBOX.maxCount, `${outbox?.count} envelopes wait for the peer.`)
    this.#expect(
      (subscriptions?.published ?? 0) <= MOST_SUBSCRIPTIONS,
      `It has ${subscriptions?.published} subscriptions.`,
    )
    const store = this.#nodes.store('b')
    const keys = await keysOf(store, { gte: 'k', lt: 'zz' })
    this.#expect(keys <= MOST_KEYS, `The store has ${keys} records besides those of actors.`)
    const conversations = await keysOf(store, { gte: 'u/conversations/c', lt: 'u/conversations/d' })
    this.#expect(
      conversations <= this.#conversations,
      `It has noted ${conversations} conversations of ${this.#conversations}.`,
    )
  }

  #sendBatch(peer: HandMadePeer, { lane, envelopes, skipped, before }: Batch): void {
    try {
      peer.sendBatch(lane, envelopes, { skipped, before })
    } catch (error) {
      if (!isUnsendable(error)) throw error
      return
    }
    for (const { to, payload, correlation } of envelopes) {
      const { type, n } = (payload ?? {}) as { readonly type?: string; readonly n?: number }
      if (!to.startsWith('open') || type !== 'ADD' || n === undefined) continue
      this.#allowed.add(n)
      if (correlation !== undefined) this.#conversations += 1
    }
  }

  #sendGarbage(peer: HandMadePeer, bytes: Uint8Array): void {
    peer.sendBytes(bytes)
    if (isEnd(bytes)) this.#leaving = peer
  }

  #sendPlain(peer: HandMadePeer, frame: PlainFrame): void {
    peer.send(frame)
    if (frame.kind === 'close') this.#leaving = peer
  }

  async #connect(): Promise<HandMadePeer> {
    for (let attempt = 1; attempt <= 20; attempt++) {
      const peer = await this.#dial()
      if (peer.isUp) {
        this.#peer = peer
        this.facts['hostile connections']! += 1
        return peer
      }
      await this.#nodes.clock.advance(1_000)
    }
    throw new Error(`The peer could not come back (seed ${this.seed}).`)
  }

  async #dial(): Promise<HandMadePeer> {
    const transport = memoryTransport(this.#nodes.network, { name: 'm' })
    const connection = await this.#nodes.run(transport.dial('memory://b'))
    const random = seededRandom(`${this.seed} ${this.#nodes.clock.now()}`)
    const peer = new HandMadePeer(connection, {
      ...{ role: 'dialler', node: 'm', peer: 'b', storeId: 'm-store', incarnation: 1, random, keys: () => KEYS },
      welcome: {
        received: [...this.#received],
        sent: ENDLESS,
        left: [0, 0, 0],
        credit: { envelopes: 1_000, bytes: 1_000_000 },
      },
      heard: (frame) => this.#hear(frame),
    })
    await this.#nodes.clock.advance(50)
    return peer
  }

  /** It has said something that is no frame, or not for that moment. */
  #closed({ code, closeCode }: HandMadePeer): void {
    this.facts['hostile breaches']! += 1
    const isTold = isProtocolCode(code) || closeCode === CloseCode.tooBig
    this.#expect(isTold, `It was cut off without a code (${closeCode}).`)
  }

  #hear(frame: Frame): void {
    if (frame.kind === 'snapshot' || frame.kind === 'emitted') this.breaches.push(`It was shown a ${frame.kind}.`)
    if (frame.kind !== 'batch') return
    for (const { number, envelope } of frame.envelopes) {
      if (number !== undefined) this.#received[frame.lane] = Math.max(this.#received[frame.lane], number)
      const { reason } = (envelope.payload ?? {}) as { readonly reason?: unknown }
      const isRefusal = envelope.kind === 'failed' || (envelope.kind === 'terminated' && reason === 'lost')
      this.#expect(
        isRefusal || envelope.kind === 'done' || envelope.kind === 'reply',
        `It was told ${JSON.stringify(envelope)}.`,
      )
    }
  }

  #expect(holds: boolean, message: string): void {
    if (!holds && this.breaches.length < 20) this.breaches.push(message)
  }
}

async function keysOf(store: Store, range: KeyRange): Promise<number> {
  let keys = 0
  for await (const _ of store.range(range)) keys += 1
  return keys
}

function isEnd(bytes: Uint8Array): boolean {
  try {
    const { kind } = codec.decode(bytes)
    return kind === 'close' || kind === 'refuse'
  } catch {
    return false
  }
}
