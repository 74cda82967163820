import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { simulatedClock } from 'roscius/testing'
import { afterEach, describe, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import type { Connection } from '../../../src/remote/transport.js'
import {
  type TurnedAway,
  type WebSocketTransport,
  type WebSocketTransportOptions,
  websocketTransport,
} from '../../../src/remote/websocket-transport.js'
import { closed, ended, freePort, heard, opened, statusOf, until } from './sockets.js'

/** Containers often have no IPv6: there is nothing to listen on then. */
const hasIPv6 = Object.values(networkInterfaces()).some((faces) => faces?.some(({ address }) => address === '::1'))

const open: { close(): unknown }[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()))
})

function transport(options: WebSocketTransportOptions = {}): WebSocketTransport {
  const made = websocketTransport(options)
  open.push(made)
  return made
}

interface Listening {
  readonly address: string
  readonly accepted: Connection[]
  readonly turnedAway: TurnedAway[]
}

async function listen({ listen, ...options }: WebSocketTransportOptions = {}): Promise<Listening> {
  const accepted: Connection[] = []
  const turnedAway: TurnedAway[] = []
  const onTurnedAway = (caller: TurnedAway): void => void turnedAway.push(caller)
  const made = transport({ listen: { port: 0, ...listen }, onTurnedAway, ...options })
  const { address = '' } = await made.listen((connection) => void accepted.push(connection))
  return { address, accepted, turnedAway }
}

/** A WebSocket that keeps to no rule of ours. */
async function stranger(address: string): Promise<WebSocket> {
  const socket = new WebSocket(address)
  socket.on('error', () => undefined)
  open.push({ close: () => socket.terminate() })
  await once(socket, 'open')
  return socket
}

