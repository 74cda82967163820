/** Nodes on one machine, each of which reaches the others through a port of this process. Needs no rights. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { assertCan, type Flapping, isPair, type Net, type NetNode, type Pair, pairsOf, type Weather } from './net.js'
import { ProxyLine } from './proxy-line.js'

const HOST = '127.0.0.1'

export async function proxyNet(names: readonly string[]): Promise<Net> {
  const nodes = await Promise.all(
    names.map(async (name) => ({ name, command: [], host: HOST, port: await freePort() })),
  )
  const doors = pairsOf(names).flatMap(([a, b]) => {
    const state = new PairState([a, b])
    return [new Door(a, b, state, nodes), new Door(b, a, state, nodes)]
  })
  await Promise.all(doors.map((door) => door.open()))
  return new ProxyNet(nodes, doors)
}

/** A port that was free a moment ago; it stays the node's over its restarts. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, HOST)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** What is done to two nodes. */
class PairState {
  weather: Weather = {}
  #apart: { readonly healed: Promise<void>; readonly heal: () => void } | undefined

  constructor(readonly between: Pair) {}

  part(): void {
    if (this.#apart !== undefined) return
    let heal!: () => void
    const healed = new Promise<void>((resolve) => {
      heal = resolve
    })
    this.#apart = { healed, heal }
  }

  heal(): void {
    this.#apart?.heal()
    this.#apart = undefined
  }

  async joined(): Promise<void> {
    while (this.#apart !== undefined) await this.#apart.healed
  }
}

/** The port at which one node finds another. */
class Door {
  readonly lines = new Set<ProxyLine>()
  readonly #sockets = new Set<Socket>()
  readonly #server: Server

  constructor(
    readonly from: string,
    readonly to: string,
    readonly state: PairState,
    private readonly nodes: readonly NetNode[],
  ) {
    this.#server = createServer((near) => void this.#take(near))
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  async open(): Promise<void> {
    this.#server.listen(0, HOST)
    await once(this.#server, 'listening')
  }

  cut(): void {
    for (const line of [...this.lines]) line.cut()
  }

  strand(untold: string): void {
    for (const line of [...this.lines]) line.strand(untold === this.from ? 'near' : 'far')
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  /** A call during a partition gets no answer until it is over. */
  async #take(near: Socket): Promise<void> {
    this.#keep(near).on('error', () => undefined)
    await this.state.joined()
    if (near.destroyed) return
    const { host, port } = this.nodes.find(({ name }) => name === this.to) as NetNode
    const far = this.#keep(connect(port, host))
    far.once('error', () => near.resetAndDestroy())
    far.once('connect', () => {
      if (near.destroyed) far.destroy()
      else this.lines.add(new ProxyLine(near, far, this.state, (line) => this.lines.delete(line)))
    })
  }

  #keep(socket: Socket): Socket {
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
    return socket.setNoDelay()
  }
}

class ProxyNet implements Net {
  readonly kind = 'proxy'
  readonly can: Net['can'] = new Set(['delayMs', 'jitterMs', 'loss', 'bytesPerSecond'])

  constructor(
    readonly nodes: readonly NetNode[],
    private readonly doors: readonly Door[],
  ) {}

  addressOf(from: string, to: string): string {
    const door = this.doors.find((one) => one.from === from && one.to === to)
    if (door === undefined) throw new Error(`There is no line from ${from} to ${to}.`)
    return `${HOST}:${door.port}`
  }

  async weather(between: Pair, weather: Weather): Promise<void> {
    assertCan(this, weather)
    for (const { state } of this.#between(between)) state.weather = weather
  }

  async partition(between: Pair): Promise<void> {
    for (const { state } of this.#between(between)) state.part()
  }

  async cut(between: Pair): Promise<void> {
    for (const door of this.#between(between)) door.cut()
  }

  async halfOpen(told: string, untold: string): Promise<void> {
    for (const door of this.#between([told, untold])) door.strand(untold)
  }

  async flap(between: Pair, { everyMs, times }: Flapping): Promise<void> {
    for (let n = 0; n < times; n++) {
      await this.partition(between)
      await pause(everyMs / 2)
      for (const { state } of this.#between(between)) state.heal()
      await pause(everyMs / 2)
    }
  }

  async heal(): Promise<void> {
    for (const { state } of this.doors) state.heal()
  }

  async close(): Promise<void> {
    await this.heal()
    await Promise.all(this.doors.map((door) => door.close()))
  }

  #between([one, other]: Pair): Door[] {
    return this.doors.filter(({ state }) => isPair(state.between, one, other))
  }
}
