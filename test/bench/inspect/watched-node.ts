/** A node of a thousand agents that can be looked at, on a server of its own whose bytes are counted. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createControl } from 'roscius/console'
import { type AgentRef, type AgentSystem, type Durability, openSystem, spawnAgents } from '../kernel/systems.js'
import { eventOf } from '../kernel/work.js'

export const ACTORS = 1_000
/** Sent before the next wait for all to be handled. */
const CHUNK = 1_000
/** Between two lots of a load that is paced. */
const LOT_MS = 10

export interface WatchedOptions {
  readonly store: string
  readonly durability: Durability
  readonly notesKb?: number
}

/** Where a viewer finds it. */
export interface Place {
  readonly port: number
  readonly token: string
}

export async function openWatched({ store, durability, notesKb = 0 }: WatchedOptions): Promise<WatchedNode> {
  const system = await openSystem({ store: join(store, `watched-${notesKb}`), durability })
  const refs = await spawnAgents(system, ACTORS, { notesKb })
  const control = createControl(system)
  const server = createServer(control.listener)
  control.attachTo(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return new WatchedNode(system, refs, server, control)
}

export class WatchedNode implements AsyncDisposable {
  readonly #wire: Wire
  #sent = 0

  constructor(
    private readonly system: AgentSystem,
    readonly refs: readonly AgentRef[],
    private readonly server: Server,
    private readonly control: AsyncDisposable & { readonly token: string },
  ) {
    this.#wire = new Wire(server)
  }

  get place(): Place {
    return { port: (this.server.address() as AddressInfo).port, token: this.control.token }
  }

  /** To viewers since it is there, all that goes over the wire included: frames, HTTP heads. */
  get bytesSent(): number {
    return this.#wire.sent
  }

  /** That wait in this process for viewers to read. */
  get bytesWaiting(): number {
    return this.#wire.waiting
  }

  get connections(): number {
    return this.#wire.open
  }

  /** So many events, as fast as they are handled, over all agents. */
  async handle(events: number): Promise<void> {
    for (let n = 0; n < events; n++) {
      this.#send(this.refs)
      if (n % CHUNK === CHUNK - 1) await this.system.settled()
    }
    await this.system.settled()
    // So that what is done by timers gets its turn, as it does where events come from outside.
    await sleep(1)
  }

  /** So many events a second for so long, over all agents or those given; answers with how many. */
  async handlePaced(perSecond: number, ms: number, refs = this.refs): Promise<number> {
    const start = performance.now()
    const total = Math.round((perSecond * ms) / 1_000)
    let sent = 0
    while (sent < total) {
      await sleep(LOT_MS)
      const due = Math.min(total, Math.floor(((performance.now() - start) * perSecond) / 1_000))
      for (; sent < due; sent++) this.#send(refs)
    }
    await this.system.settled()
    return total
  }

  #send(refs: readonly AgentRef[]): void {
    const n = this.#sent++
    refs[n % refs.length]?.send(eventOf(n))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.control[Symbol.asyncDispose]()
    this.server.closeAllConnections()
    this.server.close()
    await this.system.stop()
  }
}

/** The connections of a server. */
class Wire {
  readonly #open = new Set<Socket>()
  #ofClosed = 0

  constructor(server: Server) {
    server.on('connection', (socket) => {
      this.#open.add(socket)
      socket.once('close', () => {
        this.#open.delete(socket)
        this.#ofClosed += socket.bytesWritten
      })
    })
  }

  get open(): number {
    return this.#open.size
  }

  get waiting(): number {
    return [...this.#open].reduce((sum, socket) => sum + socket.writableLength, 0)
  }

  /** What waits is not on the wire yet. */
  get sent(): number {
    return [...this.#open].reduce((sum, socket) => sum + socket.bytesWritten, this.#ofClosed) - this.waiting
  }
}