async function serve(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  open.push({
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  })
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

const endOf = async (socket: WebSocket): Promise<number> => (await once(socket, 'close'))[0]

describe('a WebSocket transport', () => {
  test('listens on loopback unless told otherwise, at the path that was given', async () => {
    expect((await listen()).address).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/$/)
    const { address } = await listen({ listen: { port: 0, path: '/nodes' } })
    expect(address).toMatch(/\/nodes$/)
    expect(await statusOf(address)).toBe(101)
    expect(await statusOf(address.replace('/nodes', '/'))).toBe(404)
  })

  test('closes a connection that sends text with 1003', async () => {
    const { address, accepted } = await listen()
    const socket = await stranger(address)
    const frames: Uint8Array[] = []
    const connection = await until(() => accepted[0])
    const end = new Promise<number>((resolve) => connection.onClose(resolve))
    connection.onMessage((bytes) => frames.push(bytes))
    socket.send(Buffer.from('binary'))
    socket.send('text')
    socket.send(Buffer.from('late'))
    expect([await endOf(socket), await end]).toEqual([1003, 1003])
    expect(frames.map(String)).toEqual(['binary'])
  })

  test('refuses a frame by the length that its header claims, before a byte of it has come', async () => {
    const { address, accepted } = await listen({ maxFrameBytes: 65_536 })
    const { socket, received } = await upgraded(address)
    const end = ended(await until(() => accepted[0]))
    // Binary, masked, 2^40 bytes long: a header alone.
    socket.write(Buffer.from([0x82, 0xff, 0, 0, 1, 0, 0, 0, 0, 0, 1, 2, 3, 4]))
    expect(await end).toEqual({ code: 1009, reason: 'frame too large' })
    expect(received()).toContain('\x88\x02\x03\xf1')
    socket.destroy()
  })

  test('counts the fragments of a frame together', async () => {
    const { address, accepted } = await listen({ maxFrameBytes: 65_536 })
    const socket = await stranger(address)
    const end = ended(await until(() => accepted[0]))
    for (let n = 0; n < 3; n++) socket.send(new Uint8Array(30_000), { fin: false })
    expect((await end).code).toBe(1009)
  })

  test('ends a connection that breaks the rules of WebSockets with 1002', async () => {
    const { address, accepted } = await listen()
    const { socket } = await upgraded(address)
    const end = ended(await until(() => accepted[0]))
    socket.write(Buffer.from([0xf2, 0x80, 0, 0, 0, 0]))
    expect((await end).code).toBe(1002)
    socket.destroy()
  })

  test('compresses nothing, whatever is offered', async () => {
    const { address } = await listen()
    const socket = await stranger(address)
    expect(socket.extensions).toBe('')
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: true })
    open.push(server)
    await once(server, 'listening')
    const offered = once(server, 'connection')
    await transport().dial(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
    const [, request] = await offered
    expect(request.headers['sec-websocket-extensions']).toBeUndefined()
    for (const client of server.clients) client.terminate()
  })

  test('ends a connection whose other side does not answer a close', async () => {
    const { address, accepted } = await listen({ closeTimeoutMs: 20 })
    const { socket } = await upgraded(address)
    const connection = await until(() => accepted[0])
    const end = ended(connection)
    connection.close(4_000, 'bye')
    expect(await end).toEqual({ code: 4_000, reason: 'bye' })
    socket.destroy()
  })

  test('hears the answer to its close also while it is paused', async () => {
    const { address, accepted } = await listen({ closeTimeoutMs: 3_600_000 })
    const far = ended(await transport().dial(address))
    const connection = await until(() => accepted[0])
    const near = ended(connection)
    connection.pause()
    connection.close(4_000, 'enough')
    const end = { code: 4_000, reason: 'enough' }
    expect([await far, await near]).toEqual([end, end])
  })

  test('says why it was refused, with the status of the answer', async () => {
    const { address } = await listen({ listen: { port: 0, path: '/nodes' } })
    const dial = transport().dial(address.replace('/nodes', '/'))
    await expect(dial).rejects.toThrow(/^Nobody could be reached at ws:\/\/127\.0\.0\.1:\d+\/: .*404/)
  })

  test('gives up a dial that is not answered in time, by its clock', async () => {
    const silent = createServer()
    silent.on('upgrade', (_request, socket) => void socket.on('error', () => undefined))
    const clock = simulatedClock()
    const host = await serve(silent)
    const dial = transport({ clock }).dial(`ws://${host}`, { timeoutMs: 500 })
    const answer = expect(dial).rejects.toMatchObject({ code: 'PEER_UNREACHABLE' })
    await once(silent, 'upgrade')
    await clock.advance(500)
    await answer
    expect(clock.pending).toBe(0)
  })

  test('follows no redirect', async () => {
    const { address, accepted } = await listen()
    const redirecting = createServer()
    redirecting.on('upgrade', (_request, socket) => {
      socket.end(`HTTP/1.1 302 Found\r\nLocation: ${address}\r\nContent-Length: 0\r\n\r\n`)
    })
    await expect(transport().dial(`ws://${await serve(redirecting)}`)).rejects.toThrow('302')
    expect(accepted).toEqual([])
  })

  test('refuses an address with a password, without repeating it', async () => {
    const refusal = await transport()
      .dial('ws://me:hunter2@127.0.0.1:1')
      .catch((error: Error) => error)
    expect(refusal).toMatchObject({ code: 'OPTIONS_INVALID' })
    expect(String(refusal)).not.toContain('hunter2')
  })

  test('repeats no query of an address in an error', async () => {
    const address = `ws://127.0.0.1:${await freePort()}/nodes`
    const error = await transport()
      .dial(`${address}?token=hunter2`)
      .catch((reason: Error) => reason)
    expect(error).toMatchObject({ code: 'PEER_UNREACHABLE', details: { address } })
    expect(String(error)).not.toContain('hunter2')
  })

  test('rejects with LISTEN_FAILED when the port is taken, and can listen on another try', async () => {
    const port = await freePort()
    const first = transport({ listen: { port } })
    const second = transport({ listen: { port } })
    await first.listen(() => undefined)
    const failed = { code: 'LISTEN_FAILED', details: { port, host: '127.0.0.1' } }
    await expect(second.listen(() => undefined)).rejects.toMatchObject(failed)
    await first.close()
    await second.listen(() => undefined)
  })

  // A machine may have no IPv6 at all: then there is no such address to listen on.
  test.skipIf(!hasIPv6)('listens on an IPv6 address', async () => {
    const { address, accepted } = await listen({ listen: { port: 0, host: '::1' } })
    expect(address).toMatch(/^ws:\/\/\[::1\]:\d+\/$/)
    await transport().dial(address)
    expect((await until(() => accepted[0])).remote).toMatchObject({ isLoopback: true })
    expect(accepted[0]?.remote.address).toMatch(/^\[::1\]:\d+$/)
  })

  test('listens for one only', async () => {
    const one = transport({ listen: { port: 0 } })
    await one.listen(() => undefined)
    await expect(one.listen(() => undefined)).rejects.toMatchObject({ code: 'OPTIONS_INVALID' })
  })

  test('leaves no timer, no socket and no port behind when it is closed', async () => {
    const clock = simulatedClock()
    const one = websocketTransport({ listen: { port: 0 }, clock })
    const accepted: Connection[] = []
    const { address = '' } = await one.listen((connection) => void accepted.push(connection))
    const silent = await opened(address)
    const known = await transport().dial(address)
    const end = ended(known)
    await until(() => accepted[0])
    const late = expect(one.dial(`ws://127.0.0.1:${await freePort()}`)).rejects.toBeInstanceOf(Error)
    await one.close()
    await late
    await closed(silent.socket)
    expect(await end).toEqual({ code: 1001, reason: 'going away' })
    await until(() => clock.pending === 0)
    await expect(transport().dial(address)).rejects.toMatchObject({ code: 'PEER_UNREACHABLE' })
  })

  test.each([
    [{ listen: { port: -1 } }, 'websocketTransport.listen.port'],
    [{ listen: { port: 0, path: 'nodes' } }, 'websocketTransport.listen.path'],
    [{ listen: { port: 0, hots: 'x' } }, 'websocketTransport.listen.hots'],
    [{ maxFrameBytes: 10 }, 'websocketTransport.maxFrameBytes'],
    [{ maxUnauthenticated: 0 }, 'websocketTransport.maxUnauthenticated'],
    [{ onTurnedAway: 'log' }, 'websocketTransport.onTurnedAway'],
  ])('refuses the options %j with the path of the field', (options, field) => {
    expect(() => websocketTransport(options as WebSocketTransportOptions)).toThrow(field)
  })
})

