import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { createSystem, memoryStore, websocketTransport } from 'roscius'
import { afterEach, describe, expect, test } from 'vitest'
import { NO_REFS } from '../../../src/persistence/storable.js'
import { createFrameCodec } from '../../../src/remote/protocol/frame-codec.js'
import { freePort, statusOf, until } from '../transport/sockets.js'
import { LinkedSystems, tapped, textsIn } from './linked-systems.js'

const systems = new LinkedSystems()
const KEY = { id: 'the-id-of-the-key', secret: Buffer.from('what nobody but the two may know') }
const keys = [KEY]
const codec = createFrameCodec({ refs: NO_REFS })

describe('a node', () => {
  test.each([
    ['a port', { listen: { port: 0 }, peers: { a: {} } }],
    ['a port on all interfaces', { listen: { port: 0, host: '0.0.0.0' }, peers: { a: {} } }],
    [
      'a port on all interfaces for callers of this machine alone',
      { listen: { port: 0, host: '0.0.0.0' }, peers: { a: {} }, auth: { unauthenticated: 'loopback' as const } },
    ],
    ['a peer', { peers: { a: 'ws://127.0.0.1:1' } }],
    ['certificates that it does not ask for', { listen: { port: 0 }, peers: { a: {} }, auth: { certificates: true } }],
  ])('without anything that shows who is who does not open %s', async (_, options) => {
    const creating = createSystem({ name: 'b', store: memoryStore(), logic: {}, ...options })
    await expect(creating).rejects.toMatchObject({ code: 'OPTIONS_INVALID' })
  })

  test('answers no page of a browser that is not listed, and no page that points its own name here', async () => {
    const port = await freePort()
    const listen = { port, origins: ['https://console.example'] }
    await systems.open('b', { listen, peers: { a: {} }, auth: { keys } })
    const at = `ws://127.0.0.1:${port}/`
    expect(await statusOf(at, { Origin: 'https://evil.example' })).toBe(403)
    expect(await statusOf(at, { Origin: 'null' })).toBe(403)
    expect(await statusOf(at, { Origin: `http://127.0.0.1:${port}` })).toBe(403)
    expect(await statusOf(at, { Host: 'rebound.evil.example' })).toBe(421)
    expect(await statusOf(at, { Host: `rebound.evil.example:${port}`, Origin: 'https://console.example' })).toBe(421)
    expect(await statusOf(at, { Origin: 'https://console.example' })).toBe(101)
    expect(await statusOf(at)).toBe(101)
  })
})

describe('a node that believes who is on its machine', () => {
  const servers: Server[] = []
  afterEach(() => {
    for (const server of servers.splice(0)) server.close()
  })

  test('believes them, and nobody who comes by a proxy', async () => {
    const [port, proxied] = [await freePort(), await freePort()]
    const auth = { unauthenticated: 'loopback' as const }
    await systems.open('b', { listen: { port }, peers: { a: { allow: 'everything' }, c: {} }, auth })
    await systems.open('a', { peers: { b: `ws://127.0.0.1:${port}` }, auth })
    await systems.isUp('a', 'b')
    servers.push(await proxy(proxied, port))
    await systems.open('c', { peers: { b: `ws://127.0.0.1:${proxied}` }, auth })
    expect(await systems.faultOf('c', 'b')).toMatchObject({ code: 'AUTH_FAILED', by: 'peer' })
    expect(systems.figures('b', 'c')?.connections).toBe(0)
  })

  /** Says in the header of the call whom it speaks for. */
  async function proxy(port: number, to: number): Promise<Server> {
    const server = createServer((caller: Socket) => {
      const target = connect(to, '127.0.0.1')
      caller.once('data', (head: Buffer) => {
        target.write(head.toString('latin1').replace('\r\n', '\r\nX-Forwarded-For: 203.0.113.9\r\n'), 'latin1')
        caller.pipe(target)
      })
      target.pipe(caller)
      for (const socket of [caller, target]) socket.on('error', () => undefined)
    }).listen(port, '127.0.0.1')
    await once(server, 'listening')
    return server
  }
})

