import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { unpack } from 'msgpackr'
import { describe, expect, it } from 'vitest'
import { NO_REFS, type RefCodec, toStorable } from '../../../src/persistence/storable.js'
import { absoluteRefs } from '../../../src/remote/protocol/absolute-refs.js'
import { state } from '../../persistence/arbitrary-state.js'
import { around, codecWith, refusalOf, throughWire } from './codec.js'

class Ref {
  constructor(readonly address: string) {}
}

const localRefs: RefCodec = {
  encode: (value) => (value instanceof Ref ? value.address : undefined),
  decode: (address) => new Ref(address),
}

describe('a value', () => {
  it('comes over the wire as it was, whatever it holds', () => {
    const codec = codecWith()
    fc.assert(
      fc.property(state, (value) => {
        expect(isDeepStrictEqual(throughWire(value, codec), value)).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })

  it.each([
    ['dates of every form', [new Date(0), new Date(-1), new Date(1), new Date(2 ** 33 * 1_000), new Date(8.64e15)]],
    ['dates far back', [new Date(-8.64e15), new Date(2 ** 34 * 1_000), new Date(2 ** 34 * 1_000 - 1)]],
    ['big integers of any size', [0n, -1n, 2n ** 63n, -(2n ** 63n), -(2n ** 63n) - 1n, 2n ** 64n - 1n, 2n ** 64n]],
    ['big integers at a byte', [2n ** 71n, 2n ** 72n, -(2n ** 71n), -(2n ** 71n) - 1n, -(2n ** 72n), 2n ** 2_000n]],
    ['special numbers', [NaN, Infinity, -Infinity, -0, 0, 2 ** 53 - 1, -(2 ** 31), 2 ** 32, 2 ** 32 - 1, 5e-324]],
    ['whole numbers at every width', [127, 128, 255, 256, 65_535, 65_536, -32, -33, -128, -129, -32_768, -32_769]],
    ['undefined in objects and arrays', [{ a: undefined }, [undefined, null], undefined]],
    ['maps and sets in each other', new Map<unknown, unknown>([[{ k: 1 }, new Set([new Map([[1, 2]])])]])],
    [
      'bytes of every kind',
      [new Uint8Array([1, 2]), Buffer.from('b'), new Uint16Array([1, 65_535]), new ArrayBuffer(3)],
    ],
    ['views on a part of a buffer', [new Int32Array(new ArrayBuffer(16), 4, 2), new DataView(new ArrayBuffer(9), 1)]],
    [
      'strings of any length and alphabet',
      ['x'.repeat(70_000), 'é€😀'.repeat(90), '', '\0', '\ud83d', 'a\udc00b', '\ufffd'],
    ],
    ['an object with many keys', Object.fromEntries(Array.from({ length: 16_384 }, (_, i) => [i, i]))],
    ['keys that have a meaning elsewhere', { constructor: 1, toString: 2, prototype: 3, valueOf: 4, '': 5 }],
    ['regular expressions', [/a+/giu, /(?:)/]],
    [
      'maps of 16, 256 and more',
      [15, 16, 300].map((n) => new Map(Array.from({ length: n }, (_, i) => [i, 'x'.repeat(n)]))),
    ],
  ])('keeps %s', (_, value) => {
    expect(isDeepStrictEqual(throughWire(value), value)).toBe(true)
  })

  it('may be an invalid date', () => {
    expect((throughWire(new Date(Number.NaN)) as Date).getTime()).toBeNaN()
  })

  it('owns its bytes: changing them does not reach the frame', () => {
    const codec = codecWith()
    const frame = codec.encode({ kind: 'snapshot', subscription: 1, seqNr: 1, snapshot: Buffer.from('abc') })
    const before = Buffer.from(frame)
    ;(codec.decode(frame) as unknown as { snapshot: Buffer }).snapshot.fill(0)
    expect(Buffer.compare(frame, before)).toBe(0)
  })

  it('is plain MessagePack to another reader, which finds the same number of values', () => {
    const bytes = codecWith().encode({
      kind: 'snapshot',
      subscription: 7,
      seqNr: 300,
      snapshot: { n: -5, text: 'é', list: [1.5, null, true], bytes: Buffer.from('b'), when: new Date(1_500) },
    })
    expect(unpack(bytes)).toEqual([
      12,
      7,
      300,
      { n: -5, text: 'é', list: [1.5, null, true], bytes: Buffer.from('b'), when: new Date(1_500) },
    ])
  })
})

describe('an error', () => {
  it('keeps class, message, stack, cause, code and own properties', () => {
    const cause = new TypeError('inner')
    const error = Object.assign(new RangeError('outer', { cause }), { code: 'E_X', details: { at: new Date(5) } })
    const back = throughWire(error) as typeof error
    expect(back).toBeInstanceOf(RangeError)
    expect(back).toMatchObject({ message: 'outer', code: 'E_X', details: { at: new Date(5) } })
    expect(back.stack).toBe(error.stack)
    expect(back.cause).toBeInstanceOf(TypeError)
    expect(Object.keys(back)).toEqual(Object.keys(error))
  })

  it('keeps the errors of an AggregateError', () => {
    const back = throughWire(new AggregateError([new SyntaxError('a'), 'b'], 'all')) as AggregateError
    expect(back).toBeInstanceOf(AggregateError)
    expect(back.errors).toEqual([new SyntaxError('a'), 'b'])
  })

  it('leaves out what can not be sent, rather than not to be told', () => {
    const error = Object.assign(new Error('bad'), { retry: () => 0, socket: new (class Socket {})(), code: 7 })
    const circle: Record<string, unknown> = {}
    circle.again = circle
    Object.assign(error, { self: { error }, circle })
    const back = throughWire({ error }) as { error: Error }
    expect(back.error).toMatchObject({ message: 'bad', code: 7 })
    expect(Object.keys(back.error)).toEqual(['code'])
  })

  it('never becomes an instance of a class that its name could mean', () => {
    const error = Object.assign(new Error('x'), { name: 'ProtocolError' })
    const back = throughWire(error) as Error
    expect(Object.getPrototypeOf(back)).toBe(Error.prototype)
    expect(back.name).toBe('ProtocolError')
  })
})

describe('a ref', () => {
  it('of the sender becomes an absolute address, and the receiver makes it its own', () => {
    const sent: unknown[] = []
    const a = codecWith({}, absoluteRefs('a', localRefs))
    const b = codecWith({}, absoluteRefs('b', { ...localRefs, decode: (address) => sent.push(address) }))
    const bytes = a.encode({
      kind: 'snapshot',
      subscription: 1,
      seqNr: 1,
      snapshot: [new Ref('x/y#3'), new Ref('roscius://b/own'), new Ref('roscius://c/other'), new Ref('$ask/1/2')],
    })
    b.decode(bytes)
    expect(sent).toEqual(['roscius://a/x/y#3', 'own', 'roscius://c/other', 'roscius://a/$ask/1/2'])
  })

  it.each([
    ['no text', '07'],
    ['no address', 'a5 68656c6c6f'],
    ['no node', `ad ${Buffer.from('roscius:///xy').toString('hex')}`],
    ['a name that no node may have', `ad ${Buffer.from('roscius://-/x').toString('hex')}`],
    ['a space in it', `ae ${Buffer.from('roscius://a/ x').toString('hex')}`],
  ])('is refused if it is %s', (_, hex) => {
    const data = hex.replaceAll(' ', '')
    const length = (data.length / 2 + 1).toString(16).padStart(2, '0')
    expect(refusalOf(around(`c7${length}7900${data}`)).code).toBe('FRAME_MALFORMED')
  })
})

describe('a value that can not be sent', () => {
  const circle: Record<string, unknown> = {}
  circle.again = { circle }

  it.each([
    ['a function', { a: [() => 0] }, 'snapshot.a[0]'],
    ['an instance of a class', { a: new (class Socket {})() }, 'snapshot.a'],
    ['a symbol', new Map([['k', Symbol('s')]]), 'snapshot.get("k")'],
    ['__proto__ as a key', JSON.parse('{"__proto__":1}'), 'snapshot.__proto__'],
  ])('is refused with its path: %s', (_, value, path) => {
    expect(() => throughWire(value)).toThrow(
      expect.objectContaining({ code: 'VALUE_NOT_STORABLE', details: expect.objectContaining({ path }) }),
    )
    expect(() => toStorable(value, 'snapshot', NO_REFS)).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ path }) }),
    )
  })

  it('is refused as a cycle, not as too deep, if it contains itself', () => {
    expect(() => throughWire(circle)).toThrow(/contains itself/)
  })

  it('leaves nothing behind for the next frame', () => {
    const codec = codecWith()
    const ping = codec.encode({ kind: 'ping', token: 1 })
    expect(() => throughWire({ a: 'text', f: () => 0 }, codec)).toThrow()
    expect(() => throughWire('x'.repeat(2_000_000), codec)).toThrow()
    expect(codec.encode({ kind: 'ping', token: 1 })).toEqual(ping)
  })

  it.each([
    ['depth', { depth: 16 }, Array.from({ length: 16 }).reduce((inner) => [inner], 1)],
    ['mapKeys', { mapKeys: 2 }, { a: 1, b: 2, c: 3 }],
    ['arrayLength', { arrayLength: 4 }, [1, 2, 3, 4, 5]],
    ['stringBytes', { stringBytes: 10 }, 'eleven char'],
    ['stringBytes', { stringBytes: 10 }, Buffer.alloc(11)],
    ['stringBytes', { stringBytes: 10 }, 2n ** 90n],
    ['nodes', { nodes: 10 }, [1, 2, 3, [4, 5, 6]]],
    ['frameBytes', { frameBytes: 100 }, 'x'.repeat(100)],
  ])('is refused before it is sent if the peer would not take it: %s', (limit, limits, value) => {
    expect(() => throughWire(value, codecWith(limits))).toThrow(new RegExp(`limit ${limit} of`))
  })
})