describe('the door', () => {
  test('lets no browser in unless its page is listed', async () => {
    const { address, turnedAway } = await listen({ origins: ['https://Console.example'] })
    expect(await statusOf(address, { Origin: 'https://evil.example' })).toBe(403)
    expect(await statusOf(address, { Origin: 'null' })).toBe(403)
    expect(await statusOf(address, { Origin: 'https://console.example.evil.example' })).toBe(403)
    expect(await statusOf(address, { Origin: 'https://console.example' })).toBe(101)
    expect(turnedAway).toEqual(Array.from({ length: 3 }, () => ({ address: '127.0.0.1', reason: 'badOrigin' })))
  })

  test.each([
    ['evil.example', 421],
    ['localhost.evil.example', 421],
    ['127.0.0.1.evil.example', 421],
    ['127.0.0.1@evil.example', 421],
    ['evil.example:80:80', 421],
    ['', 421],
    ['LOCALHOST:9', 101],
    ['localhost.', 101],
    ['[::1]:9', 101],
    ['10.0.0.7', 101],
    ['node-b.internal:4040', 101],
  ])('answers a call for the host %j with %i', async (Host, status) => {
    const { address } = await listen({ hosts: ['Node-B.internal'] })
    expect(await statusOf(address, { Host })).toBe(status)
  })

  test('answers a request that is no WebSocket without letting it in', async () => {
    const { address, accepted } = await listen()
    expect((await fetch(address.replace('ws:', 'http:'))).status).toBe(426)
    expect(await statusOf(address, { 'Sec-WebSocket-Key': 'short' })).toBe(400)
    expect(await statusOf(address, { 'Sec-WebSocket-Version': '7' })).toBe(400)
    expect(accepted).toEqual([])
  })

  test('knows loopback, and does not take a proxy for it', async () => {
    const { address, accepted } = await listen()
    const connection = await transport().dial(address)
    expect(connection.remote).toEqual({ address, isLoopback: true })
    await statusOf(address, { 'X-Forwarded-For': '203.0.113.9' })
    await until(() => accepted[1])
    expect(accepted.map(({ remote }) => remote.isLoopback)).toEqual([true, false])
    expect(accepted[0]?.remote.address).toMatch(/^127\.0\.0\.1:\d+$/)
  })

  test('drops those above the number of strangers, whether they speak or not, until one is known or gone', async () => {
    const { address, accepted, turnedAway } = await listen({ maxUnauthenticated: 2 })
    const silent = await opened(address)
    await transport().dial(address)
    const known = await until(() => accepted[0])
    const third = await opened(address)
    await closed(third.socket)
    expect(turnedAway).toEqual([{ address: '127.0.0.1', reason: 'tooManyUnauthenticated' }])

    known.authenticated()
    known.authenticated()
    await transport().dial(address)
    await closed((await opened(address)).socket)
    silent.socket.destroy()
    await until(() => turnedAway.length === 2)
    await until(() =>
      transport()
        .dial(address)
        .then(
          () => true,
          () => false,
        ),
    )
  })

  test('bounds all connections, known or not', async () => {
    const { address, accepted, turnedAway } = await listen({ maxConnections: 1 })
    await transport().dial(address)
    const known = await until(() => accepted[0])
    known.authenticated()
    await expect(transport().dial(address)).rejects.toMatchObject({ code: 'PEER_UNREACHABLE' })
    expect(turnedAway[0]?.reason).toBe('tooManyConnections')
  })

  test('holds one address to a rate, by its clock', async () => {
    const clock = simulatedClock()
    const { address, turnedAway } = await listen({ clock, perAddress: { burst: 3, perSecond: 1 } })
    for (let n = 0; n < 3; n++) expect(await statusOf(address)).toBe(101)
    await closed((await opened(address)).socket)
    expect(turnedAway).toEqual([{ address: '127.0.0.1', reason: 'tooOften' }])
    await clock.advance(1_000)
    expect(await statusOf(address)).toBe(101)
    await closed((await opened(address)).socket)
  })

  test('sends away whoever is silent for too long: before the request, after the upgrade, but nobody who is known', async () => {
    const clock = simulatedClock()
    const { address, accepted, turnedAway } = await listen({ clock, handshakeTimeoutMs: 1_000 })
    const silent = await opened(address)
    silent.socket.write('GET / HTTP/1.1\r\nHost: ')
    const stranger = await transport().dial(address)
    const known = await transport().dial(address)
    await until(() => accepted[1])
    accepted[1]?.authenticated()
    const end = ended(stranger)
    await clock.advance(1_000)
    await closed(silent.socket)
    expect(await end).toEqual({ code: 1008, reason: 'not authenticated in time' })
    expect(turnedAway.map(({ reason }) => reason)).toEqual(['notAuthenticated', 'notAuthenticated'])
    expect(known.isOpen).toBe(true)
    expect(clock.pending).toBe(0)
  })

  test('reads nothing of a stranger to whom nobody listens', async () => {
    const { address, accepted } = await listen()
    const connection = await transport().dial(address)
    const unheard = await until(() => accepted[0])
    unheard.pause()
    unheard.resume()
    while (connection.bufferedAmount < 8 * 1_048_576) {
      connection.send(new Uint8Array(1_048_576))
      await new Promise(setImmediate)
    }
    expect(connection.bufferedAmount).toBeGreaterThan(1_048_576)
    connection.terminate()
  })
})

