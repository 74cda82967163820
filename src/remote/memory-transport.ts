/**
 * Transports of one process: nodes on a network of memory, whose time is a clock's.
 *
 * 1. With a simulated clock a run repeats: everything that crosses happens at a time of the clock, in the order of due times
 *    and then of sending.
 * 2. A `Conduct` says what the network does to what crosses: nothing but a delay here, faults in `faultyNetwork` of
 *    `roscius/testing`. Without one it keeps the port's promises.
 * 3. Bytes are copied when they are sent, as a socket does.
 */

import { z } from 'zod'
import type { Clock } from '../core/clock.js'
import { RosciusError } from '../core/errors.js'
import { readWith, refusal } from '../supervision/refusal.js'
import { transportClosed, unreachable } from './connection-end.js'
import { type Conduct, MemoryLink, type MemoryNode } from './memory-link.js'
import {
  CloseCode,
  type Connection,
  DEFAULT_HANDSHAKE_TIMEOUT_MS,
  DEFAULT_MAX_FRAME_BYTES,
  type DialOptions,
  type Listener,
  type Transport,
} from './transport.js'

export type { Arrival, Conduct, Crossing, Fate } from './memory-link.js'

export interface MemoryNetworkOptions {
  readonly clock: Clock
  /** How long everything takes from one end to the other, in ms. Default 0: as soon as the clock moves. */
  readonly delayMs?: number
  /** What happens on the way. Default: each thing arrives after `delayMs`. */
  readonly conduct?: Conduct
}

/** Where memory transports find each other. */
export interface MemoryNetwork {
  readonly clock: Clock
  /** Tries again what its conduct had `held`, in order. */
  release(): void
  /** The links that are open, oldest first. */
  readonly links: readonly MemoryLink[]
}

export interface MemoryTransportOptions {
  /** Its name on the network: the others dial `memory://<name>`. */
  readonly name: string
  /** Default 1 MiB. */
  readonly maxFrameBytes?: number
  /** How long a dial may take. Default 10 000. */
  readonly handshakeTimeoutMs?: number
  /** What the others see as `remote.certificateName`, as if it had been verified. Default: none. */
  readonly certificateName?: string
  /** Whether the others see this node as one of the same machine. Default true. */
  readonly isLoopback?: boolean
}

/**
 * A network in memory.
 *
 * @example
 * ```ts
 * import { memoryNetwork, memoryTransport } from 'roscius'
 * import { simulatedClock } from 'roscius/testing'
 *
 * const clock = simulatedClock()
 * const network = memoryNetwork({ clock, delayMs: 5 })
 * const a = memoryTransport(network, { name: 'a' })
 * const b = memoryTransport(network, { name: 'b' })
 * await b.listen((connection) => connection.onMessage((bytes) => connection.send(bytes)))
 * const dialled = a.dial('memory://b')
 * await clock.advance(10)
 * const connection = await dialled
 * console.log(connection.remote.address)
 * ```
 */
export function memoryNetwork({ clock, delayMs = 0, conduct }: MemoryNetworkOptions): MemoryNetwork {
  return new Network(clock, conduct ?? { dial: () => ({ delayMs }), cross: ({ bytes }) => [{ bytes, delayMs }] })
}

/** A transport on `network`. Throws `OPTIONS_INVALID`, also for a name that is taken. */
export function memoryTransport(
  network: MemoryNetwork,
  options: MemoryTransportOptions,
): Transport & Required<Pick<Transport, 'listen'>> {
  if (!(network instanceof Network)) throw refusal('memoryTransport.network', 'must come from memoryNetwork')
  return new MemoryTransport(network, readWith(schema, options, 'memoryTransport'))
}

const schema = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/),
  maxFrameBytes: z.number().int().min(1).default(DEFAULT_MAX_FRAME_BYTES),
  handshakeTimeoutMs: z.number().positive().default(DEFAULT_HANDSHAKE_TIMEOUT_MS),
  certificateName: z.string().optional(),
  isLoopback: z.boolean().default(true),
})

type Settings = z.output<typeof schema>
type Accept = (connection: Connection) => void

