import { describe, expect, test } from 'vitest'
import { key, keys, read, refused, untyped, usual } from './read.js'

const listen = { port: 0 }

describe('a peer', () => {
  test('is an address, or more', () => {
    const { peers } = read({
      listen,
      auth: { keys },
      peers: { b: 'ws://127.0.0.1:1', c: {}, d: { address: 'wss://d' } },
    })
    expect(peers.names).toEqual(['b', 'c', 'd'])
    expect(peers.names.map((name) => peers.get(name)?.address)).toEqual(['ws://127.0.0.1:1', undefined, 'wss://d'])
  })

  test('may do nothing by default', () => {
    const { permissions } = read(usual).peers.get('b')!
    expect(permissions.maySend('a', 'X') || permissions.mayWatch('a') || permissions.maySubscribe('a')).toBe(false)
    expect(permissions.maySpawn('worker', 'a') || permissions.mayControl('a')).toBe(false)
  })

  test.each(['http://b', 'b:80', '', 'ws://', 'file:///etc/passwd', 'memory://b'])('is not at %o', (address) => {
    expect(refused({ ...usual, peers: { b: address } }).field).toBe('peers.b.address')
  })

  test.each(['ws://me:secret@b/', 'ws://token@b/', 'ws://b/#part'])(
    'is refused without repeating its address, which may hold a secret: %s',
    (address) => {
      const { field, message } = refused({ ...usual, peers: { b: address } })
      expect(field).toBe('peers.b.address')
      expect(message).not.toMatch(/secret|token|ws:\/\/b/)
    },
  )

  test('has an address of its own', () => {
    const peers = { b: 'ws://127.0.0.1:1', c: 'ws://127.0.0.1:1' }
    expect(refused({ auth: { keys }, peers }).field).toBe('peers.c.address')
  })

  test('needs an address where this node does not listen', () => {
    expect(refused({ ...usual, peers: { b: {} } }).field).toBe('peers.b.address')
    expect(refused({ ...usual, peers: { '*': {} } }).field).toBe('peers.*.address')
  })

  test('has the name of a node, and not that of this one', () => {
    expect(refused({ ...usual, peers: { 'b/c': 'ws://b' } }).field).toBe('peers.b/c')
    expect(refused({ ...usual, peers: { '**': 'ws://b' } }).field).toBe('peers.**')
    expect(refused({ ...usual, peers: { a: 'ws://b' } }).field).toBe('peers.a')
    expect(refused({ ...usual, peers: { b: 5 } }).field).toBe('peers.b')
    expect(refused({ ...usual, peers: { b: { adress: 'ws://b' } } }).field).toBe('peers.b.adress')
  })

  test.each([
    ['peers.b.allow', 'all'],
    ['peers.b.allow', null],
    ['peers.b.allow.sends', { sends: [] }],
    ['peers.b.allow.send.0.paths', { send: [{}] }],
    ['peers.b.allow.send.0.paths.1', { send: [{ paths: ['a', '/a'] }] }],
    ['peers.b.allow.send.0.events.0', { send: [{ paths: ['a'], events: ['xstate.*'] }] }],
    ['peers.b.allow.watch', { watch: '**' }],
    ['peers.b.allow.spawn.0.paths', { spawn: [{ logic: ['worker'] }] }],
    [
      'peers.b.allow.spawn.1.logic.0',
      {
        spawn: [
          { logic: ['worker'], paths: ['*'] },
          { logic: ['wroker'], paths: ['*'] },
        ],
      },
    ],
    ['peers.b.allow.spawn.0.logic.0', { spawn: [{ logic: ['constructor'], paths: ['*'] }] }],
  ])('is refused with the path of %s', (field, allow) => {
    expect(refused({ ...usual, peers: { b: { address: 'ws://b', allow } } }).field).toBe(field)
  })
})