describe('a WebSocket transport on the server of a service', () => {
  async function service(): Promise<{
    server: Server
    host: string
    attached: WebSocketTransport
    accepted: Connection[]
  }> {
    const server = createServer((request, response) => response.end(`page ${request.url}`))
    const attached = transport()
    const accepted: Connection[] = []
    return { server, host: await serve(server), attached, accepted }
  }

  test('takes its path, and leaves pages to the service', async () => {
    const { server, host, attached, accepted } = await service()
    attached.attachTo(server, '/roscius')
    const { address } = await attached.listen((connection) => void accepted.push(connection))
    expect(address).toBeUndefined()
    const connection = await transport().dial(`ws://${host}/roscius?a=b`)
    const arrived = heard(await until(() => accepted[0]))
    connection.send(Buffer.from('through'))
    expect(String(await arrived)).toBe('through')
    expect(await (await fetch(`http://${host}/roscius`)).text()).toBe('page /roscius')
  })

  test('leaves other paths to other listeners, and answers 404 where there is none', async () => {
    const { server, host, attached } = await service()
    attached.attachTo(server, '/roscius')
    await attached.listen(() => undefined)
    expect(await statusOf(`ws://${host}/chat`)).toBe(404)
    expect(await statusOf(`ws://${host}/roscius/more`)).toBe(404)
    const chat = new WebSocketServer({ noServer: true })
    server.on('upgrade', (request, socket, head) => {
      if (request.url === '/chat') chat.handleUpgrade(request, socket, head, (client) => client.close())
    })
    expect(await statusOf(`ws://${host}/chat`)).toBe(101)
    expect(await statusOf(`ws://${host}/roscius`)).toBe(101)
  })

  test('answers 503 while nobody listens, and is off the server after close', async () => {
    const { server, host, attached } = await service()
    const listener = attached.attachTo(server, '/roscius')
    expect(await statusOf(`ws://${host}/roscius`)).toBe(503)
    await attached.listen(() => undefined)
    expect(await statusOf(`ws://${host}/roscius`)).toBe(101)
    await listener.close()
    expect(server.listenerCount('upgrade')).toBe(0)
    attached.attachTo(server, '/again')
    await attached.close()
    expect(server.listenerCount('upgrade')).toBe(0)
    expect(await (await fetch(`http://${host}/`)).text()).toBe('page /')
  })

  test('guards its path like a port of its own', async () => {
    const server = createServer()
    const guarded = transport({ perAddress: { burst: 2, perSecond: 0.001 }, hosts: ['api.example'] })
    guarded.attachTo(server, '/roscius')
    await guarded.listen(() => undefined)
    const address = `ws://${await serve(server)}/roscius`
    expect(await statusOf(address, { Host: 'evil.example' })).toBe(421)
    expect(await statusOf(address, { Origin: 'https://evil.example' })).toBe(403)
    expect(await statusOf(address, { Host: 'api.example' })).toBe(101)
    expect(await statusOf(address)).toBe(101)
    expect(await statusOf(address)).toBe(429)
  })

  test('refuses a path that is none', () => {
    expect(() => transport().attachTo(createServer(), 'roscius')).toThrow('attachTo.path')
  })
})

/** A bare socket after a WebSocket handshake. */
async function upgraded(address: string): ReturnType<typeof opened> {
  const call = await opened(address)
  const { host, pathname } = new URL(address)
  call.socket.write(
    `GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  )
  await until(() => call.received().includes('\r\n\r\n'))
  return call
}
