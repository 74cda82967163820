/** WebSockets at one path of a server that belongs to somebody else. */
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Listener } from '../transport.js'
import type { Entrance } from './entrance.js'
import { pathOf } from './own-server.js'

/** Listens for upgrades at `path` until it is closed. */
export function attach(server: Server, path: string, wantsCertificate: boolean, entrance: Entrance): Listener {
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (pathOf(request) === path) entrance.admit({ request, socket, head, wantsCertificate })
    // With a listener on it, the server answers no upgrade by itself: one that is nobody's would hang for ever.
    else if (server.listenerCount('upgrade') === 1) entrance.turnAway(socket, 'badPath', 404)
  }
  server.on('upgrade', onUpgrade)
  return {
    address: undefined,
    close: async () => {
      server.off('upgrade', onUpgrade)
    },
  }
}