const SCHEME = 'memory://'
const addressSchema = z.string().startsWith(SCHEME)

class Network implements MemoryNetwork {
  readonly listeners = new Map<string, { readonly node: MemoryNode; readonly accept: Accept }>()
  private readonly open = new Set<MemoryLink>()
  private count = 0

  constructor(
    readonly clock: Clock,
    readonly conduct: Conduct,
  ) {}

  get links(): readonly MemoryLink[] {
    return [...this.open]
  }

  release(): void {
    for (const link of this.links) link.release()
  }

  link(from: MemoryNode, to: MemoryNode): MemoryLink {
    const link = new MemoryLink(++this.count, [from, to], this.clock, this.conduct, () => this.open.delete(link))
    this.open.add(link)
    return link
  }
}

class MemoryTransport implements Transport {
  private readonly connections = new Set<Connection>()
  private readonly ending = new AbortController()

  constructor(
    private readonly network: Network,
    private readonly settings: Settings,
  ) {}

  async listen(accept: Accept): Promise<Listener> {
    this.assertOpen()
    const { name } = this.settings
    const { listeners } = this.network
    if (listeners.has(name)) throw nameTaken(name)
    const entry = { node: this.settings, accept: (connection: Connection) => accept(this.keep(connection)) }
    listeners.set(name, entry)
    return {
      address: `${SCHEME}${name}`,
      close: async () => {
        if (listeners.get(name) === entry) listeners.delete(name)
      },
    }
  }

  async dial(address: string, options: DialOptions = {}): Promise<Connection> {
    this.assertOpen()
    const to = readWith(addressSchema, address, 'dial.address').slice(SCHEME.length)
    return this.keep(await this.opened(to, options))
  }

  async close(): Promise<void> {
    this.ending.abort(transportClosed())
    const { listeners } = this.network
    if (listeners.get(this.settings.name)?.node === this.settings) listeners.delete(this.settings.name)
    for (const connection of this.connections) connection.close(CloseCode.goingAway, 'going away')
    this.connections.clear()
  }

  /** Resolves when the dial came through and its answer came back. */
  private opened(
    to: string,
    { signal, timeoutMs = this.settings.handshakeTimeoutMs }: DialOptions,
  ): Promise<Connection> {
    const { clock, conduct } = this.network
    const { name } = this.settings
    const address = `${SCHEME}${to}`
    return new Promise((resolve, reject) => {
      const stop = AbortSignal.any([this.ending.signal, ...(signal ? [signal] : [])])
      if (stop.aborted) return reject(stop.reason)
      const cancels = [clock.schedule(() => end(unreachable(address, `no answer within ${timeoutMs} ms`)), timeoutMs)]
      const end = (outcome: Connection | Error): void => {
        for (const cancel of cancels) cancel()
        stop.removeEventListener('abort', aborted)
        if (outcome instanceof Error) reject(outcome)
        else resolve(outcome)
      }
      const aborted = (): void => end(stop.reason)
      stop.addEventListener('abort', aborted, { once: true })
      const way = conduct.dial(name, to)
      if (way === 'silence') return
      cancels.push(
        clock.schedule(() => end(this.connect(to, way === 'refused')), 2 * (way === 'refused' ? 0 : way.delayMs)),
      )
    })
  }

  private connect(to: string, isRefused: boolean): Connection | Error {
    const listener = isRefused ? undefined : this.network.listeners.get(to)
    if (listener === undefined) return unreachable(`${SCHEME}${to}`, 'connection refused')
    const [near, far] = this.network.link(this.settings, listener.node).ends
    listener.accept(far)
    return near
  }

  private keep(connection: Connection): Connection {
    for (const other of this.connections) if (!other.isOpen) this.connections.delete(other)
    this.connections.add(connection)
    return connection
  }

  private assertOpen(): void {
    if (this.ending.signal.aborted) throw transportClosed()
  }
}

function nameTaken(name: string): RosciusError {
  const message = `Somebody listens at ${SCHEME}${name} already.`
  return new RosciusError('LISTEN_FAILED', message, { details: { name } })
}