describe('a node that is not named', () => {
  const names = ['c', 'constructor', 'toString', '__proto__', 'hasOwnProperty', '', 'B']

  test.each(names)('is not let in, and has no keys: %s', (name) => {
    const { peers } = read(usual)
    expect([peers.get(name), peers.keysOf(name), peers.isGuest(name)]).toEqual([undefined, [], false])
  })

  test('is not let in by a key of the options that JSON can smuggle in', () => {
    const peers = JSON.parse('{ "b": "ws://b", "__proto__": { "address": "ws://x", "allow": "everything" } }')
    expect(untyped({ ...usual, peers }).peers.names).toEqual(['b'])
  })

  test('is a guest where there is an entry for everybody', () => {
    const allow = { watch: ['news'] }
    const own = [key('guests', 2)]
    const { peers } = read({ ...usual, listen, peers: { ...usual.peers, '*': { allow, keys: own } } })
    expect(peers.get('c')?.permissions.mayWatch('news')).toBe(true)
    expect(peers.keysOf('c')).toEqual([{ id: 'guests', secret: Uint8Array.from(own[0]!.secret) }])
    expect(peers.keysOf('b')[0]?.id).toBe('k')
    expect([peers.isGuest('c'), peers.isGuest('b'), peers.names]).toEqual([true, false, ['b']])
    expect(peers.get('b')?.permissions.mayWatch('news')).toBe(false)
  })

  test('has no address', () => {
    expect(refused({ ...usual, listen, peers: { '*': 'ws://b' } }).field).toBe('peers.*.address')
  })
})

describe('shared keys', () => {
  test('are those of all, or those of a peer in their place; the first is in use', () => {
    const all = [key('new', 2), key('old')]
    const own = [key('own', 3)]
    const { peers } = read({ auth: { keys: all }, peers: { b: 'ws://b', c: { address: 'ws://c', keys: own } } })
    expect(peers.keysOf('b').map(({ id }) => id)).toEqual(['new', 'old'])
    expect(peers.keysOf('c').map(({ id }) => id)).toEqual(['own'])
  })

  test('stay as they were given', () => {
    const secret = Buffer.alloc(32, 9)
    const { peers } = read({ ...usual, auth: { keys: [{ id: 'k', secret }] } })
    secret.fill(0)
    expect(peers.keysOf('b')[0]?.secret).toEqual(new Uint8Array(32).fill(9))
  })

  test.each([
    ['auth.keys', []],
    ['auth.keys', 'hunter2'],
    ['auth.keys.0.id', [{ id: '', secret: Buffer.alloc(32) }]],
    ['auth.keys.0.secret', [{ id: 'k', secret: 'hunter2hunter2hunter2' }]],
    ['auth.keys.0.secret', [{ id: 'k', secret: Buffer.from('hunter2') }]],
    ['auth.keys.0.secret', [{ id: 'k' }]],
    ['auth.keys.1.id', [key('k'), key('k', 2)]],
    ['auth.keys.0.secrets', [{ ...key('k'), secrets: 1 }]],
    ['auth.keys', Array.from({ length: 17 }, (_, n) => key(`k${n}`))],
  ])('are refused with the path of %s, and without the secret', (field, bad) => {
    const { field: found, message } = refused({ ...usual, auth: { keys: bad } })
    expect(found).toBe(field)
    expect(message).not.toContain('hunter2')
    const ofPeer = refused({ ...usual, peers: { b: { address: 'ws://b', keys: bad } } }).field
    expect(ofPeer).toBe(field.replace('auth', 'peers.b'))
  })

  test.each([
    [1, 16, true],
    [128, 16, true],
    [129, 16, false],
    [1, 15, false],
    [0, 16, false],
  ])('have an id of 1 to 128 characters and a secret of 16 bytes at least: %i, %i', (idLength, bytes, isTaken) => {
    const keys = [{ id: 'k'.repeat(idLength), secret: Buffer.alloc(bytes) }]
    const reading = expect(() => read({ ...usual, auth: { keys } }))
    if (isTaken) reading.not.toThrow()
    else reading.toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID' }))
  })
})
