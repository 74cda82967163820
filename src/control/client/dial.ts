/** How a program opens the live socket of a running system, over the network or over the socket of its store. Knows `ws`. */
import { connect } from 'node:net'
import { WebSocket } from 'ws'

const MAX_FRAME_BYTES = 64_000_000
const HANDSHAKE_MS = 10_000

export interface LiveDial {
  readonly address: string
  /** Path of the socket to go through, instead of the network. */
  readonly socketPath: string | undefined
  readonly headers: Readonly<Record<string, string>>
  message(text: string): void
  /** Called once, however it ended. */
  ended(reason: string): void
}

export interface LiveConnection {
  send(text: string): void
  close(): void
}

/** Resolves when it is open; rejects with what the other side answered. */
export function dialLive({ address, socketPath, headers, message, ended }: LiveDial): Promise<LiveConnection> {
  const socket = new WebSocket(address, {
    headers: { ...headers },
    perMessageDeflate: false,
    followRedirects: false,
    maxPayload: MAX_FRAME_BYTES,
    handshakeTimeout: HANDSHAKE_MS,
    ...(socketPath !== undefined && { createConnection: () => connect(socketPath) }),
  })
  return new Promise((resolve, reject) => {
    let why = ''
    socket.on('open', () => resolve({ send: (text) => socket.send(text), close: () => socket.close() }))
    socket.on('error', (error) => {
      why = error.message
      reject(error)
    })
    socket.on('message', (data) => message(String(data)))
    socket.on('close', (code, reason) => ended(reason.toString() || why || `closed with ${code}`))
  })
}
