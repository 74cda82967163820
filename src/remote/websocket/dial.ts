/** Opening a WebSocket to another node, until it is open, refused, too late or called off. */
import type { IncomingMessage } from 'node:http'
import type { Clock } from '../../core/clock.js'
import { unreachable } from '../connection-end.js'
import { shownAddress } from '../shown-address.js'
import type { Settings } from './options.js'
import { calledOf } from './remote-of.js'
import { SocketConnection } from './socket-connection.js'
import { dialWebSocket, type WebSocket } from './ws.js'

export interface DialUntil {
  readonly timeoutMs: number
  readonly clock: Clock
  readonly signals: readonly AbortSignal[]
}

/** Rejects with `PEER_UNREACHABLE`, or with the reason of a signal. */
export async function dialUntil(address: string, settings: Settings, until: DialUntil): Promise<SocketConnection> {
  const signal = AbortSignal.any([...until.signals])
  signal.throwIfAborted()
  const socket = dialWebSocket(address, settings, settings.tls)
  const name = shownAddress(address)
  let giveUp = (_error: unknown): void => undefined
  const given = new Promise<never>((_, reject) => {
    giveUp = reject
  })
  const late = until.clock.schedule(
    () => giveUp(unreachable(name, `no answer within ${until.timeoutMs} ms`)),
    until.timeoutMs,
  )
  const called = (): void => giveUp(signal.reason)
  signal.addEventListener('abort', called, { once: true })
  try {
    return await Promise.race([opened(socket, name, settings), given])
  } catch (error) {
    socket.terminate()
    throw error
  } finally {
    late()
    signal.removeEventListener('abort', called)
  }
}

function opened(socket: WebSocket, address: string, settings: Settings): Promise<SocketConnection> {
  return new Promise((resolve, reject) => {
    let response: IncomingMessage | undefined
    // Stays: a socket that is terminated while it connects has one more error to tell.
    socket.on('error', (cause) => reject(unreachable(address, cause.message, cause)))
    socket.once('upgrade', (answer) => {
      response = answer
    })
    socket.once('open', () => {
      const remote = calledOf((response as IncomingMessage).socket, address, settings.tls?.ca !== undefined)
      resolve(new SocketConnection(socket, remote, () => undefined))
    })
  })
}
