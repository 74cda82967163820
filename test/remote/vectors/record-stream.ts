/** A whole conversation of two real nodes, `a` who dials and `b`, over a network in memory, with keys and chance that repeat. */
import { type Connection, memoryTransport, type Transport, withDelivery } from 'roscius'
import { PROTOCOL_VERSION } from '../../../src/remote/protocol/frames.js'
import { Nodes } from '../../support/nodes.js'
import { AUTH } from '../system/raw-peer.js'
import { hexOf, type Said, type Stream, streamCodec } from './stream.js'
import { logic } from './stream-actors.js'
import { toTagged } from './tagged-json.js'

/** So that credit comes back in the conversation. */
const LINKS = { credit: { envelopes: 16, bytes: 1_048_576 } }

const KEY = AUTH.keys[0]!

type StreamNodes = Nodes<typeof logic>

export const streamNodes = (): StreamNodes => new Nodes(logic, { auth: AUTH, links: LINKS })

/** The node that is called, as it stands when the conversation begins. */
export async function openAcceptor(nodes: StreamNodes): Promise<void> {
  const b = await nodes.open('b', { peers: { a: { allow: 'everything' } } })
  await nodes.run(b.spawn('counter', { id: 'c' }))
  await nodes.run(b.spawn('counter', { id: 'v', durability: 'volatile' }))
}

export async function recordStream(): Promise<Stream> {
  // A stack says where the one who recorded it keeps the files.
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  const nodes = streamNodes()
  const said: Said[] = []
  try {
    await openAcceptor(nodes)
    const dialMs = nodes.clock.monotonic()
    const note = (by: Said['by'], bytes: Uint8Array): void => {
      const frame = toTagged(streamCodec.decode(bytes))
      said.push({ atMs: nodes.clock.monotonic() - dialMs, by, hex: hexOf(bytes), frame })
    }
    const transport = tapped(memoryTransport(nodes.network, { name: 'a' }), note)
    await nodes.open('a', { transport, peers: { b: { address: 'memory://b', allow: 'everything' } } })
    await converse(nodes)
    await nodes.stop('a')
  } finally {
    Error.stackTraceLimit = stackTraceLimit
    await nodes.close()
  }
  return { version: PROTOCOL_VERSION, key: { id: KEY.id, secret: hexOf(KEY.secret) }, said }
}

async function converse(nodes: StreamNodes): Promise<void> {
  const a = nodes.system('a')
  const counter = a.actor('counter', 'roscius://b/c')
  const fleeting = a.actor('counter', 'roscius://b/v')
  const rest = (ms: number): Promise<void> => nodes.clock.advance(ms)
  await nodes.until(() => a.peer('b').figures()?.state === 'up')

  const boss = await nodes.run(a.spawn('boss', { id: 'boss', input: { target: counter } }))
  counter.send({ type: 'ADD', by: 1 })
  withDelivery(counter, { priority: 'low', deadlineMs: 60_000 }).send({ type: 'ADD', by: 2 })
  withDelivery(counter, { priority: 'high' }).send({ type: 'ADD', by: 3 })
  withDelivery(fleeting, { delivery: 'atMostOnce' }).send({ type: 'ADD', by: 4 })
  withDelivery(fleeting, { delivery: 'atLeastOnce' }).send({ type: 'ADD', by: 5 })
  await nodes.run(boss.deliver({ type: 'WORK' }))
  await rest(50)

  const observed = counter.subscribe(() => {})
  counter.on('counted', () => {})
  await rest(20)
  counter.send({ type: 'KEEP', value: KEPT })
  await nodes.run(counter.deliver({ type: 'ADD', by: 6 }, { idempotencyKey: 'once' }))
  await nodes.run(counter.ask((replyTo) => ({ type: 'GET', replyTo })))
  const talk = withDelivery(counter, { conversation: 'order-17' })
  await nodes.run(talk.ask((replyTo) => ({ type: 'GET', replyTo })))
  await nodes.run(
    a
      .actor('counter', 'roscius://b/nobody')
      .deliver({ type: 'END' })
      .catch(() => undefined),
  )
  counter.send({ type: 'TELL', to: boss })
  await rest(50)

  await nodes.run(boss.deliver({ type: 'LEAVE' }))
  await nodes.run(boss.deliver({ type: 'RETURN' }))
  const made = await nodes.run(a.peer('b').spawn('counter', { id: 'made' }))
  await nodes.run(made.stop())
  const second = await nodes.run(a.peer('b').spawn('counter', { id: 'second', ifExists: 'use' }))
  await nodes.run(second.cancel({ reason: 'enough' }))
  await rest(2_500)

  observed.unsubscribe()
  await rest(20)
  counter.send({ type: 'END' })
  await rest(1_000)
}

/** What JSON has no form for goes over the wire, too. */
const KEPT = {
  map: new Map<unknown, unknown>([['k', 1n]]),
  set: new Set([1, 'two']),
  at: new Date(86_400_000),
  bytes: new Uint8Array([1, 2, 3]),
  pattern: /a+/gi,
  big: 2n ** 70n,
  text: 'é€😀',
  numbers: [1.5, -1, 2 ** 40],
}

/** Tells of every frame that crosses a connection which is dialled. */
function tapped(transport: Transport, note: (by: Said['by'], bytes: Uint8Array) => void): Transport {
  return {
    dial: async (address, options) => tappedConnection(await transport.dial(address, options), note),
    close: () => transport.close(),
  }
}

function tappedConnection(connection: Connection, note: (by: Said['by'], bytes: Uint8Array) => void): Connection {
  const own: Partial<Connection> = {
    send(bytes) {
      note('dialler', bytes)
      return connection.send(bytes)
    },
    onMessage(listener) {
      connection.onMessage((bytes) => {
        note('acceptor', bytes)
        listener(bytes)
      })
    },
  }
  return new Proxy(connection, {
    get(target, key) {
      const value: unknown = Reflect.get(own, key) ?? Reflect.get(target, key)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
