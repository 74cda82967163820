/** The wire between the two processes: passes TCP on, whoever listens behind it now, until it is cut. */

import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

export class Relay implements AsyncDisposable {
  readonly #sockets = new Set<Socket>()
  readonly #server: Server
  #port = 0
  #isCut = false

  static async open(): Promise<Relay> {
    const relay = new Relay()
    relay.#server.listen(0, '127.0.0.1')
    await once(relay.#server, 'listening')
    return relay
  }

  private constructor() {
    this.#server = createServer((caller) => this.#take(caller))
  }

  /** What is dialled, whoever is behind it. */
  get address(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Leads to that WebSocket address from now on. */
  leadTo(address: string): void {
    this.#port = Number(new URL(address).port)
  }

  /** Every connection breaks, and no other comes about until it is mended. */
  cut(): void {
    this.#isCut = true
    for (const socket of this.#sockets) socket.destroy()
  }

  mend(): void {
    this.#isCut = false
  }

  #take(caller: Socket): void {
    if (this.#isCut) {
      caller.destroy()
      return
    }
    const called = connect(this.#port, '127.0.0.1')
    this.#pass(caller, called)
    this.#pass(called, caller)
  }

  #pass(from: Socket, to: Socket): void {
    this.#sockets.add(from)
    from.pipe(to)
    // One that is broken closes as well.
    from.on('error', () => undefined)
    from.on('close', () => {
      this.#sockets.delete(from)
      to.destroy()
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
