/** How a program opens the live socket of a running system, over the network or over the socket of its store. Knows `ws`. */
import { connect } from 'node:net'
import { WebSocket } from 'ws'
import { headersFor, type Place } from './exchange.js'

const MAX_FRAME_BYTES = 64_000_000
const HANDSHAKE_MS = 10_000

export interface LiveDial {
  readonly place: Place
  /** Below the place. */
  readonly path: string
  message(text: string): void
  /** Called once, however it ended. */
  ended(reason: string): void
}

export interface LiveConnection {
  send(text: string): void
  /** What comes is left to wait, on the other side, until `resume`. */
  pause(): void
  resume(): void
  close(): void
}

/** Resolves when it is open; rejects with what the other side answered. */
export function dialLive({ place, path, message, ended }: LiveDial): Promise<LiveConnection> {
  const base = place.kind === 'socket' ? 'ws://localhost/' : place.url.replace(/^http/, 'ws')
  const socket = new WebSocket(`${base}${path}`, {
    headers: headersFor(place, undefined),
    perMessageDeflate: false,
    followRedirects: false,
    maxPayload: MAX_FRAME_BYTES,
    handshakeTimeout: HANDSHAKE_MS,
    ...(place.kind === 'socket' && { createConnection: () => connect(place.path) }),
  })
  return new Promise((resolve, reject) => {
    let why = ''
    const connection: LiveConnection = {
      send: (text) => socket.send(text),
      pause: () => socket.pause(),
      resume: () => socket.resume(),
      close: () => socket.close(),
    }
    socket.on('open', () => resolve(connection))
    socket.on('error', (error) => {
      why = error.message
      reject(error)
    })
    socket.on('message', (data) => message(String(data)))
    socket.on('close', (code, reason) => ended(reason.toString() || why || `closed with ${code}`))
  })
}
