/** What a socket and a request tell of the other side. */
import type { IncomingHttpHeaders } from 'node:http'
import { isIP, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import { isLoopback } from '../loopback.js'
import type { Remote } from '../transport.js'

/** Headers that only a proxy adds: behind one, everybody seems to come from the proxy's machine. */
const OF_A_PROXY = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via']

/** The IP address of the other end; undefined when it has gone. */
export function addressOf(socket: Duplex): string | undefined {
  return (socket as Socket).remoteAddress
}

/** Who dialled us. `trustCertificate`: whether the server asked for certificates of an authority chosen for nodes. */
export function callerOf(socket: Duplex, headers: IncomingHttpHeaders, trustCertificate: boolean): Remote {
  const { remoteAddress = 'unknown', remotePort = 0 } = socket as Socket
  const isProxied = OF_A_PROXY.some((name) => headers[name] !== undefined)
  return {
    address: isIP(remoteAddress) === 6 ? `[${remoteAddress}]:${remotePort}` : `${remoteAddress}:${remotePort}`,
    ...(trustCertificate && certified(socket)),
    isLoopback: !isProxied && isLoopback(remoteAddress),
  }
}

/** Whom we dialled at `address`. `trustCertificate`: whether we named the authority, instead of the system's many. */
export function calledOf(socket: Duplex, address: string, trustCertificate: boolean): Remote {
  return {
    address,
    ...(trustCertificate && certified(socket)),
    isLoopback: isLoopback(addressOf(socket) ?? ''),
  }
}

/** The name in a certificate that was verified. */
function certified(socket: Duplex): { readonly certificateName?: string } {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return {}
  const name: unknown = socket.getPeerCertificate().subject?.CN
  // Several common names come as an array: none of them is the name.
  return typeof name === 'string' && name !== '' ? { certificateName: name } : {}
}
