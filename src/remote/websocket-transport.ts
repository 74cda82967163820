/**
 * The transport over WebSockets: binary messages, uncompressed, by a port of its own or through a server that a service
 * already has.
 *
 * Boundary: everything about sockets ends here. Authentication is the protocol's; until it says `authenticated`, a caller is
 * a stranger, whose number, time and rate are bounded.
 *
 * 1. Nothing is read from a caller before host, origin, path and (with mTLS) certificate have been looked at.
 * 2. A certificate's name is passed on only if it was verified against an authority that was named for nodes.
 * 3. `close` leaves no socket, timer or listener on a foreign server behind.
 */
import type { Server } from 'node:http'
import { type Clock, systemClock } from '../core/clock.js'
import { refusal } from '../supervision/refusal.js'
import { transportClosed } from './connection-end.js'
import { CloseCode, type Connection, type DialOptions, type Listener, type Transport } from './transport.js'
import { attach } from './websocket/attachment.js'
import { dialUntil } from './websocket/dial.js'
import { Doorkeeper } from './websocket/doorkeeper.js'
import { Entrance } from './websocket/entrance.js'
import {
  readAddress,
  readPath,
  readSettings,
  type Settings,
  type WebSocketTransportOptions,
} from './websocket/options.js'
import { type OwnServer, openServer } from './websocket/own-server.js'
import type { SocketConnection } from './websocket/socket-connection.js'

export type {
  DialTls,
  ListenOptions,
  ListenTls,
  PemText,
  TurnedAway,
  WebSocketTransportOptions,
} from './websocket/options.js'

export interface AttachOptions {
  /**
   * `required`: the server is an HTTPS one that asks callers for certificates, verified against an authority for nodes only;
   * a caller without one is refused, and its name is taken for true. Default `ignored`.
   */
  readonly clientCertificate?: 'ignored' | 'required'
}

export interface WebSocketTransport extends Transport {
  listen(accept: (connection: Connection) => void): Promise<Listener>
  /**
   * Takes WebSockets at `path` of a server that is there already; requests and upgrades of other paths are left alone.
   * Callers are accepted by whoever listens; before, they are answered 503. The answer's `close` takes it off again.
   */
  attachTo(server: Server, path: string, options?: AttachOptions): Listener
}

/**
 * A transport over WebSockets. Throws `OPTIONS_INVALID` with the path of the field.
 *
 * @example
 * ```ts
 * import { websocketTransport } from 'roscius'
 *
 * const transport = websocketTransport({ listen: { port: 0 } })
 * const { address = '' } = await transport.listen((connection) => connection.onMessage((bytes) => connection.send(bytes)))
 * const connection = await transport.dial(address)
 * connection.onMessage((bytes) => console.log(bytes.length))
 * connection.send(Uint8Array.of(1, 2, 3))
 * ```
 */
export function websocketTransport(options: WebSocketTransportOptions = {}): WebSocketTransport {
  return new SocketTransport(readSettings(options), options.clock ?? systemClock())
}

class SocketTransport implements WebSocketTransport {
  private readonly entrance: Entrance
  private readonly connections = new Map<Connection, Promise<void>>()
  private readonly attachments = new Set<Listener>()
  private readonly ending = new AbortController()
  private server: OwnServer | undefined

  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {
    this.entrance = new Entrance(settings, new Doorkeeper(settings, clock), (connection) => this.keep(connection))
  }

  async listen(accept: (connection: Connection) => void): Promise<Listener> {
    this.assertOpen()
    if (this.entrance.accept !== undefined) throw refusal('listen', 'this transport listens already')
    this.entrance.accept = accept
    this.server = await this.openServer()
    if (this.ending.signal.aborted) {
      await this.stopListening()
      throw transportClosed()
    }
    return { address: this.server?.address, close: () => this.stopListening() }
  }

  attachTo(server: Server, path: string, { clientCertificate = 'ignored' }: AttachOptions = {}): Listener {
    this.assertOpen()
    const attachment = attach(server, readPath(path), clientCertificate === 'required', this.entrance)
    this.attachments.add(attachment)
    return attachment
  }

  async dial(address: string, { signal, timeoutMs = this.settings.handshakeTimeoutMs }: DialOptions = {}) {
    this.assertOpen()
    const until = { timeoutMs, clock: this.clock, signals: [this.ending.signal, ...(signal ? [signal] : [])] }
    const connection = await dialUntil(readAddress(address), this.settings, until)
    this.keep(connection)
    if (this.ending.signal.aborted) connection.close(CloseCode.goingAway, 'going away')
    return connection
  }

  async close(): Promise<void> {
    if (!this.ending.signal.aborted) this.ending.abort(transportClosed())
    for (const attachment of this.attachments) await attachment.close()
    await this.stopListening()
    for (const connection of this.connections.keys()) connection.close(CloseCode.goingAway, 'going away')
    await Promise.all(this.connections.values())
  }

  private async openServer(): Promise<OwnServer | undefined> {
    const { listen } = this.settings
    try {
      return listen && (await openServer(listen, this.settings, this.entrance))
    } catch (error) {
      this.entrance.accept = undefined
      throw error
    }
  }

  private async stopListening(): Promise<void> {
    this.entrance.accept = undefined
    await this.server?.close()
    this.server = undefined
  }

  private keep(connection: SocketConnection): void {
    const gone = connection.gone.then(() => void this.connections.delete(connection))
    this.connections.set(connection, gone)
  }

  private assertOpen(): void {
    if (this.ending.signal.aborted) throw transportClosed()
  }
}
