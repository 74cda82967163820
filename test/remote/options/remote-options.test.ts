import { memoryNetwork, memoryTransport, websocketTransport } from 'roscius'
import { simulatedClock } from 'roscius/testing'
import { describe, expect, test } from 'vitest'
import { readRemoteOptions } from '../../../src/remote/options/remote-options.js'
import { keys, read, refused, usual } from './read.js'

const memory = () => memoryTransport(memoryNetwork({ clock: simulatedClock() }), { name: 'a' })

describe('the options for links', () => {
  test('may all be left out: then the node is alone', () => {
    expect(readRemoteOptions({ name: 'a', logic: {} })).toBeUndefined()
    expect(readRemoteOptions({ name: 'a', listen: undefined, peers: undefined })).toBeUndefined()
  })

  test.each([{ listen: { port: 0 } }, { auth: { keys } }, { links: {} }, { transport: memory() }])(
    'need peers to talk to: %o',
    (options) => {
      expect(refused(options).field).toBe('peers')
    },
  )

  test('take a node that listens and has no peers yet', () => {
    expect(read({ listen: { port: 0 }, peers: {}, auth: { keys } }).peers.names).toEqual([])
  })

  test.each([
    ['peers', { ...usual, peers: 5 }],
    ['auth.key', { ...usual, auth: { key: 'x' } }],
    ['auth.certificates', { ...usual, auth: { keys, certificates: 'yes' } }],
    ['auth.unauthenticated', { ...usual, auth: { unauthenticated: true } }],
    ['auth.unauthenticated', { ...usual, auth: { unauthenticated: 'lan' } }],
    ['transport', { ...usual, transport: {} }],
    ['listen', { ...usual, listen: 7400 }],
    ['links', { ...usual, links: 5 }],
  ])('are refused with the path of %s', (field, options) => {
    expect(refused(options).field).toBe(field)
  })
})

describe('a port to listen at', () => {
  test('is on loopback by default', () => {
    const { listens, websocket, transport } = read({ ...usual, listen: { port: 7400 } })
    expect([listens, transport]).toEqual([true, undefined])
    const made = websocketTransport(websocket)
    return made.close()
  })

  test.each([
    ['listen.port', { port: 70_000 }],
    ['listen.port', {}],
    ['listen.prot', { port: 1, prot: 1 }],
    ['listen.path', { port: 1, path: 'x' }],
    ['listen.origins.0', { port: 1, origins: [5] }],
    ['listen.perAddress.burst', { port: 1, perAddress: { burst: 0, perSecond: 1 } }],
    ['listen.tls.cert', { port: 1, tls: { key: 'x' } }],
    ['listen.tls.ca', { port: 1, tls: { cert: 'x', key: 'x', requireClientCertificate: true } }],
  ])('is refused with the path of %s', (field, listen) => {
    const { field: found, message } = refused({ ...usual, listen })
    expect(found).toBe(field)
    expect(message).toMatch(new RegExp(`^${field}: `))
  })

  test('gives the door of its transport what the links allow', () => {
    const links = { limits: { frameBytes: 20_000 }, handshakesInFlight: 7, handshakeTimeoutMs: 1_500.5 }
    const listen = { port: 1, hosts: ['a.internal'], origins: ['https://console.example'] }
    expect(read({ ...usual, listen, links }).websocket).toMatchObject({
      listen: { port: 1 },
      hosts: ['a.internal'],
      origins: ['https://console.example'],
      maxFrameBytes: 20_000,
      maxUnauthenticated: 7,
      handshakeTimeoutMs: 1_501,
    })
  })

  test('lends its certificate to what the node dials, if it names its authority', () => {
    const tls = { cert: 'cert', key: 'key', ca: 'ca', passphrase: 'p' }
    expect(read({ ...usual, listen: { port: 1, tls } }).websocket.tls).toEqual(tls)
    const { ca: _, ...others } = tls
    expect(read({ ...usual, listen: { port: 1, tls: others } }).websocket.tls).toBeUndefined()
  })

  test('and a transport are not given both', () => {
    expect(refused({ ...usual, listen: { port: 1 }, transport: memory() }).field).toBe('transport')
  })
})

describe('a transport', () => {
  test('that listens lets peers call; one that only dials does not', async () => {
    const { listen: _, ...dialler } = { listen: memory().listen, dial: memory().dial, close: memory().close }
    const peers = { b: 'memory://b' }
    expect(read({ peers, auth: { keys }, transport: memory() }).listens).toBe(true)
    expect(read({ peers, auth: { keys }, transport: dialler }).listens).toBe(false)
  })

  test('has addresses of its own', () => {
    const options = { peers: { b: 'memory://b' }, auth: { keys } }
    expect(read({ ...options, transport: memory() }).peers.get('b')?.address).toBe('memory://b')
    expect(refused(options).field).toBe('peers.b.address')
    expect(refused({ ...options, peers: { b: 'b' }, transport: memory() }).field).toBe('peers.b.address')
  })
})
