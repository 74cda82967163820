import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as elapse } from 'node:timers/promises'
import type { Connection } from '../../../src/remote/transport.js'

/** A port of this machine at which nobody listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** A bare TCP connection to where a WebSocket address points, and all that it has received. */
export async function opened(address: string): Promise<{ readonly socket: Socket; readonly received: () => string }> {
  const { hostname, port } = new URL(address)
  const socket = connect(Number(port), hostname)
  const chunks: Buffer[] = []
  socket.on('error', () => undefined).on('data', (chunk) => chunks.push(chunk))
  await once(socket, 'connect')
  return { socket, received: () => Buffer.concat(chunks).toString('latin1') }
}

/** The status of the answer to an upgrade request with these headers in place of the usual ones. */
export async function statusOf(
  address: string,
  headers: Readonly<Record<string, string | undefined>> = {},
): Promise<number> {
  const { host, pathname } = new URL(address)
  const { socket, received } = await opened(address)
  const all: Record<string, string | undefined> = {
    Host: host,
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    ...headers,
  }
  const lines = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]))
  socket.write(`GET ${pathname} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
  const status = await until(() => /^HTTP\/1\.1 (\d{3}) /.exec(received())?.[1])
  socket.destroy()
  return Number(status)
}

/** Resolves when the socket is closed, whoever did it. */
export async function closed(socket: Socket): Promise<void> {
  socket.resume()
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve))
}

/** The next frame of a connection. */
export function heard(connection: Connection): Promise<Buffer> {
  return new Promise((resolve) => connection.onMessage((bytes) => resolve(Buffer.from(bytes))))
}

/** The end that a connection is told. */
export function ended(connection: Connection): Promise<{ readonly code: number; readonly reason: string }> {
  connection.onMessage(() => undefined)
  return new Promise((resolve) => connection.onClose((code, reason) => resolve({ code, reason })))
}

/** What `find` finds, as soon as it finds something; sockets take real time, so it looks again until the test's time is up. */
export async function until<T>(find: () => T | undefined | false): Promise<T> {
  for (;;) {
    const found = find()
    if (found !== undefined && found !== false) return found
    await elapse(1)
  }
}
