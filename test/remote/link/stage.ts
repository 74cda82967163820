/** Nodes with links over a faulty network in memory, whose time stands still until the test moves it. */
import { afterEach, beforeEach } from 'vitest'
import type { Clock } from '../../../src/core/clock.js'
import type { LinkFigures } from '../../../src/remote/link/link-owner.js'
import { Links } from '../../../src/remote/link/links.js'
import type { CallerRefused } from '../../../src/remote/link/links-port.js'
import { type MemoryTransportOptions, memoryTransport } from '../../../src/remote/memory-transport.js'
import { type RemoteOptions, readRemoteOptions } from '../../../src/remote/options/remote-options.js'
import type { Connection, Transport } from '../../../src/remote/transport.js'
import { type FaultyNetwork, faultyNetwork } from '../../../src/testing/faulty-network.js'
import { seededRandom } from '../../../src/testing/seeded-random.js'
import { type SimulatedClock, simulatedClock } from '../../../src/testing/simulated-clock.js'
import { RecordingOwner } from './recording-owner.js'

export const KEYS = [{ id: 'k1', secret: Buffer.alloc(32, 1) }]
export const OTHER_KEYS = [{ id: 'k1', secret: Buffer.alloc(32, 2) }]

export interface NodeOptions extends RemoteOptions {
  readonly storeId?: string
  readonly incarnation?: number
  /** What it gives as its name, if that is not the one on the network. */
  readonly name?: string
  readonly transportOptions?: Partial<MemoryTransportOptions>
  /** Whether its connections go on telling what comes when they are paused. Default false. */
  readonly isUnpausable?: boolean
  /** Is told all that it sends on what it has dialled. */
  readonly tap?: (bytes: Uint8Array) => void
}

function tapped(transport: Transport, tap: (bytes: Uint8Array) => void): Transport {
  const dial: Transport['dial'] = async (address, options) => {
    const connection = await transport.dial(address, options)
    const send = connection.send.bind(connection)
    return Object.assign(connection, {
      send: (bytes: Uint8Array) => {
        tap(Uint8Array.from(bytes))
        return send(bytes)
      },
    })
  }
  return { listen: (accept) => transport.listen!(accept), dial, close: () => transport.close() }
}

/** As a socket that has read much already: what is paused goes on telling. */
function unpausable(transport: Transport): Transport {
  const hasty = (connection: Connection) => Object.assign(connection, { pause: () => undefined })
  return {
    listen: (accept) => transport.listen!((connection) => accept(hasty(connection))),
    dial: async (address, options) => hasty(await transport.dial(address, options)),
    close: () => transport.close(),
  }
}

export class StageNode {
  readonly owners = new Map<string, RecordingOwner>()
  readonly refused: CallerRefused[] = []
  readonly links: Links

  constructor(
    name: string,
    readonly transport: Transport,
    clock: Clock,
    { storeId, incarnation = 1, tap, isUnpausable, transportOptions, ...options }: NodeOptions,
  ) {
    const remote = readRemoteOptions({ auth: { keys: KEYS }, ...options, name, transport })!
    this.links = new Links({
      self: { node: name, storeId: storeId ?? `${name}-store`, incarnation },
      transport,
      clock,
      random: seededRandom(name),
      options: remote,
      ownerOf: (peer) => this.with(peer),
      callerRefused: (caller) => this.refused.push(caller),
    })
  }

  /** The owner of the link with `peer`. */
  with(peer: string): RecordingOwner {
    const owner = this.owners.get(peer) ?? new RecordingOwner(peer)
    this.owners.set(peer, owner)
    return owner
  }

  figures(peer: string): LinkFigures {
    return this.links.figures().find((figures) => figures.peer === peer)!
  }
}

export class Stage {
  clock!: SimulatedClock
  network!: FaultyNetwork
  private readonly nodes: StageNode[] = []

  /** A new one for each test of the suite; what the test leaves open is closed. */
  constructor() {
    beforeEach(() => {
      this.clock = simulatedClock()
      this.network = faultyNetwork({ clock: this.clock })
    })
    afterEach(async () => {
      this.network.strike({ kind: 'heal' })
      const closing = Promise.all(this.nodes.splice(0).map(({ links }) => links.close()))
      await this.clock.advance(60_000)
      await closing
    })
  }

  /** A node that others reach at `memory://<place>`. */
  node(place: string, options: NodeOptions): StageNode {
    const { tap, isUnpausable = false, name = place } = options
    const plain = memoryTransport(this.network, { name: place, ...options.transportOptions })
    const transport = isUnpausable ? unpausable(plain) : plain
    const node = new StageNode(name, tap === undefined ? transport : tapped(transport, tap), this.clock, options)
    this.nodes.push(node)
    return node
  }

  /** The nodes `a` and `b`, of which both dial, after a second. */
  async pair(a: Partial<NodeOptions> = {}, b: Partial<NodeOptions> = {}): Promise<readonly [StageNode, StageNode]> {
    const nodes = [
      this.node('a', { peers: { b: 'memory://b' }, ...a }),
      this.node('b', { peers: { a: 'memory://a' }, ...b }),
    ] as const
    await this.start(...nodes)
    return nodes
  }

  async start(...nodes: readonly StageNode[]): Promise<void> {
    await Promise.all(nodes.map(({ links }) => links.start()))
    await this.clock.advance(1_000)
  }
}
