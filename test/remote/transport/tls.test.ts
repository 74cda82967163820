import { createServer } from 'node:https'
import { connect as tlsConnect } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Connection } from '../../../src/remote/transport.js'
import {
  type TurnedAway,
  type WebSocketTransport,
  type WebSocketTransportOptions,
  websocketTransport,
} from '../../../src/remote/websocket-transport.js'
import { Authority, type Certified } from './certificates.js'
import { closed, heard, opened, until } from './sockets.js'

let nodes: Authority
let strangers: Authority
let a: Certified
let b: Certified
let fromStrangers: Certified

beforeAll(() => {
  nodes = new Authority()
  strangers = new Authority()
  a = nodes.certify('/CN=a')
  b = nodes.certify('/CN=b')
  fromStrangers = strangers.certify('/CN=a')
})

afterAll(() => {
  nodes[Symbol.dispose]()
  strangers[Symbol.dispose]()
})

const open: WebSocketTransport[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((transport) => transport.close()))
})

function transport(options: WebSocketTransportOptions): WebSocketTransport {
  const made = websocketTransport(options)
  open.push(made)
  return made
}

async function listen(options: WebSocketTransportOptions): Promise<{ address: string; accepted: Connection[] }> {
  const accepted: Connection[] = []
  const { address = '' } = await transport(options).listen((connection) => void accepted.push(connection))
  return { address, accepted }
}

const mutual = (): WebSocketTransportOptions => ({
  listen: { port: 0, tls: { ...b, ca: nodes.ca, requireClientCertificate: true } },
})

describe('a transport with TLS', () => {
  test('is dialled at wss:// and carries frames', async () => {
    const { address, accepted } = await listen({ listen: { port: 0, tls: b } })
    expect(address).toMatch(/^wss:\/\/127\.0\.0\.1:\d+\/$/)
    const connection = await transport({ tls: { ca: nodes.ca } }).dial(address)
    const arrived = heard(await until(() => accepted[0]))
    connection.send(Buffer.from('hidden'))
    expect((await arrived).toString()).toBe('hidden')
  })

  test('is not trusted under an authority that nobody named', async () => {
    const { address } = await listen({ listen: { port: 0, tls: b } })
    const unreachable = { code: 'PEER_UNREACHABLE' }
    await expect(transport({}).dial(address)).rejects.toMatchObject(unreachable)
    await expect(transport({ tls: { ca: strangers.ca } }).dial(address)).rejects.toMatchObject(unreachable)
  })

  test('does not answer a caller without TLS', async () => {
    const { address } = await listen({ listen: { port: 0, tls: b } })
    await expect(transport({}).dial(address.replace('wss:', 'ws:'))).rejects.toMatchObject({ code: 'PEER_UNREACHABLE' })
  })

  test('gives no name of a caller whose certificate it did not ask for', async () => {
    const { address, accepted } = await listen({ listen: { port: 0, tls: { ...b, ca: nodes.ca } } })
    await transport({ tls: { ...a, ca: nodes.ca } }).dial(address)
    expect((await until(() => accepted[0])).remote).not.toHaveProperty('certificateName')
  })

  test('sends away who begins a TLS handshake and never ends it', async () => {
    const turnedAway: TurnedAway[] = []
    const onTurnedAway = (caller: TurnedAway): void => void turnedAway.push(caller)
    const { address } = await listen({ listen: { port: 0, tls: b }, handshakeTimeoutMs: 30, onTurnedAway })
    const { socket } = await opened(address)
    await closed(socket)
    expect(turnedAway).toEqual([{ address: '127.0.0.1', reason: 'notAuthenticated' }])
  })

  test('counts strangers on TLS only as long as they are there', async () => {
    const { address, accepted } = await listen({ listen: { port: 0, tls: b }, maxUnauthenticated: 1 })
    const caller = transport({ tls: { ca: nodes.ca } })
    for (let n = 1; n <= 5; n++) {
      const connection = await caller.dial(address)
      await until(() => accepted[n - 1])
      const ended = new Promise((resolve) => accepted[n - 1]?.onClose(resolve))
      accepted[n - 1]?.onMessage(() => undefined)
      connection.onMessage(() => undefined)
      connection.terminate()
      await ended
    }
  })
})

describe('a transport with mTLS', () => {
  test('gives each side the name in the certificate of the other', async () => {
    const { address, accepted } = await listen(mutual())
    const connection = await transport({ tls: { ...a, ca: nodes.ca } }).dial(address)
    expect(connection.remote.certificateName).toBe('b')
    expect((await until(() => accepted[0])).remote.certificateName).toBe('a')
  })

  test('refuses a caller without a certificate, and one of another authority', async () => {
    const { address, accepted } = await listen(mutual())
    for (const own of [{}, fromStrangers]) {
      await expect(refused(address, own)).resolves.toBe(true)
    }
    expect(accepted).toEqual([])
  })

  test('is asked for with an authority, never with the public ones', () => {
    const tls = { ...b, requireClientCertificate: true }
    expect(() => websocketTransport({ listen: { port: 0, tls } })).toThrow(/websocketTransport\.listen\.tls\.ca/)
  })

  test('gives no name where the subject has several', async () => {
    const many = nodes.certify('/CN=a/CN=b')
    const { address, accepted } = await listen(mutual())
    await transport({ tls: { ...many, ca: nodes.ca } }).dial(address)
    expect((await until(() => accepted[0])).remote).not.toHaveProperty('certificateName')
  })
})

describe('a transport that is attached to an HTTPS server', () => {
  test('takes a name for true only where certificates are required', async () => {
    const server = createServer({ ...b, ca: nodes.ca, requestCert: true, rejectUnauthorized: false })
    const accepted: Connection[] = []
    const attached = transport({})
    await attached.listen((connection) => void accepted.push(connection))
    attached.attachTo(server, '/open')
    attached.attachTo(server, '/nodes', { clientCertificate: 'required' })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const base = `wss://127.0.0.1:${(server.address() as { port: number }).port}`

    await transport({ tls: { ...a, ca: nodes.ca } }).dial(`${base}/open`)
    await transport({ tls: { ...a, ca: nodes.ca } }).dial(`${base}/nodes`)
    await until(() => accepted[1])
    expect(accepted.map(({ remote }) => remote.certificateName)).toEqual([undefined, 'a'])
    for (const own of [{}, fromStrangers]) {
      const dial = transport({ tls: { ...own, ca: nodes.ca } }).dial(`${base}/nodes`)
      await expect(dial).rejects.toThrow('401')
    }
    server.close()
  })
})

/** Whether a caller with this certificate is kept out. With TLS 1.3 its own handshake ends before the server has looked. */
async function refused(address: string, own: Partial<Certified>): Promise<boolean> {
  const { port } = new URL(address)
  const socket = tlsConnect({ host: '127.0.0.1', port: Number(port), ca: nodes.ca, ...own })
  socket.on('error', () => undefined)
  await closed(socket)
  const dial = transport({ tls: { ...own, ca: nodes.ca } }).dial(address)
  return dial.then(
    () => false,
    ({ code }: { code: string }) => code === 'PEER_UNREACHABLE',
  )
}
