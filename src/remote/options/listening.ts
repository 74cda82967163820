/** Where a node listens, and the transport that it gets where the user gives none. */
import { isRosciusError } from '../../core/errors.js'
import { refusal } from '../../supervision/refusal.js'
import { type DialTls, type ListenOptions, readSettings, type WebSocketTransportOptions } from '../websocket/options.js'
import type { ReadLinks } from './link-options.js'

type OfTheDoor = Pick<WebSocketTransportOptions, 'hosts' | 'origins' | 'maxConnections' | 'perAddress' | 'onTurnedAway'>

/**
 * A port of the node's own for WebSockets. Default of `host`: 127.0.0.1. Nodes that dial it by a name need that name in
 * `hosts`. With `tls.ca` the node shows its certificate when it dials `wss://`, too, and trusts that authority alone.
 */
export interface PortOptions extends ListenOptions, OfTheDoor {}

/** What to make the node's transport of. Throws `OPTIONS_INVALID` with the path of the field, below `listen`. */
export function readPort(port: PortOptions | undefined, links: ReadLinks): WebSocketTransportOptions {
  const handshakeTimeoutMs = Math.ceil(links.timing.handshakeTimeoutMs)
  const bounds = {
    maxFrameBytes: links.limits.frameBytes,
    handshakeTimeoutMs,
    maxUnauthenticated: links.handshakesInFlight,
  }
  if (port === undefined) return bounds
  const { hosts, origins, maxConnections, perAddress, onTurnedAway, ...listen } = port
  const door = { hosts, origins, maxConnections, perAddress, onTurnedAway }
  const options = { ...bounds, ...door, listen, tls: ownCertificate(listen) }
  check(options)
  return options
}

/** The door's settings are part of `listen` here, and beside it there. */
function check(options: WebSocketTransportOptions): void {
  try {
    readSettings(options)
  } catch (error) {
    if (!isRosciusError(error, 'OPTIONS_INVALID')) throw error
    const field = String(error.details.field)
      .replace(/^websocketTransport\.(listen\.?)?/, 'listen.')
      .replace(/\.$/, '')
    throw refusal(field, error.message.slice(error.message.indexOf(': ') + 2))
  }
}

function ownCertificate({ tls }: ListenOptions): DialTls | undefined {
  if (tls?.ca === undefined) return undefined
  const { ca, cert, key, passphrase } = tls
  return { ca, cert, key, passphrase }
}
