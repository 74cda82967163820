/** What a socket and a request tell of the other side. */
import type { IncomingHttpHeaders } from 'node:http'
import { BlockList, isIP, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import type { Remote } from '../transport.js'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

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
    isLoopback: isLoopback((socket as Socket).remoteAddress),
  }
}

/** The name in a certificate that was verified. */
function certified(socket: Duplex): { readonly certificateName?: string } {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return {}
  const name: unknown = socket.getPeerCertificate().subject?.CN
  // Several common names come as an array: none of them is the name.
  return typeof name === 'string' && name !== '' ? { certificateName: name } : {}
}

function isLoopback(address: string | undefined): boolean {
  const family = isIP(address ?? '')
  return family !== 0 && loopback.check(address as string, family === 6 ? 'ipv6' : 'ipv4')
}
