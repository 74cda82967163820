/** A wire to a server that can be cut and mended: what a browser sees of a node that goes away and comes back. */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

export class CutWire {
  readonly #sockets = new Set<Socket>()
  readonly #server: Server
  #isCut = false

  private constructor(private readonly to: number) {
    this.#server = createServer((near) => this.#join(near))
  }

  static async to(port: number): Promise<CutWire> {
    const wire = new CutWire(port)
    await new Promise<void>((resolve) => wire.#server.listen(0, '127.0.0.1', resolve))
    return wire
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  cut(): void {
    this.#isCut = true
    for (const socket of this.#sockets) socket.destroy()
  }

  mend(): void {
    this.#isCut = false
  }

  close(): void {
    this.cut()
    this.#server.close()
  }

  #join(near: Socket): void {
    near.on('error', () => undefined)
    if (this.#isCut) {
      near.destroy()
      return
    }
    const far = connect(this.to, '127.0.0.1').on('error', () => near.destroy())
    for (const socket of [near, far]) this.#sockets.add(socket.on('close', () => this.#sockets.delete(socket)))
    near.pipe(far).pipe(near)
  }
}
