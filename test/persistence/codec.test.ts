import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RosciusError } from '../../src/core/errors.js'
import { type Codec, createCodec } from '../../src/persistence/codec.js'
import { NO_REFS, type RefCodec, toStorable } from '../../src/persistence/storable.js'
import { state } from './arbitrary-state.js'

const throughCodec = (value: unknown, codec: Codec = createCodec()): unknown =>
  codec.decode(codec.encode(toStorable(value, '', NO_REFS)), 'k')

class Ref {
  constructor(readonly address: string) {}
}
const refs: RefCodec = {
  encode: (value) => (value instanceof Ref ? value.address : undefined),
  decode: (address) => new Ref(address),
}

describe('a value', () => {
  it('comes back as it was, whatever it holds', () => {
    const codec = createCodec()
    fc.assert(
      fc.property(state, (value) => {
        expect(isDeepStrictEqual(throughCodec(value, codec), value)).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })

  it.each([
    ['dates before 1970 and with milliseconds', [new Date(-1), new Date(1), new Date(1_234_567_890_123)]],
    ['big integers of any size', [0n, -1n, 2n ** 63n, -(2n ** 63n) - 1n, 2n ** 64n, 2n ** 2_000n, -(2n ** 70_000n)]],
    ['special numbers', [NaN, Infinity, -Infinity, -0, 0, 2 ** 53 - 1, -(2 ** 31), 2 ** 32, 5e-324]],
    ['undefined in objects and arrays', [{ a: undefined }, [undefined, null], undefined]],
    ['maps and sets in each other', new Map<unknown, unknown>([[{ k: 1 }, new Set([new Map([[1, 2]])])]])],
    [
      'bytes of every kind',
      [new Uint8Array([1, 2]), Buffer.from('b'), new Uint16Array([1, 65_535]), new ArrayBuffer(3)],
    ],
    ['views on a part of a buffer', [new Int32Array(new ArrayBuffer(16), 4, 2), new DataView(new ArrayBuffer(9), 1)]],
    ['strings of any length and alphabet', ['x'.repeat(70_000), 'é€😀'.repeat(90), '', '\0', '\ud83d', 'a\udc00b']],
    [
      'an object with more keys than 16 bits count',
      Object.fromEntries(Array.from({ length: 70_000 }, (_, i) => [i, i])),
    ],
    ['regular expressions', /a+/giu],
  ])('keeps %s', (_, value) => {
    expect(isDeepStrictEqual(throughCodec(value), value)).toBe(true)
  })

  it('may be an invalid date', () => {
    expect((throughCodec(new Date(Number.NaN)) as Date).getTime()).toBeNaN()
  })

  it('owns its bytes: changing them does not reach the record', () => {
    const codec = createCodec()
    const record = codec.encode({ bytes: Buffer.from('abc'), more: new Uint8Array([1]) })
    const first = codec.decode(record, 'k') as { bytes: Buffer; more: Uint8Array }
    first.bytes.fill(0)
    first.more.fill(0)
    expect(codec.decode(record, 'k')).toEqual({ bytes: Buffer.from('abc'), more: new Uint8Array([1]) })
  })

  it('never reaches a prototype, even through a record that was made by hand', () => {
    const codec = createCodec()
    const record = codec.encode(JSON.parse('{"__proto__":{"polluted":true},"a":1}'))
    const value = codec.decode(record, 'k') as Record<string, unknown>
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect(value.polluted).toBeUndefined()
  })

  it('is written in place of a ref as its address, and read as a ref', () => {
    const codec = createCodec()
    const record = codec.encode(
      toStorable({ peers: [new Ref('roscius://n/a')], m: new Map([[1, new Ref('b')]]) }, '', refs),
    )
    expect(codec.decode(record, 'k', refs)).toEqual({
      peers: [new Ref('roscius://n/a')],
      m: new Map([[1, new Ref('b')]]),
    })
  })
})

describe('an error', () => {
  it('keeps class, message, stack, cause, code and own properties', () => {
    const cause = new TypeError('inner')
    const error = Object.assign(new RangeError('outer', { cause }), { code: 'E_X', details: { at: new Date(5) } })
    const back = throughCodec(error) as typeof error
    expect(back).toBeInstanceOf(RangeError)
    expect(back).toMatchObject({ message: 'outer', code: 'E_X', details: { at: new Date(5) } })
    expect(back.stack).toBe(error.stack)
    expect(back.cause).toBeInstanceOf(TypeError)
    expect(Object.keys(back)).toEqual(Object.keys(error))
  })

  it('keeps the errors of an AggregateError and the name of a class of its own', () => {
    const aggregate = throughCodec(new AggregateError([new SyntaxError('a'), 'b'], 'all')) as AggregateError
    expect(aggregate).toBeInstanceOf(AggregateError)
    expect(aggregate.errors).toEqual([new SyntaxError('a'), 'b'])
    const own = throughCodec(new RosciusError('TIMEOUT', 'late', { details: { ms: 5 } })) as RosciusError
    expect(own).toMatchObject({ name: 'RosciusError', code: 'TIMEOUT', details: { ms: 5 }, message: 'late' })
  })

  it('leaves out what can not be stored, rather than failing to be recorded', () => {
    const error = Object.assign(new Error('bad'), { retry: () => 0, socket: new (class Socket {})(), code: 7 })
    Object.assign(error, { self: { error } })
    const back = throughCodec({ error }) as { error: Error }
    expect(back.error).toMatchObject({ message: 'bad', code: 7 })
    expect(Object.keys(back.error)).toEqual(['code'])
  })
})

describe('a damaged record', () => {
  const codec = createCodec()
  const record = Uint8Array.from(codec.encode({ type: 'STEP', text: 'a text of some length', n: 5 }))

  it('is refused with its key wherever a bit was flipped', () => {
    for (let bit = 0; bit < record.length * 8; bit++) {
      const damaged = Uint8Array.from(record)
      damaged[bit >> 3]! ^= 1 << (bit & 7)
      expect(() => codec.decode(damaged, 'j/r1/5')).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^RECORD_(CORRUPT|UNSUPPORTED)$/), address: 'j/r1/5' }),
      )
    }
  })

  it('is refused with its key wherever it was cut off', () => {
    for (let length = 0; length < record.length; length++) {
      expect(() => codec.decode(record.subarray(0, length), 'j/r1/5')).toThrow(
        expect.objectContaining({ code: 'RECORD_CORRUPT', address: 'j/r1/5' }),
      )
    }
  })

  it('is told from one that a newer version wrote', () => {
    const newer = Uint8Array.from(record).fill(2, 0, 1)
    expect(() => codec.decode(newer, 'k')).toThrow(expect.objectContaining({ code: 'RECORD_UNSUPPORTED' }))
  })

  it('is refused when the structures that it needs are missing', () => {
    const writer = createCodec()
    let last = writer.encode({ kind: 'a', size: 1 })
    for (let i = 0; i < 5; i++) last = writer.encode({ kind: 'a', size: 1 })
    expect(() => createCodec().decode(last, 'k')).toThrow(expect.objectContaining({ code: 'RECORD_CORRUPT' }))
  })
})

