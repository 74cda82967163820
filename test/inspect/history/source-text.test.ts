import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { portable, quoted, sourceText } from '../../../src/inspect/history/replay/source-text.js'

/** What the text makes when it is run: an array, so that an object is no block. */
const made = (value: unknown): unknown =>
  runInNewContext(`[${sourceText(portable(value))}][0]`, {
    ...{
      Buffer,
      Date,
      Map,
      Set,
      Error,
      TypeError,
      RegExp,
      Uint8Array,
      Float64Array,
      BigInt64Array,
      DataView,
      Object,
      Array,
    },
    ref: (address: string) => ({ address }),
  })

describe('a value as JavaScript', () => {
  test('makes the same value again', () => {
    for (const value of [
      null,
      undefined,
      true,
      0,
      -0,
      Number.NaN,
      Number.NEGATIVE_INFINITY,
      1e300,
      12n,
      -(2n ** 100n),
      '',
      `it's "both" \\ \u0000 \u2028 \u202e \ud800 \u{1f600} \`\${x}\``,
      new Date(5),
      [1, [2, [undefined]]],
      { a: { 'b-c': 1, "d'e": 2, 1: 3 } },
      new Map<unknown, unknown>([[{ k: 1 }, new Set([1n])]]),
      Buffer.from([1, 2, 255]),
      new Uint8Array([1, 2]),
      new Float64Array([0.1]),
      new BigInt64Array([5n]),
      /a'\/[\n]/giu,
    ])
      expect(made(value)).toEqual(value)
    expect(made(-0)).toBe(-0)
    expect((made(new Date(Number.NaN)) as Date).getTime()).toBeNaN()
  })

  test('makes errors with their class, message and fields', () => {
    const error = made(Object.assign(new TypeError('no "way"', { cause: new Error('deep') }), { code: 'E' }))
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toMatchObject({ message: 'no "way"', code: 'E', cause: { message: 'deep' } })
    const own = Object.assign(new Error('m'), { name: 'RosciusError' })
    expect(made(own)).toMatchObject({ name: 'RosciusError', message: 'm' })
  })

  test('makes a field called __proto__ a field, and runs nothing', () => {
    const value = Object.fromEntries([['__proto__', { polluted: true }]])
    const copy = made(value) as object
    expect(Object.keys(copy)).toEqual(['__proto__'])
    expect((copy as { polluted?: unknown }).polluted).toBeUndefined()
  })

  test('stands in for actors, and leaves out what is no data', () => {
    const ref = Object.create({ sessionId: 'a', send: () => undefined, address: "roscius://n/a'b" }) as object
    expect(made({ ref, run: () => 1, own: new (class Robot {})() })).toEqual({
      ref: { address: "roscius://n/a'b" },
      run: undefined,
      own: undefined,
    })
    expect(quoted('plain')).toBe("'plain'")
  })
})
