import { describe, expect, it } from 'vitest'
import { DEFAULT_LIMITS } from '../../../src/remote/protocol/limits.js'
import { createScanner } from '../../../src/remote/protocol/scan.js'
import { around, codecWith, refusalOf } from './codec.js'

const filled = (hex: string): Uint8Array => {
  const head = Buffer.from(hex.replaceAll(' ', ''), 'hex')
  return Buffer.concat([head, Buffer.alloc(100 - head.length, 0xc0)])
}

describe('a frame of 100 bytes that claims gigabytes', () => {
  it.each([
    ['string', 'db ffffffff'],
    ['binary', 'c6 ffffffff'],
    ['array', 'dd ffffffff'],
    ['map', 'df ffffffff'],
    ['extension', 'c9 ffffffff 79'],
    ['typed array', 'c9 ffffffff 74'],
    ['bigint', 'c9 ffffffff 42'],
    ['array in an array', '94 0c 01 01 dd ffffffff'],
    ['map in a Map', '94 0c 01 01 c7 08 79 01 df ffffffff'],
    ['string of half the limit', '94 0c 01 01 db 00080000'],
    ['array of all the limit', '94 0c 01 01 dc ffff'],
    ['map of all the limit', '94 0c 01 01 de 4000'],
  ])('is refused without allocating: %s', (_, hex) => {
    const codec = codecWith()
    const bytes = filled(hex)
    refusalOf(bytes, codec)
    const before = process.memoryUsage()
    for (let i = 0; i < 200; i++) expect(refusalOf(bytes, codec).code).toMatch(/^FRAME_(MALFORMED|LIMIT)$/)
    const after = process.memoryUsage()
    // 200 times a gigabyte, or even 64 kB, would show; errors and their stacks do not.
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(4_000_000)
    expect(after.heapUsed - before.heapUsed).toBeLessThan(64_000_000)
  })
})

