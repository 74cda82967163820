import { afterEach, beforeEach, expect, test } from 'vitest'
import { Nodes } from '../../support/nodes.js'
import { all } from '../../support/world.js'
import { logic } from './actors.js'
import { AUTH, RawPeer, WireRef } from './raw-peer.js'

let nodes: Nodes<typeof logic>
beforeEach(() => {
  nodes = new Nodes(logic, { auth: AUTH })
})
afterEach(() => nodes.close())

function nested(levels: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { value }
  return value
}

const errorWith = (extras: object): Error => Object.assign(new Error('no'), extras)

test.each<[string, unknown]>([
  [
    'typed arrays',
    [new Float64Array([1]), new BigInt64Array([1n]), new ArrayBuffer(3), new DataView(new ArrayBuffer(2))],
  ],
  ['patterns', [/a+/gi, /(?:)/]],
  ['dates', [new Date(0), new Date(Number.NaN)]],
  ['numbers', [-0, Number.NaN, Number.POSITIVE_INFINITY, 2n ** 70n, -(2n ** 63n)]],
  ['texts', ['\ud800', 'a\u0000b', '\u2028']],
  ['collections', [new Map<unknown, unknown>([[new Set([1]), new Map()]]), new Set([new Set()])]],
  [
    'names that objects have',
    Object.fromEntries(
      ['constructor', 'then', 'toJSON', 'toString', 'hasOwnProperty', 'length'].map((name) => [name, 1]),
    ),
  ],
  [
    'errors',
    [errorWith({ code: 'RECORD_CORRUPT', details: null, cause: errorWith({ errors: 5 }) }), new AggregateError([1])],
  ],
  [
    'errors that look like ours',
    Object.assign(new Error('x'), { name: 'RosciusError', code: 'STORE_FAILED', details: 5 }),
  ],
  [
    'refs',
    [new WireRef('roscius://m/x'), new WireRef('roscius://b/$ask/1/1'), new WireRef('roscius://b/t?store=none&node=c')],
  ],
  ['refs as keys', new Map([[new WireRef('roscius://b/t'), 1]])],
  ['depth', nested(55)],
  ['nothing', [undefined, [undefined, null]]],
])('a durable actor takes an event with %s, and has it after a crash', async (_, value) => {
  const b = await nodes.open('b', { peers: { m: { allow: 'everything' } } })
  await nodes.run(b.spawn('tally', { id: 't' }))
  const peer = await RawPeer.dial(nodes, 'b')
  peer.send({ kind: 'event', to: 't', payload: { type: 'ADD', n: 1, value } as never })
  peer.send({ kind: 'event', to: 't', payload: { type: 'ADD', n: 2, ...(value as object) } as never })
  peer.send({ kind: 'spawn', to: '$root', from: '$ask/1/1', payload: { logic: 'tally', id: 'u', input: value } })
  peer.send({ kind: 'event', to: 'none', payload: { type: 'ADD', n: 1, value } as never })
  await nodes.clock.advance(100)
  expect(b.actor('tally', 't').getSnapshot().context.seen).toEqual([1, 2])
  const again = await nodes.crashAndOpen('b')
  expect(again.actor('tally', 't').getSnapshot().context.seen).toEqual([1, 2])
  expect((await all(again.deadLetters.list())).length).toBe(1)
})
