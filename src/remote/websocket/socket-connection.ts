/**
 * A WebSocket as a connection.
 *
 * 1. Only binary messages are frames: a text ends the connection with 1003.
 * 2. Reading stands still until somebody listens, so that a stranger can't fill memory with frames that nobody takes.
 * 3. The side that ends it first names the code; a broken socket has 1006.
 */
import { type ConnectionEnd, endBy, LOST } from '../connection-end.js'
import { ConnectionListeners } from '../connection-listeners.js'
import { CloseCode, type Connection, DRAINED_BYTES, type Remote } from '../transport.js'
import type { WebSocket } from './ws.js'

/** What `ws` finds wrong with what it receives, and the code for it; any other fault of its is one of the protocol. */
const FAULTS: Readonly<Record<string, ConnectionEnd>> = {
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: { code: CloseCode.tooBig, reason: 'frame too large' },
  WS_ERR_TOO_MANY_BUFFERED_PARTS: { code: CloseCode.policy, reason: 'too many fragments' },
  WS_ERR_INVALID_UTF8: { code: 1007, reason: 'invalid text' },
}

const OPEN = 1

export class SocketConnection implements Connection {
  private readonly listeners = new ConnectionListeners()
  /** The end as this side sees it; the other side's word counts only while there is none. */
  private end: ConnectionEnd | undefined
  /** Resolves when the socket is no more. */
  readonly gone: Promise<void>
  private isPaused = false
  private isAboveDrained = false

  constructor(
    private readonly socket: WebSocket,
    readonly remote: Remote,
    private readonly noteAuthenticated: () => void,
  ) {
    socket.on('message', (data, isBinary) => this.receive(data as Buffer, isBinary))
    socket.on('error', (error) => this.fault(error))
    socket.on('close', (code, reason) => this.listeners.ended(this.end ?? { code, reason: reason.toString() }))
    this.gone = new Promise((resolve) => socket.once('close', () => resolve()))
    socket.pause()
  }

  get isOpen(): boolean {
    return this.end === undefined && this.socket.readyState === OPEN
  }

  get bufferedAmount(): number {
    return this.socket.bufferedAmount
  }

  send(bytes: Uint8Array): boolean {
    if (!this.isOpen) return false
    this.isAboveDrained ||= this.socket.bufferedAmount + bytes.length > DRAINED_BYTES
    this.socket.send(bytes, { binary: true }, this.isAboveDrained ? this.wrote : undefined)
    return true
  }

  onMessage(listener: (bytes: Uint8Array) => void): void {
    this.listeners.onMessage(listener)
    this.steer()
  }

  onClose(listener: (code: number, reason: string) => void): void {
    this.listeners.onClose(listener)
  }

  onDrained(listener: () => void): void {
    this.listeners.onDrained(listener)
  }

  pause(): void {
    this.isPaused = true
    this.steer()
  }

  resume(): void {
    this.isPaused = false
    this.steer()
  }

  authenticated(): void {
    this.noteAuthenticated()
  }

  close(code: number = CloseCode.normal, reason = ''): void {
    const end = endBy(code, reason)
    if (!this.isOpen) return
    this.end = end
    this.listeners.forget()
    // The other side's goodbye has to be read.
    this.socket.resume()
    this.socket.close(end.code, end.reason)
  }

  terminate(): void {
    if (this.listeners.hasEnded) return
    this.end ??= LOST
    this.listeners.forget()
    this.socket.terminate()
  }

  private receive(data: Buffer, isBinary: boolean): void {
    if (this.end !== undefined) return
    if (isBinary) this.listeners.tellMessage(data)
    else this.close(CloseCode.notBinary, 'binary messages only')
  }

  /** `ws` has begun to close the socket, or has lost it. */
  private fault(error: Error & { readonly code?: string }): void {
    const isOfProtocol = error.code?.startsWith('WS_ERR_') === true
    const ofProtocol = { code: CloseCode.protocolError, reason: 'protocol error' }
    this.end ??= isOfProtocol ? (FAULTS[error.code as string] ?? ofProtocol) : LOST
  }

  private readonly wrote = (): void => {
    if (!this.isAboveDrained || this.socket.bufferedAmount > DRAINED_BYTES) return
    this.isAboveDrained = false
    this.listeners.tellDrained()
  }

  private steer(): void {
    if (this.end !== undefined) return
    if (this.isPaused || !this.listeners.isHeard) this.socket.pause()
    else this.socket.resume()
  }
}
