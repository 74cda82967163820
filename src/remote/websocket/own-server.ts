/**
 * The server of a transport that has a port of its own. A visit begins with the TCP connection, so that one who never sends a
 * request, or never ends a TLS handshake, is counted and sent away too.
 */
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { RosciusError } from '../../core/errors.js'
import type { Visit } from './doorkeeper.js'
import type { Entrance } from './entrance.js'
import type { ListenTls, Settings } from './options.js'
import { pem } from './ws.js'

type Listen = NonNullable<Settings['listen']>

export interface OwnServer {
  readonly address: string
  /** Closes the port and drops who is not in yet. */
  close(): Promise<void>
}

/** Rejects with `LISTEN_FAILED`. */
export async function openServer(listen: Listen, settings: Settings, entrance: Entrance): Promise<OwnServer> {
  const server = createHttp(listen.tls, settings.handshakeTimeoutMs)
  const arrivals = new Map<string, { readonly socket: Socket; readonly visit: Visit }>()
  const wantsCertificate = listen.tls?.requireClientCertificate === true
  server.on('connection', (socket: Socket) => {
    socket.on('error', () => socket.destroy())
    const visit = entrance.visitOf(socket, false)
    if (visit === undefined) return
    const key = ends(socket)
    arrivals.set(key, { socket, visit })
    socket.once('close', () => {
      // The same ends may belong to a newer connection by now.
      if (arrivals.get(key)?.socket === socket) arrivals.delete(key)
    })
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const arrival = arrivals.get(ends(socket as Socket))
    arrivals.delete(ends(socket as Socket))
    if (arrival === undefined) socket.destroy()
    else if (pathOf(request) !== listen.path) entrance.turnAway(socket, 'badPath', 404)
    else entrance.admit({ request, socket, head, wantsCertificate, visit: arrival.visit })
  })
  await open(server, listen)
  // Without file descriptors `accept` fails: those who are in stay, and who comes later may be luckier.
  server.on('error', () => undefined)
  const { port } = server.address() as AddressInfo
  const close = async (): Promise<void> => {
    server.close()
    for (const { socket } of arrivals.values()) socket.destroy()
  }
  return { address: addressAt(listen, port), close }
}

/** The path that a request asks for, without its query. */
export function pathOf({ url = '/' }: IncomingMessage): string {
  const query = url.indexOf('?')
  return query < 0 ? url : url.slice(0, query)
}

function createHttp(tls: ListenTls | undefined, timeoutMs: number): Server {
  const timeouts = { headersTimeout: timeoutMs, requestTimeout: timeoutMs, noDelay: true, maxHeaderSize: 16_384 }
  const http = tls === undefined ? createServer(timeouts, noPages) : createTls(tls, timeoutMs, timeouts)
  http.maxRequestsPerSocket = 1
  return http
}

function createTls(tls: ListenTls, timeoutMs: number, timeouts: object): Server {
  const { cert, key, ca, passphrase, requireClientCertificate = false } = tls
  const secure = { cert: pem(cert), key: pem(key), ca: pem(ca), passphrase, minVersion: 'TLSv1.2' as const }
  const client = { requestCert: requireClientCertificate, rejectUnauthorized: requireClientCertificate }
  // The visit ends an unfinished handshake and tells why; Node's own timeout, which tells nobody, must never be first.
  return createTlsServer({ ...timeouts, ...secure, ...client, handshakeTimeout: 2 * timeoutMs }, noPages)
}

/** A plain request: there is nothing to see. */
const noPages: RequestListener = (_request, response) => {
  response.writeHead(426, { connection: 'close', upgrade: 'websocket' }).end()
}

async function open(server: Server, { port, host }: Listen): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, host, () => {
        server.off('error', reject)
        resolve()
      })
    })
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new RosciusError('LISTEN_FAILED', `The port ${port} of ${host} can't be opened: ${why}.`, {
      details: { port, host },
      cause,
    })
  }
}

function addressAt({ host, path, tls }: Listen, port: number): string {
  const name = host.includes(':') ? `[${host}]` : host
  return `${tls === undefined ? 'ws' : 'wss'}://${name}:${port}${path}`
}

/** A TCP connection and the TLS connection over it have the same ends. */
function ends({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}
