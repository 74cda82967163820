/**
 * The one file that knows `ws`: how a WebSocket is opened and accepted, with everything bounded and nothing compressed.
 */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocket, WebSocketServer } from 'ws'
import { isLoopbackHost } from '../loopback.js'

export type { WebSocket }

export interface SocketBounds {
  readonly maxFrameBytes: number
  readonly closeTimeoutMs: number
}

/** What a client shows and trusts in a TLS handshake, as `tls.connect` takes it. */
export interface DialTls {
  readonly ca?: PemText
  readonly cert?: PemText
  readonly key?: PemText
  readonly passphrase?: string
  readonly servername?: string
}

/** Certificates or keys as PEM. */
export type PemText = string | Buffer | readonly (string | Buffer)[]

export type Upgrade = (
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  opened: (webSocket: WebSocket) => void,
) => void

function settings({ maxFrameBytes, closeTimeoutMs }: SocketBounds) {
  // `closeTimeout` is of ws 8.19 and not in its types; an older one waits 30 s.
  return { perMessageDeflate: false, maxPayload: maxFrameBytes, closeTimeout: closeTimeoutMs }
}

/** Begins to dial. Redirects are not followed. */
export function dialWebSocket(address: string, bounds: SocketBounds, tls: DialTls = {}): WebSocket {
  const { ca, cert, key, ...others } = tls
  return new WebSocket(address, {
    ...settings(bounds),
    followRedirects: false,
    ...(isPrivate(address) && { generateMask: noMask }),
    ...(address.startsWith('wss:') && {
      ...others,
      ca: pem(ca),
      cert: pem(cert),
      key: pem(key),
      minVersion: 'TLSv1.2',
    }),
  })
}

/**
 * Masks are there for what proxies on the way might make of the bytes (RFC 6455, 10.3). Where none can see them, a mask of zeros,
 * which both sides pass over, saves a walk through each frame on either side.
 */
function isPrivate(address: string): boolean {
  return address.startsWith('wss:') || isLoopbackHost(new URL(address).hostname)
}

function noMask(mask: Buffer): void {
  mask.fill(0)
}

/** Accepts WebSockets from upgrade requests; answers a malformed one itself. */
export function upgrades(bounds: SocketBounds): Upgrade {
  const server = new WebSocketServer({ ...settings(bounds), noServer: true, clientTracking: false })
  return (request, socket, head, opened) => server.handleUpgrade(request, socket, head, opened)
}

/** Without `readonly`, as the types of Node want it. */
export function pem(text: PemText | undefined): string | Buffer | (string | Buffer)[] | undefined {
  return text === undefined || typeof text === 'string' || Buffer.isBuffer(text) ? text : [...text]
}
