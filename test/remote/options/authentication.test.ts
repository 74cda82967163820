import { memoryNetwork, memoryTransport } from 'roscius'
import { simulatedClock } from 'roscius/testing'
import { describe, expect, test } from 'vitest'
import { isLoopbackHost } from '../../../src/remote/loopback.js'
import { beliefIn } from '../../../src/remote/options/authentication.js'
import { keys, read, refused } from './read.js'

const transport = memoryTransport(memoryNetwork({ clock: simulatedClock() }), { name: 'a' })
const unauthenticated = 'loopback' as const
const tls = { cert: 'c', key: 'k', ca: 'ca', requireClientCertificate: true }

describe('what listens', () => {
  test.each([
    ['a port', { listen: { port: 0 } }],
    ['a port on loopback', { listen: { port: 0, host: '::1' } }],
    ['a transport', { transport }],
  ])('does not without authentication: %s', (_, options) => {
    const { field, message } = refused({ peers: { b: {} }, ...options })
    expect(field).toBe('auth')
    expect(message).toMatch(/keys or certificates.*unauthenticated: 'loopback'/)
    expect(refused({ peers: {}, ...options }).field).toBe('auth')
  })

  test.each(['127.0.0.1', '127.9.9.9', '::1', 'localhost', '::ffff:127.0.0.1'])(
    'may do so at %s where the user has said so',
    (host) => {
      const { auth } = read({ peers: { '*': {} }, listen: { port: 0, host }, auth: { unauthenticated } })
      expect(auth.unauthenticated).toBe('loopback')
    },
  )

  test.each([
    '0.0.0.0',
    '::',
    '10.0.0.1',
    'a.internal',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '127.1',
    '2130706433',
  ])('may not at %s, whatever the user has said', (host) => {
    expect(refused({ peers: { b: {} }, listen: { port: 0, host }, auth: { unauthenticated } }).field).toBe('auth')
  })

  test('may at any host with keys or certificates', () => {
    const host = '0.0.0.0'
    expect(read({ peers: { b: {} }, listen: { port: 0, host }, auth: { keys } }).listens).toBe(true)
    expect(read({ peers: { b: {} }, listen: { port: 0, host, tls }, auth: { certificates: true } }).listens).toBe(true)
    expect(read({ peers: { b: { keys } }, listen: { port: 0, host } }).listens).toBe(true)
  })
})

describe('a peer without keys', () => {
  test('is refused where nothing else shows who it is', () => {
    const listen = { port: 0 }
    expect(refused({ listen, peers: { b: { keys }, c: {} } }).field).toBe('peers.c.keys')
    expect(refused({ listen, peers: { b: { keys }, '*': {} } }).field).toBe('peers.*.keys')
    expect(refused({ peers: { b: 'ws://127.0.0.1:1' } }).field).toBe('auth')
  })

  test('may be on this machine where that is enough', () => {
    const auth = { unauthenticated }
    for (const address of ['ws://127.0.0.1:1', 'ws://localhost:1', 'ws://[::1]:1']) {
      expect(read({ peers: { b: address }, auth }).peers.get('b')?.keys).toEqual([])
    }
    for (const address of ['ws://10.0.0.1:1', 'ws://b.internal:1', 'wss://b.internal']) {
      expect(refused({ peers: { b: address }, auth }).field).toBe('peers.b.keys')
    }
  })

  test('may have any address of a transport that knows who is on this machine', () => {
    const auth = { unauthenticated }
    expect(read({ peers: { b: 'memory://b' }, transport, auth }).peers.get('b')?.keys).toEqual([])
  })

  test('shows a certificate over TLS only', () => {
    const listen = { port: 0, tls }
    const auth = { certificates: true }
    expect(read({ listen, peers: { b: 'wss://b', c: {} }, auth }).auth.certificates).toBe(true)
    expect(refused({ listen, peers: { b: 'ws://b' }, auth }).field).toBe('peers.b.address')
    expect(read({ listen, peers: { b: { address: 'ws://b', keys } }, auth }).listens).toBe(true)
  })
})

describe('certificates', () => {
  test('need somebody who asks for them', () => {
    const peers = { b: 'wss://b' }
    const auth = { certificates: true, keys }
    const { requireClientCertificate: _, ...without } = tls
    expect(refused({ peers, auth }).field).toBe('auth.certificates')
    expect(refused({ peers, auth, listen: { port: 0 } }).field).toBe('auth.certificates')
    expect(refused({ peers, auth, listen: { port: 0, tls: without } }).field).toBe('auth.certificates')
    expect(read({ peers, auth, transport }).auth.certificates).toBe(true)
  })
})

describe('the other side of a connection', () => {
  const remote = { address: 'x', isLoopback: true, certificateName: 'b' }
  const believing = { keys, certificates: false }

  test('has to prove who it is', () => {
    expect(beliefIn(remote, believing)).toEqual({})
  })

  test('is who its certificate says, where certificates are believed', () => {
    const auth = { ...believing, certificates: true }
    expect(beliefIn({ ...remote, isLoopback: false }, auth)).toEqual({ peerCertificateName: 'b' })
    expect(beliefIn({ address: 'x', isLoopback: true }, auth)).toEqual({})
  })

  test('is believed on loopback, where the user has said so, and nowhere else', () => {
    const auth = { ...believing, unauthenticated }
    expect(beliefIn(remote, auth)).toEqual({ trustsPeer: true })
    expect(beliefIn({ ...remote, isLoopback: false }, auth)).toEqual({})
  })

  test('that has a certificate is bound to its name, also on loopback', () => {
    expect(beliefIn(remote, { ...believing, certificates: true, unauthenticated })).toEqual({
      peerCertificateName: 'b',
    })
  })
})

test('no host is loopback that has to be resolved, but for localhost', () => {
  expect(['LOCALHOST', '[::1]', '127.255.0.1'].every(isLoopbackHost)).toBe(true)
  expect(['', 'loopback', '0.0.0.0', '::', '127.0.0.1:80', '128.0.0.1', 'localhost.'].some(isLoopbackHost)).toBe(false)
})