describe('a frame', () => {
  it.each([
    ['no byte', ''],
    ['a byte without a meaning', 'c1'],
    ['a header that is cut off', 'cd 01'],
    ['two values', '01 02'],
    ['a key that is a number', around('81 01 02')],
    ['a key that is an array', around('81 90 02')],
    ['a key that is undefined', around('81 d4 00 00 02')],
    ['a key __proto__', around(`81 a9 ${Buffer.from('__proto__').toString('hex')} 80`)],
    ['a key __proto__ in a longer form', around(`81 d9 09 ${Buffer.from('__proto__').toString('hex')} 80`)],
    ['a string that is not UTF-8', around('a2 c3 28')],
    ['a long string that is not UTF-8', around(`b4 ${'c328'.repeat(10)}`)],
    ['a date out of range', around('c7 0c ff 00000000 7fffffffffffffff')],
    ['a date with too many nanoseconds', around('d7 ff ffffffff 00000000')],
    ['a typed array that ends within an element', around('c7 04 74 05 000000')],
    ['a typed array of no class', around('c7 02 74 0b 00')],
    ['an undefined that is something', around('d4 00 01')],
    ['a text of half a unit', around('c7 04 79 05 000000')],
    ['a kind of value that there is not', around('c7 02 79 09 c0')],
    ['a value of Roscius without its data', around('d4 79 01')],
    ['a Map with a key and no value', around('d6 79 01 91 01 00')],
    ['a Map of an odd number', around('c7 03 79 01 91 01')],
    ['a Map made of a string', around('c7 04 79 01 a2 6161')],
    ['a Set made of a map', around('d5 79 02 80')],
    ['an Error of numbers', around('c7 06 79 03 94 01 02 03 80')],
    [
      'an Error whose name is an object',
      around(`c7 0d 79 03 94 a0 a0 a0 81 a4 ${Buffer.from('name').toString('hex')} 80`),
    ],
    ['an Error whose properties are an array', around('c7 06 79 03 94 a0 a0 a0 90')],
    ['a RegExp that is none', around('c7 05 79 06 92 a1 28 a0')],
    ['a RegExp with flags that are none', around('c7 05 79 06 92 a0 a1 7a')],
  ])('is refused if it has %s', (_, frame) => {
    const bytes = typeof frame === 'string' ? Buffer.from(frame.replaceAll(' ', ''), 'hex') : frame
    expect(refusalOf(bytes).code).toBe('FRAME_MALFORMED')
  })

  it.each([
    ['records', 'd4 72 40'],
    ['bundled strings', 'd6 62 00000000'],
    ['structured clones', 'd6 69 00000001'],
    ['pointers', 'd6 70 00000001'],
    ['errors of msgpackr', 'd4 65 00'],
    ['sets of msgpackr', 'd4 73 00'],
    ['regular expressions of msgpackr', 'd4 78 00'],
    ['one that nobody knows', 'd4 05 00'],
    ['the type 1', 'c7 00 01'],
  ])('is refused if it uses an extension that is not of the wire: %s', (_, hex) => {
    expect(refusalOf(around(`${hex} 93 a0 a0 a0`)).code).toBe('FRAME_MALFORMED')
    expect(refusalOf(around(hex)).code).toBe('FRAME_MALFORMED')
  })

  it('is refused if an extension says that it is longer than the value in it', () => {
    // The array of two goes on inside what the extension claims for itself.
    expect(refusalOf(around('92 c7 03 79 02 90 05 05')).message).toMatch(/longer than its value/)
    expect(refusalOf(around('92 c7 03 79 02 90 05')).code).toBe('FRAME_MALFORMED')
    expect(codecWith().decode(around('92 d5 79 02 90 05'))).toMatchObject({ snapshot: [new Set(), 5] })
  })

  it('is read up to the limits and not beyond', () => {
    const deep = (levels: number): Uint8Array => around(`${'91'.repeat(levels - 1)}01`)
    const codec = codecWith({ depth: 64, arrayLength: 100, mapKeys: 3, stringBytes: 5, nodes: 120 })
    codec.decode(deep(64))
    expect(refusalOf(deep(65), codec)).toMatchObject({ code: 'FRAME_LIMIT', at: 'byte 68' })
    codec.decode(around(`dc 0064 ${'01'.repeat(100)}`))
    expect(refusalOf(around(`dc 0065 ${'01'.repeat(101)}`), codec).message).toMatch(/arrayLength/)
    codec.decode(around('83 a161 01 a162 01 a163 01'))
    expect(refusalOf(around('84 a161 01 a162 01 a163 01 a164 01'), codec).message).toMatch(/mapKeys/)
    codec.decode(around('a5 6162636465'))
    expect(refusalOf(around('a6 616263646566'), codec).message).toMatch(/stringBytes/)
    expect(refusalOf(around(`92 dc 0064 ${'01'.repeat(100)} dc 0064 ${'01'.repeat(100)}`), codec).message).toMatch(
      /nodes/,
    )
  })

  it('is refused by its length before a byte of it is looked at', () => {
    expect(refusalOf(Buffer.alloc(DEFAULT_LIMITS.frameBytes + 1)).code).toBe('FRAME_TOO_LARGE')
  })

  it('of a million nested arrays ends at the depth, not in the stack', () => {
    expect(refusalOf(around('91'.repeat(1_000_000))).code).toBe('FRAME_LIMIT')
  })

  it('pollutes no prototype', () => {
    refusalOf(around(`81 a9 ${Buffer.from('__proto__').toString('hex')} 81 a1 78 01`))
    expect(({} as Record<string, unknown>).x).toBeUndefined()
  })
})

describe('a scanner', () => {
  it('counts the values of what it passes, keys too', () => {
    const count = (hex: string): number => createScanner(DEFAULT_LIMITS)(Buffer.from(hex.replaceAll(' ', ''), 'hex'))
    expect(count('01')).toBe(1)
    expect(count('92 01 81 a161 02')).toBe(5)
    expect(count('c7 04 79 01 92 01 02')).toBe(4)
  })

  it('keeps no trace of a frame that it has refused', () => {
    const scan = createScanner(DEFAULT_LIMITS)
    expect(() => scan(Buffer.from('9393', 'hex'))).toThrow()
    expect(scan(Buffer.from('9101', 'hex'))).toBe(2)
  })
})