describe('shared structures', () => {
  const shape = (n: number, value: unknown) => ({ [`key${n}`]: value, common: n })

  it('shorten the records of objects that come again, and are reported once', () => {
    const codec = createCodec()
    const first = codec.encode(shape(1, 'a')).length
    codec.encode(shape(1, 'b'))
    expect(codec.structuresChanged()).toBeUndefined()
    const third = codec.encode(shape(1, 'c')).length
    expect(third).toBeLessThan(first - 8)
    expect(codec.structuresChanged()).toBeInstanceOf(Uint8Array)
    expect(codec.structuresChanged()).toBeUndefined()
  })

  it('let a reopened codec read every record and go on adding', () => {
    let saved: Uint8Array | undefined
    const records: [Uint8Array, unknown][] = []
    for (let life = 0; life < 4; life++) {
      const codec = createCodec(saved)
      for (const [record, value] of records) expect(codec.decode(record, 'k')).toEqual(value)
      for (let n = 0; n < 60; n++) {
        const value = { inner: [shape(life * 40 + n, n)], outer: shape(n, { deep: shape(n + 1, -0.5) }) }
        for (let i = 0; i < 3; i++) records.push([Uint8Array.from(codec.encode(value)), value])
        const changed = codec.structuresChanged()
        if (changed !== undefined) saved = Uint8Array.from(changed)
      }
    }
    expect(records).toHaveLength(720)
  })

  it('are unharmed by a value that could not be encoded', () => {
    const codec = createCodec()
    const bad = { fine: shape(1, 1), bad: Symbol('s') }
    for (let i = 0; i < 4; i++) expect(() => codec.encode(bad)).toThrow()
    const record = codec.encode({ fine: shape(1, 1), bad: 1 })
    expect(createCodec(codec.structuresChanged()).decode(record, 'k')).toEqual({ fine: shape(1, 1), bad: 1 })
  })

  it('stay few when dictionaries bring ever new keys, and everything stays readable', () => {
    const codec = createCodec()
    let saved: Uint8Array | undefined
    for (let n = 0; n < 5_000; n++) {
      const value = { [`id${n % 1_500}`]: n, [`at${n}`]: { [`k${n % 700}`]: 1 } }
      expect(codec.decode(codec.encode(value), 'k')).toEqual(value)
      saved = codec.structuresChanged() ?? saved
    }
    const structures = saved === undefined ? [] : (createCodec().decode(saved, 's') as unknown[])
    expect(structures.length).toBeLessThanOrEqual(512)
  })

  it('refuse to load when their own record is damaged', () => {
    expect(() => createCodec(new Uint8Array([1, 0, 0, 0, 0, 9]))).toThrow(
      expect.objectContaining({ code: 'RECORD_CORRUPT', address: 'shared structures' }),
    )
  })
})
