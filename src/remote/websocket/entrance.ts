/**
 * How an upgrade request becomes a connection: the same for a server of our own and for one that a service already has.
 *
 * Checked in this order, each answered with a status and told with a reason: is there somebody to accept, certificate, origin
 * and host, the visit (numbers and rate); then `ws` checks the WebSocket handshake itself.
 */
import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import { CloseCode, type Connection } from '../transport.js'
import { rejectionOf as rejectionBy } from './admission.js'
import type { Doorkeeper, Visit } from './doorkeeper.js'
import type { Settings, TurnedAway } from './options.js'
import { addressOf, callerOf } from './remote-of.js'
import { SocketConnection } from './socket-connection.js'
import { type Upgrade, upgrades } from './ws.js'

export interface Call {
  readonly request: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
  /** Whether a certificate is asked for; only then is its name worth something. */
  readonly wantsCertificate: boolean
  /** The visit that began with the TCP connection, where the server is our own. */
  readonly visit?: Visit
}

interface Rejection {
  readonly status: number
  readonly reason: TurnedAway['reason']
}

export class Entrance {
  /** Takes the connections; undefined while nobody listens. */
  accept: ((connection: Connection) => void) | undefined
  private readonly upgrade: Upgrade

  constructor(
    private readonly settings: Settings,
    private readonly doorkeeper: Doorkeeper,
    private readonly opened: (connection: SocketConnection) => void,
  ) {
    this.upgrade = upgrades(settings)
  }

  /** Lets the caller in, or answers why not. */
  admit(call: Call): void {
    const { request, socket } = call
    socket.on('error', () => socket.destroy())
    const rejection = this.rejectionOf(call)
    if (rejection !== undefined) {
      this.turnAway(socket, rejection.reason, rejection.status)
      return
    }
    const visit = call.visit ?? this.visitOf(socket)
    if (visit !== undefined) this.open({ ...call, request, visit })
  }

  /** A visit that ends with the socket; undefined if it was refused, and the socket answered. */
  visitOf(socket: Duplex, isHttp = true): Visit | undefined {
    const address = addressOf(socket)
    if (address === undefined) {
      socket.destroy()
      return undefined
    }
    const visit = this.doorkeeper.enter(address)
    if (typeof visit === 'string') {
      const status = visit === 'tooOften' ? 429 : 503
      this.turnAway(socket, visit, isHttp ? status : undefined)
      return undefined
    }
    visit.onExpired = () => this.turnAway(socket, 'notAuthenticated')
    socket.once('close', () => visit.leave())
    return visit
  }

  /** Answers with the status, or drops the socket where nobody would understand one. */
  turnAway(socket: Duplex, reason: TurnedAway['reason'], status?: number): void {
    this.note(socket, reason)
    if (status === undefined) socket.destroy()
    else refuse(socket, status)
  }

  private rejectionOf({ request, socket, wantsCertificate }: Call): Rejection | undefined {
    if (this.accept === undefined) return { status: 503, reason: 'notListening' }
    if (wantsCertificate && !isCertified(socket)) return { status: 401, reason: 'noCertificate' }
    return rejectionBy(request.headers, this.settings)
  }

  private open({ request, socket, head, wantsCertificate, visit }: Call & { readonly visit: Visit }): void {
    this.upgrade(request, socket, head, (webSocket) => {
      const remote = callerOf(socket, request.headers, wantsCertificate)
      const connection = new SocketConnection(webSocket, remote, () => visit.authenticated())
      visit.onExpired = () => {
        this.note(socket, 'notAuthenticated')
        connection.close(CloseCode.policy, 'not authenticated in time')
      }
      this.opened(connection)
      this.accept?.(connection)
    })
  }

  private note(socket: Duplex, reason: TurnedAway['reason']): void {
    this.settings.onTurnedAway({ address: addressOf(socket) ?? 'unknown', reason })
  }
}

function isCertified(socket: Duplex): boolean {
  return socket instanceof TLSSocket && socket.authorized
}

function refuse(socket: Duplex, status: number): void {
  const body = `${STATUS_CODES[status]}\n`
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Content-Type: text/plain',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ]
  socket.once('finish', () => socket.destroy())
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