test('a recorded handshake that is said again is refused, and the link goes on', async () => {
  const port = await freePort()
  const said: Uint8Array[] = []
  await systems.open('b', { listen: { port }, peers: { a: {} }, auth: { keys } })
  const transport = tapped(websocketTransport({}), (bytes) => said.push(bytes))
  await systems.open('a', { transport, peers: { b: `ws://127.0.0.1:${port}` }, auth: { keys } })
  await systems.isUp('b', 'a')
  expect(said.slice(0, 4).map((bytes) => codec.decode(bytes).kind)).toEqual(['hello', 'challenge', 'proof', 'welcome'])

  const thief = websocketTransport({})
  const connection = await thief.dial(`ws://127.0.0.1:${port}`)
  const heard: Uint8Array[] = []
  connection.onMessage((bytes) => heard.push(Uint8Array.from(bytes)))
  for (const bytes of said.slice(0, 4)) connection.send(bytes)
  const last = await until(() => heard.map((bytes) => codec.decode(bytes)).find(({ kind }) => kind === 'refuse'))
  expect(last).toMatchObject({ code: 'AUTH_FAILED' })
  expect(heard.map((bytes) => codec.decode(bytes).kind)).not.toContain('proof')
  expect(systems.figures('b', 'a')).toMatchObject({ state: 'up', connections: 1 })
  await thief.close()
})

test('no secret, no id of a key and no proof is in anything that is thrown, told, logged or shown', async () => {
  const port = await freePort()
  const other = { id: 'the-id-of-another-key', secret: Buffer.from('what somebody else may know') }
  const said: Uint8Array[] = []
  const tap = (bytes: Uint8Array): void => void said.push(bytes)
  const listening = tapped(websocketTransport({ listen: { port } }), tap)
  const dialling = () => tapped(websocketTransport({}), tap)
  const peers = { b: `ws://127.0.0.1:${port}` }
  await systems.open('b', {
    transport: listening,
    peers: { a: {}, c: { keys: [KEY] } },
    auth: { keys: [other] },
  })
  await systems.open('a', { transport: dialling(), peers, auth: { keys } })
  await systems.faultOf('a', 'b')
  await systems.open('c', { transport: dialling(), peers, auth: { keys } })
  await systems.isUp('c', 'b')
  await systems.open('x', { transport: dialling(), peers, auth: { keys } })
  await systems.faultOf('x', 'b')

  const refused = createSystem({
    name: 'd',
    store: memoryStore(),
    logic: {},
    listen: { port: 0 },
    peers: { a: {} },
    auth: { keys: [KEY, KEY] },
  })
  const thrown: unknown[] = [await refused.catch((error: unknown) => error)]
  const short = { id: KEY.id, secret: Buffer.from('too short') }
  const creating = createSystem({ name: 'd', store: memoryStore(), logic: {}, peers, auth: { keys: [short] } })
  thrown.push(await creating.catch((error: unknown) => error))
  const asked = systems
    .system('a')
    .actor('tally', 'roscius://b/t')
    .ask((replyTo) => ({ type: 'GET', replyTo }), { timeoutMs: 50 })
  thrown.push(await asked.catch((error: unknown) => error))

  const figures = ['a', 'b', 'c', 'x'].map((name) => systems.system(name).peers())
  const texts = textsIn([systems.told, thrown, figures]).join('\n')
  const macs = said.map((bytes) => codec.decode(bytes)).flatMap((frame) => (frame.kind === 'proof' ? [frame.mac] : []))
  expect(macs.length).toBeGreaterThanOrEqual(3)
  expect(texts).toContain('AUTH_FAILED')
  for (const bytes of [...macs, KEY.secret, other.secret, short.secret])
    for (const form of ['hex', 'base64', 'base64url', 'latin1'] as const)
      expect(texts.includes(Buffer.from(bytes).toString(form))).toBe(false)
  for (const { id } of [KEY, other]) expect(texts).not.toContain(id)
})
